"""What a reward brought, by day: coupons, points, cost, and revenue with it and without."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from earning.commands import AdjustPoints
from loyalty.domain.errors import DomainError, NotFound
from loyalty.projections.projection import PROJECTIONS
from loyalty.projections.rebuild import checksum, rebuild
from loyalty.projections.runner import project_all
from loyalty.tenancy import reading
from rewards.commands import (
    ActivateReward,
    CancelCoupon,
    Choice,
    CreateReward,
    DiscountAmount,
    DiscountPercent,
    MarkUnused,
    RedeemReward,
    UseCoupon,
    ValueCode,
)
from rewards.queries import RewardResults, reward_results
from tests.earning.counter import rows
from tests.rewards.given import RewardShop, bought, content
from tests.rewards.test_returns import take_back

pytestmark = pytest.mark.usefixtures("own_log_of_module")
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime.now(UTC).replace(hour=5, minute=0, second=0, microsecond=0) - timedelta(days=1)
DAY = timedelta(days=1)


@pytest.fixture
def shop(tenant: Any) -> RewardShop:
    return RewardShop(tenant)


def results(shop: RewardShop, reward: UUID, first: date | None = None, last: date | None = None) -> RewardResults:
    project_all()
    with reading(shop.tenant.id):
        return reward_results(reward, first, last)


def begun(shop: RewardShop, **more: Any) -> tuple[UUID, UUID]:
    """A reward that can be had since nine days ago, and a customer who has had points for as long."""
    since = NOW - 9 * DAY
    reward = shop.do(CreateReward(content=content(DiscountAmount(amount=5_000), 50, **more)), at=since).reward_id
    shop.do(ActivateReward(reward_id=reward, effective_at=since), at=since)
    customer = shop.with_points(0)
    shop.do(AdjustPoints(customer_id=customer, points=500, reason="welcome"), at=since)
    return reward, customer


def at(shop: RewardShop, customer: UUID, reward: UUID, when: datetime) -> UUID:
    """The coupon of somebody who bought it then."""
    return shop.do(RedeemReward(customer_id=customer, reward_id=reward), at=when).coupon_id


def counted(one: Any) -> tuple[int, ...]:
    return (one.issued, one.used, one.cancelled, one.expired)


def test_each_figure_stands_on_the_day_of_what_it_counts(shop: RewardShop) -> None:
    reward, customer = begun(shop, cost=3_000)
    first = at(shop, customer, reward, NOW - 3 * DAY)
    second = at(shop, customer, reward, NOW - 3 * DAY)
    at(shop, customer, reward, datetime(NOW.year, NOW.month, NOW.day, 18, tzinfo=UTC) - 3 * DAY)
    shop.do(UseCoupon(coupon_id=first), at=NOW - 2 * DAY)
    shop.do(CancelCoupon(coupon_id=second, reason="changed their mind"), at=NOW - DAY)
    found = results(shop, reward)
    day = (NOW - 3 * DAY).astimezone(ZONE).date()
    assert [(on - day, counted(one)) for on, one in found.days.items() if any(counted(one))] == [
        (timedelta(0), (2, 0, 0, 0)),
        (DAY, (1, 1, 0, 0)),
        (2 * DAY, (0, 0, 1, 0)),
    ]
    assert (found.total.points, found.total.cost, found.days[day].cost) == ({"points": 100}, 6_000, 3_000)


def test_revenue_with_the_reward_is_told_from_that_without_and_a_purchase_counts_once(shop: RewardShop) -> None:
    reward = shop.reward(DiscountAmount(amount=5_000), points=10)
    customer = shop.with_points(500)
    shop.sell(customer, 70_000)
    coupon = shop.redeem(customer, reward).coupon_id
    shop.confirm(shop.hold(customer, Choice(coupon_id=coupon), bought(reward)).basket_id)
    total = results(shop, reward).total
    assert (total.purchases, total.revenue, total.worth) == ({"VND": 1}, {"VND": 90_000}, {"VND": 10_000})
    assert (total.other_purchases, total.other_revenue) == ({"VND": 1}, {"VND": 70_000})


def test_what_is_marked_unused_counts_no_more(shop: RewardShop) -> None:
    reward = shop.reward(DiscountAmount(amount=5_000), points=10)
    customer = shop.with_points(500)
    coupon = shop.redeem(customer, reward).coupon_id
    shop.confirm(shop.hold(customer, Choice(coupon_id=coupon)).basket_id)
    assert results(shop, reward).total.used == 1
    shop.do(MarkUnused(coupon_id=coupon, reason="wrong customer"))
    total = results(shop, reward).total
    assert (total.used, total.worth, total.revenue, total.other_revenue) == (0, {}, {}, {"VND": 95_000})


def test_returns_are_taken_off_the_day_of_the_purchase(shop: RewardShop) -> None:
    reward = shop.reward(ValueCode(amount=50_000), points=10)
    customer = shop.with_points(500)
    coupon = shop.redeem(customer, reward).coupon_id
    done = shop.confirm(shop.hold(customer, Choice(coupon_id=coupon)).basket_id)
    assert done.purchase_id is not None
    before = results(shop, reward).total
    take_back(shop, done.purchase_id)
    after = results(shop, reward).total
    assert (before.purchases, before.revenue, before.worth) == ({"VND": 1}, {"VND": 50_000}, {"VND": 50_000})
    assert (after.purchases, after.revenue) == ({}, {})
    assert after.used == rows("rewards_coupon", shop.tenant, "count(*) filter (where state = 'used')")[0][0]


def test_what_ended_is_expired_once_its_last_day_is_over(shop: RewardShop) -> None:
    reward, customer = begun(shop, valid_days=1)
    at(shop, customer, reward, NOW - 5 * DAY)
    shop.redeem(customer, reward)
    assert counted(results(shop, reward).total) == (2, 0, 0, 1)


def test_made_anew_in_batches_of_any_size_the_figures_are_the_same(shop: RewardShop) -> None:
    percent, value = shop.reward(DiscountPercent(basis_points=1_000), points=10), shop.reward(ValueCode(amount=5_000), points=10)
    for turn in range(6):
        customer = shop.with_points(500)
        had = shop.redeem(customer, value).coupon_id
        done = shop.confirm(shop.hold(customer, Choice(coupon_id=had), bought(percent)).basket_id)
        if turn % 3 == 0 and done.purchase_id:
            take_back(shop, done.purchase_id)
        if turn % 3 == 1:
            shop.do(MarkUnused(coupon_id=had, reason="mistake"))
            shop.do(CancelCoupon(coupon_id=had, reason="mistake"))
    project_all()
    projection = PROJECTIONS["rewards.results"]
    live = {table: checksum(table) for table in projection.tables}
    assert len({*live.values()}) == len(live)
    for batch in (1, 7, 1_000):
        rebuild(projection, batch=batch)
        assert {table: checksum(table) for table in projection.tables} == live


def test_days_in_the_wrong_order_and_unknown_rewards_are_refused(shop: RewardShop) -> None:
    reward = shop.reward()
    with pytest.raises(DomainError, match=r"rewards\.period_invalid"):
        results(shop, reward, date(2026, 3, 2), date(2026, 3, 1))
    with pytest.raises(DomainError, match=r"rewards\.period_invalid"):
        results(shop, reward, date(2025, 1, 1), date(2026, 3, 1))
    with pytest.raises(NotFound):
        results(shop, UUID(int=5))
