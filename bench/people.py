"""A register of very many people to search in and to tell apart: rows as the projections write them, copied, and kept for the next run.

What is real: the tenant, its shops, the tables with their indexes and policies, digests and codes, the documents in the engines of
search, which the port itself writes. What is generated: who the people are, and that nothing of them stands in the log.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty.settings")
django.setup()

from django.db import connections  # noqa: E402

from customers.documents import CUSTOMERS, document  # noqa: E402
from customers.domain.code import code_for  # noqa: E402
from loyalty.bus import dispatch  # noqa: E402
from loyalty.lookup import lookup_digests, lookup_version  # noqa: E402
from loyalty.search import SearchPort, SearchQuery  # noqa: E402
from loyalty.staff.tenants import create_tenant  # noqa: E402
from loyalty.tenancy import reading  # noqa: E402
from loyalty.tenancy.models import Tenant  # noqa: E402
from pos.commands import AddMerchant, AddPointOfSale  # noqa: E402
from pos.queries import all_places  # noqa: E402
from tests.search.names import names  # noqa: E402

BEGUN = datetime(2024, 1, 1, tzinfo=UTC)
EARLIEST_BIRTH = date(1950, 1, 1)
AT_ONCE = 20_000
PLACES, TIERS, BIRTHDAYS, JOINED_WITHIN = 10, 200, 20_000, timedelta(days=1000)
CUSTOMER = """copy customers_customer (id, tenant_id, code, first_name, last_name, state, gender, birth_date, language, labels, phone_last4,
    pos_id, registered_by, registered_at, changed_at, position) from stdin"""
HOLDS = "copy customers_identifier (tenant_id, kind, digest, key_version, customer_id, state, valid_from) from stdin"


class Person(NamedTuple):
    """Somebody of the register; all of it follows from the tenant and `number`."""

    number: int
    id: UUID
    first_name: str
    last_name: str
    code: str
    phone: str
    email: str
    card: str


@dataclass(frozen=True)
class Register:
    """A tenant with `size` customers, in Postgres and in every engine of search; they joined at its `places`."""

    tenant_id: int
    size: int
    places: Sequence[UUID]

    def people(self) -> Iterator[Person]:
        """All of them, the same in each run. As in the register, whose code is taken gets another."""
        taken = set[str]()
        for number, name in enumerate(names(self.size)):
            one = person(self.tenant_id, number, name)
            while one.code in taken:
                one = one._replace(code=code_for(self.tenant_id, one.id, len(taken)))
            taken.add(one.code)
            yield one


def person(tenant_id: int, number: int, name: str) -> Person:
    """The ids are those of a year of registrations, in their order."""
    first, _, last = name.rpartition(" ")
    chance = Random(number)
    milliseconds = int((BEGUN + number * timedelta(seconds=30)).timestamp() * 1000)
    customer_id = UUID(int=milliseconds << 80 | 7 << 76 | chance.getrandbits(12) << 64 | 2 << 62 | chance.getrandbits(62))
    digits = f"{number * 7919 % 10_000_000:07}"
    return Person(
        number, customer_id, last, first, code_for(tenant_id, customer_id), f"+8490{digits}", f"p{number}@example.com", f"97{number:010}"
    )


def register(size: int, engines: Sequence[SearchPort]) -> Register:
    """The register of that size; made where it is not there yet, whole."""
    code = f"bench-register-{size}"
    tenant = Tenant.objects.filter(code=code).first() or create_tenant(code, "Bench")
    made = Register(tenant.id, size, shops(tenant.id))
    with connections["owner"].cursor() as cursor:
        cursor.execute("select count(*) from customers_customer where tenant_id = %s", [tenant.id])
        there = cursor.fetchone()[0]
    if there != size:
        _copy(made)
    for engine in engines:
        _index(made, engine)
    return made


def shops(tenant_id: int) -> list[UUID]:
    """Where the customers of a tenant joined and buy; opened where there are none yet."""
    with reading(tenant_id):
        there = all_places()
    if not there:
        by: dict[str, Any] = {"tenant_id": tenant_id, "actor": "system", "channel": "import"}
        merchant = dispatch(AddMerchant(name="Sen Vàng", document_scope="pos"), **by).merchant_id
        for n in range(PLACES):
            dispatch(AddPointOfSale(merchant_id=merchant, code=f"SV-{n:02}", name=f"Sen Vàng {n:02}"), **by)
        return shops(tenant_id)
    return [place.pos_id for place in there]


def _copy(made: Register) -> None:
    begun, now = time.perf_counter(), datetime.now(UTC)
    with connections["owner"].cursor() as cursor:
        for table in ("customers_customer", "customers_identifier"):
            cursor.execute(f"delete from {table} where tenant_id = %s", [made.tenant_id])
        for some in batches(made.people()):
            _rows(cursor, CUSTOMER, [_customer(made, one, now) for one in some])
            _rows(cursor, HOLDS, [row for one in some for row in _held(made.tenant_id, one)])
        cursor.execute("vacuum analyze customers_customer, customers_identifier")
    print(f"  {made.size:,} customers in {time.perf_counter() - begun:.0f} s", flush=True)


def _index(made: Register, engine: SearchPort) -> None:
    """The documents of all, where the engine does not have them already."""
    engine.ensure(CUSTOMERS)
    if engine.search(CUSTOMERS, SearchQuery(tenant_id=made.tenant_id, limit=1)).total == made.size:
        return
    begun = time.perf_counter()
    for some in batches(made.people()):
        engine.upsert(
            CUSTOMERS,
            [
                document(tenant_id=made.tenant_id, customer_id=p.id, version=p.number + 1, first_name=p.first_name, last_name=p.last_name)
                for p in some
            ],
        )
    engine.refresh(CUSTOMERS)
    with connections["owner"].cursor() as cursor:
        cursor.execute("vacuum analyze search_document, search_word")
    print(f"  {engine.engine}: {made.size:,} documents in {time.perf_counter() - begun:.0f} s", flush=True)


def batches(people: Iterable[Person]) -> Iterator[list[Person]]:
    stream = iter(people)
    while some := list(islice(stream, AT_ONCE)):
        yield some


def _customer(made: Register, one: Person, now: datetime) -> tuple[Any, ...]:
    joined = now - JOINED_WITHIN * (1 - one.number / made.size)
    born = EARLIEST_BIRTH + timedelta(days=one.number * 7919 % BIRTHDAYS)
    told = (one.first_name, one.last_name, "active", "undisclosed", born, "vi", f'{{"tier": "T{one.number % TIERS}"}}', one.phone[-4:])
    return (one.id, made.tenant_id, one.code, *told, made.places[one.number % PLACES], "system", joined, joined, one.number + 1)


def _held(tenant_id: int, one: Person) -> Iterator[tuple[Any, ...]]:
    for kind in ("phone", "email", "card", "code"):
        digest = lookup_digests(kind, getattr(one, kind), tenant_id)[0]
        yield (tenant_id, kind, digest, lookup_version(), one.id, "active", BEGUN)


def _rows(cursor: Any, sql: str, rows: Iterable[tuple[Any, ...]]) -> None:
    with cursor.copy(sql) as copy:
        for row in rows:
            copy.write_row(row)
