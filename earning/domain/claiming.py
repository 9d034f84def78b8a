"""A purchase that was recorded for nobody known gets its customer, and the customer its points."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from earning.domain.account import Accounts
from earning.domain.earned import earn_each
from earning.domain.expiring import Losses
from earning.domain.giving_back import Brought, count, give_back, lots_of
from earning.domain.purchase import Purchase
from earning.domain.rule_set import RuleSet
from earning.domain.seen import NOTHING_SEEN, CustomerSeen
from earning.domain.selling import Sold, lose_rewards
from earning.domain.wallets import Wallets
from earning.events import PurchaseRecorded

if TYPE_CHECKING:
    from earning.commands import ClaimPurchase, RecordPurchase


def as_recorded(order: RecordPurchase, purchase: Purchase) -> RecordPurchase:
    """The order as it compares with the document that was recorded before: references say nothing against its customer.

    They found somebody then and nobody now, or the other way round. Who they find instead of another still differs.
    """
    says_otherwise = order.customer_id is not None and purchase.customer_id is not None
    if not order.references or purchase.sale is None or says_otherwise:
        return order
    return replace(order, customer_id=purchase.customer_id)


def claim(
    order: ClaimPurchase,
    purchase: Purchase,
    accounts: Accounts,
    rules: RuleSet,
    wallets: Wallets,
    standing: str | None,
    now: datetime,
    lot_id: UUID,
    *,
    may_earn: bool,
    seen: CustomerSeen = NOTHING_SEEN,
    losses: Losses = (),
) -> Sold:
    """Give the purchase to its customer as if it had been recorded for them: it earns, and what came back since is clawed back."""
    new = purchase.is_unclaimed(order, standing, may_earn=may_earn)
    if new and purchase.sale is not None:
        sale = sale_claimed(purchase.sale, order.customer_id, standing, rules, seen)
        worth = rules.decide(sale)
        sale = replace(sale, cuts=worth.cuts, instant_rewards=worth.rewards, matched_by=order.matched_by)
        purchase.claim(sale, now)
        earn_each(accounts, sale, worth.contributions, lot_id, wallets, now, losses)
        count(accounts, sale, worth.counted, worth.contributions)
        for goods, before, after in purchase.history():
            give_back(accounts, Brought(goods=goods, sale=sale, before=before, after=after), rules, wallets, now)
            lose_rewards(purchase, accounts, goods, rules, after)
    return Sold(new, lots_of(accounts, purchase.id))


def sale_claimed(
    sale: PurchaseRecorded, customer_id: UUID, standing: str | None, rules: RuleSet, seen: CustomerSeen = NOTHING_SEEN
) -> PurchaseRecorded:
    """A sale to nobody known as it is decided for the customer who claims it."""
    return replace(sale, customer_id=customer_id, standing=standing, rules_position=rules.position, seen=seen)
