"""Elasticsearch first, Postgres at once when it does not answer: nobody at the till waits for a dead server twice."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from threading import Lock
from time import monotonic

import structlog

from loyalty.search.port import (
    Rebuilding,
    SearchDocument,
    SearchFailed,
    SearchIndex,
    SearchPort,
    SearchQuery,
    SearchResult,
    SearchUnavailable,
    Tombstone,
    Written,
)

OPEN_SECONDS = 5.0
log = structlog.get_logger(__name__)


class Breaker:
    """Lets calls through until one fails; then none for `open_seconds`, then one at a time until it succeeds."""

    def __init__(self, open_seconds: float = OPEN_SECONDS, clock: Callable[[], float] = monotonic) -> None:
        self._open_seconds = open_seconds
        self._clock = clock
        self._lock = Lock()
        self._closed_again_at: float | None = None

    @property
    def open(self) -> bool:
        """Whether the last call failed."""
        return self._closed_again_at is not None

    def allows(self) -> bool:
        """Whether to try now. When the pause is over, the first who asks tries for all."""
        with self._lock:
            if self._closed_again_at is None:
                return True
            if self._clock() < self._closed_again_at:
                return False
            self._closed_again_at = self._clock() + self._open_seconds
            return True

    def succeeded(self) -> None:
        """The engine answered."""
        with self._lock:
            self._closed_again_at = None

    def failed(self) -> None:
        """The engine did not answer."""
        with self._lock:
            self._closed_again_at = self._clock() + self._open_seconds


class FallbackSearch:
    """The search port over two engines: `first` answers, `second` when the first does not.

    Writes go to `second`, then to `first`, and raise when either does not take them. A projection that must not hold
    Postgres up while Elasticsearch is down feeds each engine by a checkpoint of its own: `loyalty.search.search_feeds`.
    """

    def __init__(self, first: SearchPort, second: SearchPort, breaker: Breaker | None = None) -> None:
        self.first = first
        self.second = second
        self.breaker = breaker or Breaker()

    @property
    def engine(self) -> str:
        """The engine that would be asked now."""
        return (self.second if self.breaker.open else self.first).engine

    def search(self, index: SearchIndex, query: SearchQuery) -> SearchResult:
        """See `SearchPort.search`; `SearchResult.engine` says who answered."""
        if self.breaker.allows():
            try:
                found = self.first.search(index, query)
            except SearchFailed as failure:
                log.warning("search refused", engine=self.first.engine, index=index.name, reason=str(failure))
            except SearchUnavailable as failure:
                self.breaker.failed()
                log.warning("search engine does not answer", engine=self.first.engine, index=index.name, reason=str(failure))
            else:
                self.breaker.succeeded()
                return found
        return self.second.search(index, query)

    def upsert(self, index: SearchIndex, documents: Iterable[SearchDocument | Tombstone]) -> Written:
        """See `SearchPort.upsert`."""
        kept = list(documents)
        self.second.upsert(index, kept)
        return self.first.upsert(index, kept)

    def ensure(self, index: SearchIndex) -> bool:
        """See `SearchPort.ensure`."""
        return self.second.ensure(index) & self.first.ensure(index)

    def refresh(self, index: SearchIndex) -> None:
        """See `SearchPort.refresh`."""
        self.second.refresh(index)
        self.first.refresh(index)

    def expunge(self, index: SearchIndex, tenant_id: int) -> None:
        """See `SearchPort.expunge`."""
        self.second.expunge(index, tenant_id)
        self.first.expunge(index, tenant_id)

    @contextmanager
    def rebuild(self, index: SearchIndex, tenants: Collection[int]) -> Iterator[Rebuilding]:
        """See `SearchPort.rebuild`; both engines at once, and neither is swapped when the block fails."""
        with ExitStack() as both:
            yield _Both([both.enter_context(port.rebuild(index, tenants)) for port in (self.second, self.first)])


class _Both:
    def __init__(self, targets: Sequence[Rebuilding]) -> None:
        self.targets = targets

    def upsert(self, documents: Iterable[SearchDocument | Tombstone]) -> Written:
        kept = list(documents)
        return [t.upsert(kept) for t in self.targets][-1]
