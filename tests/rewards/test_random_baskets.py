"""Baskets of all kinds, bought and brought back piece by piece: nobody gets back more than they put in, and in the end all of it."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earning.commands import ReturnLine, Thousandths
from loyalty.domain.errors import DomainError
from loyalty.tenancy import reading
from rewards.commands import (
    BasketLine,
    Cashback,
    Choice,
    DiscountAmount,
    DiscountPercent,
    FreeDelivery,
    FreeProduct,
    HoldBasket,
    ValueCode,
)
from rewards.domain.coupon import Coupon, Use
from rewards.domain.goods import GoodsBack, LineLeft
from rewards.domain.kinds import Benefit
from rewards.domain.returning import price_due, take_back
from rewards.events import CouponIssued
from rewards.queries import quote
from tests.earning.counter import rows
from tests.rewards.given import RewardShop, bought, wrong_guards
from tests.rewards.test_returns import take_back as bring_back

KINDS: tuple[Benefit, ...] = (
    DiscountAmount(amount=9_999),
    DiscountPercent(basis_points=1_250),
    ValueCode(amount=25_001),
    Cashback(per_point=Decimal("33.3")),
    FreeProduct(skus=("A", "B")),
    FreeDelivery(most=12_345),
)
PAID, START, VALUE, NOW = 97, 2_000, 1_000, datetime(2026, 3, 1, tzinfo=UTC)


def basket(chance: random.Random) -> tuple[BasketLine, ...]:
    goods = [
        BasketLine(total=chance.randrange(1, 90_000), quantity=chance.choice([None, 1_000, 2_500, 3_000]), sku=chance.choice("ABC"))
        for _ in range(chance.randrange(2, 6))
    ]
    return (*goods, BasketLine(kind="delivery", total=15_000, quantity=1_000))


def chosen(till: RewardShop, customer: UUID, chance: random.Random, lines: tuple[BasketLine, ...]) -> list[Choice]:
    """Some coupons that the customer has, and some rewards for points: those of which nothing is wasted on these lines."""
    found = []
    for benefit in chance.sample(KINDS, 3) + chance.sample(KINDS, 3):
        points = PAID if isinstance(benefit, Cashback) else None
        reward = till.reward(benefit, points=0 if points else PAID)
        had = chance.random() < 0.5
        one = Choice(coupon_id=till.redeem(customer, reward, points).coupon_id) if had else bought(reward, points)
        with suppress(DomainError):
            asked(till, customer, [*found, one], lines)
            found.append(one)
    return found


def asked(till: RewardShop, customer: UUID, choices: list[Choice], lines: tuple[BasketLine, ...]) -> Any:
    order = HoldBasket(customer_id=customer, merchant_id=till.merchant_id, pos_id=till.pos_id, lines=lines, choices=tuple(choices))
    with reading(till.tenant.id):
        return quote(order)


def parts(chance: random.Random, lines: tuple[BasketLine, ...]) -> list[ReturnLine]:
    """Pieces of all lines, in any order."""
    found = []
    for number, line in enumerate(lines, 1):
        measure = line.quantity or line.total
        first = chance.randrange(1, measure + 1)
        for piece in (first, measure - first):
            if piece:
                found.append(ReturnLine(line=number, **({"quantity": Thousandths(piece)} if line.quantity else {"amount": piece})))
    chance.shuffle(found)
    return found


@pytest.mark.usefixtures("own_log_of_module")
@pytest.mark.parametrize("seed", range(6))
def test_a_basket_is_brought_back_piece_by_piece(tenant: Any, seed: int) -> None:
    till, chance = RewardShop(tenant), random.Random(seed)
    customer, lines = till.with_points(START), basket(chance)
    choices = chosen(till, customer, chance, lines)
    assert len(choices) >= 3
    begun = till.available(customer)
    told = asked(till, customer, choices, lines)
    held = till.hold(customer, *choices, lines=lines)
    done = till.confirm(held.basket_id)
    assert told.totals == held.totals == done.totals
    assert [one.shares for one in told.choices] == [one.shares for one in held.choices]
    assert rows("earning_purchase", tenant, "total") == [(held.totals.total,)]
    worth = {coupon: choice.worth for coupon, choice in zip(done.coupons, held.choices, strict=True)}
    had = {one.coupon_id for one in choices if one.coupon_id}
    for piece in parts(chance, lines):
        bring_back(till, done.purchase_id, piece)
        back = 0
        for key, state, points, again, left in rows("rewards_coupon", tenant, 'id, state, points, points_back, "left"'):
            if key not in worth:
                continue
            assert 0 <= again <= (0 if key in had else points)
            assert left is None or 0 <= left <= worth[key]
            assert state in ({"used", "issued"} if key in had else {"used", "cancelled"})
            back += again
        spent = sum(one.points for one in held.choices)
        assert till.available(customer) == begun - spent + back
    assert rows("earning_purchase", tenant, "state, kept") == [("returned", 0)], "discounts came back with their goods"
    ended = {key: what for key, *what in rows("rewards_coupon", tenant, 'id, state, points, points_back, "left"')}
    for key in worth:
        state, points, again, left = ended[key]
        assert (state, again, left) == (("issued", 0, None) if key in had else ("cancelled", points, None))
    assert till.available(customer) == begun
    assert wrong_guards(tenant) == []


class Goods:
    """Goods of a purchase, of which so much `worth` lies on each line; they come back piece by piece."""

    def __init__(self, coupon: Coupon, worth: int, lines: int) -> None:
        self.coupon, self.purchase_id, self.worth = coupon, uuid4(), worth
        self.shares = tuple(worth // lines + (n < worth % lines) for n in range(lines))
        self.left = [4] * lines

    def use(self, basket: UUID | None) -> None:
        self.coupon.use(Use(purchase_id=self.purchase_id, worth=self.worth, shares=self.shares), NOW, basket)

    def back(self, line: int, pieces: int) -> int:
        """So many more pieces of a line, and all that follows; the points that came back."""
        self.left[line % len(self.left)] = max(0, self.left[line % len(self.left)] - pieces)
        goods = GoodsBack(
            purchase_id=self.purchase_id,
            return_id=uuid4(),
            total=1_000,
            kept=0,
            nothing_left=not any(self.left),
            lines=tuple(LineLeft(bought=4, left=left) for left in self.left),
        )
        points = price_due(self.coupon, goods)
        take_back(self.coupon, goods, points, NOW)
        return points

    @property
    def on_what_is_kept(self) -> int:
        """Of the worth, in parts of which none is rounded in favor of the customer."""
        return sum(share * left // 4 for share, left in zip(self.shares, self.left, strict=True))


def a_coupon(**more: Any) -> Coupon:
    """A gift code worth `VALUE`."""
    made = Coupon(uuid4())
    facts = {"coupon_id": made.id, "reward_id": uuid4(), "customer_id": uuid4(), "reward_version": 1, "issued_at": NOW, "active_from": NOW}
    made.issue(CouponIssued(**facts, kind="value_code", way="bought", points=PAID, **more))
    return made


DEEDS = ["use", "alone", "reserve", "buy", "free", "back", "back", "back", "unused"]
STEPS = st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 999)), max_size=25)


@given(STEPS)
def test_of_a_gift_code_no_more_than_its_value_is_ever_on_goods_and_to_be_had(steps: list[tuple[str, int]]) -> None:
    coupon, sold, alone, basket, kept = a_coupon(), [], 0, uuid4(), None
    for what, number in steps:
        had = VALUE if coupon.left is None else coupon.left
        try:
            match what:
                case "use" | "alone":
                    goods = Goods(coupon, 1 + number % max(1, had), 3)
                    if what == "use":
                        goods.use(None)
                        sold.append(goods)
                    else:
                        coupon.use(Use(worth=goods.worth), NOW)
                        alone += goods.worth
                case "reserve":
                    coupon.reserve(basket, NOW + timedelta(hours=1), NOW)
                    kept = had
                case "buy" if coupon.reserved is not None and kept:
                    goods = Goods(coupon, 1 + number % kept, 3)
                    goods.use(basket)
                    sold.append(goods)
                case "free":
                    coupon.free(basket, NOW)
                case "back" if sold:
                    sold[number % len(sold)].back(number // 7, 1 + number % 3)
                case "unused":
                    used = coupon.used
                    coupon.mark_unused("By mistake", NOW)
                    alone -= used.worth if used and used.purchase_id is None else 0
                    sold = [goods for goods in sold if used is None or goods.purchase_id != used.purchase_id]
        except DomainError:
            continue
        good = coupon.state_at(NOW) != "used"
        to_be_had = (VALUE if coupon.left is None else coupon.left) if good else 0
        assert to_be_had >= 0
        assert to_be_had + alone + sum(goods.on_what_is_kept for goods in sold) <= VALUE
    again = Coupon.replay(coupon.id, coupon.pending)
    assert (again.left, again.state_at(NOW)) == (coupon.left, coupon.state_at(NOW))


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 3)), max_size=12), st.integers(1, VALUE))
def test_of_a_price_paid_in_the_basket_never_more_comes_back_and_in_the_end_all(pieces: list[tuple[int, int]], worth: int) -> None:
    coupon = a_coupon(basket_id=uuid4(), spend_id=uuid4())
    goods = Goods(coupon, worth, 3)
    goods.use(None)
    came = 0
    for line, some in pieces:
        came += goods.back(line, some)
        assert 0 <= came == coupon.points_back <= PAID
    came += sum(goods.back(line, 4) for line in range(3))
    assert (came, coupon.points_back, coupon.cancelled) == (PAID, PAID, True)
