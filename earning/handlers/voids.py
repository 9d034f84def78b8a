"""Voids: a purchase is undone by who recorded it."""

from __future__ import annotations

from collections.abc import Iterator

from earning.commands import ReturnAnswer, VoidPurchase
from earning.domain.account import Account
from earning.domain.purchase import Purchase
from earning.domain.voiding import void
from earning.handlers.purchases import count_return, rules_seen
from earning.levelbook import LEVELS_STATE, stream_of_levels
from earning.limits import give_back
from earning.rulebook import STATE
from earning.streams import account_of
from earning.walletbook import WALLETS, wallets_of
from loyalty.bus import Read, StreamRef, Unit, handles
from loyalty.domain.command import Circumstances
from loyalty.domain.errors import NotFound

RECORDED_BY = "select id, recorded_by from earning_purchase where id = any (%s::uuid[])"
"""It never changes, so that no lock is needed to believe it."""


def streams_of_void(command: VoidPurchase, circumstances: Circumstances) -> Iterator[StreamRef]:
    yield StreamRef(Purchase, command.purchase_id)
    if command.customer_id is not None:
        yield StreamRef(Account, account_of(command.customer_id, circumstances.tenant_id))
        yield from stream_of_levels(circumstances.tenant_id, command.customer_id)


def reads_of_void(command: VoidPurchase, circumstances: Circumstances) -> Iterator[Read]:
    yield from (STATE, WALLETS, LEVELS_STATE, Read(RECORDED_BY, command.purchase_id))


@handles(VoidPurchase, streams=streams_of_void, reads=reads_of_void)
def void_purchase(command: VoidPurchase, unit: Unit) -> ReturnAnswer:
    purchase = unit.load(Purchase, command.purchase_id)
    if not (found := unit.rows(RECORDED_BY, command.purchase_id)):
        raise NotFound("earning.purchase_unknown", field="purchase_id")
    account = None if command.customer_id is None else unit.load(Account, account_of(command.customer_id, unit.tenant_id))
    rules, before = rules_seen(unit), list(purchase.kept)
    taken = void(command, purchase, account, rules, wallets_of(unit), unit.circumstances, found[0][0])
    if account is not None and taken.new:
        give_back(unit, rules, purchase, account.lots.get(purchase.id), before)
    answer = ReturnAnswer(
        return_id=taken.goods.return_id,
        purchase_id=purchase.id,
        amount=taken.goods.amount,
        points=taken.points,
        balance=account.balance if account else None,
        duplicate=not taken.new,
    )
    count_return(unit, purchase, account, answer)
    return answer
