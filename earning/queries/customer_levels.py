"""Which levels a customer has, and what is missing to the next ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Min, Sum

from earning.domain.levels.book import LevelBook, LevelSetVersion
from earning.domain.levels.measures import Measure
from earning.domain.levels.terms import Level
from earning.domain.levels.windows import window_start
from earning.levelbook import LEVELS_STATE, level_book
from earning.models import CustomerLevel, Progress
from earning.queries.here import tenant_here
from earning.queries.rulebook import asked
from earning.queries.wallets import wallets_here


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaching:
    """How far a customer is in one measure: `total` counts, `missing` until the next level (None: that one does not ask for it)."""

    measure: Measure
    total: int
    missing: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelCard:
    """A customer's place in one level set: the level (None: none yet) that they have since then, and the next one (None: the top).

    Amounts are minor units of `currency`.
    """

    set_id: UUID
    set_name: str
    currency: str
    match: str
    level: Level | None
    since: datetime | None
    next_level: Level | None
    reaching: tuple[Reaching, ...]


def levels_here() -> LevelBook:
    """All level sets of the tenant that were ever in force."""
    _, state = asked(LEVELS_STATE.sql)[0]
    return level_book(tenant_here(), state, asked)


def customer_levels(customer_id: UUID, now: datetime | None = None) -> list[LevelCard]:
    """The customer's level in each set that is in force, in the order of the sets."""
    at = now or datetime.now(UTC)
    versions = levels_here().in_force(at)
    if not versions:
        return []
    zone = wallets_here().zone
    held = {row.set_id: row for row in CustomerLevel.objects.filter(tenant_id=tenant_here(), customer_id=customer_id)}
    return [_card(customer_id, version, held.get(version.set_id), zone, at) for version in versions]


def levels_seen(customer_id: UUID | None) -> tuple[str, ...]:
    """The codes of the levels that a purchase sees now."""
    return tuple(level.code for level in levels_of([customer_id])[customer_id]) if customer_id else ()


def levels_of(customer_ids: Iterable[UUID]) -> dict[UUID, tuple[Level, ...]]:
    """The levels that each of these customers has, in all sets that are in force; in one question."""
    wanted = set(customer_ids)
    versions = levels_here().in_force(datetime.now(UTC))
    rows = CustomerLevel.objects.filter(tenant_id=tenant_here(), customer_id__in=wanted) if versions and wanted else []
    held = {(row.customer_id, row.set_id): row.level for row in rows}
    return {key: tuple(level for v in versions if (level := v.terms.level(v.effective(held.get((key, v.set_id), ""))))) for key in wanted}


def _card(customer_id: UUID, version: LevelSetVersion, held: CustomerLevel | None, zone: ZoneInfo, at: datetime) -> LevelCard:
    terms, code = version.terms, version.effective(held.level if held else "")
    following = terms.levels[version.rank(code) + 1 :]
    next_level = next((level for level in following if level.can_be_earned), None)
    counted = Progress.objects.filter(tenant_id=tenant_here(), customer_id=customer_id, set_id=version.set_id)
    joined = counted.aggregate(first=Min("purchased_at"))["first"]
    reaching = []
    for number, measure in enumerate(terms.measures):
        start = window_start(measure, at, zone, joined)
        rows = counted if start is None else counted.filter(purchased_at__gte=start)
        total = int(rows.aggregate(total=Sum(measure.kind))["total"] or 0)
        threshold = next_level.thresholds[number] if next_level else None
        reaching.append(Reaching(measure=measure, total=total, missing=None if threshold is None else max(0, threshold - total)))
    return LevelCard(
        set_id=version.set_id,
        set_name=terms.name,
        currency=terms.currency,
        match=terms.match,
        level=terms.level(code),
        since=held.since if held and held.level == code else None,
        next_level=next_level,
        reaching=tuple(reaching),
    )
