"""Level sets as they stand, and their versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from earning.commands import ChangeLevelSet, DeactivateLevelSet
from earning.domain.levels.level_set import PLACES
from earning.domain.levels.starters import STARTERS, Starter, starter_codes
from earning.domain.levels.terms import LevelTerms
from earning.domain.levels.warnings import LevelWarning, warnings_of, warnings_of_change, warnings_of_stop
from earning.levelholders import holders_of_set
from earning.models import LevelSet, LevelSetVersion
from earning.queries.here import tenant_here
from earning.queries.rulebook import asked
from loyalty.domain.errors import NotFound
from loyalty.domain.period import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelSetCard:
    """A level set as it stands: its current terms, and since when it has been active or not (None: it is a draft).

    Purchases made from `past_since` on count also where it was in force only later (None: they do not).
    """

    set_id: UUID
    terms: LevelTerms
    version: int
    state: str
    effective_at: datetime | None
    past_since: datetime | None
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelSetVersionCard:
    """One version of a level set, who made it, and the periods in which it was in force."""

    version: int
    terms: LevelTerms
    periods: tuple[Period, ...]
    changed_by: str
    changed_at: datetime


def level_sets() -> list[LevelSetCard]:
    """All level sets of the tenant (twenty at most, three of them active): active ones first, then by name."""
    return [_card(row) for row in LevelSet.objects.filter(tenant_id=tenant_here()).order_by("state", "name", "id")]


def starters_left() -> list[Starter]:
    """The ready-made sets that can be installed: no level set of the tenant has one of their levels, and there is room for one more."""
    there = [card.terms for card in level_sets()]
    if len(there) >= len(PLACES):
        return []
    taken = {level.code for terms in there for level in terms.levels}
    return [starter for starter in STARTERS if not taken & starter_codes(starter)]


def level_set(set_id: UUID) -> LevelSetCard:
    """One level set. Raises NotFound `earning.level_set_unknown`."""
    row = LevelSet.objects.filter(tenant_id=tenant_here(), id=set_id).first()
    if row is None:
        raise NotFound("earning.level_set_unknown")
    return _card(row)


def warnings_of_levels(order: ChangeLevelSet | DeactivateLevelSet) -> list[LevelWarning]:
    """What looks wrong about an order before it is given. Raises DomainError for terms that cannot be, NotFound for no such set."""
    card = level_set(order.set_id)
    holders = holders_of_set(card.set_id, datetime.now(UTC), asked) if card.state == "active" else {}
    if isinstance(order, DeactivateLevelSet):
        return list(warnings_of_stop(holders))
    order.terms.check()
    after = order.terms.in_order()
    return [*warnings_of_change(card.terms, after, holders), *warnings_of(after)]


def level_set_versions(set_id: UUID, before: int | None = None, limit: int | None = None) -> list[LevelSetVersionCard]:
    """Every version of a level set, newest first; `before` is the number of the last one that was seen."""
    rows = LevelSetVersion.objects.filter(tenant_id=tenant_here(), set_id=set_id)
    if before is not None:
        rows = rows.filter(version__lt=before)
    return [
        LevelSetVersionCard(
            version=row.version,
            terms=msgspec.convert(row.terms, LevelTerms),
            periods=_periods(row.periods),
            changed_by=row.changed_by,
            changed_at=row.changed_at,
        )
        for row in rows.order_by("-version")[:limit]
    ]


def _card(row: LevelSet) -> LevelSetCard:
    return LevelSetCard(
        set_id=row.id,
        terms=msgspec.convert(row.terms, LevelTerms),
        version=row.version,
        state=row.state,
        effective_at=row.effective_at,
        past_since=row.past_since,
        changed_at=row.changed_at,
    )


def _periods(stored: Sequence[Any]) -> tuple[Period, ...]:
    return msgspec.convert(stored, tuple[Period, ...])
