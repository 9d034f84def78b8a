"""JSON as a business may accept it: one meaning for every document, and nothing that breaks further in.

Refused, each with the JSON pointer (RFC 6901) to the place: a key that comes twice, NUL, a lone surrogate, NaN and
Infinity, a whole number beyond BIGINT, a number of absurd size, more than 32 levels, more than 1 MB. Text becomes NFC.
"""

from __future__ import annotations

import json
import unicodedata
from decimal import Decimal
from typing import Any

LARGEST_BODY = 2**20
DEEPEST = 32
LARGEST_NUMBER = 2**63 - 1
BIGINT_DIGITS = 19


class NotAccepted(ValueError):
    """`code` says what is wrong, `path` where: keys and positions from the outside in."""

    def __init__(self, code: str, path: tuple[str | int, ...] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.path = path

    @property
    def pointer(self) -> str:
        return pointer(self.path)


class _Marked:
    """Stands in the parsed document for a value that is not accepted, until its place is known."""

    __slots__ = ("code", "key")

    def __init__(self, code: str, key: str | None = None) -> None:
        self.code = code
        self.key = key


def pointer(path: tuple[str | int, ...]) -> str:
    """A JSON pointer, "" for the whole document: `pointer(("lines", 0, "sku"))` is "/lines/0/sku"."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def loads(raw: bytes) -> Any:
    """The document in `raw`; numbers with a point are Decimal. Raises NotAccepted."""
    if len(raw) > LARGEST_BODY:
        raise NotAccepted("json.too_large")
    try:
        document = json.loads(
            raw.decode(),
            object_pairs_hook=_once,
            parse_int=_whole,
            parse_float=_exact,
            parse_constant=lambda text: _Marked("json.not_a_number"),
        )
    except UnicodeDecodeError:
        raise NotAccepted("json.not_utf8") from None
    except RecursionError:
        raise NotAccepted("json.too_deep") from None
    except ValueError:
        raise NotAccepted("json.invalid") from None
    return _checked(document, (), 1)


def _once(pairs: list[tuple[str, Any]]) -> Any:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    seen: set[str] = set()
    twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
    return _Marked("json.key_twice", twice)


def _whole(text: str) -> Any:
    # Counted before it is converted: a number of a million digits costs seconds.
    if len(text) > BIGINT_DIGITS + 1:
        return _Marked("json.number_too_large")
    value = int(text)
    return value if -LARGEST_NUMBER - 1 <= value <= LARGEST_NUMBER else _Marked("json.number_too_large")


def _exact(text: str) -> Any:
    if len(text) > 40:
        return _Marked("json.number_too_large")
    try:
        value = Decimal(text)
    except ArithmeticError:  # an exponent beyond what Decimal holds
        return _Marked("json.number_too_large")
    return value if -30 <= value.adjusted() <= 30 else _Marked("json.number_too_large")


def _checked(value: Any, path: tuple[str | int, ...], level: int) -> Any:
    kind = type(value)
    if kind is str:
        return value if value.isascii() and "\0" not in value else text(value, path)
    if kind is dict:
        _not_too_deep(path, level)
        return {
            (key if key.isascii() and "\0" not in key else text(key, path)): _checked(v, (*path, key), level + 1)
            for key, v in value.items()
        }
    if kind is list:
        _not_too_deep(path, level)
        return [_checked(v, (*path, i), level + 1) for i, v in enumerate(value)]
    if kind is _Marked:
        raise NotAccepted(value.code, path if value.key is None else (*path, value.key))
    return value


def _not_too_deep(path: tuple[str | int, ...], level: int) -> None:
    if level > DEEPEST:
        raise NotAccepted("json.too_deep", path)


def text(value: str, path: tuple[str | int, ...] = ()) -> str:
    """`value` in NFC. Raises NotAccepted for NUL and lone surrogates, which Postgres cannot keep."""
    if "\0" in value:
        raise NotAccepted("json.nul", path)
    try:
        value.encode()
    except UnicodeEncodeError:
        raise NotAccepted("json.lone_surrogate", path) from None
    return value if unicodedata.is_normalized("NFC", value) else unicodedata.normalize("NFC", value)
