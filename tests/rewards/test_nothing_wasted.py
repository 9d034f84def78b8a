"""In a basket nothing is used up for nothing, and no more points are spent than pay for the goods."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.domain.errors import DomainError
from loyalty.domain.naming import Naming, as_staff_say
from loyalty.tenancy import reading
from rewards.commands import (
    BasketLine,
    Cashback,
    Choice,
    Custom,
    DiscountAmount,
    DiscountPercent,
    FreeDelivery,
    FreeProduct,
    GiveReward,
    GiveToSegment,
    HoldBasket,
    RedeemReward,
)
from rewards.domain.kinds import BenefitOfKind
from rewards.domain.offer import Occasion
from rewards.domain.terms import RewardTerms
from rewards.domain.totals import ToApply, alone
from rewards.domain.wasting import wasted
from rewards.forms.rewards.giving import GiveToSegmentForm
from rewards.models import Reward
from rewards.queries import Quote, quote
from tests.earning.counter import rows
from tests.rewards.given import LINES, RewardShop, bought
from tests.rewards.test_giving_to_segments import segment

SOMEWHEN = Occasion(now=datetime(2026, 3, 7, tzinfo=UTC), zone=ZoneInfo("UTC"), currency="VND")

CHEAP = (BasketLine(total=3_000, quantity=1_000, sku="GUM"),)
ALL = DiscountPercent(basis_points=10_000)


@pytest.fixture
def till(tenant: Any) -> RewardShop:
    return RewardShop(tenant)


def order(till: RewardShop, customer: UUID, *choices: Choice, lines: Any = LINES) -> HoldBasket:
    return HoldBasket(customer_id=customer, merchant_id=till.merchant_id, pos_id=till.pos_id, lines=lines, choices=choices)


def quoted(till: RewardShop, customer: UUID, *choices: Choice, lines: Any = LINES) -> Quote:
    with reading(till.tenant.id):
        return quote(order(till, customer, *choices, lines=lines))


def refused(till: RewardShop, customer: UUID, *choices: Choice, lines: Any = LINES) -> tuple[str, str | None, dict[str, Any]]:
    """Code, field and parameters of the refusal, which a quote and a hold say alike; nothing is taken."""
    said = []
    for ask in (quoted, RewardShop.hold):
        with pytest.raises(DomainError) as caught:
            ask(till, customer, *choices, lines=lines)
        said.append((caught.value.code, caught.value.field, as_staff_say(caught.value.params)))
    assert said[0] == said[1]
    assert rows("rewards_basket", till.tenant, "id") == []
    return said[0]


def test_no_more_points_are_spent_than_pay_for_the_goods(till: RewardShop) -> None:
    customer, cash = till.with_points(5_000), till.reward(Cashback(per_point=Decimal(50), least=10), points=0)
    assert refused(till, customer, bought(cash, 2_001)) == ("rewards.points_of_choice", "choices.0.points", {"least": 10, "most": 2_000})
    half = till.reward(DiscountPercent(basis_points=5_000), points=0)
    assert refused(till, customer, bought(half), bought(cash, 1_001))[1:] == ("choices.1.points", {"least": 10, "most": 1_000})
    held = till.hold(customer, bought(cash, 1_000), bought(half))
    assert (held.totals.total, held.available) == (0, 4_000)


def test_the_last_point_may_pay_what_is_left(till: RewardShop) -> None:
    customer, cash = till.with_points(5_000), till.reward(Cashback(per_point=Decimal(70)), points=0)
    assert till.hold(customer, bought(cash, 43), lines=CHEAP).totals.total == 0
    assert refused_points(till, customer, cash, 44) == {"least": 1, "most": 43}


def refused_points(till: RewardShop, customer: UUID, cash: UUID, points: int) -> dict[str, Any]:
    with pytest.raises(DomainError, match=r"rewards\.points_of_choice") as caught:
        quoted(till, customer, bought(cash, points), lines=CHEAP)
    return caught.value.params


def test_where_the_least_points_pay_more_than_there_is_it_says_so(till: RewardShop) -> None:
    customer, cash = till.with_points(500), till.reward(Cashback(per_point=Decimal(50), least=100), points=0)
    code, field, params = refused(till, customer, bought(cash, 100), lines=CHEAP)
    assert (code, field, params["least"], params["left"].minor) == ("rewards.less_than_least_points", "choices.0", 100, 3_000)
    (offer,) = quoted(till, customer, lines=CHEAP).offers
    assert (offer.can_be_had, offer.refusal and offer.refusal.code) == (False, "rewards.less_than_least_points")


def test_points_that_pay_for_nothing_are_not_spent(till: RewardShop) -> None:
    customer, cash = till.with_points(500), till.reward(Cashback(per_point=Decimal("0.3")), points=0)
    (offer,) = quoted(till, customer).offers
    assert (offer.points, offer.worth, offer.can_be_had) == (4, 1, True)
    assert refused(till, customer, bought(cash, 3))[1:] == ("choices.0.points", {"least": 4, "most": "∞"})
    with pytest.raises(DomainError, match=r"rewards\.points_of_choice"):
        till.do(RedeemReward(customer_id=customer, reward_id=cash, points=3))


def test_what_takes_nothing_off_is_not_used_up(till: RewardShop) -> None:
    customer = till.with_points(500)
    every, amount = till.reward(ALL, points=0), till.reward(DiscountAmount(amount=5_000), points=10, name="Five off")
    coupon = till.redeem(customer, till.reward(FreeDelivery(), points=10)).coupon_id
    assert refused(till, customer, bought(amount), bought(every)) == ("rewards.takes_nothing_off", "choices.0", {"name": "Five off"})
    assert refused(till, customer, bought(amount), Choice(coupon_id=coupon))[:2] == ("rewards.takes_nothing_off", "choices.1")
    product = till.reward(FreeProduct(skus=("TEA",)), points=10)
    assert refused(till, customer, bought(product))[:2] == ("rewards.takes_nothing_off", "choices.0")
    told = {one.coupon_id or one.reward_id: one for one in quoted(till, customer).offers}
    assert [told[one].can_be_had for one in (every, amount, product, coupon)] == [True, True, False, False]
    gift = till.reward(Custom(), points=10)
    assert till.hold(customer, bought(gift)).totals.discount == 0, "what takes nothing off anyway can be had with any basket"


def test_all_that_a_quote_lists_as_usable_can_be_held(till: RewardShop) -> None:
    customer = till.with_points(400)
    benefits = (ALL, DiscountAmount(amount=5_000), FreeDelivery(), FreeProduct(skus=("CF",)), FreeProduct(skus=("TEA",)), Custom())
    for benefit in benefits:
        till.redeem(customer, till.reward(benefit, points=1))
        till.reward(benefit, points=500)
    for benefit in (Cashback(per_point=Decimal(50), least=100), Cashback(per_point=Decimal("0.01")), Cashback(per_point=Decimal(1))):
        till.reward(benefit, points=0)
    seen = set()
    for lines in (LINES, CHEAP, (BasketLine(total=0, quantity=1_000, sku="CF"),), (BasketLine(kind="delivery", total=9),)):
        for one in quoted(till, customer, lines=lines).offers:
            points = one.points if isinstance(one.content.terms.benefit, Cashback) else None
            choice = Choice(coupon_id=one.coupon_id) if one.coupon_id else bought(one.reward_id, points)
            try:
                held = till.do(order(till, customer, choice, lines=lines), dry_run=True)
            except DomainError:
                assert not one.can_be_had
            else:
                assert (one.can_be_had, one.worth) == (True, held.totals.discount)
            seen.add(one.can_be_had)
    assert seen == {True, False}


@given(st.decimals("0.000001", 1_000, places=6), st.integers(1, 500), st.integers(0, 100_000), st.integers(1, 10**7))
def test_of_points_that_are_not_refused_one_fewer_would_not_pay_as_much(per: Decimal, least: int, total: int, points: int) -> None:
    cash = Cashback(per_point=per, least=least)
    one = ToApply(number=0, reward_id=uuid4(), terms=RewardTerms(gives=BenefitOfKind.of(cash)), points=points)
    amount, worth = alone([BasketLine(total=total)], one)
    if wasted(one, amount, worth, Naming("Cash"), SOMEWHEN, bought=True) is None:
        assert worth >= 1
        assert worth == total or worth == int(per * points)
        assert cash.worth(total, 0, points - 1) < total
    elif points >= cash.least_points:
        assert total == 0 or cash.worth(total, 0, points - 1) == total


def test_cashback_is_given_to_nobody(till: RewardShop) -> None:
    customer, cash = till.with_points(100), till.reward(Cashback(per_point=Decimal(50)), points=0, name="Cash")
    whose, _ = segment(till, 1)
    for order in (GiveReward(customer_id=customer, reward_id=cash), GiveToSegment(reward_id=cash, segment_id=whose)):
        with pytest.raises(DomainError) as caught:
            till.do(order)
        assert (caught.value.code, caught.value.field) == ("rewards.cashback_not_given", "reward_id")
    assert rows("rewards_coupon", till.tenant, "id") == []
    with reading(till.tenant.id):
        assert not GiveToSegmentForm.offered(Reward.objects.get(tenant_id=till.tenant.id, id=cash))
