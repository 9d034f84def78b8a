"""What is searched, what is asked, and the port that both engines implement."""

from __future__ import annotations

import re
import zlib
from collections.abc import Collection, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Protocol
from uuid import UUID

from loyalty.domain.errors import DomainError

CLOSENESS = "closeness"
"""Sort by how well the text matches: all words whole, then all words begun, then those with mistakes."""
DISTANCE = "distance"
"""Sort by the distance from `SearchQuery.near`; such a list is paged by offset only."""
DEEPEST = 10_000
"""Offset and limit together; what lies deeper is reached by cursor."""
LONGEST_PAGE = DEEPEST

Value = str | int | datetime | date | tuple[float, float] | Collection[str] | None


class SearchRefused(DomainError):
    """A query that cannot be answered as asked: an unknown field, a page too deep, a cursor of another list."""


class SearchUnavailable(Exception):
    """The engine did not answer in time, or its index is not there. Another engine may answer; a projection tries again later."""


class SearchFailed(SearchUnavailable):
    """The engine is well, but did not take this one request."""


@dataclass(frozen=True, kw_only=True)
class SearchIndex:
    """What one kind of document holds. A changed description is a new shape, which needs a rebuild.

    - `text`: fields whose words are searched. Not stored as written, only their folded words.
    - `keyword`: fields found by their exact value (at most 256 characters), one or several values each.
    - `numbers` (64-bit integers), `moments` (aware datetimes), `days` (dates): sorted by, and filtered by range.
    - `sortable`: text and keyword fields that lists are sorted by too, in folded form.
    - `place`: the field with (latitude, longitude).
    """

    name: str
    text: tuple[str, ...] = ()
    keyword: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    moments: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    sortable: tuple[str, ...] = ()
    place: str | None = None

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", self.name):
            raise ValueError(f"{self.name!r} is no name of an index: small letters, digits and _ only")
        if wrong := [f for f in self.fields if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", f) or f in {CLOSENESS, DISTANCE}]:
            raise ValueError(f"{self.name}: {wrong} cannot be names of fields")
        if len(set(self.fields)) < len(self.fields) or not set(self.sortable) <= {*self.text, *self.keyword}:
            raise ValueError(f"{self.name}: each field has one kind, and sortable are text and keyword fields")

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """All fields of a document."""
        return (*self.text, *self.keyword, *self.keys[len(self.sortable) :], *((self.place,) if self.place else ()))

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The fields that lists can be sorted by."""
        return (*self.sortable, *self.numbers, *self.moments, *self.days)

    @cached_property
    def shape(self) -> str:
        """Changes with the description, so that documents of another shape are never mistaken for these."""
        parts = (self.text, self.keyword, self.numbers, self.moments, self.days, self.sortable, self.place)
        return f"{zlib.crc32(repr(parts).encode()):08x}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchDocument:
    """One document as it is now. `version` grows with every change: the position in the log of the fact it stands on."""

    tenant_id: int
    id: UUID
    version: int
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """A document that is gone for good: keeps id and version only, and keeps older writes out."""

    tenant_id: int
    id: UUID
    version: int


@dataclass(frozen=True, slots=True)
class Sort:
    """A field to sort by, or CLOSENESS, or DISTANCE. Documents without the field come last either way."""

    field: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Range:
    """Half open: from `start` on, before `end`; None is no bound. Of the field's own kind (int, aware datetime, date)."""

    start: int | datetime | date | None = None
    end: int | datetime | date | None = None


@dataclass(frozen=True, slots=True)
class Near:
    """Within `meters` of a point, great circle."""

    latitude: float
    longitude: float
    meters: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchQuery:
    """A question to one index, for one tenant.

    - `text`: every word must be the beginning of a word of the document, or a whole word of it with few mistakes
      (Levenshtein distance 1 from 4 letters on, 2 from 8; a transposition counts 2). Words in any order; a word inside
      another does not match. Blank text matches all; text without a letter or digit, or of more than 16 words, nothing.
    - `either`: exact values of keyword fields, each of which stands in for the text (a phone typed into the same box).
    - `filters`: keyword field → value, or values of which one is enough. All filters must hold.
    - `ranges`, `near`: further conditions that must hold.
    - `newer_than`: only documents of a later version.
    - `sort`: documents that are equal come in order of id.
    - `limit` and `offset` together ≤ 10,000, or the `cursor` of the page before (then no offset).
    - `count`: whether `total` is wanted; a list that does not show it is cheaper.
    """

    tenant_id: int
    text: str = ""
    either: Mapping[str, str] = field(default_factory=dict)
    filters: Mapping[str, str | Collection[str]] = field(default_factory=dict)
    ranges: Mapping[str, Range] = field(default_factory=dict)
    near: Near | None = None
    newer_than: int | None = None
    sort: tuple[Sort, ...] = (Sort(CLOSENESS),)
    limit: int = 20
    offset: int = 0
    cursor: str = ""
    count: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """Ids in order, how many there are on all pages (None if not counted), the time it took, and which engine answered.

    `next_cursor` is "" on the last page, and always when sorted by distance.
    """

    ids: tuple[UUID, ...]
    total: int | None
    took_ms: float
    engine: str
    next_cursor: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """How many documents were stored, and how many refused because a newer version is there."""

    stored: int = 0
    refused: int = 0

    def __add__(self, other: Written) -> Written:
        return Written(self.stored + other.stored, self.refused + other.refused)


class Rebuilding(Protocol):
    """An index that is made anew beside the one in use."""

    def upsert(self, documents: Iterable[SearchDocument | Tombstone]) -> Written:
        """Put documents into the new index only."""
        ...


class SearchPort(Protocol):
    """A search engine. Every method raises SearchUnavailable when the engine does not answer."""

    @property
    def engine(self) -> str:
        """Name of the engine: elasticsearch or postgres."""
        ...

    def search(self, index: SearchIndex, query: SearchQuery) -> SearchResult:
        """Answer `query`. Raises SearchRefused when it cannot be answered as asked, whatever the engine."""
        ...

    def upsert(self, index: SearchIndex, documents: Iterable[SearchDocument | Tombstone]) -> Written:
        """Store documents and tombstones, several tenants' if need be; a version older than the stored one is refused.

        Documents written while a rebuild is under way reach the old and the new index. May be repeated.
        """
        ...

    def ensure(self, index: SearchIndex) -> bool:
        """Make the index when there is none. False when there is one of another shape: it needs a rebuild."""
        ...

    def refresh(self, index: SearchIndex) -> None:
        """Make everything written so far visible to searches."""
        ...

    def rebuild(self, index: SearchIndex, tenants: Collection[int]) -> AbstractContextManager[Rebuilding]:
        """Make the index anew beside the one in use; it takes its place at the end of the block, or is dropped on an exception.

        `tenants` names every tenant, and what is put into it must be all their documents as they are after the block
        was entered. A rebuild that begins later takes over: the earlier one raises SearchUnavailable at its end.
        """
        ...

    def expunge(self, index: SearchIndex, tenant_id: int) -> None:
        """Let the words of overwritten and erased documents leave the storage too. Takes long on a big index."""
        ...
