"""Rewards and coupons in words, for the pages of customers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from earning.queries import said_points
from loyalty.domain.errors import DomainError
from loyalty.house.formats import money
from loyalty.house.templatetags.house import language
from loyalty.messages.refusals import message
from rewards.domain.kinds import kind_of
from rewards.domain.terms import RewardText
from rewards.events.baskets import HeldChoice
from rewards.kinds import KIND_TITLES
from rewards.queries.baskets import Quote, Quoted
from rewards.queries.coupons import CouponCard, contents_sold
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
STEPS: dict[str, tuple[Any, str]] = {
    "ordered": (pgettext_lazy("gift", "to be sent"), "notice"),
    "shipped": (pgettext_lazy("gift", "on its way"), "notice"),
    "delivered": (pgettext_lazy("gift", "delivered"), "positive"),
    "cancelled": (pgettext_lazy("coupon", "cancelled"), ""),
}
"""How far a gift is that is sent, and the color of its badge."""


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


@dataclass(frozen=True, slots=True)
class SaidQuoted:
    """A reward that could be on a basket, or is (`chosen`): its `price` ("": it is a coupon that the customer has), how much it takes
    off in the basket as it is chosen, or alone (minor units), and why it cannot be had now ("": it can).
    """

    quoted: Quoted
    text: RewardText
    kind: Any
    price: str
    worth: int
    chosen: bool
    obstacle: str

    @property
    def choice(self) -> str:
        """What stands for it in a form."""
        return choice_text(self.quoted.reward_id, self.quoted.coupon_id)


def choice_text(reward_id: UUID, coupon_id: UUID | None) -> str:
    """A choice as one word: "coupon:…" for what a customer has, "reward:…" for what is bought."""
    return f"coupon:{coupon_id}" if coupon_id else f"reward:{reward_id}"


def said_quote(found: Quote) -> list[SaidQuoted]:
    """What could be chosen for a basket, what is chosen first, then what can be had. Needs an open `reading`."""
    chosen = {choice_text(choice.reward_id, choice.coupon_id): choice for choice in found.choices}
    prices = said_points(((one.wallet, one.points) for one in found.offers), signed=False)
    gaps = said_points(((one.wallet, one.missing) for one in found.offers), signed=False)
    said = []
    for one, points, gap in zip(found.offers, prices, gaps, strict=True):
        held = chosen.get(choice_text(one.reward_id, one.coupon_id))
        price = "" if one.coupon_id else price_said(kind_of(one.content.terms.benefit), one.points, points, 0, "") or gettext("free")
        worth = held.worth if held else one.worth
        obstacle = _obstacle(None if held else one.refusal, one.missing, gap)
        text = one.content.called(language())
        said.append(SaidQuoted(one, text, KIND_TITLES[kind_of(one.content.terms.benefit)], price, worth, held is not None, obstacle))
    return sorted(said, key=lambda each: (not each.chosen, bool(each.obstacle), each.quoted.coupon_id is None))


def said_choices(choices: Sequence[HeldChoice]) -> list[str]:
    """What the rewards on a basket are called. Needs an open `reading`."""
    contents = contents_sold({(one.reward_id, one.reward_version) for one in choices})
    return [contents[one.reward_id, one.reward_version].called(language()).name for one in choices]


def said_offers(cards: Iterable[OfferCard], currency: str) -> list[SaidOffer]:
    """Needs an open `reading`."""
    found = list(cards)
    prices = said_points(((card.wallet, card.points) for card in found), signed=False)
    gaps = said_points(((card.wallet, card.missing) for card in found), signed=False)
    said = []
    for card, points, gap in zip(found, prices, gaps, strict=True):
        price = price_said(card.kind, card.points, points, card.amount, currency) or gettext("free")
        obstacle = _obstacle(card.refusal, card.missing, gap)
        said.append(SaidOffer(card, card.content.called(language()), KIND_TITLES[card.kind], price, obstacle))
    return said


def said_coupons(cards: Iterable[CouponCard], currency: str) -> list[SaidCoupon]:
    """Needs an open `reading`."""
    found = list(cards)
    prices = said_points(((card.wallet, card.points) for card in found), signed=False)
    return [
        SaidCoupon(card, card.content.called(language()), *(STEPS.get(card.delivery) or STATES[card.state]), _paid(card, price, currency))
        for card, price in zip(found, prices, strict=True)
    ]


def price_said(kind: str, points: int, said: str, amount: int, currency: str) -> str:
    """“100 points + 20.000 ₫”, where `said` is what the points read as; "" for what costs nothing."""
    least = _("from %(points)s") % {"points": said} if kind == "cashback" else said
    return _together(least if points else "", amount, currency)


def _paid(card: CouponCard, points: str, currency: str) -> str:
    return _together(points if card.points else "", card.amount, currency)


def _together(points: str, amount: int, currency: str) -> str:
    return " + ".join(filter(None, (points, money(amount, currency, language()) if amount else "")))


def _obstacle(refusal: DomainError | None, missing: int, gap: str) -> str:
    if refusal is not None:
        return message(refusal)
    return _("%(points)s missing") % {"points": gap} if missing else ""
