"""Voids: a purchase is undone by who recorded it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from earning.accountbook import accounts_of, streams_of_accounts
from earning.commands import ReturnAnswer, VoidPurchase
from earning.domain.purchase import Purchase
from earning.domain.voiding import void
from earning.handlers.pooling import with_pool
from earning.handlers.purchases import answer_of, count_return, rules_seen
from earning.levelbook import LEVELS_STATE, climb_of, stream_of_levels
from earning.limits import used_together
from earning.poolbook import beside, reads_of_sides, settle_pools
from earning.rulebook import STATE
from earning.walletbook import WALLETS, wallets_of
from loyalty.bus import Read, StreamRef, Unit, handles
from loyalty.domain.command import Circumstances
from loyalty.domain.errors import NotFound

RECORDED_BY = "select id, recorded_by from earning_purchase where id = any (%s::uuid[])"
"""It never changes, so that no lock is needed to believe it."""


def streams_of_void(command: VoidPurchase, circumstances: Circumstances) -> Iterator[StreamRef]:
    yield StreamRef(Purchase, command.purchase_id)
    yield from streams_of_accounts(circumstances.tenant_id, command.customer_id)
    if command.customer_id is not None:
        yield from stream_of_levels(circumstances.tenant_id, command.customer_id)


def reads_of_void(command: VoidPurchase, circumstances: Circumstances) -> Iterator[Read]:
    yield from (STATE, WALLETS, LEVELS_STATE, Read(RECORDED_BY, command.purchase_id), *reads_of_sides(command.customer_id))


@handles(VoidPurchase, streams=streams_of_void, reads=reads_of_void)
def void_purchase(command: VoidPurchase, unit: Unit) -> ReturnAnswer:
    purchase = unit.load(Purchase, command.purchase_id)
    if not (found := unit.rows(RECORDED_BY, command.purchase_id)):
        raise NotFound("earning.purchase_unknown", field="purchase_id")
    climb_of(unit, purchase.customer_id)  # as for a return
    rules, wallets = rules_seen(unit), wallets_of(unit)
    accounts = accounts_of(unit, command.customer_id, rules.wallets)
    uses = used_together(rules, purchase, accounts, wallets)
    done = void(command, purchase, accounts, rules, wallets, unit.circumstances, found[0][0], partial(beside, unit))
    counted = count_return(unit, purchase, accounts, answer_of(done, accounts), uses)
    settle_pools(unit, accounts.values())
    return with_pool(counted, unit, command.customer_id)
