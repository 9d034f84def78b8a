"""Who is meant by what was typed: exact finds by digest in Postgres, names through the search port."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from itertools import product
from uuid import UUID

from django.db import connection

from customers.claims import digests
from customers.documents import CUSTOMERS, FOLLOWER
from customers.domain.identifiers import KINDS, IdentifierKind, normal
from customers.phones import phone
from loyalty.domain.errors import DomainError
from loyalty.projections.models import Checkpoint
from loyalty.search import Range, SearchQuery, search_port
from loyalty.search.fold import words
from loyalty.search.postgres import PostgresSearch

HOLDERS = """select w.text, i.customer_id from unnest(%s::text[], %s::text[], %s::bytea[]) with ordinality w (text, kind, digest, n)
    join customers_identifier i on i.tenant_id = %s and i.kind = w.kind and i.digest = w.digest and i.state = 'active' order by w.n"""
LAST4 = """select id from customers_customer where tenant_id = %s and phone_last4 = %s and state <> 'erased'
    order by registered_at desc, id desc limit %s"""
LONGEST = 200


def holders(kinds: Iterable[IdentifierKind], texts: Iterable[str], tenant_id: int, region: str) -> list[tuple[str, UUID]]:
    """Who holds what was typed: each text with its holder, for every kind that it can be; one query."""
    wanted: list[tuple[str, str, bytes]] = []
    for text, kind in product(texts, kinds):
        with suppress(DomainError):
            form = phone(text, region) if kind == "phone" else normal(kind, text)
            wanted += [(text, kind, digest) for digest in digests(kind, form, tenant_id)]
    if not wanted:
        return []
    with connection.cursor() as cursor:
        cursor.execute(HOLDERS, [*map(list, zip(*wanted, strict=True)), tenant_id])
        return list(cursor.fetchall())


def found(text: str, tenant_id: int, limit: int, region: str) -> list[UUID]:
    """Ids of customers, the best first: who holds it as an identifier, then by the end of a phone, then by name."""
    typed = text.strip()[:LONGEST]
    if not typed or limit < 1:
        return []
    ids = dict.fromkeys(holder for _, holder in holders(KINDS, [typed], tenant_id, region))
    if len(typed) == 4 and typed.isdecimal():
        ids |= dict.fromkeys(_ending_in(typed, tenant_id, limit))
    elif any(not word.isdecimal() for word in words(typed)):
        ids |= dict.fromkeys(_named(typed, tenant_id, limit))
    return list(ids)[:limit]


def _ending_in(digits: str, tenant_id: int, limit: int) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(LAST4, [tenant_id, "".join(str(int(d)) for d in digits), limit])
        return [row[0] for row in cursor.fetchall()]


def _named(text: str, tenant_id: int, limit: int) -> list[UUID]:
    """By name; names that are too new for Elasticsearch are asked of Postgres and come first."""
    shown = Checkpoint.objects.filter(projection=FOLLOWER).values_list("position", flat=True).first() or 0
    query = SearchQuery(tenant_id=tenant_id, text=text, limit=limit, count=False)
    result = search_port().search(CUSTOMERS, query)
    if result.engine == PostgresSearch.engine:
        return list(result.ids)
    newer = PostgresSearch().search(CUSTOMERS, replace(query, ranges={"position": Range(start=shown + 1)}))
    return list(dict.fromkeys([*newer.ids, *result.ids]))
