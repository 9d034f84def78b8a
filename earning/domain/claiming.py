"""A purchase that was recorded for nobody known gets its customer, and the customer its points."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from earning.domain.account import Account
from earning.domain.earned import earn
from earning.domain.giving_back import Brought, count, give_back
from earning.domain.purchase import Purchase
from earning.domain.rule_set import RuleSet
from earning.domain.seen import NOTHING_SEEN, CustomerSeen
from earning.domain.selling import Sold
from earning.domain.wallets import POINTS, Wallets

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
    account: Account,
    rules: RuleSet,
    wallets: Wallets,
    standing: str | None,
    now: datetime,
    lot_id: UUID,
    *,
    may_earn: bool,
    seen: CustomerSeen = NOTHING_SEEN,
) -> Sold:
    """Give the purchase to its customer as if it had been recorded for them: it earns, and what came back since is clawed back."""
    new = purchase.claim(order, standing, rules.position, seen, now, may_earn=may_earn)
    sale = purchase.decided
    if new and sale is not None:
        earn(account, sale, rules.worth(sale), lot_id, wallets.policy(POINTS, sale.purchased_at), now)
        count(account, sale, rules.counted(sale), POINTS)
        for goods, before, after in purchase.history():
            brought = Brought(goods=goods, sale=sale, before=before, after=after)
            give_back(account, brought, rules, wallets.policy(POINTS, goods.returned_at), now)
    return Sold(new, account.lots.get(purchase.id))
