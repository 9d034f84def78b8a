"""Levels of customers: each order to its one decision."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from customers.queries import standing_read
from earning.commands import CountPastOfCustomer, CustomerLevelAnswer, GiveLevel, SettleLevels, WithdrawLevel
from earning.domain.account import Account
from earning.domain.levels.climb import Climb
from earning.domain.levels.counting import PastPurchase
from earning.domain.purchase import Purchase
from earning.domain.reason import check_reason
from earning.handlers.accounts import standing
from earning.levelbook import LEVELS_STATE, climb_of, stream_of_levels, stream_of_losses, uncounted
from earning.poolbook import account_alone, sides_of, streams_of_pool
from earning.streams import WALLET
from earning.walletbook import WALLETS
from loyalty.bus import Read, StreamRef, Unit, handles
from loyalty.domain.command import Circumstances
from loyalty.domain.errors import Conflict, DomainError


@handles(
    SettleLevels,
    streams=lambda command, circumstances: {
        *stream_of_levels(circumstances.tenant_id, command.customer_id),
        *stream_of_losses(circumstances.tenant_id, command.customer_id),
    },
    reads=lambda command, circumstances: [WALLETS, LEVELS_STATE],
)
def settle_levels(command: SettleLevels, unit: Unit) -> int:
    climb = climb_of(unit, command.customer_id)
    if climb is None:
        return 0
    climb.announce(unit.now)
    return len(climb.levels.pending)


def streams_of_past(command: CountPastOfCustomer, circumstances: Circumstances) -> Iterator[StreamRef]:
    """The account too: whoever changes a purchase of the customer holds it, so that none changes while it is counted."""
    yield from streams_of_pool(circumstances.tenant_id, command.customer_id, WALLET)
    yield from stream_of_levels(circumstances.tenant_id, command.customer_id)


@handles(CountPastOfCustomer, streams=streams_of_past, reads=lambda command, circumstances: [WALLETS, LEVELS_STATE])
def count_past_of_customer(command: CountPastOfCustomer, unit: Unit) -> int:
    """Of somebody who was merged, who stands for them counts."""
    climb, sides = climb_of(unit, command.customer_id), sides_of(unit, command.customer_id)
    if climb is None or sides.customer_id != command.customer_id:
        return 0
    accounts = [account_alone(unit, side, WALLET) for side in sides.all]
    missing = purchases_locked(unit, uncounted(unit, command.customer_id, climb), accounts)
    past = pasts(climb, missing, accounts)
    if past:
        climb.levels.count_past(command.customer_id, past, climb.book, climb.zone, unit.now)
    return len(past)


def pasts(climb: Climb, purchases: Iterable[Purchase], accounts: Sequence[Account]) -> list[PastPurchase]:
    """What purchases count towards levels that do not yet, though they should, by the points that they still brought to `accounts`."""
    kept = kept_points(accounts)
    told = [climb.past(purchase, kept.get(purchase.id, 0)) for purchase in purchases]
    return [purchase for purchase in told if purchase is not None]


def kept_points(accounts: Iterable[Account]) -> dict[UUID, int]:
    """The points that purchases still bring."""
    return {purchase_id: lot.kept for account in accounts for purchase_id, lot in account.lots.items()}


def purchases_locked(unit: Unit, ids: Sequence[UUID], accounts: Sequence[Account]) -> list[Purchase]:
    """Purchases that nobody changes until this command is through: the accounts are locked, or where there is none, each of them."""
    if all(account.exists for account in accounts):
        return unit.seen(Purchase, ids)
    unit.open([StreamRef(Purchase, purchase_id) for purchase_id in ids])
    return [unit.load(Purchase, purchase_id) for purchase_id in ids]


def streams_of_levels(command: GiveLevel | WithdrawLevel, circumstances: Circumstances) -> Iterator[StreamRef]:
    yield from stream_of_levels(circumstances.tenant_id, command.customer_id)


def reads_of_levels(command: GiveLevel | WithdrawLevel, circumstances: Circumstances) -> Iterator[Read]:
    yield from (WALLETS, LEVELS_STATE, standing_read(command.customer_id))


@handles(GiveLevel, streams=streams_of_levels, reads=reads_of_levels)
def give_level(command: GiveLevel, unit: Unit) -> CustomerLevelAnswer:
    climb = _climb(command, unit)
    version = climb.book.with_level(command.level, unit.now) if climb else None
    if climb is None or version is None:
        raise DomainError("earning.level_unknown", field="level", level=command.level)
    reason = check_reason(command.reason)
    climb.levels.give(climb.customer_id or command.customer_id, version, command.level, command.ends_at, reason, unit.now)
    return CustomerLevelAnswer(customer_id=command.customer_id, levels=climb.seen(unit.now))


@handles(WithdrawLevel, streams=streams_of_levels, reads=reads_of_levels)
def withdraw_level(command: WithdrawLevel, unit: Unit) -> CustomerLevelAnswer:
    climb = _climb(command, unit)
    if climb is None:
        raise Conflict("earning.level_not_given", field="level", level=command.level)
    climb.levels.withdraw(command.level, check_reason(command.reason), unit.now)
    return CustomerLevelAnswer(customer_id=command.customer_id, levels=climb.seen(unit.now))


def _climb(command: GiveLevel | WithdrawLevel, unit: Unit) -> Climb | None:
    if standing(command.customer_id, unit) in {None, "erased"}:
        raise DomainError("earning.customer_unknown", field="customer_id")
    return climb_of(unit, command.customer_id)
