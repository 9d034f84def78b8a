"""Gifts that are sent: ordered, shipped, delivered, or cancelled with stock and points back; no step out of its turn."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from customers.commands import EraseCustomer
from loyalty.disclosure import CHAPTERS
from loyalty.domain.errors import DomainError
from loyalty.erasure import losses
from loyalty.projections.projection import PROJECTIONS
from loyalty.projections.rebuild import checksum, rebuild
from loyalty.tenancy import reading
from rewards.commands import (
    AddressGift,
    CancelCoupon,
    Choice,
    DeliverGift,
    GiftAddress,
    GiveReward,
    MarkUnused,
    MaterialGift,
    RedeemReward,
    ShipGift,
    UseCoupon,
)
from rewards.queries import gift, redemptions
from tests.earning.counter import in_parallel, rows
from tests.pos.given import bring_level
from tests.rewards.given import RewardShop, bought, codes, wrong_guards
from tests.rewards.test_returns import take_back

pytestmark = pytest.mark.usefixtures("own_log_of_module")
SEALED = ("recipient", "phone", "address", "tracking_number")
SENT = MaterialGift(sku="TUMBLER", delivered=True)
HOME = GiftAddress(recipient="Nguyễn Thị Hoa", phone="0912 345 678", address="12 Lê Lợi, Quận 1, TP.HCM")
OFFICE = GiftAddress(recipient="Hoa", phone="+84 912 345 678", address="1 Nguyễn Huệ")


@pytest.fixture
def shop(tenant: Any) -> RewardShop:
    return RewardShop(tenant)


def ordered(shop: RewardShop, customer: UUID, reward: UUID, send_to: GiftAddress | None = HOME) -> UUID:
    return shop.do(RedeemReward(customer_id=customer, reward_id=reward, send_to=send_to, by_customer=True)).coupon_id


def steps(shop: RewardShop) -> list[tuple[Any, ...]]:
    return rows("rewards_coupon", shop.tenant, "state, delivery", "issued_at")


def refused(shop: RewardShop, *orders: Any) -> list[str]:
    """Codes of what each order is refused for; "" for one that is not."""
    found = []
    for order in orders:
        try:
            shop.do(order)
        except DomainError as refusal:
            found.append(refusal.code)
        else:
            found.append("")
    return found


def test_a_gift_is_ordered_shipped_and_delivered_each_in_its_turn(shop: RewardShop) -> None:
    customer = shop.with_points(100)
    key = ordered(shop, customer, shop.reward(SENT, stock=1, valid_days=1))
    assert (steps(shop), rows("rewards_coupon", shop.tenant, "expires_at")) == ([("issued", "ordered")], [(None,)])
    cancel, ship, deliver = CancelCoupon(coupon_id=key, reason="Đổi ý"), ShipGift(coupon_id=key), DeliverGift(coupon_id=key)
    by_hand = [UseCoupon(coupon_id=key), UseCoupon(coupon_id=key, customer_id=customer)]
    assert refused(shop, deliver, *by_hand) == ["rewards.gift_not_shipped", *["rewards.gift_is_sent"] * 2]
    assert refused(shop, AddressGift(coupon_id=key, send_to=OFFICE, customer_id=customer)) == [""]
    shop.do(ShipGift(coupon_id=key, carrier="GHN", tracking_number="GHN-0042", merchant_id=shop.merchant_id, pos_id=shop.pos_id))
    assert steps(shop) == [("used", "shipped")]
    again = [ship, cancel, MarkUnused(coupon_id=key, reason="Nhầm"), AddressGift(coupon_id=key, send_to=HOME)]
    assert refused(shop, *again) == ["rewards.gift_shipped"] * 4
    with reading(shop.tenant.id):
        found = gift(key)
    assert (found.recipient, found.address, found.carrier, found.tracking_number) == ("Hoa", "1 Nguyễn Huệ", "GHN", "GHN-0042")
    shop.do(deliver)
    assert steps(shop) == [("used", "delivered")]
    over = [deliver, ship, CancelCoupon(coupon_id=key, reason="x", came_back=True), MarkUnused(coupon_id=key, reason="x")]
    assert refused(shop, *over) == ["rewards.gift_delivered"] * 4
    assert wrong_guards(shop.tenant) == []


def test_one_that_is_cancelled_or_came_back_is_in_stock_again_with_its_points(shop: RewardShop) -> None:
    customer, reward = shop.with_points(100), shop.reward(SENT, stock=1)
    first = ordered(shop, customer, reward)
    shop.do(CancelCoupon(coupon_id=first, reason="Đổi ý"))
    assert (shop.available(customer), rows("rewards_room", shop.tenant, "used")) == (100, [(0,)])
    assert refused(shop, ShipGift(coupon_id=first), AddressGift(coupon_id=first, send_to=HOME)) == ["rewards.coupon_cancelled"] * 2
    second = ordered(shop, customer, reward)
    shop.do(ShipGift(coupon_id=second))
    shop.do(CancelCoupon(coupon_id=second, reason="Không có người nhận", came_back=True))
    assert (shop.available(customer), rows("rewards_room", shop.tenant, "used")) == (100, [(0,)])
    assert steps(shop) == [("cancelled", "cancelled")] * 2
    assert wrong_guards(shop.tenant) == []


@pytest.mark.rounds
def test_of_50_who_cancel_and_ship_at_once_one_wins(shop: RewardShop) -> None:
    for round_ in range(4):
        customer, reward = shop.with_points(100), shop.reward(SENT, stock=1)
        key = ordered(shop, customer, reward)
        orders = [ShipGift(coupon_id=key), CancelCoupon(coupon_id=key, reason="Đổi ý")]
        done = in_parallel(50, lambda n, orders=orders, first=round_: shop.do(orders[(n + first) % 2]))
        told, (state,) = codes(done), rows("rewards_coupon", shop.tenant, "state, delivery", "issued_at desc limit 1")
        assert told.count("") == 1
        loser = "rewards.gift_shipped" if state == ("used", "shipped") else "rewards.coupon_cancelled"
        assert (set(told) - {""}, state in {("used", "shipped"), ("cancelled", "cancelled")}) == ({loser}, True)
        assert shop.available(customer) == (0 if state[0] == "used" else 100)
        assert refused(shop, RedeemReward(customer_id=shop.with_points(100), reward_id=reward)) == (
            ["rewards.out_of_stock"] if state[0] == "used" else [""]
        )
    assert wrong_guards(shop.tenant) == []


def test_without_an_address_it_waits_for_one(shop: RewardShop) -> None:
    customer, reward = shop.customer(), shop.reward(SENT)
    key = shop.give(customer, reward).coupon_id
    assert refused(shop, ShipGift(coupon_id=key)) == ["rewards.gift_without_address"]
    short = GiftAddress(recipient="Hoa", phone="12345", address="1 Nguyễn Huệ")
    assert refused(shop, AddressGift(coupon_id=key, send_to=short)) == ["rewards.gift_phone_invalid"]
    stranger = AddressGift(coupon_id=key, send_to=OFFICE, customer_id=shop.customer())
    assert refused(shop, stranger) == ["rewards.coupon_unknown"]
    assert refused(shop, AddressGift(coupon_id=key, send_to=OFFICE, customer_id=customer), ShipGift(coupon_id=key)) == ["", ""]


def test_what_is_not_sent_has_no_steps_and_takes_no_address(shop: RewardShop) -> None:
    customer, reward = shop.with_points(200), shop.reward(MaterialGift())
    key = shop.redeem(customer, reward).coupon_id
    orders = [ShipGift(coupon_id=key), DeliverGift(coupon_id=key), AddressGift(coupon_id=key, send_to=HOME)]
    assert refused(shop, *orders) == ["rewards.gift_not_sent"] * 3
    with pytest.raises(DomainError) as why:
        ordered(shop, customer, reward)
    assert (why.value.code, why.value.field) == ("rewards.nothing_is_sent", "send_to")
    assert refused(shop, UseCoupon(coupon_id=key)) == [""]


def test_what_is_sent_is_in_no_basket(shop: RewardShop) -> None:
    customer, reward = shop.with_points(200), shop.reward(SENT)
    key = ordered(shop, customer, reward)
    for choice, code in ((bought(reward), "rewards.not_in_baskets"), (Choice(coupon_id=key), "rewards.gift_is_sent")):
        with pytest.raises(DomainError) as why:
            shop.hold(customer, choice)
        assert why.value.code == code


def test_a_gift_for_a_purchase_that_is_returned_is_not_sent(shop: RewardShop) -> None:
    customer, reward = shop.customer(), shop.reward(SENT, stock=2)
    done = shop.sell(customer, 100_000)
    order = GiveReward(customer_id=customer, reward_id=reward, way="rule", for_purchase_id=done.purchase_id, send_to=HOME)
    shipped, _waiting = [shop.do(order).coupon_id for _ in range(2)]
    shop.do(ShipGift(coupon_id=shipped))
    take_back(shop, done.purchase_id)
    assert steps(shop) == [("used", "shipped"), ("cancelled", "cancelled")]


def test_the_address_stands_nowhere_in_clear_and_goes_with_the_person(shop: RewardShop) -> None:
    customer = shop.with_points(200, first_name="Hoa")
    reward = shop.reward(SENT)
    first, second = ordered(shop, customer, reward), ordered(shop, customer, reward)
    shop.do(ShipGift(coupon_id=first, carrier="GHN", tracking_number="GHN-0042"))
    with reading(shop.tenant.id):
        told = [*CHAPTERS["rewards.gifts"].tell(customer)]
    assert [(one["address"], one["standing"]) for one in told] == [(HOME.address, "Shipped"), (HOME.address, "Ordered")]
    raw = str(rows("rewards_gift", shop.tenant, ", ".join(f"encode({one}, 'escape')" for one in SEALED)))
    assert [word in raw for word in ("Lê Lợi", "0912 345 678", "Nguyễn Thị Hoa", "GHN-0042")] == [False] * 4
    for forgotten in (False, True):
        live = {"rewards_gift": checksum("rewards_gift")}
        assert [rebuild(PROJECTIONS["rewards.gifts"], batch=n, swap=False).checksums for n in (1, 1_000)] == [live] * 2
        if not forgotten:
            shop.do(EraseCustomer(customer_id=customer, reason="asked"))
    assert rows("rewards_gift", shop.tenant, "id") == []
    assert refused(shop, ShipGift(coupon_id=second)) == ["rewards.gift_without_address"]


def test_lists_are_narrowed_by_how_far_gifts_are(shop: RewardShop) -> None:
    customer, reward = shop.with_points(300), shop.reward(SENT)
    first, second = ordered(shop, customer, reward), ordered(shop, customer, reward)
    hand = shop.redeem(customer, shop.reward(MaterialGift())).coupon_id
    shop.do(ShipGift(coupon_id=second))
    with reading(shop.tenant.id):
        found = {name: [card.coupon_id for card in redemptions(name)] for name in ("ordered", "shipped", "delivered", "usable", "used")}
    assert found == {"ordered": [first], "shipped": [second], "delivered": [], "usable": [hand], "used": [second]}


def test_what_is_not_shipped_is_cancelled_with_its_customer_and_in_stock_again(shop: RewardShop) -> None:
    customer, other, reward = shop.with_points(300), shop.with_points(100), shop.reward(SENT, stock=4)
    shipped, *waiting = [ordered(shop, customer, reward, send_to) for send_to in (HOME, HOME, None)]
    kept = ordered(shop, other, reward)
    shop.do(ShipGift(coupon_id=shipped))
    with reading(shop.tenant.id):
        assert "2 gifts that are not shipped: they are cancelled" in losses(customer)
    shop.do(EraseCustomer(customer_id=customer, reason="asked"))
    for _ in range(2):
        bring_level("rewards.gifts_of_erased")
    states = {key: (state, delivery) for key, state, delivery in rows("rewards_coupon", shop.tenant, "id, state, delivery")}
    assert states == {shipped: ("used", "shipped"), kept: ("issued", "ordered")} | dict.fromkeys(waiting, ("cancelled", "cancelled"))
    assert rows("rewards_room", shop.tenant, "used") == [(2,)]
    assert rows("rewards_gift", shop.tenant, "id") == [(kept,)]
    assert refused(shop, AddressGift(coupon_id=waiting[0], send_to=HOME), ShipGift(coupon_id=kept)) == ["rewards.gift_not_sent", ""]
    assert rows("projections_blocked", shop.tenant, "projection, error") == []
    assert wrong_guards(shop.tenant) == []
