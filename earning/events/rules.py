"""What happened to earning rules."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from earning.domain.rule_texts import RuleText
from earning.domain.scope import EVERYTHING, RuleScope
from earning.domain.terms import TermsOfKind, Wallet
from loyalty.domain.event import event


@event("earning.rule_created", version=2)
class EarningRuleCreated:
    """A rule was drafted: version 1, not in force yet."""

    rule_id: UUID
    wallet: Wallet
    name: str
    terms: TermsOfKind
    scope: RuleScope = EVERYTHING
    texts: tuple[RuleText, ...] = ()
    photo: str = ""


@event("earning.rule_changed", version=2)
class EarningRuleChanged:
    """A rule got new terms: version `version`. When it is active they take the place of the old ones at `effective_at`."""

    rule_id: UUID
    version: int
    name: str
    terms: TermsOfKind
    scope: RuleScope = EVERYTHING
    texts: tuple[RuleText, ...] = ()
    photo: str = ""
    effective_at: datetime


@event("earning.rule_activated", version=1)
class EarningRuleActivated:
    """A rule is in force for purchases made from `effective_at` on."""

    rule_id: UUID
    version: int
    effective_at: datetime


@event("earning.rule_paused", version=1)
class EarningRulePaused:
    """A rule is not in force for purchases made from `effective_at` on, until it is activated again."""

    rule_id: UUID
    version: int
    effective_at: datetime


@event("earning.rule_end_set", version=1)
class EarningRuleEndSet:
    """A rule ends for good at `ends_at`: it gives nothing for purchases made from then on. None takes a planned end back."""

    rule_id: UUID
    version: int
    ends_at: datetime | None
