"""Levels in the reader's words, for whoever stands at a counter: those of a customer, and all that there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from earning.commands import NextInCatalogue, PurchaseAnswer
from earning.domain.levels.terms import Level, LevelTerms
from earning.kinds.words import language, money
from earning.level_wording import (
    ahead_text,
    asked_text,
    benefits_text,
    bought_text,
    level_name,
    lost_sentence,
    missing_text,
    qualifies_said,
    reward_text,
    rewards_said,
    set_name,
)
from earning.queries.customer_levels import LevelCard, customer_levels
from earning.queries.here import tenant_here
from earning.queries.standings import levels_here
from earning.units import phrase
from earning.walletbook import wallets_here
from loyalty.domain.money import share_half_up
from loyalty.house import formats
from loyalty.tenancy.middleware import tenant_of_id

WHOLE = 10_000
"""Basis points of all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidLevel:
    """A level with its `color` (#rrggbb): what it promises, the special `rewards` in force, what is missing to the next one, and until
    when it is had (None: on).

    Without a `name` the customer has none of its set yet.
    """

    name: str
    color: str
    promised: str
    rewards: tuple[str, ...]
    missing: str
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelOnOffer:
    """A level with its `color` (#rrggbb): what it asks for, what it promises, its special `rewards` in force, and what else is said."""

    name: str
    color: str
    photo: str
    asked: str
    promised: str
    rewards: tuple[str, ...]
    described: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelsOnOffer:
    """A level set in force: what it says, what qualifies, what becomes of a level that is not earned any more, and its levels, the lowest
    first.
    """

    name: str
    described: str
    qualifies: tuple[str, ...]
    lost: str
    levels: tuple[LevelOnOffer, ...]


def said_levels(customer_id: UUID) -> list[SaidLevel]:
    """The customer's level in each set that is in force."""
    now = datetime.now(UTC)
    return [_said(card, now) for card in customer_levels(customer_id, now)]


def levels_on_offer(now: datetime) -> list[LevelsOnOffer]:
    """The level sets that are in force, by name."""
    return sorted((_on_offer(version.terms, now) for version in levels_here().in_force(now)), key=lambda one: one.name)


def level_names(codes: tuple[str, ...], now: datetime) -> list[str]:
    """What levels are called, of the sets that are in force."""
    known = {level.code: level_name(level) for version in levels_here().in_force(now) for level in version.terms.levels}
    return [known[code] for code in codes if code in known]


def said_ahead(answer: PurchaseAnswer | None, now: datetime) -> list[str]:
    """What lies ahead of a customer with a purchase: what is missing to the next levels, then what the nearest reward is, and where."""
    if answer is None:
        return []
    known = {(version.set_id, level.code): level for version in levels_here().in_force(now) for level in version.terms.levels}
    reward, catalogue = answer.next_reward, _said_of_catalogue(answer.next_in_catalogue)
    beside = (reward.set_id, reward.level) if reward else None
    told = [
        gettext("Next: %(missing)s") % {"missing": ahead_text(one, known[one.set_id, one.level])}
        for one in answer.next_levels
        if (one.set_id, one.level) != beside and (one.set_id, one.level) in known
    ]
    if reward is None or beside not in known:
        return [*told, *catalogue]
    level = known[reward.set_id, reward.level]
    words = {"reward": reward_text(reward, level, _zone()), "missing": ahead_text(reward, level)}
    return [*told, gettext("Next reward: %(reward)s (%(missing)s)") % words, *catalogue]


def _said_of_catalogue(reward: NextInCatalogue | None) -> list[str]:
    if reward is None:
        return []
    missing = phrase(wallets_here().unit(reward.wallet), reward.missing, language())
    return [gettext("Next in the catalogue: %(reward)s, %(missing)s more") % {"reward": reward.name, "missing": missing}]


def said_level_discounts(customer_id: UUID, total: int, currency: str, now: datetime) -> list[str]:
    """“Gold: 10% off, ₫25,000 of this purchase” for each level of the customer with a discount: it is taken off by who sells.

    `total` is minor units of `currency`; a share of one is rounded half up.
    """
    levels = [card.level for card in customer_levels(customer_id, now) if card.level and card.level.benefits.discount]
    return [
        gettext("%(level)s: %(percent)s off, %(amount)s of this purchase")
        % {
            "level": level_name(level),
            "percent": formats.percent(level.benefits.discount, language()),
            "amount": money(share_half_up(total, level.benefits.discount, WHOLE), currency),
        }
        for level in levels
    ]


def fees_sold(now: datetime) -> list[tuple[str, str]]:
    """The fees of levels that are sold: SKU, and what it buys: “Prime for 1 month”."""
    levels = (level for version in levels_here().in_force(now) for level in version.terms.levels)
    return [(level.fee.sku, bought_text(level)) for level in levels if level.fee.sku]


def level_called(set_id: UUID, version: int, code: str, language: str) -> str:
    """What a level is called in a language, in a version of its set; the code where it is not there any more."""
    found = levels_here().version(set_id, version)
    level = found.terms.level(code) if found else None
    return level.text(language).name if level else code


def _zone() -> ZoneInfo:
    return tenant_of_id(tenant_here()).zone


def _said(card: LevelCard, now: datetime) -> SaidLevel:
    level: Level | None = card.level
    return SaidLevel(
        name=level_name(level) if level else "",
        color=level.color if level else "",
        promised=benefits_text(level) if level else "",
        rewards=tuple(rewards_said(level, now, _zone())) if level else (),
        missing=missing_text(card),
        until=card.loses_at,
    )


def _on_offer(terms: LevelTerms, now: datetime) -> LevelsOnOffer:
    return LevelsOnOffer(
        name=set_name(terms),
        described=terms.called(language()).description,
        qualifies=tuple(qualifies_said(terms)),
        lost=lost_sentence(terms),
        levels=tuple(
            LevelOnOffer(
                name=level_name(level),
                color=level.color,
                photo=level.photo,
                asked=asked_text(level, terms),
                promised=benefits_text(level),
                rewards=tuple(rewards_said(level, now, _zone())),
                described=level.text(language()).description,
            )
            for level in terms.levels
        ),
    )
