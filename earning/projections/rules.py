"""Rules as they stand, and every version they ever had with the periods in which it was in force."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, assert_never
from uuid import UUID

import orjson

from earning.domain.terms import kind_of
from earning.events import EarningRuleActivated, EarningRuleChanged, EarningRuleCreated, EarningRuleEndSet, EarningRulePaused
from loyalty.domain.event import Recorded
from loyalty.projections.projection import Projection, Statement

CREATE = """insert into earning_rule (tenant_id, id, wallet, name, kind, terms, scope, texts, photo, version, state, ends,
        changed_at, position)
    values (%s, %s, %s, %s, %s, %s::jsonb, %s::jsonb, %s::jsonb, %s, 1, 'draft', '[]', %s, %s)"""
CHANGE = """update earning_rule set name = %s, kind = %s, terms = %s::jsonb, scope = %s::jsonb, texts = %s::jsonb, photo = %s, version = %s,
        effective_at = case when state = 'active' then %s else effective_at end, changed_at = %s, position = %s
    where tenant_id = %s and id = %s"""
STATE = """update earning_rule set state = %s, effective_at = %s, active_from = case when %s then %s end, changed_at = %s, position = %s
    where tenant_id = %s and id = %s"""
PLAN = """update earning_rule set ends_at = %s, ends = ends || %s::jsonb, changed_at = %s, position = %s
    where tenant_id = %s and id = %s"""
VERSION = """insert into earning_rule_version (position, tenant_id, rule_id, version, name, terms, scope, texts, photo, periods, changed_by,
        changed_at)
    select %s, r.tenant_id, r.id, %s, %s, %s::jsonb, %s::jsonb, %s::jsonb, %s, case when r.state = 'active' then %s::jsonb else '[]' end,
        %s, %s
    from earning_rule r where r.tenant_id = %s and r.id = %s"""
BEGIN = "update earning_rule_version set periods = periods || %s::jsonb where tenant_id = %s and rule_id = %s and version = %s"
CUT = """update earning_rule_version set periods = (
        select jsonb_agg(
            case when (p ->> 'end')::timestamptz <= greatest(%s, (p ->> 'start')::timestamptz) then p else p || %s::jsonb end order by n)
        from jsonb_array_elements(periods) with ordinality x (p, n))
    where tenant_id = %s and rule_id = %s and periods <> '[]'"""
"""Nothing of a rule is in force from a moment on, in whatever version: what runs ends there, and what would only come never does.
What was over, or called off, before stays as it has been known since.
"""


class Rules(Projection):
    """Rules are few and change seldom: one statement after the other."""

    name = "earning.rules"
    events = (EarningRuleCreated, EarningRuleChanged, EarningRuleActivated, EarningRulePaused, EarningRuleEndSet)
    tables = ("earning_rule", "earning_rule_version")
    inline = True

    def statements(self, batch: Sequence[Recorded[Any]]) -> Iterable[Statement]:
        for recorded in batch:
            yield from _of(recorded)


def _of(recorded: Recorded[Any]) -> Iterable[Statement]:
    event, tenant_id, since = recorded.event, recorded.tenant_id, recorded.metadata.occurred_at
    match event:
        case EarningRuleCreated():
            yield CREATE, (tenant_id, event.rule_id, event.wallet, *_content(event), since, recorded.position)
            yield _version(recorded, 1, "[]")
        case EarningRuleChanged():
            yield _cut(event.effective_at, recorded)
            yield _version(recorded, event.version, _since(event.effective_at, recorded))
            content = (*_content(event), event.version, event.effective_at)
            yield CHANGE, (*content, since, recorded.position, tenant_id, event.rule_id)
        case EarningRuleActivated():
            yield _cut(since, recorded)  # what was only planned is replaced
            yield BEGIN, (_since(event.effective_at, recorded), tenant_id, event.rule_id, event.version)
            yield _state("active", event.effective_at, recorded)
        case EarningRulePaused():
            yield _cut(event.effective_at, recorded)
            yield _state("paused", event.effective_at, recorded)
        case EarningRuleEndSet():
            planned = _json([{"at": event.ends_at, "known": recorded.position}])
            yield PLAN, (event.ends_at, planned, since, recorded.position, tenant_id, event.rule_id)
        case _:
            assert_never(event)


def _version(recorded: Recorded[EarningRuleCreated | EarningRuleChanged], version: int, period: str) -> Statement:
    event, metadata = recorded.event, recorded.metadata
    name, _, *content = _content(event)
    made = (recorded.position, version, name, *content, period, metadata.actor, metadata.occurred_at)
    return VERSION, (*made, recorded.tenant_id, event.rule_id)


def _state(state: str, effective_at: datetime, recorded: Recorded[Any]) -> Statement:
    rule_id: UUID = recorded.event.rule_id
    begun = state == "active"
    return STATE, (state, effective_at, begun, effective_at, recorded.metadata.occurred_at, recorded.position, recorded.tenant_id, rule_id)


def _content(event: EarningRuleCreated | EarningRuleChanged) -> tuple[str, str, str, str, str, str]:
    """Name, kind, terms, scope, texts and photo, as the tables have them."""
    return event.name, kind_of(event.terms.terms), _json(event.terms), _json(event.scope), _json(event.texts), event.photo


def _json(value: object) -> str:
    return orjson.dumps(value, default=str).decode()


def _since(at: datetime, recorded: Recorded[Any]) -> str:
    return _json([{"start": at, "end": None, "began": recorded.position, "ended": 0}])


def _cut(at: datetime, recorded: Recorded[Any]) -> Statement:
    end = _json({"end": at, "ended": recorded.position})
    return CUT, (at, end, recorded.tenant_id, recorded.event.rule_id)
