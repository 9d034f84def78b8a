"""Level sets as they stand, their levels, and every version with the periods in which it was in force."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, assert_never

import orjson

from earning.domain.levels.benefit_rules import level_id
from earning.events import LevelSetActivated, LevelSetChanged, LevelSetCreated, LevelSetDeactivated, LevelSetPastCounted
from loyalty.domain.event import Recorded
from loyalty.projections.projection import Projection, Statement

CREATE = """insert into earning_level_set (id, tenant_id, name, terms, version, state, changed_at, position)
    values (%s, %s, %s, %s::jsonb, 1, 'draft', %s, %s)"""
CHANGE = """update earning_level_set set name = %s, terms = %s::jsonb, version = %s,
        effective_at = case when state = 'active' then %s else effective_at end, changed_at = %s, position = %s
    where tenant_id = %s and id = %s"""
STATE = "update earning_level_set set state = %s, effective_at = %s, changed_at = %s, position = %s where tenant_id = %s and id = %s"
PAST = """update earning_level_set set past_since = least(past_since, %s), past_until = %s, changed_at = %s, position = %s
    where tenant_id = %s and id = %s"""
VERSION = """insert into earning_level_set_version (position, tenant_id, set_id, version, terms, periods, changed_by, changed_at)
    select %s, s.tenant_id, s.id, %s, %s::jsonb, case when s.state = 'active' then %s::jsonb else '[]' end, %s, %s
    from earning_level_set s where s.tenant_id = %s and s.id = %s"""
BEGIN = "update earning_level_set_version set periods = periods || %s::jsonb where tenant_id = %s and set_id = %s and version = %s"
END = """update earning_level_set_version set periods = jsonb_set(periods, '{-1,end}', %s::jsonb)
    where tenant_id = %s and set_id = %s and version = %s and periods #> '{-1,end}' = 'null'"""
CLEAR = "delete from earning_level where tenant_id = %s and set_id = %s"
LEVEL = "insert into earning_level (id, tenant_id, set_id, rank, code, terms, position) values (%s, %s, %s, %s, %s, %s::jsonb, %s)"


class LevelSets(Projection):
    """Level sets are few and change seldom: one statement after the other."""

    name = "earning.level_sets"
    events = (LevelSetCreated, LevelSetChanged, LevelSetActivated, LevelSetDeactivated, LevelSetPastCounted)
    tables = ("earning_level_set", "earning_level_set_version", "earning_level")
    inline = True

    def statements(self, batch: Sequence[Recorded[Any]]) -> Iterable[Statement]:
        for recorded in batch:
            yield from _of(recorded)


def _of(recorded: Recorded[Any]) -> Iterable[Statement]:
    event, tenant_id, since = recorded.event, recorded.tenant_id, recorded.metadata.occurred_at
    key = (tenant_id, event.set_id)
    match event:
        case LevelSetCreated():
            yield CREATE, (event.set_id, tenant_id, event.terms.name, _json(event.terms), since, recorded.position)
            yield from _version(recorded, 1, "[]")
        case LevelSetChanged():
            yield END, (_json(event.effective_at), *key, event.version - 1)
            yield from _version(recorded, event.version, _open(event.effective_at))
            told = (event.terms.name, _json(event.terms), event.version, event.effective_at, since, recorded.position)
            yield CHANGE, (*told, *key)
        case LevelSetActivated():
            yield BEGIN, (_open(event.effective_at), *key, event.version)
            yield STATE, ("active", event.effective_at, since, recorded.position, *key)
        case LevelSetPastCounted():
            yield PAST, (event.since, event.decided_at, since, recorded.position, *key)
        case LevelSetDeactivated():
            yield END, (_json(event.effective_at), *key, event.version)
            yield STATE, ("paused", event.effective_at, since, recorded.position, *key)
        case _:
            assert_never(event)


def _version(recorded: Recorded[LevelSetCreated | LevelSetChanged], version: int, period: str) -> Iterable[Statement]:
    event, tenant_id, metadata = recorded.event, recorded.tenant_id, recorded.metadata
    told = (recorded.position, version, _json(event.terms), period, metadata.actor, metadata.occurred_at)
    yield VERSION, (*told, tenant_id, event.set_id)
    yield CLEAR, (tenant_id, event.set_id)
    for rank, level in enumerate(event.terms.levels, 1):
        yield LEVEL, (level_id(event.set_id, level.code), tenant_id, event.set_id, rank, level.code, _json(level), recorded.position)


def _json(value: Any) -> str:
    return orjson.dumps(value, default=str).decode()


def _open(at: datetime) -> str:
    return orjson.dumps([{"start": at, "end": None}]).decode()
