"""Search in Postgres: always written, answers when Elasticsearch does not. Table and function bodies: `sql/`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import groupby
from time import perf_counter, sleep
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, OperationalError, connections

from loyalty.search.fold import mistakes
from loyalty.search.plan import Plan, plan
from loyalty.search.port import (
    SearchDocument,
    SearchIndex,
    SearchQuery,
    SearchResult,
    SearchUnavailable,
    Tombstone,
    Written,
)
from loyalty.search.postgres_terms import as_json, parameters
from loyalty.search.prepared import Prepared, in_batches, newest
from loyalty.tenancy import reading

T = TypeVar("T")
BATCH = 1000
SHORTEST_NOTED = 3
"""Shorter words of documents do not stand in the dictionary."""
LAST_LETTER = "\U0010ffff"
TRIES = 20
"""Attempts of 250 ms to be alone with an index; writers wait no longer than one of them."""

LOOK_UP = """
select g.number, g.shape, q.word, l.word, l.begun from search_generation g
left join unnest(%s::text[], %s::text[], %s::int[]) q (word, behind, mistakes) on true
left join lateral (
    select w.word, false as begun from search_word w where w.tenant_id = g.tenant_id and w.generation = g.number and q.mistakes > 0
        and w.length between length(q.word) - q.mistakes and length(q.word) + q.mistakes
        and levenshtein_less_equal(w.word, q.word, q.mistakes) <= q.mistakes and not starts_with(w.word, q.word)
    union all (select w.word, true from search_word w where w.tenant_id = g.tenant_id and w.generation = g.number
        and w.length >= length(q.word) and w.word >= q.word and w.word < q.behind limit %s)) l on true
