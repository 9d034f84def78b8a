"""Coupons and baskets of customers who turn out to be one, and to be two after all."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from customers.commands import MergeCustomers, UnmergeCustomer
from customers.foreseeing import parted
from earning.queries import balance
from loyalty.domain.errors import DomainError, NotFound
from loyalty.projections.projection import PROJECTIONS
from loyalty.projections.rebuild import checksum, rebuild
from loyalty.tenancy import reading
from rewards import queries
from rewards.commands import CancelCoupon, Choice, CustomerLimit, RedeemReward, UseCoupon
from tests.earning.counter import in_parallel
from tests.rewards.given import RewardShop, bought, codes, wrong_guards

pytestmark = pytest.mark.usefixtures("own_log_of_module")


class Couple(RewardShop):
    """Hoa, who joined first, and Lan, who turns out to be her: each with so many points."""

    def begin(self, mine: int = 100, theirs: int = 100) -> Couple:
        self.hoa = self.with_points(mine, first_name="Hoa", phone="+84912345678")
        self.lan = self.with_points(theirs, first_name="Lan", phone="+84987654321")
        return self

    def merge(self) -> Any:
        return self.do(MergeCustomers(customer_id=self.lan, other_id=self.hoa, reason="one person"))

    def unmerge(self) -> Any:
        return self.do(UnmergeCustomer(customer_id=self.lan, reason="two persons"))

    def coupons(self, whose: UUID) -> set[UUID]:
        with reading(self.tenant.id):
            found, redeemed = queries.coupons(whose), queries.redemptions(customer_id=whose)
        assert [one.coupon_id for one in found] == [one.coupon_id for one in redeemed]
        return {one.coupon_id for one in found}

    def left(self) -> list[int]:
        """What Hoa and Lan have, owed points taken off; while they are one, what each would have without the other."""
        with reading(self.tenant.id):
            if apart := parted(self.lan):
                return [apart[0].survivor, apart[0].absorbed]
            found = [balance(one, datetime.now(UTC), alone=True) for one in (self.hoa, self.lan)]
        return [one.balance - one.debt for one in found]


@pytest.fixture
def couple(tenant: Any) -> Couple:
    return Couple(tenant).begin()


def test_a_coupon_of_either_is_theirs_while_they_are_one_and_goes_with_its_side(couple: Couple) -> None:
    reward = couple.reward(points=60)
    theirs = couple.redeem(couple.lan, reward).coupon_id
    couple.merge()
    mine = couple.redeem(couple.hoa, reward).coupon_id
    assert couple.coupons(couple.hoa) == couple.coupons(couple.lan) == {theirs, mine}
    assert couple.do(UseCoupon(coupon_id=theirs, customer_id=couple.hoa)).state == "used"
    couple.unmerge()
    assert (couple.coupons(couple.hoa), couple.coupons(couple.lan)) == ({mine}, {theirs})
    with pytest.raises(NotFound):
        couple.do(UseCoupon(coupon_id=mine, customer_id=couple.lan))
    assert couple.do(UseCoupon(coupon_id=mine, customer_id=couple.hoa)).state == "used"
    assert wrong_guards(couple.tenant) == []


def test_a_coupon_bought_out_of_both_is_paid_by_whose_it_is_and_its_points_come_back_there(couple: Couple) -> None:
    reward = couple.reward(points=150, stock=1)
    couple.merge()
    got = couple.redeem(couple.lan, reward)
    assert (got.available, got.balance, couple.left()) == (50, 50, [100, -50])
    couple.unmerge()
    assert (couple.left(), couple.available(couple.hoa), couple.available(couple.lan)) == ([100, -50], 100, 0)
    back = couple.do(CancelCoupon(coupon_id=got.coupon_id, reason="Nhầm"))
    assert (back.available, couple.left()) == (100, [100, 100])
    assert couple.redeem(couple.with_points(150), reward).state == "active", "the piece is there again"
    assert wrong_guards(couple.tenant) == []


@pytest.mark.rounds
def test_a_limit_counts_what_both_had_and_parted_what_each_had(couple: Couple) -> None:
    reward = couple.reward(points=10, limits=(CustomerLimit(most=3, period="month"),))
    couple.redeem(couple.lan, reward)
    couple.merge()
    results = in_parallel(50, lambda n: couple.redeem((couple.hoa, couple.lan)[n % 2], reward))
    assert codes(results) == [""] * 2 + ["rewards.limit_reached_until"] * 48
    with reading(couple.tenant.id):
        (offer,) = queries.offers(couple.hoa)
    assert offer.refusal is not None
    assert offer.refusal.code == "rewards.limit_reached_until"
    couple.unmerge()
    had = {whose: len(couple.coupons(whose)) for whose in (couple.hoa, couple.lan)}
    assert sum(had.values()) == 3
    for whose, number in had.items():
        for _ in range(3 - number):
            couple.redeem(whose, reward)
        with pytest.raises(DomainError, match=r"rewards\.limit_reached_until"):
            couple.redeem(whose, reward)
    assert wrong_guards(couple.tenant) == []


def test_a_basket_is_bought_whatever_its_customers_turn_out_to_be_meanwhile(couple: Couple) -> None:
    reward = couple.reward(points=60)
    before = couple.hold(couple.lan, bought(reward))
    couple.merge()
    assert couple.confirm(before.basket_id).state == "confirmed"
    coupon = couple.redeem(couple.hoa, couple.reward(points=10)).coupon_id
    during = couple.hold(couple.lan, bought(reward), Choice(coupon_id=coupon))
    assert (couple.available(couple.hoa), couple.left()) == (70, [90, 40]), "20 of what is kept are hers"
    couple.unmerge()
    assert couple.confirm(during.basket_id).state == "confirmed"
    assert couple.left() == [90, -20]
    assert wrong_guards(couple.tenant) == []


@pytest.mark.rounds
def test_fifty_merges_partings_and_orders_at_once_lose_and_double_nothing(couple: Couple) -> None:
    reward = couple.reward(points=30, stock=4)

    def work(n: int) -> Any:
        if n % 10 == 0:
            return couple.merge()
        if n % 10 == 5:
            return couple.unmerge()
        return couple.do(RedeemReward(customer_id=(couple.hoa, couple.lan)[n % 2], reward_id=reward))

    results = in_parallel(50, work)
    assert {one.code for one in results if isinstance(one, DomainError)} <= {
        "customers.not_merged", "earning.not_enough_points", "rewards.out_of_stock"
    }  # fmt: skip
    sold = [one for one in results if hasattr(one, "coupon_id")]
    assert (len(sold), sum(couple.left())) == (4, 200 - 4 * 30)
    assert [100 - 30 * sum(one.customer_id == whose for one in sold) for whose in (couple.hoa, couple.lan)] == couple.left()
    assert wrong_guards(couple.tenant) == []
    for name in ("customers.absorbed", "rewards.coupons"):
        tables = PROJECTIONS[name].tables
        live = [checksum(table) for table in tables]
        rebuild(PROJECTIONS[name])
        assert [checksum(table) for table in tables] == live
