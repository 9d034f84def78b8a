"""What a rule may have several of: periods, hours and limits, a row of fields each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from earning.commands import Hours, Limit, RuleScope, Window
from earning.domain.limits import MOST_LIMITS
from earning.domain.schedule import MOST_SPANS
from earning.forms.fields import MomentField, as_typed, smallest_units
from earning.kinds.scopes import COUNTED, WHOSE
from earning.kinds.words import END_OF_DAY
from loyalty.admin.rows import LACKING, NOTHING_CHOSEN, Rows
from loyalty.house.periods import PERIODS

NUMBER = {"inputmode": "decimal", "autocomplete": "off"}


@dataclass(frozen=True, slots=True)
class Several:
    """Values of a rule's scope under the name of `rows`: the `fields` of a row, the value `made` of what it holds, and back.

    `made` raises ValidationError for the fields that are missing or wrong; both are told the decimals of the rule's wallet.
    """

    rows: Rows
    title: Any
    more: Any
    fields: Callable[[], dict[str, forms.Field]]
    made: Callable[[Mapping[str, Any], int], Any]
    held: Callable[[Any, int], dict[str, Any]]

    def shown(self, values: Sequence[Any], places: int) -> dict[str, Any]:
        """The fields' values."""
        return {self.rows.field(row, name): held for row, value in enumerate(values) for name, held in self.held(value, places).items()}

    def taken(self, scope: RuleScope) -> tuple[Any, ...]:
        """The values of a scope."""
        found: tuple[Any, ...] = getattr(scope, self.rows.name)
        return found


def _clock(label: Any) -> forms.TimeField:
    return forms.TimeField(label=label, required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))


def _hours(held: Mapping[str, Any], _places: int) -> Hours:
    since, until = _minute(held["opens"] or time()), _minute(held["closes"] or time()) or END_OF_DAY
    return Hours(opens=since, closes=until)


def _limit(held: Mapping[str, Any], places: int) -> Limit:
    wrong: dict[str, Any] = {name: LACKING for name, value in held.items() if value in {None, ""}}
    try:
        most = 0 if "most" in wrong else smallest_units(held["most"], _places_of(held["of"], places))
    except ValidationError as refused:
        wrong["most"] = refused.messages
    if wrong:
        raise ValidationError(wrong)
    return Limit(of=held["of"], most=most, period=held["period"], whose=held["whose"])


def _limit_shown(limit: Limit, places: int) -> dict[str, Any]:
    most = as_typed(Decimal(limit.most).scaleb(-_places_of(limit.of, places)))
    return {"most": most, "of": limit.of, "whose": limit.whose, "period": limit.period}


def _places_of(counted: str, places: int) -> int:
    """Times are whole, whatever the wallet."""
    return places if counted == "points" else 0


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute


def _time(minute: int) -> time:
    return time(minute // 60 % 24, minute % 60)


WINDOWS = Several(
    Rows(name="windows", told=("starts", "ends"), most=MOST_SPANS),
    _("Periods"),
    _("Add a period"),
    lambda: {
        "starts": MomentField(label=_("From"), widget=forms.DateTimeInput),
        "ends": MomentField(label=_("Until"), widget=forms.DateTimeInput),
    },
    lambda held, _places: Window(starts=held["starts"], ends=held["ends"]),
    lambda window, _places: {"starts": window.starts, "ends": window.ends},
)
HOURS = Several(
    Rows(name="hours", told=("opens", "closes"), most=MOST_SPANS),
    _("Hours"),
    _("Add hours"),
    lambda: {"opens": _clock(_("From the hour")), "closes": _clock(_("Until the hour"))},
    _hours,
    lambda span, _places: {"opens": _time(span.opens), "closes": _time(span.closes)},
)
LIMITS = Several(
    Rows(name="limits", told=("most", "of"), most=MOST_LIMITS),
    _("Limits"),
    _("Add a limit"),
    lambda: {
        "most": forms.CharField(label=_("At most"), required=False, widget=forms.TextInput(attrs=NUMBER)),
        "of": forms.ChoiceField(label=_("Counted in"), choices=[("", NOTHING_CHOSEN), *COUNTED.items()], required=False),
        "whose": forms.ChoiceField(label=_("For whom"), choices=list(WHOSE.items()), required=False),
        "period": forms.ChoiceField(label=pgettext_lazy("limit", "In"), choices=list(PERIODS.items()), required=False),
    },
    _limit,
    _limit_shown,
)
SEVERAL = (WINDOWS, HOURS, LIMITS)
