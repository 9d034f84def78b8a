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
BETWEEN = ",;\n\uff0c\uff1b"


def one_of(between: str) -> re.Pattern[str]:
    """One label and what ends it; in quotes it may hold what stands `between` labels, and quotes that are doubled."""
    return re.compile(rf'\s*(?:"((?:[^"]|"")*)"\s*|([^{between}]*))(?:[{between}]|$)')


TYPED, IN_FILES = one_of(BETWEEN), one_of(f"{BETWEEN}|")
EQUALS = re.compile("[=:\uff1d\uff1a]")
AMBIGUOUS = re.compile(rf'[{BETWEEN}|]|^\s*"')


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
        for label, text in pairs(super().clean(value)):
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
    return ", ".join(_quoted(part) if AMBIGUOUS.search(part) else part for part in parts)


def spoken(labels: Mapping[str, str]) -> str:
    """Labels as a sentence has them: “color: red, gift”."""
    return ", ".join(f"{label}: {text}" if text else label for label, text in labels.items())


def pairs(typed: str, form: re.Pattern[str] = TYPED) -> Iterator[tuple[str, str]]:
    """Labels as they were typed, with "" where there is no value; IN_FILES bars may stand between them, too."""
    for one in form.finditer(unicodedata.normalize("NFC", typed)):
        if part := ((one[1] or "").replace('""', '"') or one[2] or "").strip():
            label, *text = EQUALS.split(part, maxsplit=1)
            yield label.strip(), "".join(text).strip()


def _quoted(part: str) -> str:
    doubled = part.replace('"', '""')
    return f'"{doubled}"'
