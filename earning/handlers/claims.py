"""Purchases that belonged to nobody, and whose they turn out to be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from customers.queries import may_earn, standing_read
from earning.accountbook import accounts_of, streams_of_accounts
from earning.buyers import standing_seen
from earning.commands import ClaimAnswer, ClaimPurchase
from earning.domain.claiming import claim, sale_claimed
from earning.domain.purchase import Purchase
from earning.domain.seen import NOTHING_SEEN
from earning.domain.wallets import POINTS
from earning.handlers.pooling import as_of_side, with_pool
from earning.handlers.purchases import earned_in, rules_seen, seen_of
from earning.levelbook import LEVELS_STATE, climb_of, end_points, pool_of, stream_of_levels
from earning.limits import give_back, note, room_in, used_now
from earning.poolbook import settle_pools, sides_of
from earning.references import forget
from earning.rulebook import STATE
from earning.walletbook import WALLETS, wallets_of
from loyalty.bus import Read, StreamRef, Unit, handles
from loyalty.domain.command import Circumstances
from loyalty.domain.identity import new_id


def streams_of_claim(command: ClaimPurchase, circumstances: Circumstances) -> Iterator[StreamRef]:
    yield StreamRef(Purchase, command.purchase_id)
    yield from streams_of_accounts(circumstances.tenant_id, command.customer_id)
    yield from stream_of_levels(circumstances.tenant_id, command.customer_id)


def reads_of_claim(command: ClaimPurchase, circumstances: Circumstances) -> Iterator[Read]:
    yield from (STATE, WALLETS, LEVELS_STATE, standing_read(command.customer_id))


@handles(ClaimPurchase, streams=streams_of_claim, reads=reads_of_claim)
def claim_purchase(command: ClaimPurchase, unit: Unit) -> ClaimAnswer:
    purchase, sides = unit.load(Purchase, command.purchase_id), sides_of(unit, command.customer_id).all
    standing, wallets = standing_seen(command.customer_id, unit), wallets_of(unit)
    command = as_of_side(command, purchase, sides)
    rules, climb = rules_seen(unit), climb_of(unit, command.customer_id)
    accounts, seen = accounts_of(unit, command.customer_id, rules.wallets), NOTHING_SEEN
    if purchase.sale is not None and purchase.customer_id is None:
        seen = seen_of(climb, unit, rules, replace(purchase.sale, customer_id=command.customer_id), accounts)
        claimed_sale = sale_claimed(purchase.sale, command.customer_id, standing, rules, seen)
        rules = room_in(unit, claimed_sale, rules, wallets, sides)
    may, losses = may_earn(standing), climb.losses if climb else ()
    claimed = claim(command, purchase, accounts, rules, wallets, standing, unit.now, new_id(), may_earn=may, seen=seen, losses=losses)
    if claimed.new:
        forget(unit, purchase.id)
        uses = note(unit, rules, purchase, claimed.lots, wallets)
        if climb:
            climb.count(purchase, claimed.lot, unit.now)
            end_points(climb, partial(pool_of, unit, command.customer_id), unit.now)
        give_back(unit, uses, used_now(rules, purchase, accounts, wallets))
        settle_pools(unit, accounts.values())
    kept = {code: lot.kept for code, lot in claimed.lots.items()}
    answer = ClaimAnswer(
        purchase_id=purchase.id,
        customer_id=command.customer_id,
        points=kept.get(POINTS, 0),
        balance=accounts[POINTS].balance,
        duplicate=not claimed.new,
        wallets=earned_in(purchase, accounts, kept),
    )
    return with_pool(answer, unit, command.customer_id)
