"""Shares of a purchase, and other rewards that it brought: how many there are, while baskets keep them, and what they cost."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.utils.translation import override

from earning.commands import ReturnLine, Thousandths
from loyalty.domain.errors import DomainError
from loyalty.messages.refusals import message
from loyalty.projections.projection import PROJECTIONS
from loyalty.projections.rebuild import checksum, rebuild
from loyalty.tenancy import reading
from rewards import queries
from rewards.commands import CancelCoupon, Choice, GiveReward, ReleaseBasket, UseCoupon, ValueCode
from rewards.forsaken import end
from tests.earning.counter import in_parallel, rows
from tests.pos.given import bring_level
from tests.rewards.given import RewardShop, codes, wrong_guards
from tests.rewards.test_instant import held, of_a_purchase, share
from tests.rewards.test_returns import take_back

pytestmark = pytest.mark.usefixtures("own_log_of_module")
STANDINGS: tuple[queries.Standing, ...] = ("usable", "expired", "cancelled")


@pytest.fixture
def till(tenant: Any) -> RewardShop:
    return RewardShop(tenant)


def test_shares_of_one_purchase_are_all_of_it_at_most(till: RewardShop) -> None:
    customer, reward = till.with_points(10), till.reward(ValueCode(amount=500_000))
    purchase = of_a_purchase(till, customer)

    def give(share: int) -> UUID:
        order = GiveReward(customer_id=customer, reward_id=reward, way="rule", for_purchase_id=purchase, share=share)
        return till.do(order).coupon_id

    first = give(6_000)
    give(2_750)
    with pytest.raises(DomainError, match=r"^rewards\.shares_given") as refusal:
        give(1_251)
    assert (refusal.value.field, refusal.value.params) == ("share", {"left": Decimal("12.5"), "wanted": Decimal("12.51")})
    with override("en"):
        assert "12.5% are left" in message(refusal.value)
    give(1_250)
    till.do(CancelCoupon(coupon_id=first, reason="Nhầm"))
    give(6_000)
    other = of_a_purchase(till, customer)
    order = GiveReward(customer_id=customer, reward_id=reward, way="rule", for_purchase_id=other, share=10_000)
    assert till.do(order).state == "active"
    assert wrong_guards(till.tenant) == []


def test_of_fifty_who_give_shares_at_once_as_many_succeed_as_there_is_room_for(till: RewardShop) -> None:
    customer, rewards = till.with_points(10), [till.reward(ValueCode(amount=500_000)) for _ in range(3)]
    purchase = of_a_purchase(till, customer)
    told = {"customer_id": customer, "way": "rule", "for_purchase_id": purchase, "share": 3_000}
    results = in_parallel(50, lambda n: till.do(GiveReward(reward_id=rewards[n % 3], **told)))
    assert codes(results) == [""] * 3 + ["rewards.shares_given"] * 47
    assert rows("rewards_coupon", till.tenant, "count(*)", "1") == [(4,)], "three shares beside what was bought in the basket"
    assert wrong_guards(till.tenant) == []


@pytest.mark.parametrize("whole", [True, False])
def test_what_a_basket_keeps_is_bought_also_when_all_came_back_that_had_brought_it(till: RewardShop, whole: bool) -> None:
    customer = till.with_points(10)
    purchase = of_a_purchase(till, customer)
    if whole:
        give = GiveReward(customer_id=customer, reward_id=till.reward(stock=5), way="rule", for_purchase_id=purchase)
        coupon = till.do(give).coupon_id
    else:
        coupon = share(till, customer, purchase)
    promised = till.hold(customer, Choice(coupon_id=coupon), seconds=3600)
    take_back(till, purchase)
    done = till.confirm(promised.basket_id)
    assert done.totals == promised.totals
    assert [state for state, *_ in held(till)] == ["used"]
    take_back(till, done.purchase_id)
    assert [state for state, *_ in held(till)] == ["cancelled"]
    assert rows("rewards_room", till.tenant, "used", "1 desc") == [(0,)] * (1 if whole else 2)
    assert wrong_guards(till.tenant) == []


@pytest.mark.parametrize("by", ["release", "time"])
def test_what_a_basket_lets_go_goes_once_all_came_back_that_had_brought_it(till: RewardShop, by: str) -> None:
    customer = till.with_points(10)
    purchase = of_a_purchase(till, customer)
    coupon = share(till, customer, purchase)
    now = datetime.now(UTC)
    basket = till.hold(customer, Choice(coupon_id=coupon), seconds=60)
    take_back(till, purchase)
    assert (end(till.tenant.id, now), [row[:2] for row in held(till)]) == (0, [("issued", 0)])
    if by == "release":
        till.do(ReleaseBasket(basket_id=basket.basket_id))
        bring_level("rewards.returns")
    else:
        later = now + timedelta(seconds=90)
        with pytest.raises(DomainError, match=r"^rewards\.coupon_cancelled"):
            till.do(UseCoupon(coupon_id=coupon), at=later)
        assert (end(till.tenant.id, later), end(till.tenant.id, later)) == (1, 0)
    assert [state for state, *_ in held(till)] == ["cancelled"]
    assert rows("rewards_room", till.tenant, "used") == [(0,), (0,)]
    assert wrong_guards(till.tenant) == []


def test_what_is_shown_of_a_coupon_that_is_worth_nothing_any_more(till: RewardShop, monkeypatch: pytest.MonkeyPatch) -> None:
    customer = till.with_points(10)
    purchase = of_a_purchase(till, customer)
    coupon, now = share(till, customer, purchase), datetime.now(UTC)
    till.hold(customer, Choice(coupon_id=coupon), seconds=3600)
    take_back(till, purchase)
    with reading(till.tenant.id):
        assert queries.coupon(coupon).state == "reserved"

    class Later(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return now + timedelta(hours=2)

    monkeypatch.setattr(sys.modules["rewards.queries.coupons"], "datetime", Later)
    with reading(till.tenant.id):
        assert queries.coupon(coupon).state == "cancelled"
        assert [coupon in {one.coupon_id for one in queries.coupons(customer, standing)} for standing in STANDINGS] == [False, False, True]


def test_what_a_share_costs_is_what_it_is_worth_by_now(till: RewardShop) -> None:
    customer = till.with_points(10)
    purchase = of_a_purchase(till, customer)
    coupon = share(till, customer, purchase)
    take_back(till, purchase, ReturnLine(line=1, quantity=Thousandths(1_000)))
    assert (held(till), cost_told(till)) == ([("issued", 6_999, 6_999)], 6_999)
    basket = till.hold(customer, Choice(coupon_id=coupon), seconds=3600)
    take_back(till, purchase, ReturnLine(line=1, quantity=Thousandths(1_000)))
    assert (held(till), cost_told(till)) == ([("issued", 3_999, 6_999)], 6_999), "so much was promised to a basket"
    till.do(ReleaseBasket(basket_id=basket.basket_id))
    bring_level("rewards.returns")
    assert (held(till), cost_told(till)) == ([("issued", 3_999, 3_999)], 3_999)
    till.do(UseCoupon(coupon_id=coupon, worth=3_000))
    take_back(till, purchase)
    assert cost_told(till) == 3_000, "what somebody has of it was paid"
    live = {name: {table: checksum(table) for table in PROJECTIONS[name].tables} for name in ("rewards.coupons", "rewards.results")}
    assert {name: rebuild(PROJECTIONS[name], batch=1, swap=False).checksums for name in live} == live


def test_what_the_terms_say_of_cost_stays(till: RewardShop) -> None:
    customer = till.with_points(10)
    purchase, reward = of_a_purchase(till, customer), till.reward(ValueCode(amount=50_000), cost=700)
    till.do(GiveReward(customer_id=customer, reward_id=reward, way="rule", for_purchase_id=purchase, share=1_000))
    take_back(till, purchase, ReturnLine(line=1, quantity=Thousandths(1_000)))
    assert (held(till), cost_told(till)) == ([("issued", 6_999, 700)], 700)


def cost_told(till: RewardShop) -> int:
    """What all rewards cost by their results."""
    bring_level("rewards.results")
    ((cost,),) = rows("rewards_result", till.tenant, "coalesce(sum(amount) filter (where figure = 'cost'), 0)::bigint")
    return int(cost)
