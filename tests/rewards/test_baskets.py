"""A basket keeps points, coupons, stock and limits in one step, ends by itself, and is bought once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from earning.commands import AdjustPoints
from loyalty.domain.errors import DomainError
from loyalty.observability import metrics
from loyalty.projections.projection import PROJECTIONS
from loyalty.projections.rebuild import checksum, rebuild
from loyalty.tenancy import reading
from rewards.commands import (
    BasketLine,
    Cashback,
    Choice,
    CustomerLimit,
    DiscountAmount,
    DiscountPercent,
    FreeProduct,
    HoldBasket,
    ReleaseBasket,
    RewardPrice,
    UseCoupon,
)
from rewards.queries import quote
from tests.earning.counter import in_parallel, rows
from tests.earning.given import per
from tests.earning.test_wallets_of_rules import set_up
from tests.rewards.given import LINES, RewardShop, bought, codes, wrong_guards

pytestmark = pytest.mark.usefixtures("own_log_of_module")


@pytest.fixture
def till(tenant: Any) -> RewardShop:
    return RewardShop(tenant)


def test_what_is_held_is_bought_with_the_purchase(till: RewardShop) -> None:
    customer = till.with_points(500)
    percent, cash = till.reward(DiscountPercent(basis_points=1_000), points=100), till.reward(Cashback(per_point=Decimal(50)), points=0)
    coupon = till.redeem(customer, till.reward(DiscountAmount(amount=5_000), points=50)).coupon_id
    held = till.hold(customer, bought(cash, 200), bought(percent), Choice(coupon_id=coupon))
    assert (held.totals.discount, held.totals.total, held.available) == (25_000, 75_000, 150)
    assert [choice.worth for choice in held.choices] == [10_000, 10_000, 5_000]
    with pytest.raises(DomainError, match=r"rewards\.coupon_reserved"):
        till.do(UseCoupon(coupon_id=coupon))
    done = till.confirm(held.basket_id)
    assert (done.state, done.totals, till.available(customer)) == ("confirmed", held.totals, 150)
    assert rows("earning_purchase", till.tenant, "total") == [(75_000,)]
    assert rows("rewards_coupon", till.tenant, "state, worth", "worth") == [("used", 5_000), ("used", 10_000), ("used", 10_000)]
    with pytest.raises(DomainError, match=r"rewards\.basket_confirmed"):
        till.confirm(held.basket_id)
    assert wrong_guards(till.tenant) == []


def test_points_that_were_paid_for_cashback_before_pay_in_the_basket(till: RewardShop) -> None:
    customer = till.with_points(500)
    coupon = till.redeem(customer, till.reward(Cashback(per_point=Decimal(50)), points=0), points=300).coupon_id
    with reading(till.tenant.id):
        order = HoldBasket(
            customer_id=customer, merchant_id=till.merchant_id, pos_id=None, lines=LINES, choices=(Choice(coupon_id=coupon),)
        )
        assert quote(order).totals.discount == 15_000
    held = till.hold(customer, Choice(coupon_id=coupon))
    assert (held.totals.discount, till.available(customer)) == (15_000, 200)
    assert (till.confirm(held.basket_id).totals.discount, till.available(customer)) == (15_000, 200)


@pytest.mark.rounds
def test_of_50_baskets_at_once_as_many_are_held_as_there_are_and_those_are_bought(till: RewardShop) -> None:
    customer = till.with_points(20_000)
    reward = till.reward(limits=(CustomerLimit(most=3),))
    results = in_parallel(50, lambda _: till.hold(customer, bought(reward)))
    assert codes(results) == [""] * 3 + ["rewards.limit_reached"] * 47
    held = [one.basket_id for one in results if not isinstance(one, DomainError)]
    assert [till.confirm(basket).state for basket in held] == ["confirmed"] * 3
    assert (till.available(customer), rows("rewards_hold", till.tenant, "amount")) == (20_000 - 300, [])
    assert wrong_guards(till.tenant) == []


@pytest.mark.rounds
def test_one_coupon_for_two_tills_is_had_by_one(till: RewardShop) -> None:
    customer, reward = till.with_points(100), till.reward()
    coupon = till.redeem(customer, reward).coupon_id
    results = in_parallel(2, lambda _: till.hold(customer, Choice(coupon_id=coupon)))
    assert codes(results) == ["", "rewards.coupon_reserved"]


def test_what_an_app_keeps_is_free_at_its_end_with_no_job(till: RewardShop) -> None:
    customer, other = till.with_points(500), till.with_points(500)
    dear, cheap = till.reward(points=500, stock=1), till.reward(points=100)
    now = datetime.now(UTC)
    held = till.hold(customer, bought(dear), seconds=120, at=now)
    with pytest.raises(DomainError) as refused:
        till.hold(customer, bought(cheap), at=now + timedelta(seconds=60))
    assert (refused.value.code, refused.value.params["missing"]) == ("earning.not_enough_points", 100)
    assert (refused.value.params["later"].held, refused.value.params["later"].held_until) == (500, held.ends_at)
    with pytest.raises(DomainError, match=r"rewards\.out_of_stock"):
        till.hold(other, bought(dear), at=now + timedelta(seconds=119))
    assert till.hold(customer, bought(cheap), at=now + timedelta(seconds=121)).available == 400
    assert till.hold(other, bought(dear), at=now + timedelta(seconds=121)).available == 0
    with pytest.raises(DomainError, match=r"rewards\.basket_ended"):
        till.confirm(held.basket_id, at=now + timedelta(seconds=122))
    assert wrong_guards(till.tenant) == []


def test_a_swap_charges_the_last_choice_alone(till: RewardShop) -> None:
    customer = till.with_points(300)
    first, second = till.reward(points=300, stock=1), till.reward(DiscountAmount(amount=9_000), points=200)
    coupon = till.give(customer, till.reward(DiscountAmount(amount=1_000))).coupon_id
    held = till.hold(customer, bought(first), Choice(coupon_id=coupon))
    swapped = till.hold(customer, bought(second), Choice(coupon_id=coupon), replaces=held.basket_id)
    assert (swapped.available, rows("rewards_hold", till.tenant, "amount")) == (100, [])
    assert till.confirm(swapped.basket_id).totals.total == swapped.totals.total
    assert till.available(customer) == 100
    with pytest.raises(DomainError, match=r"rewards\.basket_released"):
        till.confirm(held.basket_id)
    assert wrong_guards(till.tenant) == []


@pytest.mark.rounds
def test_swaps_between_two_wallets_at_once_wait_for_each_other_and_never_in_a_circle(
    till: RewardShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(till)
    customer = till.with_points(900)
    till.do(AdjustPoints(customer_id=customer, points=900, reason="x", wallet="stars"))
    rewards = [till.reward(price=RewardPrice(points=100, wallet=wallet), stock=50) for wallet in ("points", "stars")]
    held = [till.hold(customer, bought(rewards[n % 2])).basket_id for n in range(8)]
    again: list[str] = []
    monkeypatch.setattr(metrics, "conflict", again.append)
    swapped = in_parallel(8, lambda n: till.hold(customer, bought(rewards[(n + 1) % 2]), replaces=held[n]))
    assert (codes(swapped), again) == ([""] * 8, [])
    assert rows("rewards_room", till.tenant, "used") == [(4,), (4,)]
    assert wrong_guards(till.tenant) == []


def test_what_is_released_is_there_again(till: RewardShop) -> None:
    customer, reward = till.with_points(100), till.reward(stock=1)
    held = till.hold(customer, bought(reward))
    assert till.do(ReleaseBasket(basket_id=held.basket_id)).available == 100
    assert rows("rewards_room", till.tenant, "used") == [(0,)]
    assert till.hold(customer, bought(reward)).available == 0


def test_a_free_unit_earns_nothing(till: RewardShop) -> None:
    till.rule(replace(per(1_000), currency=till.tenant.currency))
    customer, reward = till.with_points(5), till.reward(FreeProduct(skus=("CF",)), points=5)
    lines = (BasketLine(total=6_000, quantity=6_000, sku="CF"),)
    done = till.confirm(till.hold(customer, bought(reward), lines=lines).basket_id)
    assert (done.earned, till.available(customer), done.totals.total) == (5, 5, 5_000)


def test_a_document_that_was_recorded_before_takes_no_reward(till: RewardShop) -> None:
    customer, reward = till.with_points(200), till.reward()
    held = [till.hold(customer, bought(reward)) for _ in range(2)]
    now = datetime.now(UTC)
    till.confirm(held[0].basket_id, "A-1", now)
    with pytest.raises(DomainError, match=r"rewards\.document_recorded"):
        till.confirm(held[1].basket_id, "A-1", now)
    assert rows("rewards_coupon", till.tenant, "state") == [("used",)]


def test_a_failure_after_any_statement_of_confirming_leaves_none(till: RewardShop, monkeypatch: pytest.MonkeyPatch) -> None:
    from loyalty.unit import Unit

    customer, reward = till.with_points(100), till.reward(stock=5)
    held, whole, broke = till.hold(customer, bought(reward)), Unit.execute_all, 0

    class Broken(Exception):
        pass

    for last in range(1, 40):
        count = iter(range(1, 1000))

        def breaking(unit: Unit, queries: Any, count: Any = count, last: int = last) -> Any:
            done = whole(unit, queries)
            if next(count) == last and not any(sql == "commit" for sql, _ in queries):
                raise Broken
            return done

        with monkeypatch.context() as patched:
            patched.setattr(Unit, "execute_all", breaking)
            try:
                till.confirm(held.basket_id)
            except Broken:
                broke += 1
            else:
                break
        assert rows("earning_purchase", till.tenant, "id") == rows("rewards_coupon", till.tenant, "id") == []
        assert rows("rewards_hold", till.tenant, "amount") == [(1,)]
    assert broke >= 3
    assert rows("rewards_coupon", till.tenant, "state") == [("used",)]
    assert wrong_guards(till.tenant) == []


def test_baskets_are_the_same_rebuilt(till: RewardShop) -> None:
    customer, reward = till.with_points(300), till.reward()
    first, second = till.hold(customer, bought(reward)), till.hold(customer, bought(reward))
    till.do(ReleaseBasket(basket_id=first.basket_id))
    till.confirm(second.basket_id)
    names = ("rewards.baskets", "rewards.coupons")
    live = {t: checksum(t) for name in names for t in PROJECTIONS[name].tables}
    assert {t: c for n in names for t, c in rebuild(PROJECTIONS[n], batch=1, swap=False).checksums.items()} == live
