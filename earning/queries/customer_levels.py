"""Which levels a customer has, and what is missing to the next ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Min, QuerySet, Sum
from django.db.models.functions import TruncDate

from customers.queries import survivor, survivors
from earning.domain.levels.book import LevelSetVersion
from earning.domain.levels.grants import LevelSource
from earning.domain.levels.measures import Measure
from earning.domain.levels.terms import Level
from earning.domain.levels.windows import window_start
from earning.level_wording import set_name
from earning.models import LevelGrant, Progress
from earning.queries.here import tenant_here
from earning.queries.standings import NOTHING_REACHED, Place, Standing, levels_here, standings
from earning.walletbook import wallets_here
from loyalty.domain.naming import Naming


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaching:
    """How far a customer is in one measure: `total` counts, `missing` until the next level (None: that one does not ask for it)."""

    measure: Measure
    total: int
    missing: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelCard:
    """A customer's place in one level set: the level (None: none yet) that they have since then, and the next one (None: the top).

    It was earned, given by hand or paid for (`source`). If nothing more is bought, they have the level `after` from `loses_at` on
    (None: they keep it).

    Amounts are minor units of `currency`.
    """

    set_id: UUID
    set_name: str
    currency: str
    match: str
    level: Level | None
    since: datetime | None
    next_level: Level | None
    source: LevelSource
    loses_at: datetime | None
    after: Level | None
    reaching: tuple[Reaching, ...]


def customer_levels(customer_id: UUID, now: datetime | None = None) -> list[LevelCard]:
    """The customer's level in each set that is in force, in the order of the sets."""
    at = now or datetime.now(UTC)
    versions = levels_here().in_force(at)
    if not versions:
        return []
    zone = wallets_here().zone
    whose = survivor(customer_id)
    held = standings([whose], at)
    return [_card(whose, version, held.get((whose, version.set_id), NOTHING_REACHED), zone, at) for version in versions]


def given_levels(customer_id: UUID) -> list[Level]:
    """The levels that the customer was given by hand and has."""
    now = datetime.now(UTC)
    known = {version.set_id: version for version in levels_here().in_force(now)}
    rows = LevelGrant.objects.filter(tenant_id=tenant_here(), customer_id=survivor(customer_id), purchase_id=None, ends_at__gt=now)
    return [level for row in rows if row.set_id in known and (level := known[row.set_id].terms.level(row.level))]


def levels_of(customer_ids: Iterable[UUID]) -> dict[UUID, tuple[Level, ...]]:
    """The levels that each of these customers has, in all sets that are in force; in one question."""
    now = datetime.now(UTC)
    versions = levels_here().in_force(now)
    whose = survivors({*customer_ids})
    held = standings({*whose.values()}, now) if versions and whose else {}
    return {key: tuple(_levels(whole, versions, held, now)) for key, whole in whose.items()}


def level_naming() -> Callable[[str], Naming]:
    """What the level of a code is called in each language, of the sets that are in force; asked for once, and only when it is wanted."""

    @cache
    def known() -> dict[str, Naming]:
        inside = (level for version in levels_here().in_force(datetime.now(UTC)) for level in version.terms.levels)
        return {level.code: Naming("", tuple((text.language, text.name) for text in level.texts)) for level in inside}

    return lambda code: known().get(code) or Naming(code)


def _levels(customer_id: UUID, versions: Iterable[LevelSetVersion], held: Mapping[Place, Standing], now: datetime) -> Iterator[Level]:
    for version in versions:
        code = held.get((customer_id, version.set_id), NOTHING_REACHED).had(version, now)
        if level := version.terms.level(code):
            yield level


def _total(rows: QuerySet[Progress], measure: Measure, zone: ZoneInfo) -> int:
    """What a measure makes of purchases; of those of one day one visit."""
    if measure.kind == "visits":
        return rows.filter(purchases__gt=0).values(day=TruncDate("purchased_at", tzinfo=zone)).distinct().count()
    return int(rows.aggregate(total=Sum(measure.kind))["total"] or 0)


def _card(customer_id: UUID, version: LevelSetVersion, held: Standing, zone: ZoneInfo, at: datetime) -> LevelCard:
    terms, code = version.terms, held.had(version, at)
    grant = held.grant(code, at)
    following = terms.levels[version.rank(code) + 1 :]
    next_level = next((level for level in following if level.can_be_earned), None)
    counted = Progress.objects.filter(tenant_id=tenant_here(), customer_id=customer_id, set_id=version.set_id)
    joined = counted.exclude(points=0, amount=0, purchases=0).aggregate(first=Min("purchased_at"))["first"]
    reaching = []
    for number, measure in enumerate(terms.measures):
        start = max((one for one in (window_start(measure, at, zone, joined), held.reset_at) if one), default=None)
        rows = counted if start is None else counted.filter(purchased_at__gte=start)
        total = _total(rows, measure, zone)
        threshold = next_level.thresholds[number] if next_level else None
        reaching.append(Reaching(measure=measure, total=total, missing=None if threshold is None else max(0, threshold - total)))
    loss = held.loss(version, at)
    return LevelCard(
        set_id=version.set_id,
        set_name=set_name(terms),
        currency=terms.currency,
        match=terms.match,
        level=terms.level(code),
        since=grant.starts_at if grant else held.since if held.level == code else None,
        next_level=next_level,
        source="earned" if grant is None else "paid" if grant.purchase_id else "given",
        loses_at=loss.at if loss else None,
        after=terms.level(loss.after) if loss else None,
        reaching=tuple(reaching),
    )
