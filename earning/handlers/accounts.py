"""Points accounts: each order to its one decision."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from customers.queries import may_earn, standing_read
from earning.commands import (
    AccountAnswer,
    BlockAccount,
    CancelLot,
    ConfirmHold,
    ForfeitPoints,
    HoldPoints,
    NoteTime,
    ReleaseHold,
    ResetPoints,
    RestorePoints,
    SpendPoints,
    TransferPoints,
    UnblockAccount,
)
from earning.domain.account import Account
from earning.domain.correcting import cancel
from earning.domain.expiring import activate, announce, expire, forfeit
from earning.domain.pooling import available_in, reset_together
from earning.domain.reason import check_reason
from earning.domain.shares import Share
from earning.domain.spending import confirm, had_hold, hold, release, restore, spend
from earning.domain.wallets import POINTS, WalletPolicy
from earning.levelbook import LEVELS_STATE, settle_lost_points, stream_of_losses
from earning.poolbook import account_alone, account_with, beside, reads_of_sides, settle_pool, streams_of_pool
from earning.walletbook import WALLETS, wallets_of
from loyalty.bus import Read, StreamRef, Unit, handles
from loyalty.domain.command import Circumstances
from loyalty.domain.errors import DomainError
from loyalty.staff.persons import person_behind, reads_of_person

Changing = (
    SpendPoints | HoldPoints | ConfirmHold | ReleaseHold | RestorePoints | CancelLot | BlockAccount | UnblockAccount | TransferPoints
)  # fmt: skip
"""What first notes which levels have gone: what it finds, and what it leaves, does not depend on when somebody looked."""
OfOneAccount = Changing | ResetPoints | ForfeitPoints


def stream_of_account(command: OfOneAccount, circumstances: Circumstances) -> Iterator[StreamRef]:
    """With those that it is joined with."""
    yield from streams_of_pool(circumstances.tenant_id, command.customer_id, command.wallet)


def streams_of_change(command: Changing | ResetPoints, circumstances: Circumstances) -> Iterator[StreamRef]:
    """The account, and the levels with which points of it may end."""
    yield from stream_of_account(command, circumstances)
    yield from losses_in(command.wallet, command.customer_id, circumstances)


def streams_of_time(command: NoteTime, circumstances: Circumstances) -> Iterator[StreamRef]:
    """All that whoever records a purchase of the customer locks, in one order."""
    yield StreamRef(Account, command.account_id)
    if command.customer_id is not None:
        yield from streams_of_pool(circumstances.tenant_id, command.customer_id, command.wallet)
        yield from losses_in(command.wallet, command.customer_id, circumstances)


def losses_in(wallet: str, customer_id: UUID, circumstances: Circumstances) -> Iterator[StreamRef]:
    """The customer's levels, where points of the wallet may end with one."""
    if wallet == POINTS:
        yield from stream_of_losses(circumstances.tenant_id, customer_id)


def settle_losses_in(wallet: str, customer_id: UUID, unit: Unit) -> None:
    """Let the points of the wallet end that went with a level, before any come or go, or end otherwise."""
    if wallet == POINTS:
        settle_lost_points(unit, customer_id)


def reads_of_change(command: Changing, circumstances: Circumstances) -> Iterator[Read]:
    yield from (LEVELS_STATE, *reads_of_account(command, circumstances))


def reads_of_cancelling(command: CancelLot, circumstances: Circumstances) -> Iterator[Read]:
    yield from (*reads_of_change(command, circumstances), *reads_of_person(circumstances))


def reads_of_account(command: OfOneAccount, circumstances: Circumstances) -> Iterator[Read]:
    yield from (WALLETS, standing_read(command.customer_id))


@handles(SpendPoints, streams=streams_of_change, reads=reads_of_change)
def spend_points(command: SpendPoints, unit: Unit) -> AccountAnswer:
    account, policy = active_account(command, unit), policy_of(command.wallet, unit)
    others = beside(unit, account)
    spent = spend(account, policy, command.points, unit.circumstances.command_id, command.reference_id, unit.now, others)
    return answer(account, unit, spent.points, spent.shares)


@handles(HoldPoints, streams=streams_of_change, reads=reads_of_change)
def hold_points(command: HoldPoints, unit: Unit) -> AccountAnswer:
    account, policy = active_account(command, unit), policy_of(command.wallet, unit)
    hold_id, others = unit.circumstances.command_id, beside(unit, account)
    held = hold(account, policy, command.points, hold_id, command.reference_id, command.ends_at, unit.now, others)
    return answer(account, unit, held.points, held.shares)


@handles(ConfirmHold, streams=streams_of_change, reads=reads_of_change)
def confirm_hold(command: ConfirmHold, unit: Unit) -> AccountAnswer:
    account, policy = _with_hold(active_account(command, unit), command, unit), policy_of(command.wallet, unit)
    spent = confirm(account, policy, command.hold_id, unit.circumstances.command_id, unit.now, beside(unit, account))
    return answer(account, unit, spent.points, spent.shares)


@handles(ReleaseHold, streams=streams_of_change, reads=reads_of_change)
def release_hold(command: ReleaseHold, unit: Unit) -> AccountAnswer:
    account = _with_hold(load_account(command, unit), command, unit)
    return answer(account, unit, release(account, command.hold_id, unit.now, beside(unit, account)))


