"""A plausible fact of any kind, made of its fields."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import uuid4

PLAIN: dict[Any, Any] = {str: "x", int: 1, bool: True, datetime: datetime(2026, 1, 31, tzinfo=UTC), date: date(2026, 1, 31)}


def fact_of(kind: type[Any]) -> Any:
    """An event with something in every field."""
    return kind(**{name: value_of(hint) for name, hint in get_type_hints(kind).items() if not name.startswith("_")})


def value_of(hint: Any) -> Any:
    origin = get_origin(hint)
    if origin is Annotated:
        return value_of(get_args(hint)[0])
    if origin in {Union, UnionType}:
        return value_of(next(part for part in get_args(hint) if part is not NoneType))
    if origin is Literal:
        return get_args(hint)[0]
    if origin in {tuple, dict}:
        return origin()
    return PLAIN[hint] if hint in PLAIN else uuid4() if hint.__name__ == "UUID" else None
