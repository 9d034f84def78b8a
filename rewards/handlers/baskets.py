"""Baskets: kept, freed, bought. Nothing of it happens without the rest.

Order of locks: the basket, its coupons, then documents, accounts and levels of all joint commands in one statement, then the baskets of the
customer, then rows of room.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from customers.queries import asked_read, sides
from earning.commands import (
    AccountAnswer,
    ConfirmHold,
    HoldPoints,
    PurchaseAnswer,
    ReleaseHold,
)
from loyalty.bus import Read, StreamRef, Unit, handles, streams_of
from loyalty.domain.command import Circumstances, Command
from loyalty.domain.errors import Conflict, DomainError, NotFound
from loyalty.domain.identity import derived_id
from rewards.choosing import Priced, chosen_in
from rewards.commands.baskets import BasketAnswer, ConfirmBasket, HoldBasket, ReleaseBasket
from rewards.consent import refuse_without_consent
from rewards.documents import places_of, purchase_of
from rewards.domain.basket import Basket
from rewards.domain.coupon import Coupon, Use
from rewards.domain.room import RoomUse
from rewards.domain.totals import Totals
from rewards.events.baskets import BasketHeld, HeldChoice, HeldPoints
from rewards.events.coupons import CouponIssued
from rewards.occasions import buyer_of, occasion_of, reads_of_buyer
from rewards.openbaskets import refuse_one_more
from rewards.rewardbook import reward_read
from rewards.roombook import free_kept, keep_room, settle_kept, take_room


def streams_of_holding(command: HoldBasket, circumstances: Circumstances) -> Iterator[StreamRef]:
    yield StreamRef(Basket, circumstances.command_id)
    if command.replaces is not None:
        yield StreamRef(Basket, command.replaces)
    else:
        yield from (StreamRef(Coupon, choice.coupon_id) for choice in command.choices if choice.coupon_id is not None)


def reads_of_holding(command: HoldBasket, circumstances: Circumstances) -> Iterator[Read]:
    yield from reads_of_buyer(command.customer_id)
    yield from (reward_read(choice.reward_id) for choice in command.choices if choice.reward_id is not None)
    if command.by_customer:
        yield asked_read(command.customer_id)


def stream_of_basket(command: ReleaseBasket | ConfirmBasket, circumstances: Circumstances) -> Iterator[StreamRef]:
    yield StreamRef(Basket, command.basket_id)


@handles(HoldBasket, streams=streams_of_holding, reads=reads_of_holding)
def hold_basket(command: HoldBasket, unit: Unit) -> BasketAnswer:
    buyer = buyer_of(unit, command.customer_id)
    if command.by_customer and unit.rows(*asked_read(command.customer_id)) == [(True,)]:
        raise DomainError("customers.fact_needed")
    basket = unit.load(Basket, unit.circumstances.command_id)
    gone = None if command.replaces is None else _replaced(unit, command, command.replaces, buyer.sides)
    occasion = occasion_of(unit, buyer.customer_id, command.merchant_id, command.pos_id)
    priced = chosen_in(unit, command, buyer, occasion)
    ends_at = unit.now + timedelta(seconds=command.seconds)
    points = _points(priced.choices, basket.id)
    basket.hold(_held(command, basket.id, priced, points, unit, ends_at))
    for choice in priced.choices:
        if choice.coupon_id is not None:
            unit.load(Coupon, choice.coupon_id).reserve(basket.id, ends_at, unit.now)
    orders = [
        HoldPoints(customer_id=buyer.customer_id, points=one.points, ends_at=ends_at, reference_id=basket.id, wallet=one.wallet)
        for one in points
    ]
    moved = _keep_points(unit, [*(released := _releases(gone)), *orders], priced.choices)[len(released) :]
    if any(choice.coupon_id is None for choice in priced.choices):
        spent = sum(one.points for one in points)
        refuse_without_consent(unit, command.shown, buyer.customer_id, "basket", spent, command.pos_id, command.replaces)
    refuse_one_more(unit, buyer.sides, command.replaces)
    _free_room(unit, gone)
    wanted = [room for one in priced.chosen for room in one.room]
    take_room(unit, wanted, occasion, freed=_room(gone.choices) if gone else ())
    keep_room(unit, _room(priced.choices), basket.id, ends_at)
    return _answer(basket, unit, available=_available(moved, points))


@handles(ReleaseBasket, streams=stream_of_basket)
def release_basket(command: ReleaseBasket, unit: Unit) -> BasketAnswer:
    basket = unit.load(Basket, command.basket_id)
    _refuse_of_another(basket, command.customer_id)
    held = basket.refuse_over(unit.now)
    _open_coupons(unit, [choice.coupon_id for choice in held.choices if choice.coupon_id is not None])
    moved = _release(unit, basket)
    return _answer(basket, unit, available=_available(moved, held.points))


@handles(ConfirmBasket, streams=stream_of_basket)
def confirm_basket(command: ConfirmBasket, unit: Unit) -> BasketAnswer:
    basket = unit.load(Basket, command.basket_id)
    held = basket.refuse_over(unit.now)
    basket.refuse_another_total(command.total, command.currency)
    coupons = tuple(choice.coupon_id or derived_id("rewards.basket", basket.id, n) for n, choice in enumerate(held.choices))
    _open_coupons(unit, coupons)
    spends = [ConfirmHold(customer_id=held.customer_id, hold_id=one.hold_id, wallet=one.wallet) for one in held.points]
    record = purchase_of(command, held)
    _open_joint(unit, [*spends, record])
    moved = [unit.dispatch(order) for order in spends]
    bought: PurchaseAnswer = unit.dispatch(record)
    if bought.duplicate:
        raise Conflict("rewards.document_recorded", field="document_number", document=command.document_number)
    spent = {one.wallet: answer.id for one, answer in zip(held.points, moved, strict=True)}
    for coupon_id, choice, line in zip(coupons, held.choices, places_of(held), strict=True):
        _use(unit, unit.load(Coupon, coupon_id), choice, held, bought.purchase_id, spent.get(choice.wallet), line)
    basket.confirm(bought.purchase_id, coupons, unit.now)
    if not settle_kept(unit, _room(held.choices), basket.id):
        raise Conflict("rewards.basket_ended", ended_at=held.ends_at)
    return _answer(basket, unit, available=None, purchase=bought, coupons=coupons)


def _use(
    unit: Unit, coupon: Coupon, choice: HeldChoice, held: BasketHeld, purchase_id: UUID, spend_id: UUID | None, line: int | None
) -> None:
    """The coupon of a choice is used on the purchase; one that is bought in the basket is issued first."""
    if choice.coupon_id is None:
        coupon.issue(
            CouponIssued(
                coupon_id=coupon.id,
                reward_id=choice.reward_id,
                customer_id=held.customer_id,
                reward_version=choice.reward_version,
                kind=choice.kind,
                way="bought",
                points=choice.points,
                wallet=choice.wallet,
                spend_id=spend_id if choice.points else None,
                cost=choice.cost,
                room=choice.room,
                merchant_id=held.merchant_id,
                pos_id=held.pos_id,
                basket_id=held.basket_id,
                issued_at=unit.now,
                active_from=unit.now,
            )
        )
    worth, shares = choice.worth, choice.shares
    how = Use(purchase_id=purchase_id, merchant_id=held.merchant_id, pos_id=held.pos_id, worth=worth, shares=shares, line=line)
    coupon.use(how, unit.now, basket_id=held.basket_id)


def _replaced(unit: Unit, command: HoldBasket, basket_id: UUID, whose: Sequence[UUID]) -> BasketHeld | None:
    """Let go of a basket, whose coupons may be among those that are wanted now; None of one that is over by itself, and stays so. Its
    points and its room are there again later, when those of the new one are locked too.
    """
    basket = unit.load(Basket, basket_id)
    held = basket.held
    if held is None or held.customer_id not in whose:
        raise NotFound("rewards.basket_unknown", field="replaces")
    coupons = [*(choice.coupon_id for choice in command.choices), *(choice.coupon_id for choice in held.choices)]
    _open_coupons(unit, [coupon_id for coupon_id in coupons if coupon_id is not None])
    if basket.state_at(unit.now) == "confirmed":
        raise Conflict("rewards.basket_confirmed", field="replaces")
    return _let_go(unit, basket) if basket.state_at(unit.now) == "held" else None


def _release(unit: Unit, basket: Basket) -> list[AccountAnswer]:
    held = _let_go(unit, basket)
    moved = _all(unit, _releases(held))
    _free_room(unit, held)
    return moved


def _let_go(unit: Unit, basket: Basket) -> BasketHeld:
    held = basket.kept()
    basket.release(unit.now)
    for choice in held.choices:
        if choice.coupon_id is not None:
            unit.load(Coupon, choice.coupon_id).free(basket.id, unit.now)
    return held


def _releases(held: BasketHeld | None) -> list[ReleaseHold]:
    return [ReleaseHold(customer_id=held.customer_id, hold_id=one.hold_id, wallet=one.wallet) for one in held.points] if held else []


def _free_room(unit: Unit, held: BasketHeld | None) -> None:
    if held is not None:
        free_kept(unit, _room(held.choices), held.basket_id)


def _refuse_of_another(basket: Basket, customer_id: UUID | None) -> None:
    if customer_id is not None and basket.kept().customer_id not in sides(customer_id):
        raise NotFound("rewards.basket_unknown", field="basket_id")


def _open_coupons(unit: Unit, ids: Sequence[UUID] | set[UUID] | tuple[UUID, ...]) -> None:
    if missing := [StreamRef(Coupon, coupon_id) for coupon_id in {*ids} if not unit.has(coupon_id)]:
        unit.open(missing)


def _open_joint(unit: Unit, orders: Sequence[Command[object]]) -> None:
    """The streams of all joint commands, locked in one statement and one order."""
    refs = {ref.id: ref for order in orders for ref in streams_of(order, unit.circumstances)}
    if missing := [ref for ref in refs.values() if not unit.has(ref.id)]:
        unit.open(missing)


def _all(unit: Unit, orders: Sequence[Command[AccountAnswer]]) -> list[AccountAnswer]:
    _open_joint(unit, orders)
    return [unit.dispatch(order) for order in orders]


def _keep_points(unit: Unit, orders: Sequence[Command[AccountAnswer]], choices: Sequence[HeldChoice]) -> list[AccountAnswer]:
    """What is wrong with the points is told of the choice that costs them, or of all where several do."""
    try:
        return _all(unit, orders)
    except DomainError as refusal:
        if refusal.field == "points":
            paid = [n for n, choice in enumerate(choices) if choice.points]
            cashback = ".points" if choices[paid[0]].kind == "cashback" else ""
            refusal.field = f"choices.{paid[0]}{cashback}" if len(paid) == 1 else "choices"
        raise


def _points(choices: Sequence[HeldChoice], hold_id: UUID) -> tuple[HeldPoints, ...]:
    wanted: dict[str, int] = {}
    for choice in choices:
        if choice.points:
            wanted[choice.wallet] = wanted.get(choice.wallet, 0) + choice.points
    return tuple(HeldPoints(wallet=wallet, points=points, hold_id=hold_id) for wallet, points in sorted(wanted.items()))


def _room(choices: Sequence[HeldChoice]) -> list[RoomUse]:
    return [use for choice in choices for use in choice.room]


def _available(moved: Sequence[AccountAnswer], points: Sequence[HeldPoints]) -> int | None:
    return next((answer.available for answer, one in zip(moved, points, strict=True) if one.wallet == "points"), None)


def _held(
    command: HoldBasket, basket_id: UUID, priced: Priced, points: tuple[HeldPoints, ...], unit: Unit, ends_at: datetime
) -> BasketHeld:
    return BasketHeld(
        basket_id=basket_id,
        customer_id=command.customer_id,
        merchant_id=command.merchant_id,
        pos_id=command.pos_id,
        lines=command.lines,
        prices_include_tax=command.prices_include_tax,
        choices=priced.choices,
        points=points,
        before=priced.totals.before,
        total=priced.totals.total,
        tax=priced.totals.tax,
        replaces=command.replaces,
        held_at=unit.now,
        ends_at=ends_at,
    )


def _answer(
    basket: Basket,
    unit: Unit,
    *,
    available: int | None,
    purchase: PurchaseAnswer | None = None,
    coupons: tuple[UUID, ...] = (),
) -> BasketAnswer:
    held = basket.kept()
    left = [line.total - sum(choice.shares[n] for choice in held.choices) for n, line in enumerate(held.lines)]
    whole = Totals(
        before=held.before,
        discount=held.before - held.total,
        total=held.total,
        tax=held.tax,
        to_pay=held.total + (0 if held.prices_include_tax else held.tax),
        lines=tuple(left),
    )
    return BasketAnswer(
        basket_id=basket.id,
        state=basket.state_at(unit.now),
        ends_at=held.ends_at,
        totals=whole,
        choices=held.choices,
        available=available if purchase is None else purchase.balance,
        purchase_id=purchase.purchase_id if purchase else None,
        earned=purchase.points if purchase else 0,
        coupons=coupons,
    )
