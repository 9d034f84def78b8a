"""An example of what each event type sends, made of its shape: for the documentation and for tests."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec

from loyalty.domain.identity import derived_id
from loyalty.webhooks.event_types import EventType, body_of

AT = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)
LATER = datetime(2027, 1, 31, 17, 0, tzinfo=UTC)
ENDS = {"ends_at", "expires_at"}
VALUES: dict[str, Any] = {
    "amount": 125_000,
    "amount_kept": 125_000,
    "cause": "time",
    "code": "K7Q2M4",
    "currency": "VND",
    "document_number": "HD-2026-000017",
    "identifier": "phone",
    "language": "vi",
    "level": "gold",
    "before": "silver",
    "after": "silver",
    "owed": 0,
    "points": 25,
    "text_version": "1",
    "total": 250_000,
    "version": 1,
    "wallet": "points",
}


def example_of(event_type: EventType) -> str:
    """The JSON of one delivery."""
    return body_of(event_type.name, _struct(event_type.shape), id_of(event_type.name), AT)


def _struct(shape: type[Any]) -> Any:
    hints = get_type_hints(shape)
    return shape(**{field.name: _value(field.name, hints[field.name]) for field in msgspec.structs.fields(shape)})


def _value(name: str, kind: Any) -> Any:
    if get_origin(kind) is Annotated:
        return _value(name, get_args(kind)[0])
    if kind is datetime and name in ENDS:
        return LATER
    if get_origin(kind) in {Union, UnionType}:
        return _value(name, next(part for part in get_args(kind) if part is not NoneType))
    if get_origin(kind) is Literal:
        return get_args(kind)[0]
    if kind in PLAIN:
        return VALUES.get(name, PLAIN[kind]) if kind in {int, str} else id_of(name) if kind is UUID else PLAIN[kind]
    raise TypeError(f"no example is known for {name}: {kind}")


PLAIN: dict[Any, Any] = {bool: True, int: 1, str: "", UUID: None, datetime: AT, date: AT.date()}


def id_of(name: str) -> UUID:
    """The id that stands in examples under a name."""
    return derived_id("webhooks.example", name)
