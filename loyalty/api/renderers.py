"""Answers as JSON by orjson."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec
import orjson
from django.utils.functional import Promise
from rest_framework.renderers import BaseRenderer


def plain(value: Any) -> Any:
    """What orjson does not know by itself: exact numbers (never with an exponent) and lazy texts become strings, structs objects."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Promise):
        return str(value)
    if isinstance(value, msgspec.Struct):
        tagged = value.__struct_config__
        return ({tagged.tag_field: tagged.tag} if tagged.tag_field else {}) | msgspec.structs.asdict(value)
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


def dumps(value: Any) -> bytes:
    """JSON bytes of plain values, dataclasses, structs, UUIDs, dates and times (UTC, "Z")."""
    return orjson.dumps(value, default=plain, option=orjson.OPT_UTC_Z)


class JSONRenderer(BaseRenderer):
    """`application/json` of what a view answers."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None) -> bytes:
        return b"" if data is None else dumps(data)
