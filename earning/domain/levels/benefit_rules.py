"""Levels whose points count several times, as rules: what they promise is decided, explained and taken back like any other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

from earning.domain.levels.book import LevelSetVersion
from earning.domain.rule_versions import InForce, RuleVersion
from earning.domain.scope import Among, RuleScope
from earning.domain.terms import Multiplier
from loyalty.domain.identity import derived_id


def level_id(set_id: UUID, code: str) -> UUID:
    """A level, and the rule that is its multiplier."""
    return derived_id("level", set_id, code)


def rules_of_levels(versions: Iterable[LevelSetVersion]) -> Iterator[RuleVersion]:
    """A compound multiplier for each level that has one, in each version of its set: for who has the level when they buy."""
    for version in versions:
        for level in version.terms.levels:
            if level.benefits.multiplier != 1:
                yield RuleVersion(
                    rule_id=level_id(version.set_id, level.code),
                    version=version.version,
                    terms=Multiplier(factor=level.benefits.multiplier),
                    scope=RuleScope(levels=Among(any=(level.code,))),
                    periods=tuple(InForce(period.start, period.end) for period in version.periods),
                    level=level.code,
                )
