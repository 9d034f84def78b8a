"""`/api/v1/level-sets/{id}/past`: which levels earlier purchases would earn, and letting them count."""

from __future__ import annotations

from typing import Any

import msgspec

from earning import queries
from earning.api.level_saving import SavingLevelsView
from earning.api.shapes import Moment, moment
from earning.commands import CountPast
from earning.permissions import SEE_LEVELS
from loyalty.api.views import QueryView


class PastBody(msgspec.Struct, forbid_unknown_fields=True):
    """Purchases made from `since` on count as well (null: all), also those that will be recorded late."""

    since: Moment | None = None


class PastQuery(msgspec.Struct):
    """What purchases made from `since` on (all without it) would earn now."""

    since: Moment | None = None


class CustomersOfLevel(msgspec.Struct, frozen=True):
    """How many customers would have the level with this code (null: none)."""

    level: str | None
    customers: int


class LevelsByPast(msgspec.Struct, frozen=True):
    """Of so many `customers` with earlier purchases; `is_part` when there are more than were looked at (1,000)."""

    customers: int
    is_part: bool
    levels: list[CustomersOfLevel]


class CountPastView(SavingLevelsView):
    """Let earlier purchases count towards the levels of an active set. Those recorded before are counted by long work that begins
    then; nobody loses a level by it.
    """

    body = PastBody

    def command(self, body: PastBody, **path: Any) -> CountPast:
        return CountPast(set_id=path["set_id"], since=None if body.since is None else moment(body.since, "since"))


class LevelsByPastView(QueryView):
    """Show how many customers would have each level by earlier purchases; nothing is changed."""

    permission = SEE_LEVELS
    query = PastQuery
    answer = LevelsByPast

    def ask(self, query: PastQuery, **path: Any) -> LevelsByPast:
        since = None if query.since is None else moment(query.since, "since")
        found = queries.levels_by_past(path["set_id"], since)
        levels = [CustomersOfLevel(level.code if level else None, number) for level, number in found.levels]
        return LevelsByPast(found.customers, found.is_part, levels)
