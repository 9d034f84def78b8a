"""Search in Elasticsearch, with nothing but what its core server offers.

Names: `<prefix>-<index>-<shape>` is the alias that is searched and written, `…-000001` the index behind it, `…-next` the
alias of the index that a rebuild is filling.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from time import perf_counter
from typing import Any
from uuid import UUID

from elasticsearch import ApiError, BadRequestError, Elasticsearch, NotFoundError, TransportError

from loyalty.search.elasticsearch_terms import (
    SETTINGS,
    action,
    body_of_closeness,
    closenesses,
    mapping,
    search_body,
    sort_keys,
    source,
)
from loyalty.search.plan import Key, Plan, plan
from loyalty.search.port import (
    SearchDocument,
    SearchFailed,
    SearchIndex,
    SearchQuery,
    SearchResult,
    SearchUnavailable,
    Tombstone,
    Written,
)
from loyalty.search.prepared import Prepared, in_batches, newest

Page = list[tuple[UUID, tuple[Key, ...]]]
"""Documents, each with the keys by which it stands where it stands."""
BATCH = 1000
PATIENCE = 0.3
"""Seconds that a search may take before another engine is asked."""
GRACE = 0.1
WAITERS = 16
WRITE_PATIENCE = 30.0
MERGE_PATIENCE = 3600.0


class ElasticsearchSearch:
    """The search port over an Elasticsearch 8 cluster at `url`; its indexes begin with `prefix`."""

    engine = "elasticsearch"

    def __init__(self, url: str, prefix: str, patience: float = PATIENCE) -> None:
        self.url = url
        self.prefix = prefix.lower()
        self.patience = patience

    @cached_property
    def client(self) -> Elasticsearch:
        """Made at the first use, so that each process has its own."""
        return Elasticsearch(self.url, request_timeout=WRITE_PATIENCE, max_retries=0, retry_on_timeout=False)

    @cached_property
    def _waiters(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(WAITERS, thread_name_prefix="search")

    def alias(self, index: SearchIndex) -> str:
        """What is searched and written."""
        return f"{self.prefix}-{index.name}-{index.shape}"

    def search(self, index: SearchIndex, query: SearchQuery) -> SearchResult:
        """See `SearchPort.search`."""
        begun = perf_counter()
        asked = plan(index, query)
        page, total = ([], 0) if asked.impossible else self._page(asked, begun + self.patience)
        return SearchResult(
            ids=tuple(d for d, _ in page),
            total=total if asked.count else None,
            took_ms=(perf_counter() - begun) * 1000,
            engine=self.engine,
            next_cursor=asked.next_cursor(page),
        )

    def upsert(self, index: SearchIndex, documents: Iterable[SearchDocument | Tombstone]) -> Written:
        """See `SearchPort.upsert`. Raises SearchUnavailable when a document was neither stored nor refused as older."""
        alias, written = self.alias(index), Written()
        with _answering():
            for batch in in_batches(documents, BATCH):
                filling = bool(self.client.indices.exists_alias(name=f"{alias}-next"))
                rows = newest(index, batch)
                if filling:
                    self._bulk(index, f"{alias}-next", rows, may_be_gone=True)
                written += self._bulk(index, alias, rows)
        return written

    def ensure(self, index: SearchIndex) -> bool:
        """See `SearchPort.ensure`."""
        with _answering():
            live = self._live(index)
            if not live:
                try:
                    self._create(index, self._made(index), self.alias(index))
                except BadRequestError:  # somebody else made it just now
                    live = self._live(index)
        return not live or self.alias(index) in live

    def refresh(self, index: SearchIndex) -> None:
        """See `SearchPort.refresh`."""
        with _answering():
            self.client.indices.refresh(index=self.alias(index))

    def expunge(self, index: SearchIndex, tenant_id: int) -> None:
        """Merge away what was overwritten, the whole index at once."""
        patient = self.client.options(request_timeout=MERGE_PATIENCE)
        with _answering():
            patient.indices.refresh(index=self.alias(index))
            patient.indices.forcemerge(index=self.alias(index), only_expunge_deletes=True)
            patient.indices.flush(index=self.alias(index), force=True)

    @contextmanager
    def rebuild(self, index: SearchIndex, tenants: Collection[int]) -> Iterator[ElasticsearchRebuilding]:
        """See `SearchPort.rebuild`. Afterwards this is the only index of that name, whatever shape others had."""
        filling = f"{self.alias(index)}-next"
        with _answering():
            made = self._made(index)
            for name, aliases in made.items():
                if any(a.endswith("-next") for a in aliases):
                    self.client.indices.delete(index=name, ignore_unavailable=True)
            target = self._create(index, made, filling)
        try:
            yield ElasticsearchRebuilding(self, index, target, frozenset(tenants))
            with _answering():
                self._swap(index, target, filling)
        except BaseException:
            with _answering():
                self.client.indices.delete(index=target, ignore_unavailable=True)
            raise

    def _page(self, asked: Plan, until: float) -> tuple[Page, int]:
        """A page and how many there are, if they are counted."""
        page = self._by_closeness(asked, until)
        if page is not None:
            return page, 0
        hits = self._hits(asked, search_body(asked), until)
        page = [(UUID(h["sort"][-1]), sort_keys(asked, h["sort"])) for h in hits["hits"]]
        return page, hits["total"]["value"] if "total" in hits else 0

    def _by_closeness(self, asked: Plan, until: float) -> Page | None:
        """One closeness after another, until the page is full; None where that is another order, or the page may begin behind the first."""
        page: Page = []
        for closeness in closenesses(asked):
            body = body_of_closeness(asked, closeness, asked.limit - len(page))
            page += [(UUID(h["sort"][0]), (str(closeness),)) for h in self._hits(asked, body, until)["hits"]]
            if len(page) == asked.limit:
                return page
            if asked.offset:
                return None
        return page if closenesses(asked) else None

    def _hits(self, asked: Plan, body: dict[str, Any], until: float) -> dict[str, Any]:
        patience = max(until - perf_counter(), 0.001)
        asking = self.client.options(request_timeout=patience).search
        with _answering():
            waiting = self._waiters.submit(
                asking, index=self.alias(asked.index), routing=str(asked.tenant_id), allow_partial_search_results=False, **body
            )
            # The client's own time limit begins anew with every byte that comes.
            found = waiting.result(patience + GRACE)
        return dict(found["hits"])

    def _bulk(self, index: SearchIndex, alias: str, rows: Sequence[Prepared], *, may_be_gone: bool = False) -> Written:
        operations = [part for p in rows for part in (action(p), source(index, p))]
        answer = self.client.bulk(index=alias, operations=operations, require_alias=True, filter_path="items.*.status,items.*.error.type")
        states = [item["index"]["status"] for item in answer.get("items", [])]
        wrong = [s for s in states if s not in {200, 201, 409} and not (may_be_gone and s == 404)]
        if wrong or len(states) != len(rows):
            raise SearchUnavailable(f"{len(wrong)} of {len(rows)} documents were not stored in {alias}: {sorted(set(wrong))}")
        return Written(sum(s in {200, 201} for s in states), states.count(409))

    def _made(self, index: SearchIndex) -> dict[str, tuple[str, ...]]:
        """All indexes of that name, of any shape, with their aliases."""
        found = self.client.indices.get_alias(index=f"{self.prefix}-{index.name}-*", allow_no_indices=True, expand_wildcards="all")
        return {name: tuple(of["aliases"]) for name, of in found.items()}

    def _live(self, index: SearchIndex) -> set[str]:
        return {a for aliases in self._made(index).values() for a in aliases if not a.endswith("-next")}

    def _create(self, index: SearchIndex, made: Iterable[str], alias: str) -> str:
        number = 1 + max((int(name.rsplit("-", 1)[1]) for name in made), default=0)
        name = f"{self.alias(index)}-{number:06d}"
        self.client.indices.create(index=name, aliases={alias: {}}, settings=SETTINGS, mappings=mapping(index))
        return name

    def _swap(self, index: SearchIndex, target: str, filling: str) -> None:
        """The alias moves in one step; whoever writes by it writes before into both, after into the new one."""
        made = self._made(index)
        if filling not in made.get(target, ()):
            raise SearchUnavailable(f"another rebuild of {index.name} took over")
        self.client.indices.refresh(index=target)
        alias = self.alias(index)
        actions: list[dict[str, Any]] = [{"remove": {"index": name, "alias": alias}} for name, of in made.items() if alias in of]
        actions += [{"add": {"index": target, "alias": alias}}, {"remove": {"index": target, "alias": filling}}]
        self.client.indices.update_aliases(actions=actions)
        for name in made.keys() - {target}:
            self.client.indices.delete(index=name, ignore_unavailable=True)


class ElasticsearchRebuilding:
    """The index that a rebuild is filling."""

    def __init__(self, port: ElasticsearchSearch, index: SearchIndex, target: str, tenants: frozenset[int]) -> None:
        self.port = port
        self.index = index
        self.target = target
        self.tenants = tenants

    def upsert(self, documents: Iterable[SearchDocument | Tombstone]) -> Written:
        """Put documents into the new index only. Raises KeyError for a tenant that the rebuild does not name."""
        written = Written()
        with _answering():
            for batch in in_batches(documents, BATCH):
                rows = newest(self.index, batch)
                for tenant_id in {p.tenant_id for p in rows} - self.tenants:
                    raise KeyError(tenant_id)
                written += self.port._bulk(self.index, f"{self.port.alias(self.index)}-next", rows)
        return written


@contextmanager
def _answering() -> Iterator[None]:
    """What goes wrong between us and the server becomes SearchUnavailable; its words are left out, they may hold a name."""
    try:
        yield
    except NotFoundError as missing:
        raise SearchUnavailable("the index is not there: make it, or rebuild it") from missing
    except ApiError as refused:
        kind = SearchUnavailable if refused.status_code >= 500 or refused.status_code in {200, 408, 429} else SearchFailed
        raise kind(f"Elasticsearch answered {refused.status_code}") from refused
    except (TransportError, TimeoutError) as lost:
        raise SearchUnavailable(f"Elasticsearch did not answer: {type(lost).__name__}") from lost
