"""The form of the special rewards of a level: those that there are, and room for one more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from earning import queries
from earning.commands import ChangeLevelSet
from earning.domain.levels.special import LONGEST_NAME, LONGEST_TEXT, MOST_REWARDS, RewardText, SpecialReward
from earning.domain.levels.terms import Level
from earning.domain.wallets import LANGUAGES
from earning.forms.levels.levels import CALLED
from earning.forms.levels.places import place_of_reward
from earning.permissions import EDIT_LEVELS
from loyalty.admin.forms import CommandForm
from loyalty.domain.errors import DomainError, NotFound
from loyalty.domain.period import business_day, local_midnight

SAID = {"vi": _("Value or text in Vietnamese"), "en": _("Value or text in English"), "pl": _("Value or text in Polish")}
PARTS = [*(f"name_{language}" for language in LANGUAGES), *(f"text_{language}" for language in LANGUAGES), "since", "until", "active"]
DAY = timedelta(days=1)
YEARS = range(1970, 9999)


class SpecialRewardsForm(CommandForm):
    """Change what a level promises for a time."""

    title = _("Special rewards")
    permission = EDIT_LEVELS
    icon = "redeem"
    explanation = _(
        "Special rewards are told to who has the level, and to the seller who serves them, from their first day to their last. The till "
        "gives them by hand: nothing is taken off by itself, and nobody counts how often one was used. Empty the names of one to remove it."
    )
    done = _("The special rewards of %(subject)s are changed.")

    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = min(len(self.level.rewards) + 1, MOST_REWARDS)
        for number in range(shown):
            for part, field in _fields().items():
                self.add_field(_named(number, part), field)
        self.sections = [  # type: ignore[misc]
            (gettext("Special reward %(number)s") % {"number": number + 1}, [_named(number, part) for part in PARTS])
            for number in range(shown)
        ]

    @cached_property
    def card(self) -> queries.LevelSetCard:
        """The set that the level belongs to."""
        return queries.level_set(self.subject.set_id)

    @cached_property
    def level(self) -> Level:
        """The level as it stands. Raises NotFound when it was taken out of its set."""
        found = self.card.terms.level(self.subject.code)
        if found is None:
            raise NotFound("earning.level_unknown", level=self.subject.code)
        return found

    def initial_values(self) -> dict[str, Any]:
        told: dict[str, Any] = {"seen_version": self.card.version}
        for number, reward in enumerate(self.level.rewards):
            told |= {_named(number, part): value for part, value in self._shown(reward).items()}
        return told

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        for number, held in self._filled():
            for language in LANGUAGES:
                if not held[f"name_{language}"]:
                    self.add_error(_named(number, f"name_{language}"), _("Name the special reward in Vietnamese, English and Polish."))
            if held["since"] and held["until"] and held["until"] < held["since"]:
                self.add_error(_named(number, "until"), _("The last day cannot be before the first. Choose a later one."))
        return told

    def command(self) -> ChangeLevelSet:
        changed = replace(self.level, rewards=tuple(self._reward(held) for _number, held in self._filled()))
        terms = self.card.terms.with_level(changed, instead_of=changed.code)
        return ChangeLevelSet(set_id=self.card.set_id, terms=terms, seen_version=self.cleaned_data["seen_version"])

    def refuse(self, refusal: DomainError) -> None:
        """Each part of a special reward has a field of its own."""
        refusal.field = place_of_reward(refusal.field or "", [number for number, _held in self._filled()])
        super().refuse(refusal)

    def _filled(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """The rewards that hold something beside their state, by their place on the form."""
        for number in range(len(self.sections)):
            held = {part: self.cleaned_data.get(_named(number, part)) for part in PARTS}
            if any(value for part, value in held.items() if part != "active"):
                yield number, held

    def _reward(self, held: dict[str, Any]) -> SpecialReward:
        return SpecialReward(
            texts=tuple(RewardText(language=lang, name=held[f"name_{lang}"], text=held[f"text_{lang}"] or "") for lang in LANGUAGES),
            starts_at=self._midnight(held["since"]),
            ends_at=self._midnight(held["until"] and held["until"] + DAY),
            active=bool(held["active"]),
        )

    def _shown(self, reward: SpecialReward) -> dict[str, Any]:
        days = {"since": self._day(reward.starts_at), "until": self._day(reward.ends_at and reward.ends_at - timedelta(microseconds=1))}
        names = {f"{part}_{text.language}": getattr(text, part) for text in reward.texts for part in ("name", "text")}
        return names | days | {"active": reward.active}

    def _midnight(self, day: date | None) -> datetime | None:
        return None if day is None else local_midnight(day, self.tenant.zone)

    def _day(self, at: datetime | None) -> date | None:
        return None if at is None else business_day(at, self.tenant.zone)


class DayField(forms.DateField):
    """A day of our time, or none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.DateInput, **kwargs)

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day is not None and day.year not in YEARS:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return day


def _named(number: int, part: str) -> str:
    return f"rewards_{number}_{part}"


def _fields() -> dict[str, forms.Field]:
    names = {f"name_{language}": forms.CharField(label=CALLED[language], max_length=LONGEST_NAME, required=False) for language in LANGUAGES}
    texts = {f"text_{language}": forms.CharField(label=SAID[language], max_length=LONGEST_TEXT, required=False) for language in LANGUAGES}
    days = {"since": DayField(label=_("From the day")), "until": DayField(label=_("Until the end of"))}
    return {**names, **texts, **days, "active": forms.BooleanField(label=_("In use"), required=False, initial=True)}
