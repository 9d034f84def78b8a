"""Who is meant by what was typed: exact finds by digest in Postgres, names through the search port."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import product
from typing import cast
from uuid import UUID

from django.db import connection

from customers.documents import CUSTOMERS, FOLLOWER
from customers.domain.identifiers import KINDS, IdentifierKind, LinkingKind, normal
from customers.phones import phone
from loyalty.domain.errors import DomainError
from loyalty.lookup import lookup_digests
from loyalty.projections.models import Checkpoint
from loyalty.search import SearchPort, SearchQuery, SearchResult, search_port
from loyalty.search.fold import words
from loyalty.search.port import DEEPEST
from loyalty.search.postgres import PostgresSearch

HOLDERS = """select w.text, i.customer_id from unnest(%s::text[], %s::text[], %s::bytea[]) with ordinality w (text, kind, digest, n)
    cross join lateral (select h.tenant_id, h.customer_id from customers_identifier h
        where h.tenant_id = (select %s::int) and h.kind = w.kind and h.digest = w.digest and h.state = 'active' offset 0) i
    where (select c.state from customers_customer c where c.tenant_id = i.tenant_id and c.id = i.customer_id) is distinct from 'erased'
    order by w.n"""
"""One look into the index for each, whatever the planner believes: of a tenant that came since the tables were last analyzed it believes
that there are no rows, and would go through all of them for each. So it is not told before which tenant that is.
"""
LAST4 = """select id from customers_customer where tenant_id = %s and phone_last4 = %s and state <> 'erased'
    order by registered_at desc, id desc limit %s offset %s"""
LONGEST = 200
MORE = 500
"""How many are fetched at once after the first batch."""
MOST = DEEPEST
"""How many of one name, or of one end of a phone, are looked through."""


def holders_of_normal(references: Sequence[tuple[IdentifierKind, str]], tenant_id: int) -> dict[IdentifierKind, UUID]:
    """Who holds each of the identifiers, in their normal forms."""
    held = _held([(kind, kind, digest) for kind, form in references for digest in lookup_digests(kind, form, tenant_id)], tenant_id)
    return {cast(IdentifierKind, kind): holder for kind, holder in held}


def holders_of_each(references: Collection[tuple[IdentifierKind, str]], tenant_id: int) -> dict[tuple[IdentifierKind, str], UUID]:
    """Who holds each of many identifiers, in their normal forms, also several of a kind; one query."""
    asked = [(f"{kind} {form}", kind, digest) for kind, form in references for digest in lookup_digests(kind, form, tenant_id)]
    found = [(text.partition(" "), holder) for text, holder in _held(asked, tenant_id)]
    return {(cast(IdentifierKind, kind), form): holder for (kind, _blank, form), holder in found}


def led_to(kind: LinkingKind, value: str, tenant_id: int) -> UUID | None:
    """Whom a browser or account leads to; None when it is nobody, or several."""
    held = _held([(value, kind, digest) for digest in lookup_digests(kind, value, tenant_id)], tenant_id)
    return held[0][1] if held else None


def holders(kinds: Iterable[IdentifierKind], texts: Iterable[str], tenant_id: int, region: str) -> list[tuple[str, UUID]]:
    """Who holds what was typed: each text with its holder, for every kind that it can be; one query."""
    wanted: list[tuple[str, str, bytes]] = []
    for text, kind in product(texts, kinds):
        with suppress(DomainError):
            form = phone(text, region) if kind == "phone" else normal(kind, text)
            wanted += [(text, kind, digest) for digest in lookup_digests(kind, form, tenant_id)]
    return _held(wanted, tenant_id)


def _held(wanted: Sequence[tuple[str, str, bytes]], tenant_id: int) -> list[tuple[str, UUID]]:
    if not wanted:
        return []
    with connection.cursor() as cursor:
        cursor.execute(HOLDERS, [*map(list, zip(*wanted, strict=True)), tenant_id])
        return list(cursor.fetchall())


def found(text: str, tenant_id: int, limit: int, region: str) -> Iterator[list[UUID]]:
    """Ids of customers in batches, the best first: who holds it as an identifier, then by the end of a phone, then by name.

    Whoever wants `limit` of them takes batches until those are enough; the first is about as long.
    """
    typed = text.strip()[:LONGEST]
    if not typed or limit < 1:
        return
    told: set[UUID] = set()
    for batch in _batches(typed, tenant_id, limit, region):
        if fresh := [i for i in dict.fromkeys(batch) if i not in told]:
            told.update(fresh)
            yield fresh


def _batches(typed: str, tenant_id: int, limit: int, region: str) -> Iterator[Iterable[UUID]]:
    yield [holder for _, holder in holders(KINDS, [typed], tenant_id, region)]
    if len(typed) == 4 and typed.isdecimal():
        yield from _ending_in(typed, tenant_id, limit)
    elif any(not word.isdecimal() for word in words(typed)):
        yield from _named(typed, tenant_id, limit)


def _ending_in(digits: str, tenant_id: int, limit: int) -> Iterator[Iterable[UUID]]:
    plain, seen, size = "".join(str(int(d)) for d in digits), 0, limit
    while seen < MOST:
        with connection.cursor() as cursor:
            cursor.execute(LAST4, [tenant_id, plain, size, seen])
            batch = [row[0] for row in cursor.fetchall()]
        yield batch
        if len(batch) < size:
            return
        seen, size = seen + size, MORE


def _named(text: str, tenant_id: int, limit: int) -> Iterator[Iterable[UUID]]:
    """By name; names that are too new for Elasticsearch are asked of Postgres and come first."""
    shown = Checkpoint.objects.filter(projection=FOLLOWER).values_list("position", flat=True).first() or 0
    query = SearchQuery(tenant_id=tenant_id, text=text, limit=limit, count=False)
    port = search_port()
    first = port.search(CUSTOMERS, query)
    if first.engine != PostgresSearch.engine:
        newer = replace(query, newer_than=shown)
        yield from _pages(PostgresSearch(), newer, PostgresSearch().search(CUSTOMERS, newer))
    yield from _pages(port, query, first)


def _pages(port: SearchPort, query: SearchQuery, first: SearchResult) -> Iterator[Iterable[UUID]]:
    """All of a search, page by page after the `first`. Its order is closeness, which depends on the document alone, then the id: what
    others write between two pages neither hides anybody nor shows anybody twice.
    """
    result, seen = first, 0
    while True:
        yield result.ids
        seen += len(result.ids)
        if not result.next_cursor or seen >= MOST:
            return
        result = port.search(CUSTOMERS, replace(query, limit=MORE, cursor=result.next_cursor))
