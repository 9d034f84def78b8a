"""Labels as people write them: `color=red, gift`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

LONGEST = 25_000
WRITTEN = re.compile(r'\s*(?:"([^"]*)"\s*|([^,;\n]*))(?:[,;\n]|$)')
"""One label and what ends it; in quotes it may hold a comma or a semicolon."""
WIDE = str.maketrans("\uff1d\uff0c\uff1b\uff1a", "=,;:")
EQUALS = re.compile("[=:]")
AMBIGUOUS = re.compile('[,;\n]|^\\s*"')


class LabelsField(forms.CharField):
    """Labels with a value or without: `clean` gives a dict, in which "" stands for no value; {} for nothing."""

    default_error_messages = {
        "nameless": _("Before “=%(value)s” the name of the label is missing. Write it as color=red."),
        "twice": _("The label “%(label)s” is there twice. Give it one value."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off"}))
        super().__init__(required=False, max_length=LONGEST, **kwargs)

    def clean(self, value: Any) -> Any:
        found: dict[str, str] = {}
        names: dict[str, str] = {}
        for label, text in _pairs(super().clean(value)):
            if not label:
                raise ValidationError(self.error_messages["nameless"], code="nameless", params={"value": text})
            before = found.get(names.setdefault(label.casefold(), label), text)
            if before != text:
                raise ValidationError(self.error_messages["twice"], code="twice", params={"label": label})
            found[names[label.casefold()]] = text
        return found

    def prepare_value(self, value: Any) -> Any:
        return written(value) if isinstance(value, dict) else value


def written(labels: Mapping[str, str]) -> str:
    """Labels as a person would type them."""
    parts = (f"{label}={text}" if text else label for label, text in labels.items())
    return ", ".join(f'"{part}"' if AMBIGUOUS.search(part) else part for part in parts)


def spoken(labels: Mapping[str, str]) -> str:
    """Labels as a sentence has them: “color: red, gift”."""
    return ", ".join(f"{label}: {text}" if text else label for label, text in labels.items())


def _pairs(typed: str) -> Iterator[tuple[str, str]]:
    for one in WRITTEN.finditer(unicodedata.normalize("NFC", typed).translate(WIDE)):
        if part := (one[1] or one[2] or "").strip():
            label, *text = EQUALS.split(part, maxsplit=1)
            yield label.strip(), "".join(text).strip()
