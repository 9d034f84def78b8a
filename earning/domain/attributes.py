"""Attributes of a custom event, and the JSON that holds them: texts, whole and exact numbers, truth, nothing, lists and objects."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from decimal import Context, Decimal
from typing import Any

from loyalty.domain.errors import DomainError

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,59}\Z", re.ASCII)
LARGEST_NUMBER, MOST_DIGITS = 10**18, 20
LONGEST_TEXT, LONGEST_ATTRIBUTES = 1_000, 8_000
MOST_VALUES, DEEPEST = 200, 5
EVERY_DIGIT = Context(prec=100)
_KEPT_NOWHERE = {"Cs", "Cn"}


def check_attributes(attributes: Mapping[str, Any]) -> None:
    """Raises DomainError, at the place of the value, for what no event keeps: names that are none, too much of anything, other values
    than those of JSON.
    """
    for number, (value, field, level) in enumerate(_each(attributes, "attributes", 1), 1):
        if number > MOST_VALUES or level > DEEPEST:
            raise DomainError("earning.attributes_too_large", field="attributes", **SIZES)
        _check_value(value, field)
    if len(json_of(attributes)) > LONGEST_ATTRIBUTES:
        raise DomainError("earning.attributes_too_large", field="attributes", **SIZES)


SIZES = {"most": MOST_VALUES, "deepest": DEEPEST, "longest": LONGEST_ATTRIBUTES}


def _each(value: Any, field: str, level: int) -> Iterator[tuple[Any, str, int]]:
    """A value and all within it, with their places, from the outside in; no deeper than is looked at."""
    yield value, field, level
    if level <= DEEPEST and isinstance(value, Mapping | list | tuple):
        parts = value.items() if isinstance(value, Mapping) else enumerate(value)
        for name, part in parts:
            yield from _each(part, f"{field}.{name}" if is_name(name) else field, level + 1)


def is_name(name: Any) -> bool:
    """Whether an attribute can be called so: a letter, then letters, digits, - and _, at most 60; or it is a place in a list."""
    return isinstance(name, int) or (isinstance(name, str) and NAME.match(name) is not None)


def _check_value(value: Any, field: str) -> None:
    match value:
        case None | bool() | list() | tuple():
            return
        case str():
            _check_text(value, field)
        case int():
            if abs(value) > LARGEST_NUMBER:
                raise DomainError("earning.attribute_number_invalid", field=field, most=LARGEST_NUMBER, digits=MOST_DIGITS)
        case Decimal():
            exact = value.is_finite() and abs(value) <= LARGEST_NUMBER and _exponent(value) >= -MOST_DIGITS
            if not exact:
                raise DomainError("earning.attribute_number_invalid", field=field, most=LARGEST_NUMBER, digits=MOST_DIGITS)
        case Mapping():
            for name in value:
                if not is_name(name) or isinstance(name, int):
                    raise DomainError("earning.attribute_name_invalid", field=field)
        case _:
            raise DomainError("earning.attribute_number_invalid", field=field, most=LARGEST_NUMBER, digits=MOST_DIGITS)


def _exponent(value: Decimal) -> int:
    return int(value.as_tuple().exponent)


def _check_text(text: str, field: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise DomainError("earning.text_too_long", field=field, longest=LONGEST_TEXT)
    if "\0" in text or any(unicodedata.category(c) in _KEPT_NOWHERE for c in text):
        raise DomainError("earning.unprintable_text", field=field)


def json_of(value: Any, *, as_written: bool = False) -> str:
    """A value as JSON text without spaces, the same for the same value: exact numbers as they are, names in order, or `as_written`."""
    match value:
        case bool() | None | str():
            return json.dumps(value, ensure_ascii=False)
        case int():
            return str(value)
        case Decimal():
            whole = value.to_integral_value()
            return str(int(whole)) if value == whole else format(value.normalize(EVERY_DIGIT), "f")
        case Mapping():
            names = value if as_written else sorted(value)
            told = (f"{json_of(str(name))}:{json_of(value[name], as_written=as_written)}" for name in names)
            return "{" + ",".join(told) + "}"
        case _:
            return "[" + ",".join(json_of(one, as_written=as_written) for one in value) + "]"


def value_of(text: str) -> Any:
    """The value of such a text; numbers with a point are Decimal."""
    return json.loads(text, parse_float=Decimal)
