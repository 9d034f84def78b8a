"""JSON Schema (2020-12) of a custom event's attributes: the part of it that is kept, and what attributes must be by it.

Kept are: type (one), title, description, enum, const; minLength, maxLength and the formats date and date-time of texts; minimum, maximum,
exclusiveMinimum and exclusiveMaximum of numbers; properties, required and additionalProperties (true or false) of objects; items,
minItems and maxItems of arrays. No pattern, which could be made to compute for hours, and no reference to anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from earning.domain.attributes import LARGEST_NUMBER, LONGEST_TEXT, NAME, is_name, json_of
from loyalty.domain.errors import DomainError, Refusals

DIALECT = "https://json-schema.org/draft/2020-12/schema"
TYPES = ("object", "array", "string", "integer", "number", "boolean")
FORMATS = ("date", "date-time")
MOST_PARTS, DEEPEST, LONGEST_SCHEMA, MOST_CHOICES, MOST_ITEMS, LONGEST_NOTE = 100, 5, 10_000, 100, 200, 500
DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})\Z", re.ASCII)
Schema = Mapping[str, Any]


def _is_count(value: Any, most: int) -> bool:
    return _is_whole(value) and 0 <= value <= most


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool) and -LARGEST_NUMBER <= value <= LARGEST_NUMBER


def _is_whole(value: Any) -> bool:
    return _is_number(value) and value == int(value)


def _is_scalar(value: Any) -> bool:
    return isinstance(value, bool) or _is_number(value) or (isinstance(value, str) and len(value) <= LONGEST_TEXT)


def _is_note(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_NOTE


def _are_names(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= MOST_PARTS and all(isinstance(one, str) and is_name(one) for one in value)


def _are_choices(value: Any) -> bool:
    return isinstance(value, list) and 0 < len(value) <= MOST_CHOICES and all(map(_is_scalar, value))


KEYWORDS: Mapping[str, tuple[tuple[str, ...], Callable[[Any], bool]]] = {
    "$schema": (TYPES, lambda value: value == DIALECT),
    "title": (TYPES, _is_note),
    "description": (TYPES, _is_note),
    "type": (TYPES, lambda value: value in TYPES),
    "enum": (TYPES[2:], _are_choices),
    "const": (TYPES[2:], _is_scalar),
    "format": (("string",), lambda value: value in FORMATS),
    "minLength": (("string",), lambda value: _is_count(value, LONGEST_TEXT)),
    "maxLength": (("string",), lambda value: _is_count(value, LONGEST_TEXT)),
    "minimum": (("integer", "number"), _is_number),
    "maximum": (("integer", "number"), _is_number),
    "exclusiveMinimum": (("integer", "number"), _is_number),
    "exclusiveMaximum": (("integer", "number"), _is_number),
    "properties": (("object",), lambda value: isinstance(value, Mapping)),
    "required": (("object",), _are_names),
    "additionalProperties": (("object",), lambda value: isinstance(value, bool)),
    "items": (("array",), lambda value: isinstance(value, Mapping)),
    "minItems": (("array",), lambda value: _is_count(value, MOST_ITEMS)),
    "maxItems": (("array",), lambda value: _is_count(value, MOST_ITEMS)),
}
"""Keyword → the types that it says something of, and whether a value is one that it can have."""
RANGES = (("minLength", "maxLength"), ("minimum", "maximum"), ("minItems", "maxItems"))


def check_schema(schema: Any) -> None:
    """Raises DomainError, at the place within `schema`, for what is not kept or makes no sense."""
    if not isinstance(schema, Mapping) or schema.get("type") != "object":
        raise DomainError("earning.schema_of_no_object", field="schema.type" if isinstance(schema, Mapping) else "schema")
    too_large = DomainError("earning.schema_too_large", field="schema", most=MOST_PARTS, deepest=DEEPEST, longest=LONGEST_SCHEMA)
    for number, (part, field, level) in enumerate(_parts(schema, "schema", 1), 1):
        if number > MOST_PARTS or level > DEEPEST:
            raise too_large
        _check_part(part, field)
    if len(json_of(schema)) > LONGEST_SCHEMA:
        raise too_large


def _parts(schema: Schema, field: str, level: int) -> Iterator[tuple[Schema, str, int]]:
    """A schema, and those within it, from the outside in."""
    yield schema, field, level
    if level > DEEPEST or not isinstance(schema, Mapping):
        return
    inner = schema.get("properties")
    for name, part in inner.items() if isinstance(inner, Mapping) else ():
        yield from _parts(part, f"{field}.properties.{name}" if is_name(name) else f"{field}.properties", level + 1)
    if "items" in schema:
        yield from _parts(schema["items"], f"{field}.items", level + 1)


def _check_part(part: Any, field: str) -> None:
    if not isinstance(part, Mapping):
        raise DomainError("earning.schema_part_invalid", field=field)
    kind = part.get("type")
    if kind not in TYPES:
        raise DomainError("earning.schema_type_missing", field=f"{field}.type", known=", ".join(TYPES))
    known = [name for name, (kinds, _) in KEYWORDS.items() if kind in kinds]
    for name, value in part.items():
        if name not in known:
            raise DomainError("earning.schema_keyword_unknown", field=field, name=name, type=kind, known=", ".join(known))
        if not KEYWORDS[name][1](value):
            raise DomainError("earning.schema_value_invalid", field=f"{field}.{name}", name=name)
    for least, most in RANGES:
        if least in part and most in part and part[least] > part[most]:
            raise DomainError("earning.schema_range_empty", field=f"{field}.{most}", least=least, most=most)
    _check_names(part, field)


def _check_names(part: Schema, field: str) -> None:
    within = part.get("properties", {})
    if any(not NAME.match(name) for name in within):
        raise DomainError("earning.attribute_name_invalid", field=f"{field}.properties")
    for name in part.get("required", []):
        if name not in within:
            raise DomainError("earning.schema_required_unknown", field=f"{field}.required", name=name)


def check_by(schema: Schema, attributes: Any) -> None:
    """Raises DomainError for what attributes must not be by a schema, at the place of each value that is wrong."""
    refusals = Refusals()
    _look(schema, attributes, "attributes", refusals)
    refusals.raise_all()


def _look(schema: Schema, value: Any, field: str, refusals: Refusals) -> None:
    with refusals:
        _check_one(schema, value, field)
        if schema["type"] == "object":
            _look_into(schema, value, field, refusals)
        elif schema["type"] == "array" and "items" in schema:
            for place, one in enumerate(value):
                _look(schema["items"], one, f"{field}.{place}", refusals)


def _look_into(schema: Schema, value: Mapping[str, Any], field: str, refusals: Refusals) -> None:
    within = schema.get("properties", {})
    for name in schema.get("required", []):
        with refusals:
            if name not in value:
                raise DomainError("earning.attribute_missing", field=f"{field}.{name}", name=name)
    for name, one in value.items():
        with refusals:
            if name in within:
                _look(within[name], one, f"{field}.{name}", refusals)
            elif schema.get("additionalProperties") is False:
                raise DomainError("earning.attribute_unknown", field=f"{field}.{name}", name=name, known=", ".join(within) or "–")


def _check_one(schema: Schema, value: Any, field: str) -> None:
    if not IS_OF[schema["type"]](value):
        raise DomainError("earning.attribute_of_other_type", field=field, type=schema["type"])
    choices = [*schema.get("enum", []), *([schema["const"]] if "const" in schema else [])]
    if choices and not all(any(_same(one, value) for one in some) for some in _lists(schema)):
        raise DomainError("earning.attribute_not_listed", field=field, known=", ".join(map(json_of, choices)))
    if isinstance(value, str):
        _check_length(schema, len(value), "Length", "earning.attribute_length", field)
        if "format" in schema and not WRITTEN[schema["format"]](value):
            raise DomainError("earning.attribute_not_written_so", field=field, format=schema["format"])
    elif isinstance(value, list | tuple):
        _check_length(schema, len(value), "Items", "earning.attribute_items", field)
    elif _is_number(value):
        _check_range(schema, value, field)


def _lists(schema: Schema) -> Iterator[list[Any]]:
    if "enum" in schema:
        yield schema["enum"]
    if "const" in schema:
        yield [schema["const"]]


def _same(one: Any, other: Any) -> bool:
    """In JSON 1 and 1.0 are the same, and true is no number."""
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _check_length(schema: Schema, length: int, what: str, code: str, field: str) -> None:
    least, most = int(schema.get(f"min{what}", 0)), int(schema.get(f"max{what}", MOST_ITEMS if what == "Items" else LONGEST_TEXT))
    if not least <= length <= most:
        raise DomainError(code, field=field, least=least, most=most)


def _check_range(schema: Schema, value: int | Decimal, field: str) -> None:
    for name, holds in ENDS.items():
        if name in schema and not holds(value, schema[name]):
            raise DomainError(f"earning.attribute_{OUTSIDE[name]}", field=field, end=schema[name])


ENDS: Mapping[str, Callable[[Any, Any], bool]] = {
    "minimum": lambda value, end: value >= end,
    "maximum": lambda value, end: value <= end,
    "exclusiveMinimum": lambda value, end: value > end,
    "exclusiveMaximum": lambda value, end: value < end,
}
OUTSIDE = {"minimum": "too_small", "maximum": "too_large", "exclusiveMinimum": "not_above", "exclusiveMaximum": "not_below"}
IS_OF: Mapping[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, Mapping),
    "array": lambda value: isinstance(value, list | tuple),
    "string": lambda value: isinstance(value, str),
    "integer": _is_whole,
    "number": _is_number,
    "boolean": lambda value: isinstance(value, bool),
}


def _is_day(text: str) -> bool:
    try:
        return DAY.match(text) is not None and date.fromisoformat(text) is not None
    except ValueError:
        return False


def _is_moment(text: str) -> bool:
    try:
        return MOMENT.match(text) is not None and datetime.fromisoformat(text.upper()).tzinfo is not None
    except ValueError:
        return False


WRITTEN: Mapping[str, Callable[[str], bool]] = {"date": _is_day, "date-time": _is_moment}
