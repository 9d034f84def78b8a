"""Coupons: bought, given, used, cancelled. Points move with them by joint commands, or nothing does.

Order of locks: streams of rewards' own, then accounts (with their levels), then rows of room by id, then one row of codes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import UUID

from customers.queries import asked_read, sides, standing_read
from earning.commands import AccountAnswer, RestorePoints, SpendPoints
from earning.queries import purchase
from loyalty.bus import Read, StreamRef, Unit, handles
from loyalty.domain.command import Circumstances
from loyalty.domain.errors import DomainError, NotFound
from rewards.brought import Brought, brought_by
from rewards.codes import issue_code
from rewards.commands.coupons import CancelCoupon, CouponAnswer, GiveReward, MarkUnused, RedeemReward, ReturnCoupon, UseCoupon
from rewards.consent import refuse_without_consent
from rewards.domain.coupon import Coupon, Use
from rewards.domain.gift import GiftAddress, is_sent
from rewards.domain.goods import GoodsBack
from rewards.domain.kinds import LuckyDraw, drawn, kind_of
from rewards.domain.offer import Occasion, Offer, usable_here
from rewards.domain.returning import costs_less, price_due, take_back
from rewards.domain.room import Room, RoomUse, prize_id, room_of
from rewards.domain.shipping import order_gift
from rewards.domain.terms import RewardPrice
from rewards.domain.totals import BasketLine
from rewards.domain.validity import validity
from rewards.domain.worth import UsedOn, check_worth
from rewards.events.coupons import CouponIssued, Way
from rewards.occasions import Buyer, buyer_of, occasion_at, occasion_of, reads_of_buyer
from rewards.rewardbook import content_sold, offer_of, reward_read
from rewards.roombook import give_room_back, left_of, locked, take_room
from rewards.stock import Taken

Issuing = RedeemReward | GiveReward
OfOneCoupon = UseCoupon | MarkUnused | CancelCoupon | ReturnCoupon


def stream_of_new_coupon(command: Issuing, circumstances: Circumstances) -> Iterator[StreamRef]:
    yield StreamRef(Coupon, circumstances.command_id)


def reads_of_issuing(command: Issuing, circumstances: Circumstances) -> Iterator[Read]:
    yield reward_read(command.reward_id)
    yield from reads_of_buyer(command.customer_id)
    if isinstance(command, RedeemReward) and command.by_customer:
        yield asked_read(command.customer_id)


def stream_of_coupon(command: OfOneCoupon, circumstances: Circumstances) -> Iterator[StreamRef]:
    yield StreamRef(Coupon, command.coupon_id)


@handles(RedeemReward, streams=stream_of_new_coupon, reads=reads_of_issuing)
def redeem_reward(command: RedeemReward, unit: Unit) -> CouponAnswer:
    offer, buyer = offer_of(unit, command.reward_id), buyer_of(unit, command.customer_id)
    if command.by_customer and unit.rows(*asked_read(command.customer_id)) == [(True,)]:
        raise DomainError("customers.fact_needed")
    occasion = occasion_of(unit, buyer.customer_id, command.merchant_id, command.pos_id)
    if refusal := offer.refusal(occasion):
        raise refusal
    if not offer.terms.sold:
        raise DomainError("rewards.not_for_points", field="reward_id")
    price = offer.price(occasion, command.points)
    spent = _spend(unit, buyer, price, chosen=command.points is not None)
    refuse_without_consent(unit, command.shown, buyer.customer_id, "redeem", price.points, command.pos_id)
    told = command.by_customer
    return issue(unit, offer, buyer, occasion, "bought", price, spent, tells_code=told, send_to=command.send_to)


@handles(GiveReward, streams=stream_of_new_coupon, reads=reads_of_issuing)
def give_reward(command: GiveReward, unit: Unit) -> CouponAnswer:
    offer, buyer = offer_of(unit, command.reward_id), buyer_of(unit, command.customer_id)
    occasion = occasion_of(unit, buyer.customer_id)
    offer.refuse_not_given(unit.now)
    nothing, brought = RewardPrice(wallet=offer.terms.price.wallet), brought_by(command, offer, buyer, occasion)
    told: dict[str, Any] = {"tells_code": False, "brought": brought, "send_to": command.send_to, "room": brought.room}
    return issue(unit, offer, buyer, occasion, command.way, nothing, None, **told)


@handles(UseCoupon, streams=stream_of_coupon)
def use_coupon(command: UseCoupon, unit: Unit) -> CouponAnswer:
    coupon = unit.load(Coupon, command.coupon_id)
    issued = coupon.sold()
    if command.customer_id is not None and issued.customer_id not in sides(command.customer_id):
        raise NotFound("rewards.coupon_unknown", field="coupon_id")
    _refuse_who_left(unit, issued.customer_id)
    sold = content_sold(unit, issued.reward_id, issued.reward_version)
    occasion = occasion_at(unit, command.merchant_id, command.pos_id)
    if refusal := usable_here(sold.terms, occasion):
        raise refusal
    check_worth(command.worth, sold.terms, issued.points, _used_on(command.purchase_id))
    how = Use(purchase_id=command.purchase_id, merchant_id=command.merchant_id, pos_id=command.pos_id, worth=command.worth)
    coupon.use(how, unit.now)
    return answer(coupon, unit)


@handles(MarkUnused, streams=stream_of_coupon)
def mark_unused(command: MarkUnused, unit: Unit) -> CouponAnswer:
    coupon = unit.load(Coupon, command.coupon_id)
    there = coupon.mark_unused(command.reason, unit.now)
    give_room_back(unit, there + (costs_less(coupon, unit.now) if _costs_its_value(unit, coupon.sold()) else ()))
    return answer(coupon, unit)


@handles(CancelCoupon, streams=stream_of_coupon)
def cancel_coupon(command: CancelCoupon, unit: Unit) -> CouponAnswer:
    coupon = unit.load(Coupon, command.coupon_id)
    issued = coupon.sold()
    back = _price_back(unit, issued, issued.points - coupon.points_back) if command.give_back else None
    cancelled = coupon.cancel(command.reason, back.points if back else 0, unit.now, came_back=command.came_back)
    give_room_back(unit, cancelled.room)
    return answer(coupon, unit, moved=back, points=cancelled.points)


@handles(ReturnCoupon, streams=stream_of_coupon)
def return_coupon(command: ReturnCoupon, unit: Unit) -> None:
    coupon = unit.load(Coupon, command.coupon_id)
    issued = coupon.sold()
    goods = GoodsBack(
        purchase_id=command.purchase_id,
        return_id=command.return_id,
        total=command.total,
        kept=command.kept,
        nothing_left=command.nothing_left,
        lines=command.lines,
    )
    back = _price_back(unit, issued, price_due(coupon, goods))
    by_value = _costs_its_value(unit, issued)
    give_room_back(unit, take_back(coupon, goods, back.points if back else 0, unit.now, costs_its_value=by_value))


def _costs_its_value(unit: Unit, issued: CouponIssued) -> bool:
    """Whether it is a share of a purchase whose cost the terms do not say."""
    return issued.share is not None and not content_sold(unit, issued.reward_id, issued.reward_version).terms.cost


def _refuse_who_left(unit: Unit, customer_id: UUID) -> None:
    """A coupon is as good as its customer: one who was erased has none, and one who is not active uses none."""
    unit.open([], reads=[standing_read(customer_id)])
    try:
        buyer_of(unit, customer_id)
    except DomainError as refusal:
        if refusal.code == "earning.customer_unknown":
            raise NotFound("rewards.coupon_unknown", field="coupon_id") from None
        refusal.field = "coupon_id"
        raise


def _used_on(purchase_id: UUID | None) -> UsedOn | None:
    """What is known of the purchase on which a coupon is used; nothing of none, and of one that was not recorded here."""
    if purchase_id is None:
        return None
    try:
        lines = [one.line for one in purchase(purchase_id).lines]
    except NotFound:
        return None
    prices = tuple(
        BasketLine(kind=line.kind, total=line.total, quantity=line.quantity, sku=line.sku, category=line.category)
        for line in lines
        if line.kind in {"goods", "delivery", "fee"}
    )
    return UsedOn(lines=prices, net=all(line.kind != "discount" for line in lines))


def _price_back(unit: Unit, issued: CouponIssued, points: int) -> AccountAnswer | None:
    """So many points of a coupon's price, or as many as nobody gave back by hand before; None where none are due."""
    if points <= 0 or issued.spend_id is None:
        return None
    return unit.dispatch(
        RestorePoints(customer_id=issued.customer_id, spend_id=issued.spend_id, points=points, wallet=issued.wallet, up_to=True)
    )


