"""Names as search sees them: in Postgres at once, in Elasticsearch a moment later."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from customers.documents import CUSTOMERS, document, documents_of
from customers.events import CustomerRegistered, ProfileChanged
from loyalty.domain.event import ERASED, Recorded
from loyalty.projections.projection import Follower, Projection, Statement, TryLater
from loyalty.search import SearchDocument, SearchFailed, SearchUnavailable, Tombstone, search_feeds
from loyalty.search.breaker import Breaker
from loyalty.search.postgres import WRITE
from loyalty.search.postgres_terms import as_json
from loyalty.search.prepared import newest

Named = CustomerRegistered | ProfileChanged


class Names(Projection):
    """The search documents in Postgres, written with the names: who registers somebody finds them at once."""

    name = "customers.names"
    events = (CustomerRegistered, ProfileChanged)
    inline = True

    def statements(self, batch: Sequence[Recorded[Any]]) -> Iterable[Statement]:
        yield WRITE, (CUSTOMERS.name, CUSTOMERS.shape, as_json(newest(CUSTOMERS, map(_told, batch))))


class Elasticsearch(Follower):
    """The same documents in Elasticsearch, from the rows as they are when the projector comes to them."""

    name = "customers.elasticsearch"
    events = (CustomerRegistered, ProfileChanged)

    def __init__(self) -> None:
        self.breaker = Breaker()
        self.made = False

    def follow(self, tenant_id: int, batch: Sequence[Recorded[Any]], using: str) -> None:
        engine = search_feeds(using).get("elasticsearch")
        if engine is None:
            return
        if not self.breaker.allows():
            raise TryLater("Elasticsearch does not answer")
        try:
            self.made = self.made or engine.ensure(CUSTOMERS)
            engine.upsert(CUSTOMERS, documents_of(tenant_id, [r.stream_id for r in batch], using))
        except SearchFailed:
            raise
        except SearchUnavailable as failure:
            self.breaker.failed()
            self.made = False
            raise TryLater(str(failure)) from failure
        self.breaker.succeeded()


def _told(recorded: Recorded[Named]) -> SearchDocument | Tombstone:
    e = recorded.event
    if e.first_name is ERASED:
        return Tombstone(tenant_id=recorded.tenant_id, id=recorded.stream_id, version=recorded.position)
    return document(
        tenant_id=recorded.tenant_id,
        customer_id=recorded.stream_id,
        version=recorded.position,
        first_name=e.first_name,
        last_name=e.last_name,
        changed_at=e.registered_at if isinstance(e, CustomerRegistered) else e.changed_at,
    )
