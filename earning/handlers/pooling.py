"""What a document leaves in all accounts of a customer who turned out to be one with others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar
from uuid import UUID

from earning.commands import ClaimAnswer, PurchaseAnswer, ReturnAnswer
from earning.domain.wallets import POINTS
from earning.poolbook import sides_of
from loyalty.bus import Unit

BALANCES = (
    "select wallet, sum(balance)::bigint from earning_account where tenant_id = %s and customer_id = any (%s::uuid[]) group by wallet"
)
Answer = TypeVar("Answer", PurchaseAnswer, ClaimAnswer, ReturnAnswer)


def with_pool(answer: Answer, unit: Unit, customer_id: UUID | None) -> Answer:
    """With what is in the accounts that the customer's is joined with."""
    others = [] if customer_id is None else [side for side in sides_of(unit, customer_id).all if side != customer_id]
    if not others:
        return answer
    more: dict[str, int] = dict(unit.execute(BALANCES, [unit.tenant_id, others]))
    return with_more(answer, more)


def with_more(answer: Answer, more: Mapping[str, int]) -> Answer:
    """With so much more in each wallet."""
    if not more:
        return answer
    wallets = tuple(replace(one, balance=one.balance + more.get(one.wallet, 0)) for one in answer.wallets)
    balance = None if answer.balance is None else answer.balance + more.get(POINTS, 0)
    return replace(answer, balance=balance, wallets=wallets)
