"""Codes that customers bring: on paper, from a partner, or one that all share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from loyalty.bus import Read, StreamRef, Unit, handles
from loyalty.domain.command import Circumstances
from loyalty.domain.errors import DomainError, NotFound
from rewards.commands.coupons import ClaimCode, CouponAnswer
from rewards.domain.coupon import Coupon, Use
from rewards.domain.offer import Offer, usable_here
from rewards.domain.terms import RewardPrice
from rewards.handlers.coupons import issue
from rewards.occasions import buyer_of, occasion_of, reads_of_buyer
from rewards.rewardbook import offer_of, reward_read
from rewards.stock import claim_code


def stream_of_claimed(command: ClaimCode, circumstances: Circumstances) -> Iterator[StreamRef]:
    yield StreamRef(Coupon, circumstances.command_id)


def reads_of_claiming(command: ClaimCode, circumstances: Circumstances) -> Iterator[Read]:
    yield reward_read(command.reward_id)
    yield from reads_of_buyer(command.customer_id)


@handles(ClaimCode, streams=stream_of_claimed, reads=reads_of_claiming)
def claim(command: ClaimCode, unit: Unit) -> CouponAnswer:
    offer, buyer = offer_of(unit, command.reward_id), buyer_of(unit, command.customer_id)
    _refuse_over(offer, unit)
    occasion = occasion_of(unit, buyer.customer_id, command.merchant_id, command.pos_id)
    if command.use and (refusal := usable_here(offer.terms, occasion)):
        raise refusal
    take = partial(claim_code, unit, offer.reward_id, command.code_id)
    nothing = RewardPrice(wallet=offer.terms.price.wallet)
    made = issue(unit, offer, buyer, occasion, "voucher", nothing, None, tells_code=command.by_customer, take=take)
    if not command.use:
        return made
    coupon = unit.load(Coupon, unit.circumstances.command_id)
    coupon.use(Use(merchant_id=command.merchant_id, pos_id=command.pos_id, worth=command.worth), unit.now)
    return replace(made, state=coupon.state_at(unit.now))


def _refuse_over(offer: Offer, unit: Unit) -> None:
    """A code of a reward that has ended is as good as one that never was."""
    try:
        offer.refuse_not_given(unit.now)
    except DomainError:
        raise NotFound("rewards.code_not_good", field="code") from None
