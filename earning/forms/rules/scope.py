"""For which purchases a rule is: the fields of its form, and the scope they stand for."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from earning.commands import Hours, RuleScope, Window
from earning.domain.scope import LONGEST_GROUP
from earning.forms.fields import MomentField
from earning.forms.lists import ListField
from earning.kinds.scopes import CHANNELS
from earning.kinds.words import END_OF_DAY, weekday
from loyalty.house.fields import AmountField
from pos.queries import all_places

PLAIN = ("priority", "stops", "group", "minimum", "maximum")


class ScopeFields(forms.Form):
    """When a rule counts, and beside which others. What the form does not ask for stays as it was."""

    when_asked = ["minimum", "maximum", "starts", "ends", "weekdays", "opens", "closes", "places", "channels", "levels", "segments"]
    beside_asked = ["priority", "stops", "group"]

    minimum = AmountField(label=_("Purchases of at least"), required=False)
    maximum = AmountField(label=_("Purchases of at most"), required=False)
    starts = MomentField(label=_("From"), widget=forms.DateTimeInput)
    ends = MomentField(label=_("Until"), widget=forms.DateTimeInput)
    weekdays = forms.TypedMultipleChoiceField(label=_("Weekdays"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple)
    opens = forms.TimeField(label=_("From the hour"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    closes = forms.TimeField(label=_("Until the hour"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    places = forms.TypedMultipleChoiceField(label=_("Points of sale"), coerce=UUID, required=False, widget=forms.CheckboxSelectMultiple)
    channels = forms.MultipleChoiceField(
        label=_("Bought"), choices=list(CHANNELS.items()), required=False, widget=forms.CheckboxSelectMultiple
    )
    levels = ListField(label=_("Customers with one of these levels"))
    segments = ListField(label=_("Customers in one of these segments"))
    priority = forms.IntegerField(label=_("Priority"), required=False, help_text=_("Higher comes first; of equal ones the older rule."))
    stops = forms.BooleanField(
        label=_("No other rule of its kind after it"), required=False, help_text=_("Where this rule gave something.")
    )
    group = forms.CharField(
        label=_("Exclusive group"), required=False, max_length=LONGEST_GROUP, help_text=_("Of the rules in one group the first counts.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["weekdays"].choices = [(day, weekday(day)) for day in range(7)]  # type: ignore[attr-defined]

    def offer_places(self, scope: RuleScope) -> None:
        """The places that can be chosen: those where purchases are recorded, and those that were chosen before."""
        offered = {place.pos_id: f"{place.merchant_name} · {place.pos_name}" for place in all_places()}
        offered |= {key: str(key) for key in scope.places if key not in offered}
        self.fields["places"].choices = list(offered.items())  # type: ignore[attr-defined]

    def scope(self, told: dict[str, Any], before: RuleScope, zone: str) -> RuleScope:
        """The scope behind cleaned values; `before` is the one that was changed."""
        plain = {name: told[name] for name in PLAIN if told[name] is not None}
        return replace(
            before,
            **({"priority": 0, "minimum": None, "maximum": None} | plain),
            windows=_windows(told["starts"], told["ends"], before),
            weekdays=tuple(told["weekdays"]),
            hours=_hours(told["opens"], told["closes"], before),
            zone=zone,
            places=tuple(told["places"]),
            channels=tuple(told["channels"]),
            levels=replace(before.levels, any=told["levels"]),
            segments=replace(before.segments, any=told["segments"]),
        )

    def scope_shown(self, scope: RuleScope) -> dict[str, Any]:
        """The fields' values for a scope."""
        window, span = (scope.windows or (Window(),))[0], scope.hours[0] if scope.hours else None
        return {name: getattr(scope, name) for name in (*PLAIN, "weekdays", "places", "channels")} | {
            "starts": window.starts,
            "ends": window.ends,
            "opens": span and _time(span.opens),
            "closes": span and _time(span.closes),
            "levels": scope.levels.any,
            "segments": scope.segments.any,
        }


def _windows(starts: Any, ends: Any, before: RuleScope) -> tuple[Window, ...]:
    """The first window is asked for; what others there are stay."""
    first = (Window(starts=starts, ends=ends),) if starts or ends else ()
    return (*first, *before.windows[1:])


def _hours(opens: time | None, closes: time | None, before: RuleScope) -> tuple[Hours, ...]:
    if opens is None and closes is None:
        return before.hours[1:]
    since, until = _minute(opens or time()), _minute(closes or time()) or END_OF_DAY
    return (Hours(opens=since, closes=until), *before.hours[1:])


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute


def _time(minute: int) -> time:
    return time(minute // 60 % 24, minute % 60)
