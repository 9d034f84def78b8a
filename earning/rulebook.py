"""The rules of a tenant, as handlers and queries read them."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from earning.domain.rules import RuleSet, RuleVersion
from loyalty.bus import Read

RULES = Read(
    """select coalesce(json_agg(json_build_object('rule_id', rule_id, 'version', version, 'terms', terms, 'periods', periods)
        order by position), '[]')::text, (select coalesce(max(position), 0) from earning_rule)
    from earning_rule_version where periods <> '[]'"""
)
"""Every version of every rule that was ever in force, and the position of the last event of a rule: one row, shared by all
commands of a batch.
"""


@lru_cache(maxsize=64)
def rule_set(versions: str, position: int) -> RuleSet:
    """The rules in a row of `RULES`; the same text is the same rules, whoever's they are."""
    return RuleSet(msgspec.json.decode(versions, type=list[RuleVersion]), position)
