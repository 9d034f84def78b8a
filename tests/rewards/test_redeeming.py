"""A reward is bought with points in one transaction: all of it happens, or nothing, however many press at once."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from customers.commands import ActivateCustomer, DeactivateCustomer, EraseCustomer
from loyalty.domain.errors import DomainError
from loyalty.projections.projection import PROJECTIONS
from loyalty.projections.rebuild import checksum, rebuild
from rewards.commands import CancelCoupon, CustomerLimit, GiveReward, LuckyDraw, MarkUnused, Prize, RedeemReward, UseCoupon
from rewards.domain.kinds import drawn
from tests.earning.counter import in_parallel, rows
from tests.rewards.given import RewardShop, codes, wrong_guards

pytestmark = pytest.mark.usefixtures("own_log_of_module")


@pytest.fixture
def shop(tenant: Any) -> RewardShop:
    return RewardShop(tenant)


def test_points_go_and_the_coupon_comes(shop: RewardShop) -> None:
    customer, reward = shop.with_points(250), shop.reward(stock=10, valid_days=30)
    tried = shop.redeem(customer, reward, dry_run=True)
    assert (tried.available, rows("rewards_coupon", shop.tenant, "id"), rows("rewards_code", shop.tenant, "id")) == (150, [], [])
    got = shop.do(RedeemReward(customer_id=customer, reward_id=reward, by_customer=True))
    assert (got.state, got.points, got.available, shop.available(customer)) == ("active", 100, 150, 150)
    assert len(got.code.replace("-", "")) == 13
    assert rows("rewards_room", shop.tenant, "used") == [(1,)]
    assert rows("rewards_coupon", shop.tenant, "state, points, way") == [("issued", 100, "bought")]


def test_what_is_missing_is_said_and_nothing_is_taken(shop: RewardShop) -> None:
    customer, reward = shop.with_points(70), shop.reward(stock=1)
    with pytest.raises(DomainError) as refused:
        shop.redeem(customer, reward)
    assert (refused.value.code, refused.value.params["missing"]) == ("earning.not_enough_points", 30)
    assert [used for (used,) in rows("rewards_room", shop.tenant, "used") if used] == []
    rich, other = shop.with_points(100), shop.with_points(100)
    shop.redeem(rich, reward)
    for dry in (True, False):
        with pytest.raises(DomainError, match=r"rewards\.out_of_stock"):
            shop.redeem(other, reward, dry_run=dry)
    assert shop.available(other) == 100


@pytest.mark.rounds
def test_of_50_who_redeem_at_once_as_many_get_it_as_there_are(shop: RewardShop) -> None:
    customer = shop.with_points(20_000)
    others = [shop.with_points(200) for _ in range(25)]
    for bound in ({"limits": (CustomerLimit(most=3, period="day"),)}, {"stock": 3}):
        reward = shop.reward(**bound)
        whose = [customer] * 50 if "limits" in bound else others * 2
        results = in_parallel(50, lambda n, reward=reward, whose=whose: shop.redeem(whose[n], reward))
        code = "rewards.limit_reached_until" if "limits" in bound else "rewards.out_of_stock"
        assert codes(results) == [""] * 3 + [code] * 47
    assert shop.available(customer) == 20_000 - 300
    assert sorted(rows("rewards_room", shop.tenant, "used")) == [(3,), (3,)]
    assert wrong_guards(shop.tenant) == []


def test_a_budget_of_a_day_is_money(shop: RewardShop) -> None:
    customer, reward = shop.with_points(1_000), shop.reward(daily_budget=50_000)
    for _ in range(2):
        shop.redeem(customer, reward)
    with pytest.raises(DomainError) as refused:
        shop.redeem(customer, reward)
    assert (refused.value.code, refused.value.params["left"].minor) == ("rewards.budget_spent", 10_000)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert shop.redeem(customer, reward, at=tomorrow).points == 100


@pytest.mark.rounds
def test_a_coupon_is_used_once_whoever_tries_at_the_same_time(shop: RewardShop) -> None:
    customer, reward = shop.with_points(100), shop.reward()
    coupon = shop.redeem(customer, reward).coupon_id
    tills = in_parallel(10, lambda _: shop.do(UseCoupon(coupon_id=coupon, merchant_id=shop.merchant_id, worth=20_000)))
    assert codes(tills) == [""] + ["rewards.coupon_used"] * 9
    assert shop.do(MarkUnused(coupon_id=coupon, reason="Nhầm khách")).state == "active"
    assert shop.do(UseCoupon(coupon_id=coupon)).state == "used"
    with pytest.raises(DomainError, match=r"rewards\.coupon_used"):
        shop.do(CancelCoupon(coupon_id=coupon, reason="Nhầm"))


@pytest.mark.rounds
def test_a_cancelled_coupon_gives_points_and_room_back_once(shop: RewardShop) -> None:
    customer, reward = shop.with_points(100), shop.reward(stock=1)
    coupon = shop.redeem(customer, reward).coupon_id
    results = in_parallel(5, lambda _: shop.do(CancelCoupon(coupon_id=coupon, reason="Khách đổi ý")))
    assert codes(results) == [""] + ["rewards.coupon_cancelled"] * 4
    assert (shop.available(customer), rows("rewards_room", shop.tenant, "used")) == (100, [(0,)])
    assert shop.redeem(customer, reward).available == 0
    assert wrong_guards(shop.tenant) == []


def test_a_coupon_is_used_by_who_takes_part_and_by_nobody_of_whom_nothing_is_left(shop: RewardShop) -> None:
    customer, reward = shop.with_points(200), shop.reward()
    use = UseCoupon(coupon_id=shop.redeem(customer, reward).coupon_id)
    shop.do(DeactivateCustomer(customer_id=customer, reason="Gian lận"))
    for dry in (True, False):
        with pytest.raises(DomainError) as refused:
            shop.do(use, dry_run=dry)
        assert (refused.value.code, refused.value.field) == ("earning.customer_not_active", "coupon_id")
    shop.do(ActivateCustomer(customer_id=customer))
    assert shop.do(use).state == "used"
    left = shop.redeem(customer, reward).coupon_id
    shop.do(EraseCustomer(customer_id=customer))
    with pytest.raises(DomainError, match=r"rewards\.coupon_unknown"):
        shop.do(UseCoupon(coupon_id=left))


def test_a_dry_run_draws_nothing(shop: RewardShop) -> None:
    customer, reward = shop.with_points(200), shop.reward(LuckyDraw(prizes=(Prize(code="A", weight=1),)))
    assert (shop.redeem(customer, reward, dry_run=True).prize, shop.redeem(customer, reward).prize) == ("", "A")


def test_a_lucky_draw_gives_only_prizes_that_are_left(shop: RewardShop) -> None:
    prizes = (Prize(code="phone", weight=1_000_000, stock=1), Prize(code="sticker", weight=1))
    customer, reward = shop.with_points(1_000), shop.reward(LuckyDraw(prizes=prizes))
    drawn = [shop.redeem(customer, reward).prize for _ in range(5)]
    assert drawn == ["phone"] + ["sticker"] * 4
    assert wrong_guards(shop.tenant) == []


@pytest.mark.rounds
def test_of_50_who_draw_at_once_three_get_the_prize_and_each_draw_can_be_checked_from_the_log(shop: RewardShop) -> None:
    prizes = (Prize(code="phone", weight=1_000_000, stock=3), Prize(code="sticker", weight=1))
    customers, reward = [shop.with_points(200) for _ in range(10)], shop.reward(LuckyDraw(prizes=prizes))
    done = in_parallel(50, lambda n: shop.redeem(customers[n % 10], reward))
    assert codes(done) == [""] * 10 * 2 + ["earning.not_enough_points"] * 30
    won = rows("rewards_coupon", shop.tenant, "prize")
    assert sorted(prize for (prize,) in won) == ["phone"] * 3 + ["sticker"] * 17
    assert wrong_guards(shop.tenant) == []
    left = {"phone": 3}
    for (payload,) in rows("event.event", shop.tenant, "payload::text", "position"):
        told = json.loads(payload)
        if told.get("seed"):
            found = drawn(LuckyDraw(prizes=prizes), told["seed"], left)
            assert getattr(found, "code", None) == told["prize"], "the seed and what was left give the same prize again"
            left["phone"] -= told["prize"] == "phone"
    assert left == {"phone": 0}


def test_what_is_given_takes_no_points_but_room(shop: RewardShop) -> None:
    reward, customers = shop.reward(stock=1, levels=("gold",)), [shop.customer(), shop.customer()]
    given = shop.do(GiveReward(customer_id=customers[0], reward_id=reward))
    assert (given.points, given.code) == (0, "")
    with pytest.raises(DomainError, match=r"rewards\.out_of_stock"):
        shop.do(GiveReward(customer_id=customers[1], reward_id=reward))


def test_a_failure_after_any_statement_leaves_nothing(shop: RewardShop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection breaks after the first, second, … statement of the handler, and at last after none."""
    from loyalty.unit import Unit

    customer, reward = shop.with_points(100), shop.reward(stock=5, limits=(CustomerLimit(most=2),))
    whole, broke = Unit.execute_all, 0

    class Broken(Exception):
        pass

    for last in range(1, 30):
        count = iter(range(1, 1000))

        def breaking(unit: Unit, queries: Any, count: Any = count, last: int = last) -> Any:
            done = whole(unit, queries)
            if next(count) == last and not any(sql == "commit" for sql, _ in queries):
                raise Broken
            return done

        with monkeypatch.context() as patched:
            patched.setattr(Unit, "execute_all", breaking)
            try:
                shop.redeem(customer, reward)
            except Broken:
                broke += 1
            else:
                break
        assert (shop.available(customer), rows("rewards_coupon", shop.tenant, "id")) == (100, [])
        assert [used for (used,) in rows("rewards_room", shop.tenant, "used") if used] == rows("rewards_code", shop.tenant, "id") == []
    assert broke >= 4
    assert (shop.available(customer), len(rows("rewards_coupon", shop.tenant, "id"))) == (0, 1)


def test_read_models_are_the_same_rebuilt(shop: RewardShop) -> None:
    customer, reward = shop.with_points(500), shop.reward()
    first, second, _ = (shop.redeem(customer, reward).coupon_id for _ in range(3))
    shop.do(UseCoupon(coupon_id=first, worth=5))
    shop.do(MarkUnused(coupon_id=first, reason="x"))
    shop.do(CancelCoupon(coupon_id=second, reason="y"))
    names = ("rewards.rewards", "rewards.coupons")
    live = {t: checksum(t) for name in names for t in PROJECTIONS[name].tables}
    for batch in (1, 1000):
        assert {t: c for n in names for t, c in rebuild(PROJECTIONS[n], batch=batch, swap=False).checksums.items()} == live
