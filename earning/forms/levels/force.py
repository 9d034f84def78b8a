"""Forms that put a level set in and out of force, and say which earlier purchases count."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django import forms
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from earning import queries
from earning.commands import ActivateLevelSet, CountPast, DeactivateLevelSet
from earning.domain.levels.level_set import EVER
from earning.forms.levels.warned import WarnedForm
from earning.level_wording import level_name
from earning.models import LevelSet
from earning.permissions import EDIT_LEVELS
from loyalty.admin.forms import CommandForm
from loyalty.domain.period import local_midnight
from loyalty.house import formats

YEARS = range(1970, 9999)


class PastForm(CommandForm):
    """What the pages share that say which earlier purchases count; what that would come to is shown before."""

    permission = EDIT_LEVELS
    template = "earning/admin/level_past_form.html"
    live = "earning/admin/level_past.html"
    choices = [("all", _("All earlier purchases")), ("since", _("Those made since a day"))]

    since = forms.DateField(label=_("Since"), required=False, widget=forms.DateInput, help_text=_("Where they count since a day."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = forms.ChoiceField(
            label=_("Which earlier purchases count"), choices=self.choices, widget=forms.RadioSelect, initial=self.choices[0][0]
        )
        self.add_field("past", choice)
        self.order_fields(["past", "since"])

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        day = told.get("since")
        if told.get("past") == "since" and "since" not in self.errors and (day is None or day.year not in YEARS):
            self.add_error("since", _("Enter the day."))
        return told

    def begin(self) -> datetime | None:
        """Since when purchases count; None: no earlier ones."""
        told = self.cleaned_data
        if told["past"] == "since":
            return local_midnight(told["since"], self.tenant.zone)
        return EVER if told["past"] == "all" else None

    def foreseen(self) -> dict[str, Any] | None:
        """A table of how many customers would have each level; None where nobody can tell, or nothing counts."""
        if not self.is_bound:
            begin: datetime | None = EVER
        elif self.is_valid():
            begin = self.begin()
        else:
            return None
        if begin is None:
            return None
        found = queries.levels_by_past(cast(LevelSet, self.subject).id, begin)
        rows = [[level_name(level) if level else gettext("No level"), _number(customers)] for level, customers in found.levels]
        return {"headers": [gettext("Level"), gettext("Customers")], "rows": rows, "figures": [1], "led": 1, "said": _looked_at(found)}


class ActivateLevelSetForm(PastForm):
    """Put a level set in force."""

    title = _("Activate")
    icon = "play_arrow"
    submit = _("Activate")
    explanation = _(
        "From now on purchases count towards these levels, and customers reach them at once. Earlier purchases count if you want: what "
        "they earn is reached once they are counted, which takes a while where there are many. Fees paid earlier bring no level."
    )
    done = _("%(subject)s is active.")
    choices = [*PastForm.choices, ("none", _("No earlier purchases: everybody begins anew"))]

    @classmethod
    def offered(cls, subject: LevelSet) -> bool:
        return subject.state != LevelSet.State.ACTIVE

    def command(self) -> ActivateLevelSet:
        return ActivateLevelSet(set_id=cast(LevelSet, self.subject).id, past_since=self.begin())


class CountPastForm(PastForm):
    """Let earlier purchases count towards a set that is in force."""

    title = _("Count earlier purchases")
    icon = "history"
    submit = _("Count them")
    explanation = _(
        "Purchases made before the set was active count towards its levels too. Nobody loses a level by this. It takes a while where there "
        "are many; how far it is stands under Organization, Long-running work. Fees paid earlier bring no level."
    )
    done = _("Earlier purchases are being counted.")

    @classmethod
    def offered(cls, subject: LevelSet) -> bool:
        return subject.state == LevelSet.State.ACTIVE and not _counts_all(subject)

    def command(self) -> CountPast:
        return CountPast(set_id=cast(LevelSet, self.subject).id, since=self.begin())


class DeactivateLevelSetForm(WarnedForm):
    """Take a level set out of force."""

    title = _("Deactivate")
    permission = EDIT_LEVELS
    icon = "pause"
    submit = _("Deactivate")
    dangerous = True
    explanation = _(
        "From now on purchases do not count towards these levels, and nobody has one of them, until the set is activated again."
    )
    done = _("%(subject)s is inactive.")

    @classmethod
    def offered(cls, subject: LevelSet) -> bool:
        return subject.state == LevelSet.State.ACTIVE

    def command(self) -> DeactivateLevelSet:
        return DeactivateLevelSet(set_id=cast(LevelSet, self.subject).id)


def _counts_all(subject: LevelSet) -> bool:
    begun, until = subject.past_since, subject.past_until
    return begun is not None and begun <= EVER and until is not None and subject.effective_at is not None and subject.effective_at <= until


def _looked_at(found: queries.LevelsByPast) -> str:
    of_all = ngettext("Of %(number)s customer who bought something.", "Of %(number)s customers who bought something.", found.customers)
    of_first = gettext("Of the first %(number)s customers who bought something: there are more.")
    return (of_first if found.is_part else of_all) % {"number": _number(found.customers)}


def _number(count: int) -> str:
    return formats.number(count, get_language() or formats.FALLBACK)
