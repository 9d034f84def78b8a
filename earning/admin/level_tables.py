"""Tables of the page of a level set."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import msgspec
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from earning import queries
from earning.admin import shown
from earning.admin.tables import period
from earning.domain.levels.benefit_rules import level_id
from earning.domain.levels.terms import Level, LevelTerms
from earning.level_wording import asked_text, benefits_text, level_name, missing_text, rewards_said
from earning.models import Level as LevelRow
from earning.models import LevelSet
from loyalty.admin.facts import actor_title
from loyalty.domain.period import business_day
from loyalty.house import formats
from loyalty.staff.actors import actors
from loyalty.tenancy.middleware import tenant_of_id

MOMENT = timedelta(microseconds=1)


def levels(row: LevelSet) -> shown.Table:
    """The levels of a set, the lowest first."""
    terms = msgspec.convert(row.terms, LevelTerms)
    return {
        "headers": [_("Level"), _("What it asks for"), _("What it brings"), _("Code")],
        "rows": [
            [
                shown.beside_photo(
                    level.photo, shown.linked("admin:earning_level_change", level_id(row.id, level.code), level_mark(level))
                ),
                asked_text(level, terms),
                _promised(level, row.tenant_id) or shown.NOTHING,
                level.code,
            ]
            for level in terms.levels
        ],
    }


def special_rewards(row: LevelRow) -> shown.Table:
    """The special rewards of a level, in force or not."""
    level, now, zone = msgspec.convert(row.terms, Level), timezone.now(), tenant_of_id(row.tenant_id).zone
    return {
        "headers": [_("Special reward"), _("Value or text"), _("From the day"), _("Until the end of"), _("State")],
        "rows": [
            [
                reward.text(shown.language()).name,
                reward.text(shown.language()).text or shown.NOTHING,
                formats.day(business_day(reward.starts_at, zone), zone, shown.language()) if reward.starts_at else shown.NOTHING,
                formats.day(business_day(reward.ends_at - MOMENT, zone), zone, shown.language()) if reward.ends_at else shown.NOTHING,
                _("Promised now") if reward.is_in_force(now) else _("Not promised now"),
            ]
            for reward in level.rewards
        ],
    }


def of_customer(cards: Sequence[queries.LevelCard], tenant_id: int) -> shown.Table | None:
    """The levels of a customer, one row for each set in force."""
    if not cards:
        return None
    return {
        "headers": [_("Level"), _("Since"), _("Until"), _("Still missing to the next level"), _("What it brings")],
        "rows": [
            [
                level_mark(card.level) if card.level else f"{card.set_name}: {shown.NOTHING}",
                shown.moment(card.since, tenant_id),
                had_until(card, shown.until(card.loses_at, tenant_id)) if card.loses_at else shown.NOTHING,
                missing_text(card) or shown.NOTHING,
                (card.level and _promised(card.level, tenant_id)) or shown.NOTHING,
            ]
            for card in cards
        ],
    }


def _promised(level: Level, tenant_id: int) -> str:
    """What the level brings, with the special rewards that are in force."""
    rewards = rewards_said(level, timezone.now(), tenant_of_id(tenant_id).zone)
    return " · ".join([*filter(None, [benefits_text(level)]), *rewards])


def level_mark(level: Level) -> str:
    """The name of a level beside its colour, which is an attribute: styles are not allowed inline."""
    dot = (
        '<span class="whitespace-nowrap"><svg class="inline-block align-middle mr-2" width="12" height="12" viewBox="0 0 10 10"'
        ' aria-hidden="true"><circle cx="5" cy="5" r="5" fill="{}"></circle></svg>{}</span>'
    )
    return format_html(dot, level.color, level_name(level))


def had_until(card: queries.LevelCard, end: str) -> str:
    """“30/12/2026, given by hand”."""
    how = {"earned": _("unless more is bought"), "given": _("given by hand"), "paid": _("paid for")}[card.source]
    return f"{end}, {how}"


def versions(row: LevelSet) -> shown.Table:
    """The versions of a set, the newest first."""
    found = queries.level_set_versions(row.id)
    known = actors(v.changed_by for v in found)
    return {
        "headers": [_("Version"), _("Levels"), _("In force"), _("Changed by"), _("Changed")],
        "rows": [
            [
                str(v.version),
                ", ".join(level_name(level) for level in v.terms.levels) or shown.NOTHING,
                "; ".join(period(p, row.tenant_id) for p in v.periods) or _("never"),
                known.get(v.changed_by) or actor_title(v.changed_by),
                shown.moment(v.changed_at, row.tenant_id),
            ]
            for v in found
        ],
    }
