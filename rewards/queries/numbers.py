"""What became of rewards, in numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from loyalty.tenancy.middleware import tenant_of_id
from rewards.domain.room import budget_id, stock_id
from rewards.domain.terms import RewardTerms
from rewards.queries.here import asked, tenant_here
from rewards.roombook import used_now

COUNTED = """select reward_id, count(*), count(*) filter (where state = 'used'), count(*) filter (where state = 'cancelled'),
        coalesce(sum(cost) filter (where state <> 'cancelled'), 0)::bigint, coalesce(sum(worth), 0)::bigint
    from rewards_coupon where tenant_id = %s and reward_id = any (%s::uuid[]) group by reward_id"""

CATEGORIES = "select distinct category from rewards_reward where tenant_id = %s and category <> '' order by 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardNumbers:
    """How many coupons of a reward were `issued` at all, and are `used` or `cancelled`; `cost` and what was taken off (`worth`) are in
    minor units. `left` of its stock, and `spent` of today's budget: None where there is none.
    """

    issued: int = 0
    used: int = 0
    cancelled: int = 0
    cost: int = 0
    worth: int = 0
    left: int | None = None
    spent: int | None = None


def reward_numbers(rewards: Mapping[UUID, RewardTerms], now: datetime) -> dict[UUID, RewardNumbers]:
    """The numbers of each of these rewards, whose terms are told: two questions for all."""
    counted = {key: (*told,) for key, *told in asked(COUNTED, [tenant_here(), [*rewards]])} if rewards else {}
    zone = tenant_of_id(tenant_here()).time_zone
    budgets = {key: budget_id(key, now, zone) for key, terms in rewards.items() if terms.daily_budget is not None}
    stocks = {key: stock_id(key) for key, terms in rewards.items() if terms.stock is not None}
    used = used_now(tenant_here(), [*budgets.values(), *stocks.values()], now, asked)
    found = {}
    for key, terms in rewards.items():
        issued, gone, cancelled, cost, worth = counted.get(key, (0, 0, 0, 0, 0))
        left = None if terms.stock is None else max(0, terms.stock - used.get(stocks[key], 0))
        spent = used.get(budgets[key], 0) if key in budgets else None
        found[key] = RewardNumbers(issued=issued, used=gone, cancelled=cancelled, cost=cost, worth=worth, left=left, spent=spent)
    return found


def reward_categories() -> list[str]:
    """The categories that rewards stand under, by name."""
    return [row[0] for row in asked(CATEGORIES, [tenant_here()])]
