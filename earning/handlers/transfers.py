"""Points passed on: the sender is looked at first, and who receives is found out a few times a day at most."""

from __future__ import annotations

from collections.abc import Iterator

from customers.queries import asked_read, may_earn, standing_read
from earning.attempts import count_try, give_back_try
from earning.commands import AccountAnswer, CountTransferTry, TransferAnswer, TransferPoints
from earning.domain.account import Account
from earning.domain.transfers import check_sender, transfer
from earning.domain.wallets import WalletPolicy
from earning.handlers.accounts import (
    active_account,
    answer,
    losses_in,
    policy_of,
    reads_of_change,
    settle_losses_in,
    standing,
    streams_of_change,
)
from earning.poolbook import beside, settle_pool, sides_of, streams_of_pool
from earning.streams import account_of
from earning.walletbook import WALLETS, wallets_of
from loyalty.bus import Read, StreamRef, Unit, handles
from loyalty.domain.command import Circumstances
from loyalty.domain.errors import DomainError
from loyalty.domain.period import business_day


def streams_of_transfer(command: TransferPoints, circumstances: Circumstances) -> Iterator[StreamRef]:
    yield from streams_of_change(command, circumstances)
    if command.recipient_id is not None and command.recipient_id != command.customer_id:
        yield from streams_of_pool(circumstances.tenant_id, command.recipient_id, command.wallet)
        yield from losses_in(command.wallet, command.recipient_id, circumstances)


def reads_of_transfer(command: TransferPoints, circumstances: Circumstances) -> Iterator[Read]:
    yield from reads_of_change(command, circumstances)
    yield asked_read(command.customer_id)
    if command.recipient_id is not None and command.recipient_id != command.customer_id:
        yield standing_read(command.recipient_id)


@handles(TransferPoints, streams=streams_of_transfer, reads=reads_of_transfer)
def transfer_points(command: TransferPoints, unit: Unit) -> TransferAnswer:
    """A try that fails counts: so it is an answer, and no refusal that would undo it. What the sender lacks is refused before."""
    sender, policy = active_account(command, unit), policy_of(command.wallet, unit)
    _refuse_asked(command, unit)
    others = beside(unit, sender)
    if command.recipient_id in sides_of(unit, command.customer_id).all:
        raise DomainError("earning.transfer_to_oneself", field="recipient")
    check_sender(sender, policy, command.points, unit.now, others)
    day = business_day(unit.now, policy.zone)
    count_try("transfer", command.customer_id, day, unit)
    try:
        sent = _passed_on(sender, policy, command, unit)
    except DomainError:
        return TransferAnswer(sent=None)
    give_back_try("transfer", command.customer_id, day, unit)
    return TransferAnswer(sent=sent)


@handles(CountTransferTry, streams=lambda command, circumstances: (), reads=lambda command, circumstances: [WALLETS])
def count_transfer_try(command: CountTransferTry, unit: Unit) -> None:
    count_try("transfer", command.customer_id, business_day(unit.now, wallets_of(unit).zone), unit)


def _refuse_asked(command: TransferPoints, unit: Unit) -> None:
    """Who must say first who they are passes nothing on by themselves; staff who see them may."""
    itself = unit.circumstances.actor == f"customer:{sides_of(unit, command.customer_id).customer_id}"
    if itself and unit.rows(*asked_read(command.customer_id)) == [(True,)]:
        raise DomainError("customers.fact_needed")


def _passed_on(sender: Account, policy: WalletPolicy, command: TransferPoints, unit: Unit) -> AccountAnswer:
    found = command.recipient_id
    if found is None or not may_earn(standing(found, unit)):
        raise DomainError("earning.recipient_unavailable", field="recipient")
    settle_losses_in(command.wallet, found, unit)
    recipient = settle_pool(unit, unit.load(Account, account_of(found, unit.tenant_id, command.wallet)))
    transfer(sender, recipient, policy, command.points, unit.circumstances.command_id, found, unit.now, beside(unit, sender))
    settle_pool(unit, recipient)
    return answer(sender, unit, command.points)
