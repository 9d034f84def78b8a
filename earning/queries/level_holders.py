"""Who has a level, as a condition that a list of customers puts to its own rows."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Q

from earning.domain.levels.terms import LevelTerms
from earning.models import CustomerLevel, LevelGrant
from earning.queries.here import tenant_here
from earning.queries.standings import levels_here


def level_terms_now() -> list[LevelTerms]:
    """The terms of the level sets that are in force."""
    return [version.terms for version in levels_here().in_force(datetime.now(UTC))]


def holders_of_level(code: str, now: datetime) -> Q | None:
    """Who has the level with that code, as it was noted last: a condition on rows whose `id` is a customer's; None for no such level."""
    version = levels_here().with_level(code, now)
    if version is None:
        return None
    higher = [level.code for level in version.terms.levels[version.rank(code) + 1 :]]
    below = ~_held(version.set_id, higher, now)
    return below if code == version.base else _held(version.set_id, [code], now) & below


def _held(set_id: UUID, codes: Collection[str], now: datetime) -> Q:
    """Who reached one of these levels, or was given it or paid for it."""
    told = {"tenant_id": tenant_here(), "set_id": set_id, "level__in": codes}
    reached = CustomerLevel.objects.filter(**told)
    granted = LevelGrant.objects.filter(**told, starts_at__lte=now, ends_at__gt=now)
    return Q(id__in=reached.values("customer_id")) | Q(id__in=granted.values("customer_id"))
