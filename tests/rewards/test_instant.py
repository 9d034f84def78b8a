"""Rewards that a purchase brings: they go with it, and a share of it shrinks with it."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from earning.commands import ReturnLine, Thousandths
from loyalty.domain.errors import DomainError
from loyalty.projections.projection import PROJECTIONS
from loyalty.projections.rebuild import checksum, rebuild
from rewards.commands import Choice, DiscountPercent, GiveReward, MarkUnused, ReleaseBasket, UseCoupon, ValueCode
from tests.earning.counter import rows
from tests.pos.given import bring_level
from tests.rewards.given import RewardShop, bought, wrong_guards
from tests.rewards.test_returns import take_back
from tests.support.client import ApiClient, visitor
from tests.support.pages import text_of

pytestmark = pytest.mark.usefixtures("own_log_of_module")


@pytest.fixture
def till(tenant: Any) -> RewardShop:
    return RewardShop(tenant)


def of_a_purchase(till: RewardShop, customer: UUID) -> UUID:
    """A purchase of 100,000 less 10 in two lines, of 60,000 (2 pieces) and 40,000."""
    choice = bought(till.reward(DiscountPercent(basis_points=1), points=1))
    done = till.confirm(till.hold(customer, choice).basket_id)
    assert done.purchase_id is not None
    return done.purchase_id


def held(till: RewardShop) -> list[tuple[Any, ...]]:
    return rows("rewards_coupon", till.tenant, 'state, "left", cost', "issued_at")[1:]


def test_a_share_of_a_purchase_shrinks_with_it_and_goes_with_the_last_of_it(till: RewardShop) -> None:
    customer, reward = till.with_points(10), till.reward(ValueCode(amount=50_000), stock=5)
    purchase = of_a_purchase(till, customer)
    give = GiveReward(customer_id=customer, reward_id=reward, way="rule", for_purchase_id=purchase, share=1_000)
    coupon = till.do(give).coupon_id
    assert held(till) == [("issued", 9_999, 9_999)]
    with pytest.raises(DomainError, match=r"rewards\.number_out_of_range"):
        till.do(UseCoupon(coupon_id=coupon, worth=10_000))
    take_back(till, purchase, ReturnLine(line=1, quantity=Thousandths(1_000)))
    ((_, left, _),) = held(till)
    assert left == 6_999
    held_basket = till.hold(customer, Choice(coupon_id=coupon), seconds=3600)
    assert held_basket.totals.discount == left
    live = {table: checksum(table) for table in PROJECTIONS["rewards.coupons"].tables}
    assert rebuild(PROJECTIONS["rewards.coupons"], batch=1, swap=False).checksums == live
    take_back(till, purchase)
    assert [row[:2] for row in held(till)] == [("issued", 0)], "the basket keeps what it was promised"
    till.do(ReleaseBasket(basket_id=held_basket.basket_id))
    bring_level("rewards.returns")
    assert [state for state, *_ in held(till)] == ["cancelled"]
    assert wrong_guards(till.tenant) == []


def test_what_was_used_stays_as_it_was_used(till: RewardShop) -> None:
    customer, reward = till.with_points(10), till.reward(ValueCode(amount=50_000))
    purchase = of_a_purchase(till, customer)
    give = GiveReward(customer_id=customer, reward_id=reward, way="rule", for_purchase_id=purchase, share=1_000)
    till.do(UseCoupon(coupon_id=till.do(give).coupon_id, worth=9_000))
    take_back(till, purchase, ReturnLine(line=1, quantity=Thousandths(1_000)))
    take_back(till, purchase)
    assert [state for state, *_ in held(till)] == ["used"]


def test_what_is_given_when_goods_are_back_already_follows_them(till: RewardShop) -> None:
    customer, reward = till.with_points(10), till.reward(ValueCode(amount=50_000))
    purchase = of_a_purchase(till, customer)
    take_back(till, purchase, ReturnLine(line=1, quantity=Thousandths(1_000)))
    give = GiveReward(customer_id=customer, reward_id=reward, way="rule", for_purchase_id=purchase, share=1_000)
    till.do(give)
    bring_level("rewards.returns")
    assert [left for _, left, _ in held(till)] == [6_999]
    take_back(till, purchase)
    with pytest.raises(DomainError, match=r"rewards\.purchase_returned"):
        till.do(give)


def share(till: RewardShop, customer: UUID, purchase: UUID) -> UUID:
    """A tenth of a purchase, as a gift code."""
    reward = till.reward(ValueCode(amount=50_000), stock=5)
    give = GiveReward(customer_id=customer, reward_id=reward, way="rule", for_purchase_id=purchase, share=1_000)
    return till.do(give).coupon_id


def test_what_a_basket_was_promised_it_gets_and_the_rest_shrinks_at_once(till: RewardShop) -> None:
    customer = till.with_points(10)
    purchase = of_a_purchase(till, customer)
    coupon = share(till, customer, purchase)
    basket = till.hold(customer, Choice(coupon_id=coupon), seconds=3600)
    take_back(till, purchase, ReturnLine(line=1, quantity=Thousandths(2_000)))
    till.do(ReleaseBasket(basket_id=basket.basket_id))
    assert [left for _, left, _ in held(till)] == [3_999]
    promised = till.hold(customer, Choice(coupon_id=coupon), seconds=3600)
    take_back(till, purchase, ReturnLine(line=2, quantity=Thousandths(500)))
    done = till.confirm(promised.basket_id)
    assert promised.totals.discount == 3_999
    take_back(till, done.purchase_id)
    assert [row[:2] for row in held(till)] == [("issued", 1_999)]
    assert wrong_guards(till.tenant) == []


def test_what_came_back_with_what_it_was_used_on_is_no_more_than_what_is_kept_brought(till: RewardShop) -> None:
    customer = till.with_points(10)
    purchase = of_a_purchase(till, customer)
    done = till.confirm(till.hold(customer, Choice(coupon_id=share(till, customer, purchase))).basket_id)
    take_back(till, purchase, ReturnLine(line=1, quantity=Thousandths(2_000)))
    take_back(till, done.purchase_id, ReturnLine(line=1, quantity=Thousandths(1_000)))
    assert [state for state, *_ in held(till)] == ["used"], "what is kept has more of it than it is worth"
    take_back(till, done.purchase_id)
    assert [row[:2] for row in held(till)] == [("issued", 3_999)]
    live = {table: checksum(table) for table in PROJECTIONS["rewards.coupons"].tables}
    assert rebuild(PROJECTIONS["rewards.coupons"], batch=1, swap=False).checksums == live


@pytest.mark.parametrize("whole", [True, False])
def test_what_was_used_is_not_good_again_once_what_brought_it_is_back(till: RewardShop, whole: bool) -> None:
    customer = till.with_points(10)
    purchase = of_a_purchase(till, customer)
    if whole:
        give = GiveReward(customer_id=customer, reward_id=till.reward(stock=5), way="rule", for_purchase_id=purchase)
        coupon = till.do(give).coupon_id
    else:
        coupon = share(till, customer, purchase)
    done = till.confirm(till.hold(customer, Choice(coupon_id=coupon)).basket_id)
    take_back(till, purchase)
    assert [state for state, *_ in held(till)] == ["used"]
    take_back(till, done.purchase_id, ReturnLine(line=1, quantity=Thousandths(1_000)))
    assert [state for state, *_ in held(till)] == ["used"]
    take_back(till, done.purchase_id)
    assert [state for state, *_ in held(till)] == ["cancelled"]
    assert {*rows("rewards_room", till.tenant, "used")} == {(0,)}
    assert wrong_guards(till.tenant) == []


def test_marked_unused_it_is_over_where_what_brought_it_is_back(till: RewardShop) -> None:
    customer = till.with_points(10)
    purchase = of_a_purchase(till, customer)
    coupon = share(till, customer, purchase)
    till.do(UseCoupon(coupon_id=coupon, worth=9_000))
    take_back(till, purchase, ReturnLine(line=1, quantity=Thousandths(2_000)))
    till.do(MarkUnused(coupon_id=coupon, reason="Nhầm"))
    assert [row[:2] for row in held(till)] == [("issued", 3_999)]
    till.do(UseCoupon(coupon_id=coupon, worth=3_000))
    take_back(till, purchase)
    assert till.do(MarkUnused(coupon_id=coupon, reason="Nhầm")).state == "cancelled"
    assert {*rows("rewards_room", till.tenant, "used")} == {(0,)}
    assert wrong_guards(till.tenant) == []


def test_a_share_is_refused_where_it_is_none(till: RewardShop) -> None:
    customer, other = till.with_points(10), till.customer()
    purchase, value = of_a_purchase(till, customer), till.reward(ValueCode(amount=50_000))
    percent = till.reward(DiscountPercent(basis_points=500))
    refusals: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("rewards.share_without_purchase", "for_purchase_id", {"share": 100}),
        ("rewards.purchase_of_another", "for_purchase_id", {"customer_id": other, "for_purchase_id": purchase}),
        ("earning.purchase_unknown", "for_purchase_id", {"for_purchase_id": uuid4()}),
        ("rewards.share_of_value", "share", {"reward_id": percent, "for_purchase_id": purchase, "share": 100}),
        ("rewards.number_out_of_range", "share", {"for_purchase_id": purchase, "share": 10_001}),
    )
    for code, field, more in refusals:
        with pytest.raises(DomainError) as why:
            till.do(GiveReward(**{"customer_id": customer, "reward_id": value} | more))
        assert (why.value.code, why.value.field) == (code, field)


def test_programs_and_staff_give_for_a_purchase(till: RewardShop, api: ApiClient, admin_user: Any) -> None:
    customer, reward = till.with_points(10, phone="+84912345678"), till.reward(ValueCode(amount=50_000))
    purchase = of_a_purchase(till, customer)
    at, body = f"/api/v1/customers/{customer}/rewards/give", {"reward_id": str(reward), "for_purchase_id": str(purchase), "share": 500}
    made = api.post(at, body).json()
    shown = api.get(f"/api/v1/coupons/{made['coupon_id']}").json()
    assert (shown["left"], shown["way"]) == (4_999, "rule")
    wrong = api.post(at, body | {"for_purchase_id": str(uuid4())}).json()
    assert (wrong["code"], wrong["errors"][0]["pointer"]) == ("earning.purchase_unknown", "/for_purchase_id")
    ((number,),) = rows("earning_purchase", till.tenant, "document_number")
    site = visitor(till.tenant, admin_user)
    told = {"customer": "0912 345 678", "reward_id": str(reward), "share": "10", "command_id": str(uuid4())}
    assert "no single purchase with this number" in text_of(site.post("/admin/rewards/coupon/give/", told | {"document": "none"}))
    assert "is given." in text_of(site.post("/admin/rewards/coupon/give/", told | {"document": number}, follow=True))
    assert [left for _, left, _ in held(till)] == [4_999, 9_999]
