"""What came of a reward that was tried on a customer, in words: what each condition asks, and what is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from loyalty.admin.changes import NONE
from loyalty.house import formats
from loyalty.house.templatetags.house import language
from rewards.called import Called, named
from rewards.domain.reward import standing
from rewards.domain.terms import CustomerLimit
from rewards.domain.trial import Condition
from rewards.models import Reward
from rewards.queries.said import price_said
from rewards.trying import Tried
from rewards.wording.terms import TITLES, limit_text, said

OWN_TITLES: dict[str, Any] = {
    "customer": _("The customer is active"),
    "state": _("State"),
    "price": _("Points for the price"),
    "prizes": _("Prizes that are left"),
}


@dataclass(frozen=True, slots=True)
class SaidCondition:
    """A condition: what it is called, what it asks, and what is there."""

    condition: Condition
    title: str
    asked: str
    seen: str


def said_conditions(found: Tried, around: Called) -> list[SaidCondition]:
    """The conditions of a trial in the reader's language. Needs an open `reading`."""
    told = said(found.offer.content, around)
    return [
        SaidCondition(
            one,
            str(OWN_TITLES.get(one.name) or TITLES[one.name]),
            ASKED[one.name](one, found, around) if one.name in ASKED else told[one.name].words,
            SEEN[one.name](one, found, around) if one.name in SEEN else gettext("is looked at when it is used"),
        )
        for one in found.conditions
    ]


def _yes(one: Condition, _found: Tried, _around: Called) -> str:
    return gettext("yes") if one.met else gettext("no")


def _clock(_one: Condition, found: Tried, _around: Called) -> str:
    now, zone, spoken = found.occasion.now, found.occasion.zone, language()
    return f"{formats.weekday(now.astimezone(zone).isoweekday(), spoken)}, {formats.day_and_clock(now, zone, spoken)}"


def _levels(_one: Condition, found: Tried, around: Called) -> str:
    return named(around.levels, sorted(found.occasion.levels)) or NONE


def _left(said_of_it: str) -> str:
    return gettext("%(left)s left") % {"left": said_of_it}


def _placed(names: Mapping[UUID, str], key: UUID | None) -> str:
    return gettext("no place was chosen") if key is None else named(names, [key])


def _standing(_one: Condition, found: Tried, _around: Called) -> str:
    offer = found.offer
    return str(Reward.State(standing(offer.state, offer.active_from, offer.ends_at, found.occasion.now)).label)


def _price(_one: Condition, found: Tried, around: Called) -> str:
    price = found.price
    points = around.points(price.points, price.wallet)
    return price_said("custom", price.points, points, price.amount, around.tenant.currency) or gettext("free")


def _money(minor: int | None, found: Tried) -> str:
    return formats.money(minor or 0, found.occasion.currency, language())


Words = Callable[[Condition, Tried, Called], str]
ASKED: dict[str, Words] = {
    "customer": lambda *_: gettext("yes"),
    "sold": lambda *_: gettext("yes"),
    "state": lambda *_: str(Reward.State.ACTIVE.label),
    "limits": lambda one, *_: limit_text(CustomerLimit(most=one.needed or 0, period=one.period or "ever")),
    "daily_budget": lambda one, found, _around: gettext("%(cost)s for one") % {"cost": _money(one.needed, found)},
    "prizes": lambda *_: NONE,
    "price": _price,
}
"""What is asked, where the terms do not say it by themselves."""
SEEN: dict[str, Words] = {
    "customer": _yes,
    "sold": _yes,
    "codes": _yes,
    "prizes": _yes,
    "state": _standing,
    "active": _clock,
    "visible": _clock,
    "early_access": _levels,
    "levels": _levels,
    "segments": lambda _one, found, around: named(around.segments, sorted(found.occasion.segments)) or NONE,
    "merchants": lambda _one, found, around: _placed(around.merchants, found.occasion.merchant_id),
    "points_of_sale": lambda _one, found, around: _placed(around.places, found.occasion.pos_id),
    "limits": lambda one, *_: gettext("%(used)s had so far") % {"used": formats.number(one.there or 0, language())},
    "stock": lambda one, *_: _left(formats.number(one.there or 0, language())),
    "daily_budget": lambda one, found, _around: _left(_money(one.there, found)),
    "price": lambda one, found, around: NONE if one.there is None else around.points(one.there, found.price.wallet),
}
"""What is there of it; of the rest nothing is known before it is used."""