where g.tenant_id = %s and g.name = %s and g.state = 'live'"""
"""The live making of an index, and its words that are misspelt query words, or begin so."""
MOST_BEGUN = 30
"""So many words that begin alike are looked for one by one: to look for a beginning, the index gathers all who have such words."""
PAGE = """
select total, document, document_keys from search_page(%s::int, %s::int, %s::tsquery, %s::tsquery, %s::tsquery,
    %s::int[], %s::text[], %s::text[], %s::float8, %s::float8, %s::float8,
    %s::int[], %s::boolean[], %s::text[], %s::uuid, %s::bigint, %s::boolean, %s::int, %s::int)"""
WRITE = "select search_write(%s, %s, %s::jsonb)"
STORE = (
    "select search_store(number, %s::jsonb) from search_generation where tenant_id = %s and name = %s and number = %s and state = 'next'"
)
RETIRE = "update search_generation set state = 'retired' where tenant_id = %s and name = %s and state = %s"
PROMOTE = "update search_generation set state = 'live' where tenant_id = %s and name = %s and number = %s and state = 'next' returning 1"
RETIRED = "select number from search_generation where tenant_id = %s and name = %s and state = 'retired'"
CLEAR = """delete from search_document where tenant_id = %s and generation = %s
    and id in (select id from search_document where tenant_id = %s and generation = %s limit 5000)"""
FORGET = """with words as (delete from search_word where tenant_id = %s and generation = %s)
    delete from search_generation where tenant_id = %s and name = %s and number = %s"""


class PostgresSearch:
    """The search port over Postgres. Joins the open transaction of the query's tenant, or opens one of its own.

    A tenant's index is made at its first document. Inside another tenant's transaction every method raises RuntimeError.
    """

    engine = "postgres"

    def __init__(self, using: str = DEFAULT_DB_ALIAS) -> None:
        self.using = using

    def search(self, index: SearchIndex, query: SearchQuery) -> SearchResult:
        """See `SearchPort.search`."""
        begun = perf_counter()
        asked = plan(index, query)
        rows = [] if asked.impossible else self._rows(asked)
        page = [(document, tuple(keys)) for _, document, keys in rows if document is not None]
        total = (rows[0][0] if rows else 0) if asked.count else None
        took = (perf_counter() - begun) * 1000
        return SearchResult(
            ids=tuple(d for d, _ in page), total=total, took_ms=took, engine=self.engine, next_cursor=asked.next_cursor(page)
        )

    def upsert(self, index: SearchIndex, documents: Iterable[SearchDocument | Tombstone]) -> Written:
        """See `SearchPort.upsert`."""
        written = Written()
        for batch in in_batches(documents, BATCH):
            for tenant_id, group in groupby(newest(index, batch), key=lambda p: p.tenant_id):
                rows = list(group)
                with reading(tenant_id, self.using):
                    stored = self._value(WRITE, index.name, index.shape, as_json(rows))
                if stored < 0:
                    raise _another_shape(index)
                written += Written(stored, len(rows) - stored)
        return written

    def ensure(self, index: SearchIndex) -> bool:
        """True: nothing has to be made before a tenant's first document."""
        return True

    def refresh(self, index: SearchIndex) -> None:
        """Nothing to do: what is committed is visible."""

    def expunge(self, index: SearchIndex, tenant_id: int) -> None:
        """Take words that no document has any more out of the dictionary. Not inside a transaction.

        The old rows themselves go with the next vacuum.
        """
        self._alone(tenant_id, lambda: self._value("select search_expunge(%s)", index.name))

    @contextmanager
    def rebuild(self, index: SearchIndex, tenants: Collection[int]) -> Iterator[PostgresRebuilding]:
        """See `SearchPort.rebuild`. Not inside a transaction; each tenant's index is swapped by itself."""
        making = PostgresRebuilding(self, index, {t: self._begin(index, t) for t in tenants})
        try:
            yield making
            for tenant_id, number in making.numbers.items():
                self._swap(index, tenant_id, number)
        finally:
            for tenant_id, number in making.numbers.items():
                self._clear(index, tenant_id, number)

    def _rows(self, asked: Plan) -> list[tuple[Any, ...]]:
        with reading(asked.tenant_id, self.using):
            noted = [w for w in asked.words if len(w) >= SHORTEST_NOTED]
            words = [noted, [w + LAST_LETTER for w in noted], [mistakes(w) for w in noted]]
            found = self._all(LOOK_UP, *words, MOST_BEGUN + 1, asked.tenant_id, asked.index.name)
            if not found:
                return []
            number, shape = found[0][:2]
            if shape != asked.index.shape:
                raise _another_shape(asked.index)
            misspelt: dict[str, list[str]] = defaultdict(list)
            begun: dict[str, list[str]] = defaultdict(list)
            for _, _, word, like, begins in found:
                if like is not None:
                    (begun if begins else misspelt)[word].append(like)
            few = {word: begun[word] for word in noted if len(begun[word]) <= MOST_BEGUN}
            return self._all(PAGE, *parameters(asked, number, misspelt, few))

    def _begin(self, index: SearchIndex, tenant_id: int) -> int:
        def begin() -> int:
            self._run(RETIRE, tenant_id, index.name, "next")
            return int(self._value("select search_begin(%s, %s, 'next')", index.name, index.shape))

        return self._alone(tenant_id, begin, index)

    def _swap(self, index: SearchIndex, tenant_id: int, number: int) -> None:
        def swap() -> None:
            self._run(RETIRE, tenant_id, index.name, "live")
            if not self._all(PROMOTE, tenant_id, index.name, number):
                raise SearchUnavailable(f"another rebuild of {index.name} took over")

        self._alone(tenant_id, swap, index)

    def _clear(self, index: SearchIndex, tenant_id: int, number: int) -> None:
        """Remove what is retired, and `number` if it did not go live; in pieces, so that no transaction is long."""
        with reading(tenant_id, self.using):
            self._run(RETIRE + " and number = %s", tenant_id, index.name, "next", number)
            retired = [n for (n,) in self._all(RETIRED, tenant_id, index.name)]
        for n in retired:
            left = 1
            while left:
                with reading(tenant_id, self.using):
                    left = self._run(CLEAR, tenant_id, n, tenant_id, n)
            with reading(tenant_id, self.using):
                self._run(FORGET, tenant_id, n, tenant_id, index.name, n)

    def _alone(self, tenant_id: int, act: Callable[[], T], index: SearchIndex | None = None) -> T:
        """Do `act` in a transaction of its own, alone with the index if one is named, without holding writers up for long."""
        if connections[self.using].in_atomic_block:
            raise RuntimeError("a rebuild or an expunge opens its own transactions")
        for attempt in range(TRIES):
            try:
                with reading(tenant_id, self.using):
                    self._run("set local lock_timeout = '250ms'")
                    if index is not None:
                        self._all("select search_lock(%s, true)", index.name)
                    return act()
            except OperationalError as busy:
                if attempt == TRIES - 1:
                    raise SearchUnavailable("writers never left the index alone") from busy
                sleep(0.1)
        raise AssertionError

    def _all(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        with connections[self.using].cursor() as cursor:
            cursor.execute(sql, parameters)
            return list(cursor.fetchall())

    def _value(self, sql: str, *parameters: Any) -> Any:
        return self._all(sql, *parameters)[0][0]

    def _run(self, sql: str, *parameters: Any) -> int:
        with connections[self.using].cursor() as cursor:
            cursor.execute(sql, parameters)
            return int(cursor.rowcount)


class PostgresRebuilding:
    """The makings of one index that are being filled, one for each tenant."""

    def __init__(self, port: PostgresSearch, index: SearchIndex, numbers: Mapping[int, int]) -> None:
        self.port = port
        self.index = index
        self.numbers = numbers

    def upsert(self, documents: Iterable[SearchDocument | Tombstone]) -> Written:
        """Put documents into the new index only. Raises KeyError for a tenant that the rebuild does not name."""
        written = Written()
        for batch in in_batches(documents, BATCH):
            for tenant_id, group in groupby(newest(self.index, batch), key=lambda p: p.tenant_id):
                written += self._store(tenant_id, list(group))
        return written

    def _store(self, tenant_id: int, rows: list[Prepared]) -> Written:
        with reading(tenant_id, self.port.using):
            self.port._all("select search_lock(%s, false)", self.index.name)
            stored = self.port._all(STORE, as_json(rows), tenant_id, self.index.name, self.numbers[tenant_id])
        if not stored:
            raise SearchUnavailable(f"another rebuild of {self.index.name} took over")
        return Written(stored[0][0], len(rows) - stored[0][0])


def _another_shape(index: SearchIndex) -> SearchUnavailable:
    return SearchUnavailable(f"the index {index.name} was made for another description: rebuild it")
