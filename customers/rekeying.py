"""What finds customers, put under the newest key of look-ups: what points to them, what their rows show, and where invitations went."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from customers.domain.customer import Customer
from customers.invitations import address_of
from customers.sealing import opened
from loyalty.eventstore import store
from loyalty.eventstore.keyring import lookup_keys
from loyalty.lookup import lookup_digest, lookup_version
from loyalty.rekeying import AT_ONCE, rekeys
from loyalty.tenancy import reading

HOLDERS = """select distinct customer_id from customers_identifier
    where tenant_id = %s and customer_id > %s and key_version <> %s order by 1 limit %s"""
REKEY = """update customers_identifier i set digest = w.fresh, key_version = %s
    from unnest(%s::uuid[], %s::bytea[], %s::bytea[]) w (whose, old, fresh)
    where i.tenant_id = %s and i.customer_id = w.whose and i.digest = w.old and i.key_version <> %s"""
SHOWN = """select id, {0}_sealed, {0}_digest from customers_customer
    where tenant_id = %s and id > %s and {0}_key <> %s order by id limit %s"""
SHOW = (
    "update customers_customer c set {0}_digest = w.fresh, {0}_key = %s "
    "from unnest(%s::uuid[], %s::bytea[], %s::bytea[]) w (id, old, fresh) where c.tenant_id = %s and c.id = w.id and c.{0}_digest = w.old"
)
SENT = """select invitation_id, kind, to_sealed from customers_invited
    where tenant_id = %s and invitation_id > %s and key_version <> %s order by 1 limit %s"""
SEND = """update customers_invited i set digest = w.fresh, key_version = %s from unnest(%s::uuid[], %s::bytea[]) w (id, fresh)
    where i.tenant_id = %s and i.invitation_id = w.id"""
FIRST = UUID(int=0)
Change = tuple[UUID, bytes, bytes]
"""Whose, and the digest that is replaced by another."""


@rekeys("customers.identifiers")
def identifiers(tenant_id: int) -> Iterator[int]:
    """Of what points, or pointed, to customers only digests are kept: what it is, their events say."""
    current, last = lookup_version(), FIRST
    while True:
        with reading(tenant_id):
            ids = [row[0] for row in _asked(HOLDERS, tenant_id, last, current, AT_ONCE)]
            if not ids:
                return
            changes = [change for customer in _replayed(ids) for change in _changes(tenant_id, customer)]
            done = _done(REKEY, current, *_columns(changes), tenant_id, current)
        last = ids[-1]
        yield done


@rekeys("customers.shown")
def shown(tenant_id: int) -> Iterator[int]:
    """Phones and emails as the rows of customers have them."""
    for kind in ("phone", "email"):
        yield from _shown(tenant_id, kind)


@rekeys("customers.invited")
def invited(tenant_id: int) -> Iterator[int]:
    """Where invitations went."""
    current, last = lookup_version(), FIRST
    while True:
        with reading(tenant_id):
            rows = _asked(SENT, tenant_id, last, current, AT_ONCE)
            if not rows:
                return
            fresh = [lookup_digest(kind, address_of(tenant_id, i, bytes(sealed)), tenant_id=tenant_id) for i, kind, sealed in rows]
            done = _done(SEND, current, [row[0] for row in rows], fresh, tenant_id)
        last = rows[-1][0]
        yield done


def _shown(tenant_id: int, kind: str) -> Iterator[int]:
    current, last = lookup_version(), FIRST
    while True:
        with reading(tenant_id):
            rows = _asked(SHOWN.format(kind), tenant_id, last, current, AT_ONCE)
            if not rows:
                return
            known = [(i, opened(bytes(sealed), kind, tenant_id, i) or "", bytes(old)) for i, sealed, old in rows]
            changes = [(i, old, lookup_digest(kind, text, tenant_id=tenant_id)) for i, text, old in known]
            done = _done(SHOW.format(kind), current, *_columns(changes), tenant_id)
        last = rows[-1][0]
        yield done


def _replayed(ids: Sequence[UUID]) -> Iterable[Customer]:
    events: dict[UUID, list[Any]] = {i: [] for i in ids}
    for recorded in store.decode_rows(connection.connection.execute(*store.load_query(ids)).fetchall()):
        events[recorded.stream_id].append(recorded.event)
    return [Customer.replay(i, told) for i, told in events.items()]


def _changes(tenant_id: int, customer: Customer) -> Iterator[Change]:
    """Each digest that an older key makes of what points, or pointed, to a customer, and the one in its place."""
    known = {("code", customer.code), *customer.identifiers.items(), *customer.former, *customer.links, *customer.former_links}
    for kind, text in sorted(known):
        fresh = lookup_digest(kind, text, tenant_id=tenant_id)
        for version in lookup_keys().keys() - {lookup_version()}:
            yield customer.id, lookup_digest(kind, text, version=version, tenant_id=tenant_id), fresh


def _columns(changes: Sequence[Change]) -> list[list[Any]]:
    return [[change[place] for change in changes] for place in range(3)]


def _asked(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def _done(sql: str, *params: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)
