"""Limits of rules: how often, or for how many points, a rule counts for one customer or for all, in a calendar period."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from loyalty.domain.errors import DomainError
from loyalty.domain.identity import derived_id
from loyalty.domain.period import business_day
from loyalty.domain.points import LARGEST

LimitPeriod = Literal["day", "week", "month", "quarter", "half_year", "year", "ever"]
MOST_LIMITS = 20
MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A rule counts at most `most` times (`of` times), or gives at most `most` points, in each `period` (weeks begin on Monday), for
    each customer or for all together. Points that do not fit are not given; times are all or nothing. A budget is points for all, ever.
    """

    of: Literal["times", "points"]
    most: int
    period: LimitPeriod = "ever"
    whose: Literal["customer", "all"] = "customer"


class Use(NamedTuple):
    """What a purchase uses of a limit: the id of its row, and what may be used at most."""

    id: UUID
    most: int


def period_start(period: LimitPeriod, at: datetime, zone: str) -> str:
    """The first day of the period of `at` in `zone`, as text; "" for ever."""
    day = business_day(at, ZoneInfo(zone))
    match period:
        case "ever":
            return ""
        case "day":
            return day.isoformat()
        case "week":
            return (day - timedelta(days=day.weekday())).isoformat()
        case "month" | "quarter" | "half_year" | "year":
            months = MONTHS[period]
            return date(day.year, (day.month - 1) // months * months + 1, 1).isoformat()


def next_start(period: LimitPeriod, at: datetime, zone: str) -> date | None:
    """The first day of the period after that of `at` in `zone`: what was used counts no more then. None where that never comes."""
    if period == "ever":
        return None
    first = date.fromisoformat(period_start(period, at, zone))
    if period in {"day", "week"}:
        return first + timedelta(days=1 if period == "day" else 7)
    months = first.year * 12 + first.month - 1 + MONTHS[period]
    return date(months // 12, months % 12 + 1, 1)


def use_of(limit: Limit, rule_id: UUID, customer_id: UUID, at: datetime, zone: str) -> Use:
    """The row that counts what is used of a limit. All versions of a rule share it."""
    holder = customer_id if limit.whose == "customer" else ""
    return Use(derived_id("limit", rule_id, limit.of, limit.whose, limit.period, period_start(limit.period, at, zone), holder), limit.most)


class Room:
    """What is left of the limits of rules, for one purchase: what has been `used` of each."""

    def __init__(self, limits: Mapping[UUID, tuple[tuple[Limit, Use], ...]], used: Mapping[UUID, int]) -> None:
        self._limits, self._used = limits, used

    def grant(self, rule_id: UUID, points: int) -> int:
        """How many of `points` a rule may give: those that fit, or none when it has counted as often as it may."""
        for limit, use in self._limits.get(rule_id, ()):
            left = limit.most - self._used.get(use.id, 0)
            points = min(points, max(left, 0)) if limit.of == "points" else points if left > 0 else 0
        return points


class Ceiling:
    """What rules gave when a purchase was recorded: a return never asks for more, whatever room there is now."""

    def __init__(self, given: Mapping[UUID, int]) -> None:
        self._given = given

    def grant(self, rule_id: UUID, points: int) -> int:
        return min(points, self._given.get(rule_id, 0))


Granting = Room | Ceiling


def used_by(limits: Mapping[UUID, tuple[tuple[Limit, Use], ...]], given: Iterable[tuple[UUID, int]]) -> Counter[Use]:
    """What contributions (rule and points) use of limits."""
    found: Counter[Use] = Counter()
    for rule_id, points in given:
        for limit, use in limits.get(rule_id, ()):
            found[use] += points if limit.of == "points" else 1
    return found


def check_limits(limits: tuple[Limit, ...]) -> None:
    """Raises DomainError for limits that no rule can have."""
    if len(limits) > MOST_LIMITS or len({(one.of, one.period, one.whose) for one in limits}) < len(limits):
        raise DomainError("earning.rule_too_many_limits", field="limits", most=MOST_LIMITS)
    if any(not 0 < one.most <= LARGEST for one in limits):
        raise DomainError("earning.rule_limit_invalid", field="limits", most=LARGEST)


def freed(before: Counter[Use], after: Counter[Use]) -> Iterator[tuple[Use, int]]:
    """What is no longer used."""
    yield from ((use, amount - after[use]) for use, amount in before.items() if amount > after[use])
