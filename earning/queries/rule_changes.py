"""What was done to a rule, step by step, with what it said before and after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias
from uuid import UUID

from earning.events import EarningRuleActivated, EarningRuleChanged, EarningRuleCreated, EarningRuleEndSet, EarningRulePaused
from earning.queries.rules import rule
from loyalty.domain.event import Recorded
from loyalty.eventstore import store

Content: TypeAlias = EarningRuleCreated | EarningRuleChanged
"""What a version of a rule says."""
Step = Literal["created", "changed", "activated", "paused", "end_set"]
STEPS: dict[type[Any], Step] = {
    EarningRuleCreated: "created",
    EarningRuleChanged: "changed",
    EarningRuleActivated: "activated",
    EarningRulePaused: "paused",
    EarningRuleEndSet: "end_set",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChange:
    """Step `number` of a rule: who did it (the actor of its event), when, and since when it holds (None: a draft, or an end taken back).

    `version` is the version of its terms from then on. Where it is a new one, `after` is what it says, and `before` what the one
    before it said (None: it is the first).
    """

    number: int
    step: Step
    version: int
    changed_by: str
    changed_at: datetime
    effective_at: datetime | None
    before: Content | None
    after: Content | None


def changes(rule_id: UUID, before: int | None = None, limit: int | None = None) -> list[RuleChange]:
    """All that was done to a rule, newest first; `before` is the number of the last step that was seen.

    Raises NotFound `earning.rule_unknown`.
    """
    found = list(_changes(store.load(rule(rule_id).rule_id)))
    return [one for one in reversed(found) if before is None or one.number < before][:limit]


def _changes(stream: list[Recorded[Any]]) -> Iterator[RuleChange]:
    said: Content | None = None
    for recorded in stream:
        event = recorded.event
        after = event if isinstance(event, EarningRuleCreated | EarningRuleChanged) else None
        yield RuleChange(
            number=recorded.version,
            step=STEPS[type(event)],
            version=getattr(event, "version", 1),
            changed_by=recorded.metadata.actor,
            changed_at=recorded.metadata.occurred_at,
            effective_at=event.ends_at if isinstance(event, EarningRuleEndSet) else getattr(event, "effective_at", None),
            before=said if after else None,
            after=after,
        )
        said = after or said
