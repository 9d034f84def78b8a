"""Rewards as they stand, and every version they ever had."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, assert_never

import orjson

from loyalty.domain.event import Recorded
from loyalty.projections.projection import Projection, Statement
from rewards.domain.kinds import kind_of
from rewards.domain.terms import RewardContent
from rewards.events import RewardActivated, RewardChanged, RewardCreated, RewardEndSet, RewardPaused

CREATE = """insert into rewards_reward (tenant_id, id, name, kind, category, wallet, points, featured, public, content, version, state,
        changed_at, position)
    values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, 1, 'draft', %s, %s)"""
CHANGE = """update rewards_reward set name = %s, kind = %s, category = %s, wallet = %s, points = %s, featured = %s, public = %s,
        content = %s::jsonb, version = %s, changed_at = %s, position = %s
    where tenant_id = %s and id = %s"""
VERSION = """insert into rewards_reward_version (tenant_id, reward_id, version, content, changed_by, changed_at)
    values (%s, %s, %s, %s::jsonb, %s, %s)"""
STATE = """update rewards_reward set state = %s, active_from = %s, changed_at = %s, position = %s where tenant_id = %s and id = %s"""
PAUSE = "update rewards_reward set state = 'paused', changed_at = %s, position = %s where tenant_id = %s and id = %s"
END = "update rewards_reward set ends_at = %s, changed_at = %s, position = %s where tenant_id = %s and id = %s"


class Rewards(Projection):
    """Rewards are few and change seldom: one statement after the other."""

    name = "rewards.rewards"
    events = (RewardCreated, RewardChanged, RewardActivated, RewardPaused, RewardEndSet)
    tables = ("rewards_reward", "rewards_reward_version")
    inline = True

    def statements(self, batch: Sequence[Recorded[Any]]) -> Iterable[Statement]:
        for recorded in batch:
            yield from _of(recorded)


def _of(recorded: Recorded[Any]) -> Iterable[Statement]:
    event, tenant_id, since = recorded.event, recorded.tenant_id, recorded.metadata.occurred_at
    last = (since, recorded.position, tenant_id, event.reward_id)
    match event:
        case RewardCreated():
            yield CREATE, (tenant_id, event.reward_id, *_columns(event.content), since, recorded.position)
            yield _version(recorded, 1)
        case RewardChanged():
            yield CHANGE, (*_columns(event.content), event.version, *last)
            yield _version(recorded, event.version)
        case RewardActivated():
            yield STATE, ("active", event.effective_at, *last)
        case RewardPaused():
            yield PAUSE, last
        case RewardEndSet():
            yield END, (event.ends_at, *last)
        case _:
            assert_never(event)


def _columns(content: RewardContent) -> tuple[Any, ...]:
    terms = content.terms
    told = (content.name, kind_of(terms.benefit), terms.category, terms.price.wallet, terms.price.points, terms.featured, terms.public)
    return *told, _json(content)


def _version(recorded: Recorded[RewardCreated | RewardChanged], version: int) -> Statement:
    event, metadata = recorded.event, recorded.metadata
    made = (_json(event.content), metadata.actor, metadata.occurred_at)
    return VERSION, (recorded.tenant_id, event.reward_id, version, *made)


def _json(value: object) -> str:
    return orjson.dumps(value, default=str).decode()
