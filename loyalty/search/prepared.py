"""Documents in the form both engines store: folded words, exact tokens, and keys whose byte order is the order of lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from uuid import UUID

from loyalty.search.fold import clean, fold, words
from loyalty.search.port import SearchDocument, SearchIndex, Tombstone, Value

LONGEST_KEYWORD = 256
LONGEST_KEY = 128
MOST_TOKENS = 1_000
"""Words and exact values of one document."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LEAST, _MOST = -(2**63), 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A document as the engines store it; a tombstone has nothing but its id and version.

    `keywords` are "field:value"; `keys` are as `SearchIndex.keys`, None where the document has no value; `numbers` are
    the numeric ones among them.
    """

    tenant_id: int
    id: UUID
    version: int
    tombstone: bool = False
    words: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    keys: tuple[str | None, ...] = ()
    numbers: tuple[tuple[str, int], ...] = ()
    place: tuple[float, float] | None = None


def prepare(index: SearchIndex, document: SearchDocument | Tombstone) -> Prepared:
    """Check `document` against the description and put it into stored form. Raises ValueError or TypeError naming the field."""
    if isinstance(document, Tombstone):
        return Prepared(
            tenant_id=document.tenant_id, id=document.id, version=document.version, tombstone=True, keys=(None,) * len(index.keys)
        )
    given = document.values
    if unknown := set(given) - set(index.fields):
        raise ValueError(f"{index.name}: the fields {sorted(unknown)} are not in the description of the index")
    numeric = {f: n for f in index.keys[len(index.sortable) :] if (n := number(f, given.get(f))) is not None}
    prepared = Prepared(
        tenant_id=document.tenant_id,
        id=document.id,
        version=document.version,
        words=tuple(dict.fromkeys(w for f in index.text for v in _texts(f, given.get(f)) for w in words(v))),
        keywords=tuple(dict.fromkeys(keyword(f, v) for f in index.keyword for v in _texts(f, given.get(f)))),
        keys=tuple(_sort_key(given.get(f)) if f in index.sortable else number_key(numeric.get(f)) for f in index.keys),
        numbers=tuple(numeric.items()),
        place=_place(index.place, given.get(index.place)) if index.place else None,
    )
    if len(prepared.words) + len(prepared.keywords) > MOST_TOKENS:
        raise ValueError(f"{index.name}: a document of more than {MOST_TOKENS} words and values")
    return prepared


def newest(index: SearchIndex, documents: Iterable[SearchDocument | Tombstone]) -> list[Prepared]:
    """`documents` prepared, of each only the newest version (the later one of equals), in order of tenant and id."""
    kept: dict[tuple[int, UUID], Prepared] = {}
    for document in documents:
        seen = kept.get((document.tenant_id, document.id))
        if seen is None or seen.version <= document.version:
            kept[document.tenant_id, document.id] = prepare(index, document)
    return [kept[key] for key in sorted(kept)]


def in_batches(documents: Iterable[SearchDocument | Tombstone], size: int) -> Iterator[list[SearchDocument | Tombstone]]:
    """`documents` in lists of `size`, so that a long stream of them is never held at once."""
    stream = iter(documents)
    while batch := list(islice(stream, size)):
        yield batch


def keyword(field: str, value: str) -> str:
    """The exact token of a value. Raises ValueError when it is longer than 256 characters."""
    if len(exact := clean(value)) > LONGEST_KEYWORD:
        raise ValueError(f"{field}: an exact value has at most {LONGEST_KEYWORD} characters")
    return f"{field}:{exact}"


def number(field: str, value: Value) -> int | None:
    """A number as is, a moment in microseconds and a day in days since 1970. Raises TypeError or ValueError naming the field."""
    match value:
        case None:
            return None
        case datetime():
            if value.tzinfo is None:
                raise ValueError(f"{field}: the moment has no time zone")
            return (value - _EPOCH) // timedelta(microseconds=1)
        case date():
            return value.toordinal() - _EPOCH.toordinal()
        case int() if _LEAST <= value <= _MOST:
            return value
        case int():
            raise ValueError(f"{field}: the number needs more than 64 bits")
    raise TypeError(f"{field}: {type(value).__name__} is neither a number nor a moment nor a day")


def number_key(value: int | None) -> str | None:
    """16 hexadecimal digits in the order of the numbers."""
    return None if value is None else f"{value - _LEAST:016x}"


def _sort_key(value: Value) -> str | None:
    texts = _texts("", value)
    if len(texts) > 1:
        raise ValueError("a field that lists are sorted by has one value")
    return fold(texts[0])[:LONGEST_KEY].strip() or None if texts else None


def _texts(field: str, value: Value) -> tuple[str, ...]:
    if value is None:
        return ()
    values = (value,) if isinstance(value, str) else tuple(value) if isinstance(value, (tuple, list, set, frozenset)) else (value,)
    if wrong := [type(v).__name__ for v in values if not isinstance(v, str)]:
        raise TypeError(f"{field}: {wrong[0]} is no text")
    return tuple(sorted(values)) if isinstance(value, (set, frozenset)) else values


def _place(field: str, value: Value) -> tuple[float, float] | None:
    if value is None:
        return None
    if not isinstance(value, tuple) or len(value) != 2:
        raise TypeError(f"{field}: a place is (latitude, longitude)")
    latitude, longitude = float(value[0]), float(value[1])
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise ValueError(f"{field}: there is no such place")
    return latitude, longitude
