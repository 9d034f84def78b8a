"""A query checked and put into the form both engines answer, and the cursor that leads to its next page."""

from __future__ import annotations

import base64
import binascii
import json
import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from loyalty.search.fold import clean, words
from loyalty.search.port import (
    CLOSENESS,
    DEEPEST,
    DISTANCE,
    LONGEST_PAGE,
    Near,
    Range,
    SearchIndex,
    SearchQuery,
    SearchRefused,
    Sort,
)
from loyalty.search.prepared import LONGEST_KEY, keyword, number, number_key

MOST_WORDS = 16
"""A text of more different words matches nothing: no name has as many."""
LONGEST_TEXT = 1_000
"""What lies behind is not read: no name is as long, and 16 words of it are enough to match nothing."""

Key = str | None


@dataclass(frozen=True, slots=True)
class After:
    """Where the next page begins: the sort keys and the id of the last document seen."""

    keys: tuple[Key, ...]
    id: UUID


@dataclass(frozen=True, slots=True)
class Bounds:
    """A numeric field between `start` (inclusive) and `end` (exclusive)."""

    field: str
    start: int | None
    end: int | None

    @property
    def start_key(self) -> Key:
        return number_key(self.start)

    @property
    def end_key(self) -> Key:
        return number_key(self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A query whose fields are known, whose text is folded words and whose exact values are tokens.

    `filters` are alternatives in each of which one must hold. `impossible`: nothing can match.
    """

    index: SearchIndex
    tenant_id: int
    words: tuple[str, ...]
    either: tuple[str, ...]
    filters: tuple[tuple[str, ...], ...]
    bounds: tuple[Bounds, ...]
    near: Near | None
    newer_than: int | None
    sort: tuple[Sort, ...]
    after: After | None
    limit: int
    offset: int
    count: bool
    impossible: bool

    def next_cursor(self, page: Sequence[tuple[UUID, tuple[Key, ...]]]) -> str:
        """The cursor behind `page`; "" when the page is not full, or cannot be followed."""
        if len(page) < self.limit or any(s.field == DISTANCE for s in self.sort):
            return ""
        last, keys = page[-1]
        return base64.urlsafe_b64encode(json.dumps([_order(self.index, self.sort), str(last), *keys]).encode()).decode()


def plan(index: SearchIndex, query: SearchQuery) -> Plan:
    """Check `query` against the description of `index`. Raises SearchRefused naming the field at fault."""
    _check_page(query)
    found = tuple(words(query.text[:LONGEST_TEXT]))
    asked = bool(query.text) and not query.text.isspace()
    either = _tokens(index, query.either) if asked else ()
    filters = tuple(_alternatives(index, f, v) for f, v in query.filters.items())
    no_text = asked and not 0 < len(found) <= MOST_WORDS
    return Plan(
        index=index,
        tenant_id=query.tenant_id,
        words=() if no_text else found,
        either=either,
        filters=(*filters, either) if no_text else filters,
        bounds=tuple(_bounds(index, f, r) for f, r in query.ranges.items()),
        near=_near(index, query.near),
        newer_than=query.newer_than,
        sort=_sort(index, query),
        after=_after(index, query),
        limit=query.limit,
        offset=query.offset,
        count=query.count,
        impossible=(no_text and not either) or not all(filters),
    )


def _check_page(query: SearchQuery) -> None:
    if not 1 <= query.limit <= LONGEST_PAGE:
        raise SearchRefused("search.limit", field="limit", most=LONGEST_PAGE)
    if query.offset < 0 or query.offset + query.limit > DEEPEST or (query.offset and query.cursor):
        raise SearchRefused("search.offset", field="offset", most=DEEPEST)


def _unknown(field: str) -> SearchRefused:
    return SearchRefused("search.field", field=field, name=field)


def _tokens(index: SearchIndex, exact: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(t for f, v in exact.items() for t in _alternatives(index, f, v)))


def _alternatives(index: SearchIndex, field: str, value: object) -> tuple[str, ...]:
    """Tokens of the values that can be there at all: one that is too long is nowhere."""
    if field not in index.keyword:
        raise _unknown(field)
    values = (value,) if isinstance(value, str) else tuple(value)  # type: ignore[arg-type]
    tokens = []
    for v in values:
        if not isinstance(v, str):
            raise SearchRefused("search.value", field=field, name=field)
        try:
            tokens.append(keyword(field, v))
        except ValueError:
            continue
    return tuple(dict.fromkeys(tokens))


def _bounds(index: SearchIndex, field: str, wanted: Range) -> Bounds:
    if field not in index.keys[len(index.sortable) :]:
        raise _unknown(field)
    try:
        return Bounds(field, number(field, wanted.start), number(field, wanted.end))
    except (TypeError, ValueError, OverflowError) as wrong:
        raise SearchRefused("search.value", field=field, name=field) from wrong


def _near(index: SearchIndex, near: Near | None) -> Near | None:
    if near is None:
        return None
    if index.place is None:
        raise _unknown("near")
    numbers = (near.latitude, near.longitude, near.meters)
    if not (all(map(math.isfinite, numbers)) and abs(near.latitude) <= 90 and abs(near.longitude) <= 180 and near.meters > 0):
        raise SearchRefused("search.value", field="near", name="near")
    return near


def _sort(index: SearchIndex, query: SearchQuery) -> tuple[Sort, ...]:
    known = {*index.keys, CLOSENESS, *([DISTANCE] if query.near else [])}
    for s in query.sort:
        if s.field not in known:
            raise _unknown(s.field)
    first: dict[str, Sort] = {}
    for s in query.sort:
        first.setdefault(s.field, s)
    return tuple(first.values())


def _order(index: SearchIndex, sort: tuple[Sort, ...]) -> int:
    return zlib.crc32(repr((index.name, index.shape, sort)).encode())


def _after(index: SearchIndex, query: SearchQuery) -> After | None:
    if not query.cursor:
        return None
    sort = _sort(index, query)
    try:
        order, last, *keys = json.loads(base64.b64decode(query.cursor.encode("ascii"), altchars=b"-_", validate=True))
        known = order == _order(index, sort) and len(keys) == len(sort) and all(_is_key(s, k) for s, k in zip(sort, keys, strict=True))
        after = After(tuple(keys), UUID(last))
    except (ValueError, TypeError, AttributeError, RecursionError, binascii.Error) as wrong:
        raise SearchRefused("search.cursor", field="cursor") from wrong
    if not known:
        raise SearchRefused("search.cursor", field="cursor")
    return after


def _is_key(sort: Sort, key: object) -> bool:
    if sort.field == CLOSENESS:
        return key in ("0", "1", "2")
    return key is None or (isinstance(key, str) and len(key) <= LONGEST_KEY and clean(key) == key)