def _spend(unit: Unit, buyer: Buyer, price: RewardPrice, chosen: bool) -> AccountAnswer | None:
    """The points of the price, spent on the coupon that this command makes. What is wrong with them is at the field "points" where the
    customer has `chosen` how many, else at the reward that costs so much.
    """
    if not price.points:
        return None
    order = SpendPoints(customer_id=buyer.customer_id, points=price.points, reference_id=unit.circumstances.command_id, wallet=price.wallet)
    try:
        return unit.dispatch(order)
    except DomainError as refusal:
        if refusal.field == "points" and not chosen:
            refusal.field = "reward_id"
        raise


def issue(
    unit: Unit,
    offer: Offer,
    buyer: Buyer,
    occasion: Occasion,
    way: Way,
    price: RewardPrice,
    spent: AccountAnswer | None,
    *,
    tells_code: bool,
    brought: Brought = Brought(),
    send_to: GiftAddress | None = None,
    take: Callable[[UUID], Taken] | None = None,
    room: Sequence[Room] = (),
) -> CouponAnswer:
    """A new coupon, with what it takes of room, and of `room` beside; its code is taken last, by `take` or as the terms say."""
    if send_to is not None and not is_sent(offer.terms):
        raise DomainError("rewards.nothing_is_sent", field="send_to", name=offer.content.naming)
    coupon, cost = unit.load(Coupon, unit.circumstances.command_id), offer.cost_of(price)
    if brought.value is not None and not offer.terms.cost:
        cost = brought.value
    wanted = [*room, *room_of(offer.reward_id, offer.content, cost, buyer.customer_id, buyer.sides, unit.now, occasion.zone.key)]
    prize, seed = _drawn(unit, offer, coupon.id, wanted)
    take_room(unit, wanted, occasion)
    taken = take(coupon.id) if take else issue_code(unit, offer, coupon.id)
    begins, ends = validity(offer.terms, unit.now, occasion.zone)
    coupon.issue(
        CouponIssued(
            coupon_id=coupon.id,
            reward_id=offer.reward_id,
            customer_id=buyer.customer_id,
            reward_version=offer.version,
            kind=kind_of(offer.terms.benefit),
            way=way,
            points=price.points,
            wallet=price.wallet,
            spend_id=spent.id if spent else None,
            amount=price.amount,
            cost=cost,
            room=tuple(one.use for one in wanted),
            merchant_id=occasion.merchant_id,
            pos_id=occasion.pos_id,
            prize=prize,
            seed=seed,
            for_purchase_id=brought.purchase_id,
            share=brought.share,
            value=brought.value,
            batch_id=taken.batch_id,
            issued_at=unit.now,
            active_from=begins,
            expires_at=None if is_sent(offer.terms) else ends,
        )
    )
    if is_sent(offer.terms):
        order_gift(coupon, send_to, unit.now)
    return answer(coupon, unit, moved=spent, points=price.points, code=taken.code if tells_code else "")


