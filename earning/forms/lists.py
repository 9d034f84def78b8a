"""Fields for what a rule names: texts in a row, labels with values, factors."""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from earning.commands import LabelValue
from earning.forms.fields import NumberField, as_typed
from loyalty.house.labels import closed_quotes, named, written_one
from loyalty.house.lists import ListField

COMMA = "\x1f"
"""Stands for a comma that separates nothing."""


class LabelsField(ListField):
    """Labels with a value or with any, such as `color=red, gift`: `clean` gives a tuple of LabelValue."""

    def clean(self, value: Any) -> Any:
        typed = forms.CharField.clean(self, value)
        with closed_quotes():
            return tuple(dict.fromkeys(LabelValue(label=label, value=text) for label, text in named(typed)))

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(written_one(one.label, one.value) for one in value) if isinstance(value, tuple) else value


class FactorsField(ListField):
    """Names with a factor each, such as `gold: 2`: `clean` gives a tuple of pairs."""

    default_error_messages = {"factor": _("Write each with its factor, such as %(example)s.")}

    def __init__(self, *, example: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.example = example

    def clean(self, value: Any) -> Any:
        return tuple(self._pair(part) for part in super().clean(_one_a_line(value)))

    def _pair(self, part: str) -> tuple[str, Decimal]:
        name, colon, factor = part.replace(COMMA, ",").rpartition(":")
        try:
            typed = NumberField().clean(factor)
        except ValidationError:
            typed = None
        if not colon or not name.strip() or typed is None:
            raise ValidationError(self.error_messages["factor"], code="factor", params={"example": self.example})
        return name.strip(), typed

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(f"{name}: {as_typed(factor)}" for name, factor in value) if isinstance(value, tuple) else value


def _one_a_line(value: Any) -> Any:
    """Commas are decimal commas here, or part of a name."""
    return unicodedata.normalize("NFKC", value).replace(",", COMMA) if isinstance(value, str) else value
