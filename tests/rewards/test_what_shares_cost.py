"""What a share of a purchase costs the company, while others have some of it, and what of it is there again in the budget of its day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from earning.commands import ReturnLine, Thousandths
from loyalty.domain.errors import DomainError
from loyalty.domain.money import Money
from loyalty.projections.projection import PROJECTIONS
from loyalty.projections.rebuild import checksum, rebuild
from rewards.commands import CancelCoupon, Choice, GiveReward, MarkUnused, UseCoupon, ValueCode
from rewards.domain.room import budget_id
from rewards.forsaken import end
from tests.earning.counter import rows
from tests.rewards.given import RewardShop, wrong_guards
from tests.rewards.test_instant import held, of_a_purchase, share
from tests.rewards.test_returns import take_back
from tests.rewards.test_shares import cost_told

pytestmark = pytest.mark.usefixtures("own_log_of_module")
CUPS, REST = ReturnLine(line=1, quantity=Thousandths(2_000)), ReturnLine(line=2, quantity=Thousandths(1_000))


@pytest.fixture
def till(tenant: Any) -> RewardShop:
    return RewardShop(tenant)


def used_on(till: RewardShop, customer: UUID, coupon: UUID) -> UUID:
    """Another purchase of 100,000 in lines of 60,000 and 40,000, on which a coupon is used."""
    done = till.confirm(till.hold(customer, Choice(coupon_id=coupon)).basket_id)
    assert done.purchase_id is not None
    return done.purchase_id


def taken_off(till: RewardShop) -> int:
    """What all shares took off purchases, by the results."""
    shares = f"figure = 'worth' and reward_id in (select reward_id from rewards_coupon where way = 'rule' and tenant_id = {till.tenant.id})"
    ((amount,),) = rows("rewards_result", till.tenant, f"coalesce(sum(amount) filter (where {shares}), 0)::bigint")
    return int(amount)


def in_the_log(till: RewardShop) -> None:
    """Made anew from the log, everything is the same, and guards say what the log says."""
    assert wrong_guards(till.tenant) == []
    live = {name: {table: checksum(table) for table in PROJECTIONS[name].tables} for name in ("rewards.coupons", "rewards.results")}
    assert {name: rebuild(PROJECTIONS[name], batch=1, swap=False).checksums for name in live} == live


def test_a_used_share_costs_what_purchases_have_of_it_and_its_worth_once_they_have_less(till: RewardShop) -> None:
    customer = till.with_points(10)
    purchase = of_a_purchase(till, customer)
    other = used_on(till, customer, share(till, customer, purchase))
    take_back(till, purchase, CUPS)
    assert (cost_told(till), taken_off(till)) == (9_999, 9_999), "so much was paid with it"
    take_back(till, other, CUPS)
    assert (cost_told(till), taken_off(till)) == (4_000, 4_000), "5,999 of it lay on what is back, and it is worth 3,999 by now"
    assert held(till) == [("used", 0, 4_000)]
    take_back(till, other)
    assert (cost_told(till), taken_off(till), held(till)) == (3_999, 0, [("issued", 3_999, 3_999)])
    in_the_log(till)


def test_what_a_purchase_has_of_a_share_that_is_worth_nothing_goes_down_with_its_goods(till: RewardShop) -> None:
    customer = till.with_points(10)
    purchase = of_a_purchase(till, customer)
    other = used_on(till, customer, share(till, customer, purchase))
    take_back(till, purchase)
    assert (cost_told(till), taken_off(till)) == (9_999, 9_999)
    take_back(till, other, REST)
    assert (held(till), cost_told(till), taken_off(till)) == ([("used", 0, 5_999)], 5_999, 5_999)
    take_back(till, other)
    assert (held(till), cost_told(till), taken_off(till)) == ([("cancelled", 0, 5_999)], 0, 0)
    in_the_log(till)


def test_a_share_that_was_not_used_after_all_costs_what_it_is_worth_by_now(till: RewardShop) -> None:
    customer = till.with_points(10)
    purchase = of_a_purchase(till, customer)
    coupon = share(till, customer, purchase)
    till.do(UseCoupon(coupon_id=coupon, worth=9_999))
    take_back(till, purchase, CUPS)
    assert (held(till), cost_told(till)) == ([("used", 0, 9_999)], 9_999)
    till.do(MarkUnused(coupon_id=coupon, reason="Nhầm"))
    assert (held(till), cost_told(till)) == ([("issued", 3_999, 3_999)], 3_999)
    in_the_log(till)


def test_a_basket_that_time_ended_has_nothing_of_a_share_any_more(till: RewardShop) -> None:
    customer = till.with_points(10)
    purchase = of_a_purchase(till, customer)
    coupon, now = share(till, customer, purchase), datetime.now(UTC)
    till.hold(customer, Choice(coupon_id=coupon), seconds=60)
    take_back(till, purchase, CUPS)
    assert (end(till.tenant.id, now), held(till)) == (0, [("issued", 3_999, 9_999)]), "so much was promised"
    later = now + timedelta(seconds=90)
    assert (end(till.tenant.id, later), end(till.tenant.id, later)) == (1, 0)
    assert (held(till), cost_told(till)) == ([("issued", 3_999, 3_999)], 3_999)
    in_the_log(till)


def test_the_budget_of_a_day_has_what_a_share_of_that_day_lost(till: RewardShop) -> None:
    customer, reward = till.with_points(10), till.reward(ValueCode(amount=50_000), daily_budget=10_000)
    first, second = of_a_purchase(till, customer), of_a_purchase(till, customer)

    def give(purchase: UUID, share: int) -> UUID:
        return till.do(GiveReward(customer_id=customer, reward_id=reward, way="rule", for_purchase_id=purchase, share=share)).coupon_id

    coupon = give(first, 1_000)
    with pytest.raises(DomainError, match=r"^rewards\.budget_spent") as refusal:
        give(second, 300)
    assert refusal.value.params["left"] == Money(1, "VND")
    take_back(till, first, ReturnLine(line=1, quantity=Thousandths(1_000)))
    assert budget(till) == 6_999
    give(second, 300)
    assert budget(till) == 6_999 + 2_999
    till.do(CancelCoupon(coupon_id=coupon, reason="Nhầm"))
    assert budget(till) == 2_999, "what came back to it before does not come back twice"
    in_the_log(till)


def budget(till: RewardShop) -> int:
    """What is noted as used of the only budget."""
    ((reward, issued_at), *_) = rows("rewards_coupon", till.tenant, "reward_id, issued_at", "(way = 'rule') desc, issued_at")
    key = budget_id(reward, issued_at, till.tenant.zone.key)
    return int(dict(rows("rewards_room", till.tenant, "id, used"))[key])
