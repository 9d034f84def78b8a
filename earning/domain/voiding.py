"""A purchase that should not have been recorded is undone on its own day, by who recorded it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from earning.domain.account import Accounts
from earning.domain.giving_back import Beside, alone
from earning.domain.purchase import Purchase
from earning.domain.rule_set import RuleSet
from earning.domain.selling import TakenBack, taken
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
    accounts: Accounts,
    rules: RuleSet,
    wallets: Wallets,
    circumstances: Circumstances,
    by: str,
    beside: Beside = alone,
) -> TakenBack:
    """Take everything back, with the points; `by` is who recorded the purchase. Void before, it answers as then.

    Raises DomainError `earning.void_by_another`, and what `Purchase.void` does.
    """
    if circumstances.actor != by:
        raise DomainError("earning.void_by_another")
    before = list(purchase.kept)
    goods, new = purchase.void(order, void_id(purchase.id), circumstances.now)
    return taken(purchase, goods, before, accounts, rules, wallets, circumstances, beside, new=new)
