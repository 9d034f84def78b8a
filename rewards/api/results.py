"""`/api/v1/rewards/{id}/results`: what a reward brought."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from loyalty.api.views import QueryView
from rewards import queries
from rewards.permissions import SEE_RESULTS


class ResultsQuery(msgspec.Struct, forbid_unknown_fields=True):
    """From which day to which, both included, in the programme's time zone; the last 30 days without them, and at most 366."""

    first: date | None = None
    last: date | None = None


class FiguresShown(msgspec.Struct, frozen=True, kw_only=True):
    """What stands on a day, or on all together; what was undone is taken off its day. `cost` is minor units of the programme's
    currency; `points` are by wallet. By currency, in minor units: `worth` was taken off purchases; `purchases` and `revenue` are those
    with the reward, `other_purchases` and `other_revenue` all others of the programme.
    """

    issued: int
    used: int
    cancelled: int
    expired: int
    cost: int
    points: dict[str, int]
    worth: dict[str, int]
    purchases: dict[str, int]
    revenue: dict[str, int]
    other_purchases: dict[str, int]
    other_revenue: dict[str, int]


class DayShown(msgspec.Struct, frozen=True, kw_only=True):
    """A day, and what stands on it."""

    day: date
    figures: FiguresShown


class ResultsShown(msgspec.Struct, frozen=True, kw_only=True):
    """What a reward brought, in all and on each day."""

    reward_id: UUID
    first: date
    last: date
    total: FiguresShown
    days: list[DayShown]


class RewardResultsView(QueryView):
    """Show what a reward brought: coupons, points, cost, and revenue of purchases with it and without, by day."""

    permission = SEE_RESULTS
    query = ResultsQuery
    answer = ResultsShown

    def ask(self, query: ResultsQuery, **path: Any) -> ResultsShown:
        found = queries.reward_results(path["reward_id"], query.first, query.last)
        days = [DayShown(day=day, figures=_shown(one)) for day, one in found.days.items()]
        return ResultsShown(reward_id=found.reward_id, first=found.first, last=found.last, total=_shown(found.total), days=days)


def _shown(figures: queries.ResultFigures) -> FiguresShown:
    return msgspec.convert(figures, FiguresShown, from_attributes=True)
