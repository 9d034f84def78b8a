"""What rewards brought: coupons, points, cost and revenue by day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from loyalty.domain.errors import DomainError
from loyalty.domain.period import business_day
from loyalty.tenancy.middleware import tenant_of_id
from rewards.projections.results import NOBODY
from rewards.queries.here import asked, tenant_here
from rewards.queries.rewards import reward

FIGURES = """select reward_id, day, figure, unit, amount from rewards_result
    where tenant_id = %s and reward_id = any (%s::uuid[]) and day between %s and %s order by day, figure, unit"""
USUAL_DAYS, MOST_DAYS = 30, 366


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultFigures:
    """What stands on a day, or on all days together. `cost` is minor units of the programme's currency, `points` are by wallet; `worth`
    (taken off purchases), `purchases` and `revenue` are by currency, in minor units, for purchases with the reward; `other_purchases`
    and `other_revenue` for all other purchases of the programme.
    """

    issued: int = 0
    used: int = 0
    cancelled: int = 0
    expired: int = 0
    cost: int = 0
    points: Mapping[str, int] = field(default_factory=dict)
    worth: Mapping[str, int] = field(default_factory=dict)
    purchases: Mapping[str, int] = field(default_factory=dict)
    revenue: Mapping[str, int] = field(default_factory=dict)
    other_purchases: Mapping[str, int] = field(default_factory=dict)
    other_revenue: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardResults:
    """What a reward brought from the day `first` to the day `last` of the programme's zone: in all, and on each of these days."""

    reward_id: UUID
    first: date
    last: date
    total: ResultFigures
    days: Mapping[date, ResultFigures]


def reward_results(reward_id: UUID, first: date | None = None, last: date | None = None) -> RewardResults:
    """What a reward brought; of the last 30 days, where no days are named. Raises NotFound `rewards.reward_unknown`, and DomainError
    `rewards.period_invalid` for days in the wrong order, or for more than 366.
    """
    reward(reward_id)
    tenant = tenant_of_id(tenant_here())
    today = business_day(datetime.now(UTC), tenant.zone)
    first, last = period(first, last, today)
    told: dict[date, _Sums] = {first + timedelta(days=n): _Sums() for n in range((last - first).days + 1)}
    total = _Sums()
    for whose, day, figure, unit, amount in asked(FIGURES, [tenant_here(), [reward_id, NOBODY], first, last]):
        if figure == "expiring" and day >= today:
            continue
        name = f"all_{figure}" if whose == NOBODY else figure
        for sums in (told[day], total):
            sums.add(name, unit if figure != "worth" else unit or tenant.currency, amount)
    days = {day: sums.figures() for day, sums in told.items()}
    return RewardResults(reward_id=reward_id, first=first, last=last, total=total.figures(), days=days)


def period(first: date | None, last: date | None, today: date) -> tuple[date, date]:
    """The days that are asked for. Raises DomainError `rewards.period_invalid` and `rewards.date_out_of_range`."""
    for name, day in (("first", first), ("last", last)):
        if day is not None and not 2000 <= day.year < 2200:
            raise DomainError("rewards.date_out_of_range", field=name)
    if last is None:
        last = today if first is None else min(max(first, today), first + timedelta(days=MOST_DAYS - 1))
    first = first or last - timedelta(days=USUAL_DAYS - 1)
    if not 0 <= (last - first).days < MOST_DAYS:
        raise DomainError("rewards.period_invalid", field="last", most=MOST_DAYS)
    return first, last


class _Sums:
    """Amounts by figure and unit."""

    def __init__(self) -> None:
        self.sums: dict[str, dict[str, int]] = {}

    def add(self, name: str, unit: str, amount: int) -> None:
        units = self.sums.setdefault(name, {})
        units[unit] = units.get(unit, 0) + amount

    def figures(self) -> ResultFigures:
        counted = {name: sum(self.by(figure).values()) for name, figure in COUNTED.items()}
        apart = {name: self.by(name) for name in ("points", "worth", "purchases", "revenue")}
        others = {f"other_{name}": self._others(name) for name in ("purchases", "revenue")}
        return ResultFigures(**counted, **apart, **others)  # type: ignore[arg-type]

    def by(self, name: str) -> dict[str, int]:
        return self.sums.get(name, {})

    def _others(self, name: str) -> dict[str, int]:
        own = self.by(name)
        return {unit: left for unit, amount in self.by(f"all_{name}").items() if (left := amount - own.get(unit, 0))}


COUNTED = {"issued": "issued", "used": "used", "cancelled": "cancelled", "expired": "expiring", "cost": "cost"}


def currencies(figures: Iterable[ResultFigures]) -> list[str]:
    """The currencies of purchases, by code."""
    return sorted({unit for one in figures for units in (one.revenue, one.other_revenue, one.worth) for unit in units})
