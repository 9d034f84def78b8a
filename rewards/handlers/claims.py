"""Codes that customers bring: on paper, from a partner, or one that all share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from loyalty.bus import Read, StreamRef, Unit, handles
from loyalty.domain.command import Circumstances
from loyalty.domain.errors import Conflict, NotFound
from rewards.commands.coupons import ClaimCode, CouponAnswer
from rewards.domain.coupon import Coupon, Use
from rewards.domain.kinds import Cashback
from rewards.domain.offer import Occasion, Offer, usable_here
from rewards.domain.room import code_for_all
from rewards.domain.terms import RewardPrice
from rewards.domain.worth import check_worth
from rewards.handlers.coupons import issue
from rewards.occasions import buyer_of, occasion_of, reads_of_buyer
from rewards.rewardbook import offer_of, reward_read
from rewards.stock import claim_code, is_for_all, refuse_gone


def stream_of_claimed(command: ClaimCode, circumstances: Circumstances) -> Iterator[StreamRef]:
    yield StreamRef(Coupon, circumstances.command_id)


def reads_of_claiming(command: ClaimCode, circumstances: Circumstances) -> Iterator[Read]:
    yield reward_read(command.reward_id)
    yield from reads_of_buyer(command.customer_id)


@handles(ClaimCode, streams=stream_of_claimed, reads=reads_of_claiming)
def claim(command: ClaimCode, unit: Unit) -> CouponAnswer:
    offer, buyer = offer_of(unit, command.reward_id), buyer_of(unit, command.customer_id)
    occasion = occasion_of(unit, buyer.customer_id, command.merchant_id, command.pos_id)
    _refuse_over(offer, occasion)
    if command.use and (refusal := usable_here(offer.terms, occasion)):
        raise refusal
    if command.use:
        check_worth(command.worth, offer.terms, 0)
    room = []
    if is_for_all(unit, command.code_id):
        room.append(code_for_all(command.code_id, offer.content.naming, buyer.customer_id, buyer.sides))
    take = partial(claim_code, unit, offer.reward_id, command.code_id)
    nothing = RewardPrice(wallet=offer.terms.price.wallet)
    try:
        made = issue(unit, offer, buyer, occasion, "voucher", nothing, None, tells_code=command.by_customer, take=take, room=room)
    except Conflict:
        refuse_gone(unit, offer.reward_id, command.code_id)  # who was too late for a code hears nothing else about the reward
        raise
    if not command.use:
        return made
    coupon = unit.load(Coupon, unit.circumstances.command_id)
    coupon.use(Use(merchant_id=command.merchant_id, pos_id=command.pos_id, worth=command.worth), unit.now)
    return replace(made, state=coupon.state_at(unit.now))


def _refuse_over(offer: Offer, occasion: Occasion) -> None:
    """A code of a reward that is not had now, or has ended, is as good as one that never was."""
    if isinstance(offer.terms.benefit, Cashback) or offer.not_in_force(occasion):
        raise NotFound("rewards.code_not_good", field="code")
