"""Goods come back: so does what lay on them of rewards, each in its own way."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from earning.commands import ReturnLine, Thousandths
from earning.queries import goods_return, statement
from loyalty.eventstore import store
from loyalty.projections.process import Process
from loyalty.projections.projection import PROJECTIONS
from loyalty.projections.rebuild import checksum, rebuild
from loyalty.tenancy import reading
from loyalty.timeline import streams_about
from rewards.commands import Cashback, Choice, DiscountAmount, DiscountPercent, FreeProduct, GiveReward, UseCoupon, ValueCode
from tests.earning.counter import rows
from tests.pos.given import bring_level
from tests.rewards.given import RewardShop, bought, wrong_guards

pytestmark = pytest.mark.usefixtures("own_log_of_module")


@pytest.fixture
def till(tenant: Any) -> RewardShop:
    return RewardShop(tenant)


def take_back(till: RewardShop, purchase_id: UUID | None, *lines: ReturnLine) -> None:
    """Goods come back, all that is left without lines, and what follows happens."""
    assert purchase_id is not None
    with reading(till.tenant.id):
        order = goods_return(purchase_id, document_number=uuid4().hex[:12], returned_at=datetime.now(UTC), lines=lines or None)
    till.do(order)
    bring_level("rewards.returns")
    assert rows("projections_blocked", till.tenant, "projection, error") == [], "nothing that follows is stopped"


def states(till: RewardShop) -> list[tuple[Any, ...]]:
    return rows("rewards_coupon", till.tenant, "kind, state, points_back", "kind")


def test_a_coupon_is_back_without_its_price_and_points_spent_in_the_basket_are_back_in_their_lots(till: RewardShop) -> None:
    customer = till.with_points(500)
    coupon = till.redeem(customer, till.reward(DiscountPercent(basis_points=1_000), points=100, valid_days=1)).coupon_id
    held = till.hold(customer, Choice(coupon_id=coupon), bought(till.reward(DiscountAmount(amount=5_000), points=50, stock=1)))
    done = till.confirm(held.basket_id)
    lots = rows("earning_lot", till.tenant, "points, remaining")
    take_back(till, done.purchase_id)
    assert states(till) == [("discount_amount", "cancelled", 50), ("discount_percent", "issued", 0)]
    assert (till.available(customer), lots, rows("earning_lot", till.tenant, "points, remaining")) == (400, [(500, 350)], [(500, 400)])
    (issued, expires), *_ = rows("rewards_coupon", till.tenant, "issued_at, expires_at", "kind desc")
    assert (expires - issued).days >= 13, "it is good for its grace"
    with reading(till.tenant.id):
        told = Counter(recorded.name for recorded in store.latest(streams_about(till.tenant.id, customer), 200))
        moved = sorted(line.points for line in statement(customer) if line.points)
    assert [told[f"rewards.coupon_{name}"] for name in ("issued", "used", "restored", "cancelled")] == [2, 2, 1, 1]
    assert moved == [-100, -50, 50, 500], "every point that moved stands in the statement"
    assert till.do(UseCoupon(coupon_id=coupon)).state == "used"
    assert wrong_guards(till.tenant) == []


def test_of_some_goods_points_of_money_come_back_by_value_and_others_with_the_last(till: RewardShop) -> None:
    customer = till.with_points(500)
    cash, percent = till.reward(Cashback(per_point=Decimal(100)), points=0), till.reward(DiscountPercent(basis_points=1_000), points=30)
    done = till.confirm(till.hold(customer, bought(cash, 100), bought(percent)).basket_id)
    half = ReturnLine(line=1, quantity=Thousandths(1_000))
    take_back(till, done.purchase_id, half)
    first = dict(row[::2] for row in states(till))
    assert (0 < first["cashback"] < 100, first["discount_percent"], till.available(customer)) == (True, 0, 370 + first["cashback"])
    take_back(till, done.purchase_id)
    assert states(till) == [("cashback", "cancelled", 100), ("discount_percent", "cancelled", 30)]
    assert till.available(customer) == 500


def test_what_a_purchase_brought_goes_with_it_if_it_is_unused(till: RewardShop) -> None:
    customer, reward = till.customer(), till.reward(stock=5)
    done = till.sell(customer, 100_000)
    given = [till.do(GiveReward(customer_id=customer, reward_id=reward, way="rule", for_purchase_id=done.purchase_id)) for _ in range(2)]
    till.do(UseCoupon(coupon_id=given[0].coupon_id))
    take_back(till, done.purchase_id)
    assert sorted(rows("rewards_coupon", till.tenant, "state")) == [("cancelled",), ("used",)]
    assert rows("rewards_room", till.tenant, "used") == [(1,)]


def test_of_a_value_code_comes_back_what_lay_on_the_goods_and_never_more(till: RewardShop) -> None:
    customer = till.with_points(500)
    coupon = till.redeem(customer, till.reward(ValueCode(amount=20_000), skus=("CF",))).coupon_id
    first = till.confirm(till.hold(customer, Choice(coupon_id=coupon)).basket_id)
    take_back(till, first.purchase_id, ReturnLine(line=2, quantity=Thousandths(1_000)))
    assert left_of(till) == [("used", None)], "nothing lay on that line"
    take_back(till, first.purchase_id, ReturnLine(line=1, quantity=Thousandths(1_000)))
    assert left_of(till) == [("issued", 10_000)]
    second = till.hold(customer, Choice(coupon_id=coupon))
    assert second.totals.discount == 10_000
    done = till.confirm(second.basket_id)
    take_back(till, first.purchase_id)
    assert left_of(till) == [("issued", 10_000)], "what the second purchase has stays there"
    take_back(till, done.purchase_id)
    assert left_of(till) == [("issued", None)]
    assert till.hold(customer, Choice(coupon_id=coupon)).totals.discount == 20_000
    assert till.available(customer) == 400, "its price does not come back"
    live = {table: checksum(table) for table in PROJECTIONS["rewards.coupons"].tables}
    assert rebuild(PROJECTIONS["rewards.coupons"], batch=1, swap=False).checksums == live
    with reading(till.tenant.id):
        told = [recorded.name for recorded in store.latest(streams_about(till.tenant.id, customer), 200)]
    assert told.count("rewards.coupon_restored") == 3, "their timeline tells of it"
    assert wrong_guards(till.tenant) == []


def test_a_free_product_is_paid_back_with_its_line_and_what_else_is_kept_stays(till: RewardShop) -> None:
    customer = till.with_points(100)
    done = till.confirm(till.hold(customer, bought(till.reward(FreeProduct(skus=("CF",)), points=40, stock=1))).basket_id)
    take_back(till, done.purchase_id, ReturnLine(line=1, quantity=Thousandths(1_000)))
    assert (states(till), till.available(customer)) == ([("free_product", "used", 0)], 60)
    take_back(till, done.purchase_id, ReturnLine(line=1, quantity=Thousandths(1_000)))
    assert (states(till), till.available(customer)) == ([("free_product", "cancelled", 40)], 100)
    assert rows("rewards_room", till.tenant, "used") == [(0,)]


def test_a_return_that_is_told_again_does_nothing_more(till: RewardShop) -> None:
    customer = till.with_points(100)
    done = till.confirm(till.hold(customer, bought(till.reward(points=30))).basket_id)
    take_back(till, done.purchase_id)
    process = PROJECTIONS["rewards.returns"]
    assert isinstance(process, Process)
    events = [r for r in store.read(0, 500, up_to=store.horizon(), names=["earning.goods_returned"]) if r.tenant_id == till.tenant.id]
    assert len(events) == 1
    before = store.horizon()
    process.follow(till.tenant.id, events, "default")
    assert (store.horizon(), till.available(customer)) == (before, 100)


def left_of(till: RewardShop) -> list[tuple[Any, ...]]:
    return rows("rewards_coupon", till.tenant, 'state, "left"')
