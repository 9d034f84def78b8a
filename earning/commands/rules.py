"""What can be asked of earning rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from earning.domain.rule_texts import RuleText
from earning.domain.rule_warnings import RuleWarning
from earning.domain.scope import EVERYTHING, RuleScope
from earning.domain.terms import Terms, Wallet
from loyalty.domain.command import Command, command


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleAnswer:
    """Where a rule stands now: its current version, and draft, scheduled, active, paused or ended; and what looks wrong about it.

    `effective_at` is from when on that version holds (None: the rule is neither active nor scheduled).
    """

    rule_id: UUID
    version: int
    state: str
    effective_at: datetime | None = None
    warnings: tuple[RuleWarning, ...] = ()


@command
class CreateRule(Command[RuleAnswer]):
    """Draft an earning rule; the id of the new rule is the command's id. It gives nothing until it is activated.

    It gives points of `wallet`, or multiplies points per spend of it, for good: another wallet is another rule. Refusals:
    earning.wallet_unknown, and others that name the term at fault.
    """

    name: str
    terms: Terms
    scope: RuleScope = EVERYTHING
    wallet: Wallet = "points"
    texts: tuple[RuleText, ...] = ()
    photo: str = ""


@command
class ChangeRule(Command[RuleAnswer]):
    """Give a rule a new version. An active rule changes for purchases made from `effective_at` on (None: now).

    `seen_version` is the version that the editor had before them: another one meanwhile refuses with
    earning.rule_changed_meanwhile (None: do not ask). Without `texts` (None) they stay as they are, and so does the `photo`.
    """

    rule_id: UUID
    name: str
    terms: Terms
    scope: RuleScope = EVERYTHING
    effective_at: datetime | None = None
    seen_version: int | None = None
    texts: tuple[RuleText, ...] | None = None
    photo: str | None = None


@command
class ActivateRule(Command[RuleAnswer]):
    """Put a rule in force for purchases made from `effective_at` on (None: now; a time in the past serves imports).

    With a time to come it is scheduled; a scheduled rule gets another start.
    """

    rule_id: UUID
    effective_at: datetime | None = None


@command
class PauseRule(Command[RuleAnswer]):
    """Take an active rule out of force from now on, or a scheduled one out of the schedule."""

    rule_id: UUID


@command
class EndRule(Command[RuleAnswer]):
    """End a rule for good at `ends_at` (None: now); it does not come back. While it has not ended, the end can be moved.

    With `never`, and no `ends_at`, an end that was planned is taken back.
    """

    rule_id: UUID
    ends_at: datetime | None = None
    never: bool = False
