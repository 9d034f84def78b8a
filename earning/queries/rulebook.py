"""The rules that decide: those of today."""

from __future__ import annotations

from typing import Any

from django.db import connection

from earning.domain.rule_set import RuleSet
from earning.queries.here import tenant_here
from earning.rulebook import STATE, rules_of


def rules_here() -> RuleSet:
    """All rules of the tenant that were ever in force."""
    _, state = _asked(STATE.sql)[0]
    return rules_of(tenant_here(), state, _asked)


def _asked(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())
