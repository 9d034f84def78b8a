"""Fields of the forms of rewards: shares, figures, and minutes of a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import time
from decimal import Decimal
from typing import Any

from django import forms

from loyalty.house.typed import NumberField, PercentField, as_typed
from rewards.domain.windows import MINUTES_OF_A_DAY


class FigureField(NumberField):
    """A number with few decimals, shown as the reader types it."""

    def prepare_value(self, value: Any) -> Any:
        return as_typed(value) if isinstance(value, Decimal) else value


class ShareField(PercentField):
    """A percentage, in basis points."""

    def prepare_value(self, value: Any) -> Any:
        return as_typed(Decimal(value) / 100) if isinstance(value, int) else value


class MinuteField(forms.TimeField):
    """A time of the day: `clean` gives its minute; midnight is the end of a day where `closes`."""

    def __init__(self, *, closes: bool = False, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), **kwargs)
        self.closes = closes

    def clean(self, value: Any) -> Any:
        at = super().clean(value)
        minute = at.hour * 60 + at.minute if at else 0
        return minute or (MINUTES_OF_A_DAY if self.closes else 0)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, int):
            return value
        return time(value // 60, value % 60) if value % MINUTES_OF_A_DAY else None


def many(label: Any, **kwargs: Any) -> Any:
    """Several of some choices, as boxes."""
    return forms.TypedMultipleChoiceField(label=label, required=False, widget=forms.CheckboxSelectMultiple, **kwargs)


def offer(field: Any, offered: Mapping[Any, str], before: Iterable[Any] = ()) -> None:
    """What can be chosen; what was chosen `before` stays, where it is offered no more."""
    field.choices = list((dict(offered) | {key: str(key) for key in before if key not in offered}).items())
