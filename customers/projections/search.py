"""Names as search sees them: in Postgres at once, in Elasticsearch a moment later."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from customers.documents import CUSTOMERS, FOLLOWER, document, documents_of
from customers.events import CustomerErased, CustomerRegistered, ProfileChanged
from loyalty.domain.event import ERASED, Recorded
from loyalty.projections.models import Checkpoint
from loyalty.projections.projection import Follower, Projection, Statement, TryLater
from loyalty.search import SearchDocument, SearchFailed, SearchPort, SearchUnavailable, Tombstone, search_feeds
from loyalty.search.breaker import Breaker
from loyalty.search.postgres import WRITE
from loyalty.search.postgres_terms import as_json
from loyalty.search.prepared import newest

Named = CustomerRegistered | ProfileChanged | CustomerErased


class Names(Projection):
    """The search documents in Postgres, written with the names: who registers somebody finds them at once."""

    name = "customers.names"
    events = (CustomerRegistered, ProfileChanged, CustomerErased)
    inline = True

    def statements(self, batch: Sequence[Recorded[Any]]) -> Iterable[Statement]:
        yield WRITE, (CUSTOMERS.name, CUSTOMERS.shape, as_json(newest(CUSTOMERS, map(_told, batch))))


class Elasticsearch(Follower):
    """The same documents in Elasticsearch, from the rows as they are when the projector comes to them.

    What lies at or below the checkpoint can be found there: each batch is made visible before the checkpoint moves. The
    index is made at the first event only; one that was lost is not made anew here, where it would lack all earlier customers.
    """

    name = FOLLOWER
    events = (CustomerRegistered, ProfileChanged, CustomerErased)

    def __init__(self) -> None:
        self.breaker = Breaker()

    def applies(self) -> bool:
        return "elasticsearch" in search_feeds()

    def follow(self, tenant_id: int, batch: Sequence[Recorded[Any]], using: str) -> None:
        if not self.breaker.allows():
            raise TryLater("Elasticsearch does not answer")
        try:
            self._feed(search_feeds(using)["elasticsearch"], tenant_id, batch, using)
        except SearchFailed:
            raise
        except SearchUnavailable as failure:
            self.breaker.failed()
            raise TryLater(str(failure)) from failure
        self.breaker.succeeded()

    def _feed(self, engine: SearchPort, tenant_id: int, batch: Sequence[Recorded[Any]], using: str) -> None:
        if Checkpoint.objects.using(using).filter(projection=self.name, position=0).exists():
            engine.ensure(CUSTOMERS)
        engine.upsert(CUSTOMERS, documents_of(tenant_id, [r.stream_id for r in batch], using))
        engine.refresh(CUSTOMERS)


def _told(recorded: Recorded[Named]) -> SearchDocument | Tombstone:
    e = recorded.event
    if isinstance(e, CustomerErased) or e.first_name is ERASED:
        return Tombstone(tenant_id=recorded.tenant_id, id=recorded.stream_id, version=recorded.position)
    return document(
        tenant_id=recorded.tenant_id,
        customer_id=recorded.stream_id,
        version=recorded.position,
        first_name=e.first_name,
        last_name=e.last_name,
    )