def _drawn(unit: Unit, offer: Offer, coupon_id: UUID, wanted: list[Room]) -> tuple[str, str]:
    """The prize of a lucky draw with its seed; the stock of it is wanted too. Raises DomainError when no prize is left."""
    draw = offer.terms.benefit
    if not isinstance(draw, LuckyDraw):
        return "", ""
    rooms = [
        Room(RoomUse(prize_id(offer.reward_id, prize.code), "prize", 1), prize.stock, prize=prize.code, name=offer.content.naming)
        for prize in draw.prizes
        if prize.stock is not None
    ]
    ids = sorted({row for room in (*rooms, *wanted) for row in (room.use.room_id, *room.beside)})
    used = locked(unit, ids) if rooms else {}
    seed = str(unit.new_id())
    prize = drawn(draw, seed, {room.prize: left_of(room, used) for room in rooms})
    if prize is None:
        raise DomainError("rewards.out_of_stock", name=offer.content.naming, left=0)
    wanted += [room for room in rooms if room.prize == prize.code]
    return prize.code, seed


def answer(coupon: Coupon, unit: Unit, *, moved: AccountAnswer | None = None, points: int = 0, code: str = "") -> CouponAnswer:
    """What an order left of a coupon, and of the account that gave its points."""
    issued = coupon.sold()
    return CouponAnswer(
        coupon_id=coupon.id,
        reward_id=issued.reward_id,
        customer_id=issued.customer_id,
        state=coupon.state_at(unit.now),
        points=points,
        wallet=issued.wallet,
        amount=issued.amount,
        available=moved.available if moved else None,
        balance=moved.balance if moved else None,
        prize=issued.prize if unit.locks else "",
        active_from=issued.active_from,
        expires_at=coupon.expires_at,
        code=code,
    )
