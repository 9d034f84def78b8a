"""Rewards and coupons in words, for the pages of customers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from earning.queries import said_points
from loyalty.house.formats import money
from loyalty.house.templatetags.house import language
from loyalty.messages.refusals import message
from rewards.domain.terms import RewardText
from rewards.kinds import KIND_TITLES
from rewards.queries.coupons import CouponCard
from rewards.queries.offers import OfferCard

STATES: dict[str, tuple[Any, str]] = {
    "inactive": (pgettext_lazy("coupon", "not yet"), "notice"),
    "active": (pgettext_lazy("coupon", "usable"), "positive"),
    "reserved": (pgettext_lazy("coupon", "kept for a purchase"), "notice"),
    "used": (pgettext_lazy("coupon", "used"), ""),
    "expired": (pgettext_lazy("coupon", "expired"), ""),
    "cancelled": (pgettext_lazy("coupon", "cancelled"), ""),
}
"""What a coupon is now, and the color of its badge."""


@dataclass(frozen=True, slots=True)
class SaidOffer:
    """A reward on offer: its texts, its `price` (“100 points + 20.000 ₫”), and why it cannot be had now ("": it can)."""

    card: OfferCard
    text: RewardText
    kind: Any
    price: str
    obstacle: str


@dataclass(frozen=True, slots=True)
class SaidCoupon:
    """What a customer has of a reward: its texts, what it is now with the color of its badge, and what was paid for it."""

    card: CouponCard
    text: RewardText
    state: Any
    tone: str
    paid: str


def said_offers(cards: Iterable[OfferCard], currency: str) -> list[SaidOffer]:
    """Needs an open `reading`."""
    found = list(cards)
    prices = said_points(((card.wallet, card.points) for card in found), signed=False)
    gaps = said_points(((card.wallet, card.missing) for card in found), signed=False)
    return [
        SaidOffer(card, card.content.called(language()), KIND_TITLES[card.kind], _price(card, price, currency), _obstacle(card, gap))
        for card, price, gap in zip(found, prices, gaps, strict=True)
    ]


def said_coupons(cards: Iterable[CouponCard], currency: str) -> list[SaidCoupon]:
    """Needs an open `reading`."""
    found = list(cards)
    prices = said_points(((card.wallet, card.points) for card in found), signed=False)
    return [
        SaidCoupon(card, card.content.called(language()), *STATES[card.state], _paid(card, price, currency))
        for card, price in zip(found, prices, strict=True)
    ]


def _price(card: OfferCard, points: str, currency: str) -> str:
    least = _("from %(points)s") % {"points": points} if card.kind == "cashback" else points
    return _together(least if card.points else "", card.amount, currency)


def _paid(card: CouponCard, points: str, currency: str) -> str:
    return _together(points if card.points else "", card.amount, currency)


def _together(points: str, amount: int, currency: str) -> str:
    return " + ".join(filter(None, (points, money(amount, currency, language()) if amount else "")))


def _obstacle(card: OfferCard, gap: str) -> str:
    if card.refusal is not None:
        return message(card.refusal)
    return _("%(points)s missing") % {"points": gap} if card.missing else ""