@handles(RestorePoints, streams=streams_of_change, reads=reads_of_change)
def restore_points(command: RestorePoints, unit: Unit) -> AccountAnswer:
    account, policy = load_account(command, unit), policy_of(command.wallet, unit)
    account = account_with(unit, account, lambda one: command.spend_id in one.spends)
    restore_id, others = unit.circumstances.command_id, beside(unit, account)
    back = restore(account, policy, command.spend_id, command.points, restore_id, unit.now, others, up_to=command.up_to)
    return answer(settle_pool(unit, account), unit, back)


@handles(CancelLot, streams=streams_of_change, reads=reads_of_cancelling)
def cancel_lot(command: CancelLot, unit: Unit) -> AccountAnswer:
    account, policy = load_account(command, unit), policy_of(command.wallet, unit)
    account = account_with(unit, account, lambda one: command.lot_id in one.all.by_id)
    taken = cancel(account, policy, command.lot_id, command.reason, person_behind(unit), unit.now, beside(unit, account))
    return answer(account, unit, taken)


@handles(BlockAccount, streams=streams_of_change, reads=reads_of_change)
def block_account(command: BlockAccount, unit: Unit) -> AccountAnswer:
    account = account_with(unit, known_account(command, unit), lambda one: one.blocked)
    account.block(command.customer_id, policy_of(command.wallet, unit).code, check_reason(command.reason), unit.now)
    return answer(account, unit, 0)


@handles(UnblockAccount, streams=streams_of_change, reads=reads_of_change)
def unblock_account(command: UnblockAccount, unit: Unit) -> AccountAnswer:
    """All that are joined: none can be used while one is blocked."""
    account = account_with(unit, load_account(command, unit), lambda one: one.blocked)
    account.unblock(check_reason(command.reason), unit.now)
    for other in (one for one in beside(unit, account) if one.blocked):
        other.unblock(check_reason(command.reason), unit.now)
    return answer(account, unit, 0)


@handles(
    NoteTime,
    streams=streams_of_time,
    reads=lambda command, circumstances: [WALLETS, LEVELS_STATE, *reads_of_sides(command.customer_id)],
)
def note_time(command: NoteTime, unit: Unit) -> int:
    account = unit.load(Account, command.account_id)
    if command.customer_id is not None:
        settle_losses_in(account.wallet, command.customer_id, unit)
    settle_pool(unit, account)
    expire(account, unit.now)
    activate(account, unit.now)
    announce(account, policy_of(command.wallet, unit), unit.now)
    return len(account.pending)


@handles(ResetPoints, streams=stream_of_account)
def reset_points(command: ResetPoints, unit: Unit) -> int:
    account = account_alone(unit, command.customer_id, command.wallet)
    return reset_together((account, *beside(unit, account)), [(command.set_id, command.lost_at)], unit.now)


@handles(ForfeitPoints, streams=stream_of_account, reads=lambda command, circumstances: [standing_read(command.customer_id)])
def forfeit_points(command: ForfeitPoints, unit: Unit) -> int:
    account = settle_pool(unit, account_alone(unit, command.customer_id, command.wallet))
    return forfeit(account, unit.now) if account.exists and standing(command.customer_id, unit) == "erased" else 0


def load_account(command: Changing, unit: Unit) -> Account:
    """The account that a command is about, without the points that ended with a level, whether that was noticed before or not."""
    settle_losses_in(command.wallet, command.customer_id, unit)
    return settle_pool(unit, account_alone(unit, command.customer_id, command.wallet))


def known_account(command: Changing, unit: Unit) -> Account:
    """The same, of somebody who is there. Raises DomainError `earning.customer_unknown`."""
    if standing(command.customer_id, unit) in {None, "erased"}:
        raise DomainError("earning.customer_unknown", field="customer_id")
    return load_account(command, unit)


def active_account(command: Changing, unit: Unit) -> Account:
    """The same, of somebody who may spend. Raises DomainError, also `earning.customer_not_active`."""
    account = known_account(command, unit)
    if not may_earn(standing(command.customer_id, unit)):
        raise DomainError("earning.customer_not_active", field="customer_id")
    return account


def _with_hold(account: Account, command: ConfirmHold | ReleaseHold, unit: Unit) -> Account:
    return account_with(unit, account, lambda one: had_hold(one, command.hold_id))


def standing(customer_id: UUID, unit: Unit) -> str | None:
    """The state of a customer whose `standing_read` is declared; None for somebody unknown."""
    found = unit.rows(*standing_read(customer_id))
    return str(found[0][0]) if found else None


def policy_of(wallet: str, unit: Unit) -> WalletPolicy:
    """The terms of a wallet now. Raises DomainError `earning.wallet_unknown`."""
    return wallets_of(unit).policy(wallet, unit.now)


def answer(account: Account, unit: Unit, points: int, shares: tuple[Share, ...] = ()) -> AccountAnswer:
    """What an order left in an account, with those that it is joined with."""
    others = beside(unit, account)
    return AccountAnswer(
        id=unit.circumstances.command_id,
        points=points,
        available=available_in(account, others, unit.now) if others else account.available(unit.now),
        balance=sum(one.balance for one in (account, *others)),
        shares=shares,
    )
