"""A purchase that should not have been recorded is undone on its own day, by who recorded it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from earning.domain.account import Account
from earning.domain.earned import claw_back
from earning.domain.purchase import Purchase
from earning.domain.rule_set import RuleSet
from earning.domain.selling import TakenBack
from earning.domain.wallets import Wallets
from loyalty.domain.command import Circumstances
from loyalty.domain.errors import DomainError
from loyalty.domain.identity import derived_id

if TYPE_CHECKING:
    from earning.commands import VoidPurchase


def void_id(purchase_id: UUID) -> UUID:
    """The return that a void is: there is at most one of a purchase."""
    return derived_id("void", purchase_id)


def void(
    order: VoidPurchase,
    purchase: Purchase,
    account: Account | None,
    rules: RuleSet,
    wallets: Wallets,
    circumstances: Circumstances,
    by: str,
) -> TakenBack:
    """Take everything back, with the points; `by` is who recorded the purchase. Void before, it answers as then.

    Raises DomainError `earning.void_by_another`, and what `Purchase.void` does.
    """
    if circumstances.actor != by:
        raise DomainError("earning.void_by_another")
    before = list(purchase.kept)
    goods, new = purchase.void(order, void_id(purchase.id), circumstances.now)
    lot = account.lots.get(purchase.id) if account is not None else None
    if account is None or lot is None:
        return TakenBack(goods, 0, new)
    if new and purchase.decided is not None:
        less = rules.less(purchase.decided, lot.earned.contributions, before, purchase.kept, lot.kept)
        claw_back(account, goods, less, wallets.policy(lot.earned.wallet, goods.returned_at), circumstances.now)
    return TakenBack(goods, lot.clawed_back.get(goods.return_id, 0), new)
