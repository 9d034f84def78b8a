"""Whether the guard of identifiers holds what the log says: every claim has its event, every event its claim."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import connections

from customers.domain.customer import Customer
from customers.domain.identifiers import KINDS, LINKING, IdentifierKind, LinkingKind
from customers.domain.invitation import Invitation
from customers.events import CustomerRegistered
from loyalty.domain.aggregate import Aggregate
from loyalty.domain.event import TYPE_OF
from loyalty.eventstore import store
from loyalty.eventstore.keyring import lookup_keys
from loyalty.guards import Disagreement, checks_guard
from loyalty.lookup import lookup_digest
from loyalty.tenancy.current import SET_TENANT

PAGE = 500
HELD = """select customer_id, kind, digest, key_version from customers_identifier
    where tenant_id = %s and customer_id = any (%s) and state = 'active'"""
LINKED = """select customer_id, kind, digest, key_version from customers_identifier
    where tenant_id = %s and customer_id = any (%s) and kind = any (%s) and state in ('active', 'contested')"""
ASTRAY = """select i.customer_id, i.kind, i.state from customers_identifier i
    where tenant_id = %s and customer_id = any (%s) and kind = any (%s) and state in ('active', 'contested')
        and (state = 'contested') <> exists (select from customers_identifier other where other.tenant_id = i.tenant_id
            and other.kind = i.kind and other.digest = i.digest and other.state in ('active', 'contested')
            and other.customer_id <> i.customer_id)"""
"""What leads to one although several have it, or to nobody although one has it alone."""
HOLDERS = """select distinct tenant_id, customer_id from customers_identifier
    where state = 'active' and (tenant_id, customer_id) > (%s, %s) order by 1, 2 limit %s"""
SENT = """select tenant_id, invitation_id, referrer_id, customer_id, withdrawn, ends_at from customers_invited
    where (tenant_id, invitation_id) > (%s, %s) order by 1, 2 limit %s"""
A = TypeVar("A", bound=Aggregate)
Claims = dict[IdentifierKind, tuple[bytes, int]]
"""Digest and key version of each kind that a customer holds."""
NOBODY = UUID(int=0)


@checks_guard("customers.identifiers")
def identifiers(using: str) -> Iterator[Disagreement]:
    """Customers whose active claims are not what their events say, and holders of claims who never registered."""
    for tenant_id, ids in _registered(using):
        yield from _compared(tenant_id, ids, using)
        yield from _links_compared(tenant_id, ids, using)
    for tenant_id, ids in _holders(using):
        known = _customers(tenant_id, ids, using)
        yield from (Disagreement(tenant_id, i, "holds an identifier and never registered") for i in ids if i not in known)


def _registered(using: str) -> Iterator[tuple[int, list[UUID]]]:
    """All customers by tenant, in pages, as they joined."""
    after, top = 0, store.horizon(using=using)
    while page := store.read(after, PAGE, up_to=top, names=[TYPE_OF[CustomerRegistered].name], using=using):
        after = page[-1].position
        yield from _by_tenant((r.tenant_id, r.stream_id) for r in page)


def _holders(using: str) -> Iterator[tuple[int, list[UUID]]]:
    """All who hold an identifier by tenant, in pages."""
    last = (0, NOBODY)
    with connections[using].cursor() as cursor:
        while True:
            cursor.execute(HOLDERS, [*last, PAGE])
            page: list[tuple[int, UUID]] = cursor.fetchall()
            if not page:
                return
            last = page[-1]
            yield from _by_tenant(page)


def _by_tenant(page: Iterable[tuple[int, UUID]]) -> Iterator[tuple[int, list[UUID]]]:
    tenants: dict[int, list[UUID]] = {}
    for tenant_id, customer_id in page:
        tenants.setdefault(tenant_id, []).append(customer_id)
    yield from tenants.items()


def _compared(tenant_id: int, ids: Collection[UUID], using: str) -> Iterator[Disagreement]:
    held = _held(tenant_id, ids, using)
    for customer_id, customer in _customers(tenant_id, ids, using).items():
        known = {"code": customer.code, **customer.identifiers}
        for kind in KINDS:
            if what := _difference(tenant_id, kind, known.get(kind), held.get(customer_id, {})):
                yield Disagreement(tenant_id, customer_id, what)


def _difference(tenant_id: int, kind: IdentifierKind, text: object, claims: Mapping[IdentifierKind, tuple[bytes, int]]) -> str:
    """What is wrong with one kind; empty when nothing is. What was erased must not be held any more."""
    claim = claims.get(kind)
    if not isinstance(text, str):
        return f"holds a {kind} that its events do not name" if claim else ""
    if claim is None:
        return f"does not hold its {kind}"
    digest, version = claim
    if version not in lookup_keys():
        return f"the environment lacks key {version}, with which its {kind} is held"
    same = lookup_digest(kind, text, version=version, tenant_id=tenant_id) == digest
    return "" if same else f"holds another {kind} than its events name"


def _links_compared(tenant_id: int, ids: Collection[UUID], using: str) -> Iterator[Disagreement]:
    linked: dict[UUID, list[tuple[LinkingKind, bytes, int]]] = {}
    for customer_id, kind, digest, version in _asked(LINKED, tenant_id, ids, using):
        linked.setdefault(customer_id, []).append((kind, bytes(digest), version))
    for customer_id, customer in _customers(tenant_id, ids, using).items():
        rows = linked.get(customer_id, [])
        named = {(kind, lookup_digest(kind, text, version=v, tenant_id=tenant_id)) for kind, text in customer.links for v in lookup_keys()}
        if any((kind, digest) not in named for kind, digest, _ in rows):
            yield Disagreement(tenant_id, customer_id, "is led to by what its events do not name")
        if len(rows) < len(customer.links):
            yield Disagreement(tenant_id, customer_id, "is not led to by what its events name")
    for customer_id, kind, state in _asked(ASTRAY, tenant_id, ids, using):
        yield Disagreement(tenant_id, customer_id, f"has a {kind} that is {state} although its holders say otherwise")


def _asked(sql: str, tenant_id: int, ids: Collection[UUID], using: str) -> list[tuple[Any, ...]]:
    with connections[using].cursor() as cursor:
        cursor.execute(sql, [tenant_id, list(ids), list(LINKING)])
        return list(cursor.fetchall())


def _held(tenant_id: int, ids: Collection[UUID], using: str) -> dict[UUID, Claims]:
    found: dict[UUID, Claims] = {}
    with connections[using].cursor() as cursor:
        cursor.execute(HELD, [tenant_id, list(ids)])
        for customer_id, kind, digest, version in cursor.fetchall():
            found.setdefault(customer_id, {})[kind] = (bytes(digest), version)
    return found


@checks_guard("customers.invitations")
def invitations(using: str) -> Iterator[Disagreement]:
    """Where messages went by invitations that are none, are another customer's, or by which somebody else came than their events say."""
    last = (0, NOBODY)
    while True:
        with connections[using].cursor() as cursor:
            cursor.execute(SENT, [*last, PAGE])
            page: list[tuple[Any, ...]] = cursor.fetchall()
        if not page:
            return
        last = page[-1][:2]
        for tenant_id, ids in _by_tenant(row[:2] for row in page):
            known = _replayed(Invitation, tenant_id, ids, using)
            for _tenant, invitation_id, *row in (row for row in page if row[0] == tenant_id):
                if what := _strange(known.get(invitation_id), *row):
                    yield Disagreement(tenant_id, invitation_id, what)


def _strange(known: Invitation | None, referrer_id: UUID, customer_id: UUID | None, withdrawn: bool, ends_at: datetime) -> str:
    """What is wrong with the row of an invitation; empty when nothing is."""
    if known is None or (known.referrer_id, known.ends_at) != (referrer_id, ends_at):
        return "is the invitation of nobody, or of another, or open for another time"
    if known.customer_id != customer_id:
        return "is kept as used by another than came by it"
    return "" if withdrawn == (known.state == "withdrawn") else "is kept as open or withdrawn against its events"


def _customers(tenant_id: int, ids: Collection[UUID], using: str) -> dict[UUID, Customer]:
    """Those of `ids` who registered, as their events tell."""
    return _replayed(Customer, tenant_id, ids, using)


def _replayed(cls: type[A], tenant_id: int, ids: Collection[UUID], using: str) -> dict[UUID, A]:
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(SET_TENANT, [str(tenant_id)])
    rows = connection.connection.execute(*store.load_query(sorted(ids))).fetchall()
    found: dict[UUID, A] = {}
    for recorded in store.decode_rows(rows, using=using):
        found.setdefault(recorded.stream_id, cls(recorded.stream_id)).evolve(recorded.event)
    return found
