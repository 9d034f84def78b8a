"""Forms of a level set: what qualifies, and putting it in and out of force."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, cast

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from earning import queries
from earning.commands import (
    ChangeLevelSet,
    CreateLevelSet,
    InstallStarterLevels,
    LevelSetAnswer,
)
from earning.domain.levels.downgrading import MOST_DAYS_BELOW, MOST_WARN_DAYS, USUAL_PERIOD, Downgrade
from earning.domain.levels.measures import MOST_MONTHS, Measure
from earning.domain.levels.terms import LONGEST_NAME, MOST_MEASURES, LevelSetText, LevelTerms
from earning.forms.levels.places import place_of_set
from earning.forms.levels.warned import WarnedForm
from earning.forms.rules.texts import TEXT_FIELDS, TextFields, text_field, texts_told
from earning.level_wording import DOWNGRADE_PERIODS, DOWNGRADES, KINDS, MATCHES, RESETS, STARTER_NAMES, WINDOWS
from earning.permissions import EDIT_LEVELS
from loyalty.admin.forms import CommandForm
from loyalty.domain.errors import DomainError

MEASURES = range(1, MOST_MEASURES + 1)
PARTS = ("kind", "window", "months", "with_delivery", "excluded_skus", "excluded_categories")
NONE_LEFT = _("Every ready-made set that has room is installed. Change its levels, or those of another set, as you like.")
ALSO = {1: _("What qualifies"), 2: _("What qualifies as well"), 3: _("A third thing that qualifies")}
DOWNGRADE = ("downgrade", "downgrade_period", "downgrade_days", "one_step", "reset", "warn_days")
EXCLUDED = ("window", "excluded_skus", "excluded_categories")
OF_KINDS = {"points": ("window",), "amount": (*EXCLUDED, "with_delivery"), "purchases": EXCLUDED, "visits": EXCLUDED}
OF_WINDOWS = {"rolling_months": ("months",)}
"""What else is asked where a measure is of a kind, or looks at a time."""
LOST = ["downgrade_period", "one_step", "reset"]
OF_DOWNGRADES = {"at_once": LOST, "period_end": LOST, "after_days": [*LOST, "downgrade_days"]}


class ListField(forms.CharField):
    """Texts on lines of their own, or with commas between them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.Textarea(attrs={"rows": 2}), **kwargs)

    def clean(self, value: Any) -> Any:
        typed = super().clean(value).replace("\n", ",").split(",")
        return tuple(dict.fromkeys(text.strip() for text in typed if text.strip()))

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, tuple) else value


