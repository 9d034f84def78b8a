"""Bodies and queries of the wrong shape: where, and what is wrong there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar

import msgspec

from loyalty.api.strict_json import pointer
from loyalty.domain.errors import DomainError
from loyalty.messages.refusals import sentence

T = TypeVar("T")
Path = tuple[str | int, ...]
PLACE = re.compile(r" - at `(?P<place>[^`]*)`\Z")
STEP = re.compile(r"\.(?P<key>[^.\[\]]+)|\[(?P<index>\d+|\.\.\.)\]")
SAID: list[tuple[re.Pattern[str], str]] = [
    (re.compile(r"Object missing required field `(?P<key>[^`]+)`"), "field.required"),
    (re.compile(r"Object contains unknown field `(?P<key>[^`]+)`"), "field.unknown"),
    (re.compile(r"Expected `(?:int|float|decimal)` (?P<expected>(?:[<>]=?|that's a multiple of) ?.+)"), "field.out_of_range"),
    (re.compile(r"Expected `(?:str|array|bytes|object)` of length (?P<expected>.+)"), "field.length"),
    (re.compile(r"Expected `str` matching regex"), "field.pattern"),
    (re.compile(r"Invalid enum value"), "field.choice"),
    (re.compile(r"Invalid UUID"), "field.uuid"),
    (re.compile(r"Invalid RFC3339 encoded date\b"), "field.date"),
    (re.compile(r"Invalid RFC3339|Expected `datetime` with a timezone|Expected `datetime`"), "field.datetime"),
    (re.compile(r"Invalid decimal"), "field.decimal"),
    (re.compile(r"Expected `(?P<expected>[^`]+)`"), "field.wrong_type"),
]
"""How msgspec words what it refuses (its messages are part of its tests), from the special to the general."""
DRF_CODES = {
    "required": "field.required",
    "null": "field.required",
    "blank": "field.required",
    "unknown": "field.unknown",
    "invalid_choice": "field.choice",
    "max_length": "field.length",
    "min_length": "field.length",
    "max_value": "field.out_of_range",
    "min_value": "field.out_of_range",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at `pointer`. `detail` is given where somebody else already put it into words."""

    pointer: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    detail: str = ""

    def said(self) -> str:
        return self.detail or sentence(self.code, self.params)

    @classmethod
    def of_refusal(cls, refusal: DomainError) -> Fault:
        """The place a refusal names: its field "lines.0.sku" is "/lines/0/sku"."""
        return cls(pointer(tuple((refusal.field or "").split("."))), refusal.code, refusal.params)


class WrongShape(ValueError):
    """A value that does not fit its struct."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.pointer)
        self.fault = fault


def convert(value: Any, shape: type[T], *, strict: bool = True) -> T:
    """`value` as the msgspec struct `shape`; not strict reads numbers from text. Raises WrongShape for the first fault."""
    try:
        return msgspec.convert(value, shape, strict=strict)
    except msgspec.ValidationError as failure:
        raise WrongShape(_fault(str(failure))) from None


def _fault(said: str) -> Fault:
    place = PLACE.search(said)
    path: list[str | int] = []
    for step in STEP.finditer(place["place"] if place else ""):
        path.append(step["key"] if step["index"] is None else int(step["index"]) if step["index"].isdigit() else step["index"])
    for wording, code in SAID:
        if found := wording.match(said):
            named = found.groupdict()
            expected = PLACE.sub("", named.get("expected") or "")
            return Fault(pointer((*path, named["key"]) if "key" in named else tuple(path)), code, {"expected": expected})
    return Fault(pointer(tuple(path)), "field.invalid")


@lru_cache(maxsize=512)
def struct_fields(shape: type[Any]) -> frozenset[str]:
    """The names that `shape` has in JSON."""
    return frozenset(f.encode_name for f in msgspec.structs.fields(shape))


def faults_of_serializer(detail: Any, path: Path = ()) -> list[Fault]:
    """What a DRF serializer found wrong, as a flat list."""
    return list(_walk(detail, path))


def _walk(detail: Any, path: Path) -> Iterator[Fault]:
    if isinstance(detail, Mapping):
        for key, inner in detail.items():
            yield from _walk(inner, path if key == "non_field_errors" else (*path, key))
        return
    if isinstance(detail, list):
        for i, inner in enumerate(detail):
            # A list of texts is about this place; a list of objects has one for each item.
            yield from _walk(inner, (*path, i) if isinstance(inner, Mapping) else path)
        return
    code = getattr(detail, "code", "invalid")
    yield Fault(pointer(path), DRF_CODES.get(code, "field.invalid"), detail=str(detail))
