"""What a write to a level set answers with."""

from __future__ import annotations

from uuid import UUID

import msgspec

from earning.commands import LevelSetAnswer
from earning.domain.levels.warnings import LevelWarningCode
from earning.level_warnings import warning_sentence
from earning.permissions import EDIT_LEVELS
from loyalty.api.views import CommandView


class WarnedOfLevels(msgspec.Struct, frozen=True):
    """What looks wrong about a level set, or a change of it, though it may be meant: about the levels with these codes ([]: the whole set),
    and so many `customers` whom it touches (0: nobody, or it is not about customers).
    """

    code: LevelWarningCode
    message: str
    levels: list[str]
    customers: int


class SavedLevelSet(msgspec.Struct, frozen=True, kw_only=True):
    """Where a level set stands now, and what looks wrong about it."""

    set_id: UUID
    version: int
    state: str
    warnings: list[WarnedOfLevels]


class SavingLevelsView(CommandView):
    """A write to a level set, answered with where it stands and what looks wrong about it."""

    permission = EDIT_LEVELS
    answer = SavedLevelSet
    dry_runs = True

    def present(self, result: LevelSetAnswer) -> SavedLevelSet:
        told = [
            WarnedOfLevels(one.code, warning_sentence(one), [level.code for level in one.levels], one.customers) for one in result.warnings
        ]
        return SavedLevelSet(set_id=result.set_id, version=result.version, state=result.state, warnings=told)
