"""Documents of a customer who turned out to be one with others: whose they are, and what they leave in all accounts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar
from uuid import UUID

from earning.commands import ClaimAnswer, ClaimPurchase, PurchaseAnswer, RecordPurchase, ReturnAnswer
from earning.domain.account import Account
from earning.domain.purchase import Purchase
from earning.domain.wallets import POINTS
from earning.poolbook import sides_of
from loyalty.bus import Unit

BALANCES = "select customer_id, wallet, balance from earning_account where tenant_id = %s and customer_id = any (%s::uuid[])"
Order = TypeVar("Order", RecordPurchase, ClaimPurchase)
Answer = TypeVar("Answer", PurchaseAnswer, ClaimAnswer, ReturnAnswer)


def as_of_side(order: Order, purchase: Purchase, sides: Sequence[UUID]) -> Order:
    """The order in the name of that one of a customer's `sides` who has the purchase already, whichever of them it names."""
    whose = purchase.customer_id
    return replace(order, customer_id=whose) if whose is not None and whose in sides else order


def with_pool(answer: Answer, unit: Unit, customer_id: UUID | None) -> Answer:
    """With what is in the accounts that the customer's is joined with: as this decision leaves those that it looked at."""
    others = [] if customer_id is None else [side for side in sides_of(unit, customer_id).all if side != customer_id]
    if not others:
        return answer
    found = {(whose, wallet): balance for whose, wallet, balance in unit.execute(BALANCES, [unit.tenant_id, others])}
    found |= {(one.customer_id, one.wallet): one.balance for one in unit.loaded(Account) if one.exists and one.customer_id in others}
    more = Counter[str]()
    for (_, wallet), balance in found.items():
        more[wallet] += balance
    return with_more(answer, more)


def with_more(answer: Answer, more: Mapping[str, int]) -> Answer:
    """With so much more in each wallet."""
    if not more:
        return answer
    wallets = tuple(replace(one, balance=one.balance + more.get(one.wallet, 0)) for one in answer.wallets)
    balance = None if answer.balance is None else answer.balance + more.get(POINTS, 0)
    return replace(answer, balance=balance, wallets=wallets)
