"""Forms that say what looks wrong about a change of a level set: before it is saved, and after."""

from __future__ import annotations

from earning import queries
from earning.commands import ChangeLevelSet, DeactivateLevelSet, LevelSetAnswer
from earning.level_warnings import warned_after, warning_sentence
from loyalty.admin.forms import CommandForm
from loyalty.domain.errors import DomainError


class WarnedForm(CommandForm):
    """What looks wrong stands below the fields while they are typed, and once more in the confirmation."""

    template = "earning/admin/level_warned_form.html"
    live = "earning/admin/level_warned.html"

    def command(self) -> ChangeLevelSet | DeactivateLevelSet:
        raise NotImplementedError

    def warned(self) -> list[str]:
        """What looks wrong about the change as far as it was entered; nothing of one that cannot be. Asks the tenant's tables."""
        if self.fields.keys() - {"command_id"} and not (self.is_bound and self.is_valid()):
            return []
        try:
            return [warning_sentence(one) for one in queries.warnings_of_levels(self.command())]
        except DomainError:
            return []

    def confirm(self, result: LevelSetAnswer) -> str:
        return warned_after(super().confirm(result), result.warnings)
