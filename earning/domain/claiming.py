"""A purchase that was recorded for nobody known gets its customer, and the customer its points."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from earning.domain.account import Account
from earning.domain.purchase import Purchase
from earning.domain.rules import RuleSet
from earning.domain.selling import Sold

if TYPE_CHECKING:
    from earning.commands import ClaimPurchase


def claim(
    order: ClaimPurchase,
    purchase: Purchase,
    account: Account,
    rules: RuleSet,
    standing: str | None,
    now: datetime,
    lot_id: UUID,
    *,
    may_earn: bool,
) -> Sold:
    """Give the purchase to its customer as if it had been recorded for them: it earns, and what came back since is clawed back."""
    new = purchase.claim(order, standing, rules.position, now, may_earn=may_earn)
    if new and purchase.sale is not None:
        sale = replace(purchase.sale, customer_id=order.customer_id)
        account.earn(sale, rules.worth([line.total for line in sale.lines], sale.currency, sale.purchased_at), lot_id)
    lot = account.lots.get(purchase.id)
    if new and lot is not None:
        for goods, before, after in purchase.history():
            account.claw_back(goods, rules.less(lot.earned.contributions, before, after))
    return Sold(new, lot)
