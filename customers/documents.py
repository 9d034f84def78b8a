"""What is searched of a customer: the words of the names. Phones, emails, cards and codes are found by digest, never here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

import structlog
from django.db import DEFAULT_DB_ALIAS, connections

from loyalty.search import SearchDocument, SearchIndex, SearchUnavailable, Tombstone, search_feeds, search_port
from loyalty.search.postgres import PostgresSearch
from loyalty.tenancy import reading

CUSTOMERS = SearchIndex(name="customers", text=("first_name", "last_name"), numbers=("position",), sortable=("last_name", "first_name"))
"""`position`: of the event a document stands on, so that Postgres can be asked for what Elasticsearch does not show yet."""

log = structlog.get_logger(__name__)

FOLLOWER = "customers.elasticsearch"
"""The projection that feeds Elasticsearch."""
BATCH = 1000
NOBODY = UUID(int=0)
COLUMNS = "select id, position, first_name, last_name, state from customers_customer where tenant_id = %s"
THESE = COLUMNS + " and id = any (%s) order by id"
NEXT = COLUMNS + " and id > %s order by id limit %s"
Found = SearchDocument | Tombstone


def document(*, tenant_id: int, customer_id: UUID, version: int, first_name: str, last_name: str) -> SearchDocument:
    """The search document of a customer; `version` is the position of the event that it stands on."""
    return SearchDocument(
        tenant_id=tenant_id,
        id=customer_id,
        version=version,
        values={"first_name": first_name, "last_name": last_name, "position": version},
    )


def documents_of(tenant_id: int, ids: Iterable[UUID], using: str) -> list[Found]:
    """The search documents of customers as they are now, in the open transaction of `using`."""
    return _documents(tenant_id, using, THESE, sorted(set(ids)))


def all_documents(tenant_id: int, using: str = DEFAULT_DB_ALIAS) -> Iterator[list[Found]]:
    """Those of every customer, a thousand at a time, each batch in a transaction of its own."""
    after = NOBODY
    while True:
        with reading(tenant_id, using):
            batch = _documents(tenant_id, using, NEXT, after, BATCH)
        if not batch:
            return
        yield batch
        after = batch[-1].id


def rebuild_search(tenants: Iterable[int], progress: Callable[[int], None] = lambda done: None) -> int:
    """Make the index anew in every engine while it is searched and written; returns how many documents it has.

    Needed when the description of the index changed. `tenants` must be all of them; `progress` is told how many are done.
    """
    ids, done = sorted(tenants), 0
    with search_port().rebuild(CUSTOMERS, ids) as making:
        for tenant_id in ids:
            for batch in all_documents(tenant_id):
                making.upsert(batch)
                done += len(batch)
                progress(done)
    return done


def expunge(tenants: Sequence[int]) -> bool:
    """Let what was overwritten by tombstones leave the storage of every engine, for these tenants at least, and wait for it. Not inside a
    transaction.

    An engine that does not answer is logged, and makes the answer False: it is asked again.
    """
    reached = True
    for name, engine in search_feeds().items() if tenants else ():
        try:
            for tenant_id in tenants if name == PostgresSearch.engine else tenants[:1]:
                engine.expunge(CUSTOMERS, tenant_id)
        except SearchUnavailable as failure:
            reached = False
            log.warning("search not expunged", engine=name, reason=str(failure))
    return reached


def _documents(tenant_id: int, using: str, sql: str, *params: Any) -> list[Found]:
    with connections[using].cursor() as cursor:
        cursor.execute(sql, [tenant_id, *params])
        rows: list[tuple[UUID, int, str, str, str]] = cursor.fetchall()
    return [
        Tombstone(tenant_id=tenant_id, id=i, version=position)
        if state == "erased"
        else document(tenant_id=tenant_id, customer_id=i, version=position, first_name=first, last_name=last)
        for i, position, first, last, state in rows
    ]
