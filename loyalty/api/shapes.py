"""Bodies and queries of the wrong shape: where, and what is wrong there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain, islice
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

import msgspec

from loyalty.api import wording
from loyalty.api.strict_json import pointer
from loyalty.domain.errors import DomainError

T = TypeVar("T")
Path = tuple[str | int, ...]
PLACE = re.compile(r" - at `(?P<place>[^`]*)`\Z")
MOST_FAULTS = 100
"""So many are told of one request at most."""
STEP = re.compile(r"\.(?P<key>[^.\[\]]+)|\[(?P<index>\d+|\.\.\.)\]")
SAID: list[tuple[re.Pattern[str], str]] = [
    (re.compile(r"Object missing required field `(?P<key>[^`]+)`"), "field.required"),
    (re.compile(r"Object contains unknown field `(?P<key>[^`]+)`"), "field.unknown"),
    (re.compile(r"Expected `(?:int|float|decimal)` (?P<expected>(?:[<>]=?|that's a multiple of) ?.+)"), "field.out_of_range"),
    (re.compile(r"Expected `(?P<kind>str|array|bytes|object)` of length (?P<expected>.+)"), "field.length"),
    (re.compile(r"Expected `str` matching regex"), "field.pattern"),
    (re.compile(r"Invalid enum value|Invalid value '"), "field.choice"),
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
        return self.detail or wording.said(self.code, self.params)

    @classmethod
    def of_refusal(cls, refusal: DomainError) -> Fault:
        """The place a refusal names: its field "lines.0.sku" is "/lines/0/sku", and one of `labels` that its parameter `label` names is
        "/labels/color".
        """
        path = (refusal.field or "").split(".")
        if path[-1] == "labels" and "label" in refusal.params:
            path.append(str(refusal.params["label"]))
        return cls(pointer(tuple(path)), refusal.code, refusal.params)


class WrongShape(ValueError):
    """A value that does not fit its struct; `faults` are all places that are wrong, up to MOST_FAULTS."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(", ".join(fault.pointer for fault in faults))
        self.faults = faults


def convert(value: Any, shape: type[T], *, strict: bool = True) -> T:
    """`value` as the msgspec struct `shape`; not strict reads numbers from text. Raises WrongShape for all that is wrong."""
    try:
        return msgspec.convert(value, shape, strict=strict)
    except msgspec.ValidationError:
        raise WrongShape(list(islice(_faults(value, shape, strict, ()), MOST_FAULTS))) from None


def _faults(value: Any, wanted: Any, strict: bool, above: Path) -> Iterator[Fault]:
    """What is wrong with `value` at the place `above`: in its parts, or else as a whole."""
    try:
        msgspec.convert(value, wanted, strict=strict)
    except msgspec.ValidationError as failure:
        parts = _faults_of_parts(value, _plain_type(wanted), strict, above)
        first = next(parts, None)
        yield from [_with_choices(_fault(str(failure), above), wanted)] if first is None else chain([first], parts)


def _faults_of_parts(value: Any, wanted: Any, strict: bool, above: Path) -> Iterator[Fault]:
    if isinstance(value, list) and (get_origin(wanted) is list or (get_origin(wanted) is tuple and get_args(wanted)[-1] is ...)):
        for place, part in enumerate(value):
            yield from _faults(part, get_args(wanted)[0], strict, (*above, place))
    elif isinstance(value, Mapping) and get_origin(wanted) is dict:
        of_key, of_part = get_args(wanted)
        for name, part in value.items():
            yield from _faults(name, of_key, strict, (*above, name))
            yield from _faults(part, of_part, strict, (*above, name))
    elif isinstance(value, Mapping) and isinstance(wanted, type) and issubclass(wanted, msgspec.Struct):
        known = {f.encode_name: f for f in msgspec.structs.fields(wanted)}
        if wanted.__struct_config__.forbid_unknown_fields:
            yield from (Fault(pointer((*above, name)), "field.unknown") for name in value if name not in known)
        for name, asked in known.items():
            if name in value:
                yield from _faults(value[name], asked.type, strict, (*above, name))
            elif asked.required:
                yield Fault(pointer((*above, name)), "field.required")


def _with_choices(fault: Fault, wanted: Any) -> Fault:
    """The same with what may stand there, where that is one of a few words, or says which of a few shapes it is."""
    plain = _plain_type(wanted)
    if fault.code != "field.choice":
        return fault
    words = get_args(plain) if get_origin(plain) is Literal else _tags(plain)
    return replace(fault, params={**fault.params, "choices": ", ".join(map(str, words))}) if words else fault


def _tags(wanted: Any) -> list[str]:
    """What tells the shapes of a union apart."""
    shapes = get_args(wanted) if get_origin(wanted) in {Union, UnionType} else ()
    configs = [one.__struct_config__ for one in shapes if isinstance(one, type) and issubclass(one, msgspec.Struct)]
    return [str(config.tag) for config in configs if config.tag is not None]


def _plain_type(wanted: Any) -> Any:
    """The one type in a union with null or nothing, and in an annotation."""
    if get_origin(wanted) is Annotated:
        return _plain_type(get_args(wanted)[0])
    if get_origin(wanted) in {Union, UnionType}:
        some = [part for part in get_args(wanted) if part not in {NoneType, msgspec.UnsetType}]
        return _plain_type(some[0]) if len(some) == 1 else wanted
    return wanted


def _fault(said: str, above: Path) -> Fault:
    place = PLACE.search(said)
    path: list[str | int] = [*above]
    for step in STEP.finditer(place["place"] if place else ""):
        path.append(step["key"] if step["index"] is None else int(step["index"]) if step["index"].isdigit() else step["index"])
    for words, code in SAID:
        if found := words.match(said):
            named = found.groupdict()
            expected = PLACE.sub("", named.get("expected") or "")
            return Fault(
                pointer((*path, named["key"]) if "key" in named else tuple(path)), code, {"expected": expected, "kind": named.get("kind")}
            )
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
