"""What can be asked of level sets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from earning.domain.levels.starters import Language, Starter
from earning.domain.levels.terms import LevelTerms
from earning.domain.levels.warnings import LevelWarning
from loyalty.domain.command import Command, command


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelSetAnswer:
    """Where a level set stands now: its current version, draft, active or paused, and what looks wrong about it."""

    set_id: UUID
    version: int
    state: str
    warnings: tuple[LevelWarning, ...] = ()


@command
class CreateLevelSet(Command[LevelSetAnswer]):
    """Draft a level set; nobody reaches its levels until it is activated.

    Refusals: earning.too_many_level_sets (twenty, with drafts and all), earning.level_code_taken (by any set), and others of shape.
    """

    terms: LevelTerms


@command
class InstallStarterLevels(Command[LevelSetAnswer]):
    """Draft a level set as known programmes have it, in `currency`; with stars, the rule that gives them is drafted beside it.

    What customers read is there in all languages; what staff call set and rule is said in `language`. Refusals as for CreateLevelSet.
    """

    starter: Starter
    currency: str
    language: Language = "en"


@command
class ChangeLevelSet(Command[LevelSetAnswer]):
    """Give a level set new terms from now on.

    `seen_version` is the version that the editor had before them: another one meanwhile refuses with
    earning.level_set_changed_meanwhile (None: do not ask).
    """

    set_id: UUID
    terms: LevelTerms
    seen_version: int | None = None


@command
class ActivateLevelSet(Command[LevelSetAnswer]):
    """Let purchases made from `effective_at` on count towards the levels of a set (None: now; a time in the past serves imports).

    Those made before, from `past_since` on, count as well when that is given: as `CountPast` does it.
    Refusals: earning.level_set_is_active, earning.level_set_is_empty, earning.too_many_active_level_sets (three at a time),
    earning.level_since_invalid.
    """

    set_id: UUID
    effective_at: datetime | None = None
    past_since: datetime | None = None


@command
class CountPast(Command[LevelSetAnswer]):
    """Let purchases made from `since` on (None: all) count towards the levels of an active set, though it was in force only later.

    What was recorded before is counted by long work that begins then; what is recorded later counts at once.
    Refusals: earning.level_set_is_not_active, earning.level_since_invalid, earning.level_past_counts,
    earning.all_past_counts.
    """

    set_id: UUID
    since: datetime | None = None


@command
class CountPastOfCustomer(Command[int]):
    """Count what purchases of a customer should count towards levels and do not yet, the oldest first, 500 at most.

    Answers with their number. Fees of the past pay for nothing.
    """

    customer_id: UUID


@command
class DeactivateLevelSet(Command[LevelSetAnswer]):
    """Let nobody reach or lose levels of a set from now on. Refusals: earning.level_set_is_not_active."""

    set_id: UUID


@command
class SettleLevels(Command[int]):
    """Note which levels of a customer have gone, or will go soon, by the policies of their sets. Answers with the number of facts.

    Nothing depends on when this is done, but what the customer is told of.
    """

    customer_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerLevelAnswer:
    """The codes of the levels that the customer has now, one for each level set that has one for them."""

    customer_id: UUID
    levels: tuple[str, ...]


@command
class GiveLevel(Command[CustomerLevelAnswer]):
    """Let a customer have the level with this code until `ends_at`, whatever they earn; instead of one given before in its set.

    It is a floor: a higher level that they earn meanwhile counts, and at the end they have what they have earned by then.
    Refusals: earning.level_unknown (in no set that is in force), earning.level_end_invalid, earning.reason_missing,
    earning.customer_unknown.
    """

    customer_id: UUID
    level: str
    ends_at: datetime
    reason: str


@command
class WithdrawLevel(Command[CustomerLevelAnswer]):
    """Take a level back that was given, before its end. Refusals: earning.level_not_given, earning.reason_missing,
    earning.customer_unknown.
    """

    customer_id: UUID
    level: str
    reason: str
