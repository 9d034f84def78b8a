"""Labels as people write them: `color=red, gift`; a name that has a = or : in it stands in quotes: `"16:9"=yes`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from loyalty.domain.labels import each_once, with_two_values

LONGEST = 25_000
BETWEEN = ",;\n\uff0c\uff1b"
EQUAL = "=:\uff1d\uff1a"


def one_of(between: str) -> re.Pattern[str]:
    """One label and what ends it; in quotes it, or its name and its value, may hold what stands `between` labels, or in them, and quotes
    that are doubled.
    """
    quoted = r'"((?:[^"]|"")*)"\s*'
    return re.compile(rf"\s*(?:{quoted}(?:[{EQUAL}]\s*(?:{quoted}|([^{between}]*)))?|([^{between}]*))(?:[{between}]|$)")


TYPED, IN_FILES, ALONE = one_of(BETWEEN), one_of(f"{BETWEEN}|"), one_of("\n")
EQUALS = re.compile(f"[{EQUAL}]")
AMBIGUOUS = re.compile(rf'[{BETWEEN}|]|(?:^|[{EQUAL}])\s*"')
WRITTEN_SO = _('Such as color=red, gift. A name with = or : in it stands in quotes: "16:9"=yes.')
UNCLOSED = _("The quotation mark before “%(typed)s” is never closed. Close it, or write two of them for one that belongs to the text.")


class UnclosedQuote(ValueError):
    """A quotation mark before a name or a value that is never closed; the argument is what stands behind it."""


@contextmanager
def closed_quotes() -> Iterator[None]:
    """Raises ValidationError for labels whose quotation marks are not closed."""
    try:
        yield
    except UnclosedQuote as unclosed:
        raise ValidationError(UNCLOSED, code="unclosed", params={"typed": unclosed.args[0]}) from None


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
        with closed_quotes():
            typed = list(pairs(super().clean(value)))
        for label, text in typed:
            if not label:
                raise ValidationError(self.error_messages["nameless"], code="nameless", params={"value": text})
        if twice := with_two_values(typed):
            raise ValidationError(self.error_messages["twice"], code="twice", params={"label": twice})
        return each_once(typed)

    def prepare_value(self, value: Any) -> Any:
        return written(value) if isinstance(value, dict) else value


def written(labels: Mapping[str, str]) -> str:
    """Labels as a person would type them."""
    return ", ".join(written_one(label, text or None) for label, text in labels.items())


def written_one(label: str, text: str | None) -> str:
    """One of them; `text` is None where nothing says that there is a value."""
    if EQUALS.search(label):
        value = text or ""
        return f"{_quoted(label)}={_quoted(value) if text == '' or AMBIGUOUS.search(value) else value}"
    part = label if text is None else f"{label}={text}"
    return _quoted(part) if AMBIGUOUS.search(part) else part


def spoken(labels: Mapping[str, str]) -> str:
    """Labels as a sentence has them: “color: red, gift”."""
    return ", ".join(f"{label}: {text}" if text else label for label, text in labels.items())


def pairs(typed: str, form: re.Pattern[str] = TYPED) -> Iterator[tuple[str, str]]:
    """Labels as they were typed, with "" where there is no value; IN_FILES bars may stand between them, too."""
    yield from ((label, text or "") for label, text in named(typed, form))


def named(typed: str, form: re.Pattern[str] = TYPED) -> Iterator[tuple[str, str | None]]:
    """The same, with None where nothing says that there is a value: `gift`, `"16:9"=`. There is an empty one in `gift=` and `"16:9"=""`.
    ALONE only lines part them. Raises UnclosedQuote.
    """
    for one in form.finditer(unicodedata.normalize("NFC", typed)):
        quoted, quoted_value, value, plain = one.groups()
        if quoted is not None and (quoted_value is not None or value is not None):
            _check_closed(value or "")
            yield _plain(quoted).strip(), (value.strip() or None) if quoted_value is None else _plain(quoted_value).strip()
        elif part := (_plain(quoted or "") or plain or "").strip():
            label, *text = EQUALS.split(part, maxsplit=1)
            if quoted is None:
                _check_closed(part)
                _check_closed(*text)
            yield label.strip(), text[0].strip() if text else None


def _check_closed(part: str = "") -> None:
    typed = part.strip()
    if typed.startswith('"') and typed.count('"') % 2:
        raise UnclosedQuote(typed[1:])


def _plain(quoted: str) -> str:
    return quoted.replace('""', '"')


def _quoted(part: str) -> str:
    doubled = part.replace('"', '""')
    return f'"{doubled}"'
