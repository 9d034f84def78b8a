"""What the rules that decided something are called, in their versions: rules, and the multipliers of levels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
from django.utils.translation import get_language, gettext

from earning.domain.levels.benefit_rules import level_id
from earning.domain.levels.terms import LevelTerms
from earning.domain.rule_texts import RuleText, called
from earning.domain.terms import Multiplier, Terms, TermsOfKind
from earning.domain.wallets import Unit
from earning.models import LevelSetVersion, RuleVersion
from earning.queries.here import tenant_here
from earning.wording import sentence_of


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTitle:
    """A rule in one version: its name in the reader's language, its terms, and who made that version. `of_level`: it is a level's.

    `name_for_customers` is the one that was given for customers ("": none was).
    """

    name: str
    name_for_customers: str
    terms: Terms
    changed_by: str
    changed_at: datetime
    of_level: bool = False

    def for_customers(self, unit: Unit) -> str:
        """The name that was given for customers, else what the rule does; `unit` is that of its wallet."""
        return self.name_for_customers or sentence_of(self.terms, unit)


def rule_titles(rule_ids: Iterable[UUID]) -> dict[tuple[UUID, int], RuleTitle]:
    """By rule and version; levels are looked up only for ids that no rule has."""
    wanted = set(rule_ids)
    rows = RuleVersion.objects.filter(tenant_id=tenant_here(), rule_id__in=wanted)
    known = {(row.rule_id, row.version): _title(row) for row in rows}
    if missing := wanted - {rule_id for rule_id, _ in known}:
        known |= {key: title for key, title in _of_levels() if key[0] in missing}
    return known


def title_of(row: RuleVersion) -> str:
    """What the rule is called in the reader's language."""
    return _called(row, row.name)


def _called(row: RuleVersion, otherwise: str) -> str:
    return called(otherwise, msgspec.convert(row.texts, tuple[RuleText, ...]), get_language() or "").name


def _title(row: RuleVersion) -> RuleTitle:
    terms = msgspec.convert(row.terms, TermsOfKind).terms
    return RuleTitle(
        name=title_of(row), name_for_customers=_called(row, ""), terms=terms, changed_by=row.changed_by, changed_at=row.changed_at
    )


def _of_levels() -> Iterator[tuple[tuple[UUID, int], RuleTitle]]:
    for row in LevelSetVersion.objects.filter(tenant_id=tenant_here()):
        for level in msgspec.convert(row.terms, LevelTerms).levels:
            name = gettext("Level %(name)s") % {"name": level.text(get_language() or "").name}
            terms = Multiplier(factor=level.benefits.multiplier)
            title = RuleTitle(
                name=name, name_for_customers=name, terms=terms, changed_by=row.changed_by, changed_at=row.changed_at, of_level=True
            )
            yield (level_id(row.set_id, level.code), row.version), title
