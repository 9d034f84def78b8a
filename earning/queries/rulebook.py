"""The rules that decide: those of today, and as they were known earlier."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db import connection

from earning.domain.rules import EarningRule, RuleSet, RuleVersion
from earning.models import Rule
from earning.queries.here import tenant_here
from earning.rulebook import RULES, rule_set
from loyalty.eventstore import store


def rules_here() -> RuleSet:
    """All rules of the tenant that were ever in force."""
    with connection.cursor() as cursor:
        cursor.execute(RULES.sql)
        return rule_set(*cursor.fetchone())


def rules_known(position: int | None) -> RuleSet:
    """The same as they were known when the log went to `position`; None: as they are known now."""
    rules = rules_here()
    if position is None or position == rules.position:
        return rules
    found = Rule.objects.filter(tenant_id=tenant_here()).values_list("id", flat=True)
    return RuleSet([version for rule_id in found for version in _versions(rule_id, position)], position)


def _versions(rule_id: UUID, position: int) -> Iterator[RuleVersion]:
    yield from EarningRule.replay(rule_id, [r.event for r in store.load(rule_id) if r.position <= position]).versions
