"""The rules that decide: those of today."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

from earning.domain.rule_set import RuleSet
from earning.queries.here import tenant_here
from earning.rulebook import STATE, rules_of


def rules_here() -> RuleSet:
    """All rules of the tenant that were ever in force."""
    _, state = asked(STATE.sql)[0]
    return rules_of(tenant_here(), state, asked)


def asked(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """The rows of a statement in the open transaction."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