class LevelSetForm(TextFields, CommandForm):
    """What the pages that add and edit a level set share."""

    permission = EDIT_LEVELS
    template = "earning/admin/level_set_form.html"

    name = forms.CharField(
        label=_("Name"),
        max_length=LONGEST_NAME,
        help_text=_("For you and your colleagues. Customers read it where nothing is entered below."),
    )
    match = forms.ChoiceField(label=_("A level is reached when"), choices=[*MATCHES.items()], initial="all")

    downgrade = forms.ChoiceField(
        label=_("When it is not earned any more"),
        choices=[*DOWNGRADES.items()],
        initial="never",
        help_text=_("Goods that come back cost a level at once, whatever is chosen here. Spending points never does."),
    )
    downgrade_period = forms.ChoiceField(
        label=_("Period"),
        choices=[*DOWNGRADE_PERIODS.items()],
        initial="year",
        help_text=_("At its end levels are looked at, or in it one step at most is lost."),
    )
    downgrade_days = forms.IntegerField(
        label=_("Days"), required=False, min_value=1, max_value=MOST_DAYS_BELOW, help_text=_("Where a level is lost so many days later.")
    )
    one_step = forms.BooleanField(label=_("One step at most in a period"), required=False)
    reset = forms.ChoiceField(
        label=_("With the level"),
        choices=[*RESETS.items()],
        initial="none",
        help_text=_(
            "Where what counts begins anew, the level that is left stays until the period ends. Where points end, those that are kept "
            "aside stay, and so do those that come later."
        ),
    )
    warn_days = forms.IntegerField(
        label=_("Tell the customer so many days before"),
        required=False,
        min_value=0,
        max_value=MOST_WARN_DAYS,
        initial=0,
        help_text=_("Also before a level ends that was given by hand or paid for."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in MEASURES:
            for part, field in _measure_fields(number > 1).items():
                self.add_field(f"{part}_{number}", field)
        self._arrange()

    def _arrange(self) -> None:
        """What qualifies beside the first thing stays closed until it is used."""
        used = [number for number in MEASURES if number == 1 or self.initial.get(f"kind_{number}")]
        closed = [number for number in MEASURES if number not in used]
        self.behind = [(ALSO[number], "", _of_measure(number)) for number in closed]  # type: ignore[misc]
        self.sections = [  # type: ignore[misc]
            (_("Level set"), ["name", "match"]),
            (_("What customers read"), [*TEXT_FIELDS]),
            *((ALSO[number], _of_measure(number)) for number in used[:-1]),
            (ALSO[used[-1]], [name for number in (used[-1], *closed) for name in _of_measure(number)]),
            (_("How a level is lost"), [*DOWNGRADE]),
        ]

    @property
    def only_with(self) -> Iterator[tuple[str, str]]:
        """Which fields belong to which choice of another one, for the script of the page."""
        for number in MEASURES:
            for chooser, asked in (("kind", OF_KINDS), ("window", OF_WINDOWS)):
                fields = {choice: [f"{part}_{number}" for part in parts] for choice, parts in asked.items()}
                yield f"{chooser}_{number}", json.dumps(fields)
        yield "downgrade", json.dumps(OF_DOWNGRADES)

    def terms(self, before: LevelTerms | None = None) -> LevelTerms:
        """The terms that were entered, with the levels that there were before."""
        told = self.cleaned_data
        measures = tuple(self._measure(number) for number in self._measures())
        levels = before.levels if before else ()
        return LevelTerms(
            name=told["name"],
            currency=before.currency if before else self.tenant.currency,
            measures=measures,
            match=told["match"],
            levels=tuple(level.fitting(len(measures)) for level in levels),
            downgrade=self._downgrade(),
            texts=tuple(LevelSetText(**one) for one in texts_told(told)),
        )

    def refuse(self, refusal: DomainError) -> None:
        """Each part of the terms has a field of its own."""
        refusal.field = text_field(place_of_set(refusal.field or "", self._measures()))
        super().refuse(refusal)

    def _measures(self) -> list[int]:
        return [number for number in MEASURES if self.cleaned_data.get(f"kind_{number}")]

    def _downgrade(self) -> Downgrade:
        told = self.cleaned_data
        return Downgrade(
            when=told["downgrade"],
            period=told["downgrade_period"] if told["downgrade"] != "never" else USUAL_PERIOD,
            days=told["downgrade_days"] or 0 if told["downgrade"] == "after_days" else 0,
            one_step=told["one_step"],
            reset=told["reset"],
            warn_days=told["warn_days"] or 0,
        )

    def _measure(self, number: int) -> Measure:
        told = {part: self.cleaned_data[f"{part}_{number}"] for part in PARTS}
        return Measure(**told | {"months": told["months"] or 0 if told["window"] == "rolling_months" else 0})


def _of_measure(number: int) -> list[str]:
    return [f"{part}_{number}" for part in PARTS]


def _measure_fields(optional: bool) -> dict[str, forms.Field]:
    kinds = [*([("", "–")] if optional else []), *KINDS.items()]
    return {
        "kind": forms.ChoiceField(label=_("What counts"), choices=kinds, required=not optional),
        "window": forms.ChoiceField(label=_("When"), choices=[*WINDOWS.items()], initial="lifetime"),
        "months": forms.IntegerField(label=_("Months"), required=False, min_value=1, max_value=MOST_MONTHS, help_text=_("Such as 12.")),
        "with_delivery": forms.BooleanField(label=_("Delivery counts"), required=False),
        "excluded_skus": ListField(label=_("Articles that do not count"), help_text=_("Their SKUs, with commas between them.")),
        "excluded_categories": ListField(label=_("Categories that do not count"), help_text=_("With commas between them.")),
    }


def _downgrade_told(policy: Downgrade) -> dict[str, Any]:
    shown = (policy.when, policy.period, policy.days or None, policy.one_step, policy.reset, policy.warn_days)
    return dict(zip(DOWNGRADE, shown, strict=True))


def _page(result: LevelSetAnswer) -> str:
    return reverse("admin:earning_levelset_change", args=[result.set_id])


class AddLevelSetForm(LevelSetForm):
    """Draft a level set."""

    title = _("Add level set")
    icon = "add"
    submit = _("Add level set")
    explanation = _("A new level set is a draft. Add its levels, then activate it.")
    done = _("%(name)s is added as a draft. Add its levels, then activate it.")

    def command(self) -> CreateLevelSet:
        return CreateLevelSet(terms=self.terms())

    def next_url(self, result: LevelSetAnswer) -> str:
        return _page(result)


class StarterForm(CommandForm):
    """Draft a level set as known programmes have it."""

    title = _("Use a ready-made set")
    icon = "auto_awesome"
    permission = EDIT_LEVELS
    submit = _("Use this set")
    explanation = _("The set is added as a draft with all its levels. Change what you like, then activate it.")
    done = _("The level set is added as a draft. Look through its levels, then activate it.")

    starter = forms.ChoiceField(label=_("Ready-made set"), choices=[*STARTER_NAMES.items()], widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        free = queries.starters_left()
        chosen = cast(forms.ChoiceField, self.fields["starter"])
        chosen.choices = [(code, name) for code, name in STARTER_NAMES.items() if code in free]
        chosen.initial = free[0] if free else None
        if not free:
            del self.fields["starter"]
            self.explanation, self.submit = NONE_LEFT, ""  # type: ignore[assignment, misc]

    def clean(self) -> dict[str, Any]:
        if "starter" not in self.fields:
            raise forms.ValidationError(NONE_LEFT)
        return super().clean() or self.cleaned_data

    def command(self) -> InstallStarterLevels:
        chosen, tenant = self.cleaned_data["starter"], self.tenant
        return InstallStarterLevels(starter=chosen, currency=tenant.currency, language=tenant.default_language)

    def next_url(self, result: LevelSetAnswer) -> str:
        return _page(result)


class EditLevelSetForm(WarnedForm, LevelSetForm):
    """Give a level set other terms."""

    title = _("Edit")
    icon = "edit"
    explanation = _("What purchases counted before stays counted. Nobody loses a level by this, unless levels are lost with time.")
    done = _("%(name)s is changed.")

    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    def initial_values(self) -> dict[str, Any]:
        card = queries.level_set(self.subject.id)
        told: dict[str, Any] = {"name": card.terms.name, "match": card.terms.match, "seen_version": card.version}
        told |= _downgrade_told(card.terms.downgrade) | self.texts_shown(card.terms.texts)
        for number, measure in enumerate(card.terms.measures, 1):
            told |= {f"{part}_{number}": getattr(measure, part) for part in PARTS} | {f"months_{number}": measure.months or None}
        return told

    def command(self) -> ChangeLevelSet:
        before = queries.level_set(self.subject.id).terms
        return ChangeLevelSet(set_id=self.subject.id, terms=self.terms(before), seen_version=self.cleaned_data["seen_version"])
