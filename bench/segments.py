"""How long the night takes that brings 100 dynamic segments level, and how much memory.

    EMBEDDED_HOME=.local/bench python -m loyalty.embedded run --durable -- python -m bench.segments

1,000,000 customers with 3 purchases each stand in the read models (they are written there, not bought: the night reads nothing else).
The segments are first filled, through commands, as for new criteria. Then a day passes: birthdays come near, purchases grow old. The
night looks at everybody once for all segments, and the memberships that changed are decided and recorded one by one.

`--quick` is 20,000 customers; `--write` keeps the result.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from django.core.management import call_command
from django.db import connections

from bench import report
from bench.world import new_world
from customers.commands import CreateSegment, Criteria, Criterion, Group
from customers.refreshing import ENTERED, LEFT, refresh
from loyalty.bus import dispatch
from loyalty.tenancy import reading
from pos.queries import place_with_code

AIM_MINUTES, EVERY_SECONDS = 5, 10
SEGMENTS, PURCHASES = 100, 3
CUSTOMERS = """insert into customers_customer (id, tenant_id, code, first_name, last_name, state, gender, birth_date, language, labels,
        phone_last4, pos_id, registered_by, registered_at, changed_at, position)
    select gen_random_uuid(), %(tenant)s, to_hex(n), 'An', 'Số ' || n, 'active', 'female', date '1950-01-01' + n %% 20000, 'vi',
        jsonb_build_object('tier', 'T' || n %% 200), '', (%(places)s::uuid[])[1 + n %% 10], 'system',
        now() - (n %% 1000) * interval '1 day', now(), 0
    from generate_series(1, %(customers)s) n"""
BOUGHT = """insert into customers_purchase (id, tenant_id, customer_id, pos_id, kept, bought, lines, purchased_at, position)
    select gen_random_uuid(), tenant_id, id,
        case when random() < 0.7 then pos_id else (%(places)s::uuid[])[1 + floor(random() * 10)::int] end,
        (10000 + random() * 990000)::bigint,
        array['sku:s' || floor(random() * 1000)::int, 'category:c' || floor(random() * 50)::int], '[]',
        now() - 400 * random() * interval '1 day', 0
    from customers_customer, generate_series(1, %(purchases)s) where tenant_id = %(tenant)s"""
BALANCES = """insert into earning_account (id, tenant_id, customer_id, wallet, balance, earned, clawed_back, movements, position)
    select gen_random_uuid(), tenant_id, id, 'points', floor(random() * 5000), 0, 0, 1, 0
    from customers_customer where tenant_id = %(tenant)s"""
TABLES = "customers_customer, customers_purchase, earning_account, customers_segment_member"


class Shown:
    """Long work that counts, and says on the terminal how far it is."""

    def __init__(self, tenant_id: int, told: str) -> None:
        self.tenant_id, self.told, self.done = tenant_id, told, 0
        self.summary = Counter[str]()
        self.begun = self.said = time.perf_counter()

    def expect(self, total: int) -> None: ...

    def count(self, name: str, by: int = 1) -> None:
        self.summary[name] += by

    def advance(self, rows: int) -> None:
        self.done += rows
        if time.perf_counter() - self.said > EVERY_SECONDS:
            self.said = time.perf_counter()
            print(f"  {self.told}: {self.done:,} customers, {self.said - self.begun:.0f} s", flush=True)


def asked(places: list[UUID]) -> Iterator[Criteria]:
    """Criteria of all kinds but levels, over and over with other numbers; each means a few customers of a hundred."""
    n = 0
    while True:
        here, n = places[n % len(places)], n + 1
        yield _all(_one("share_at", places=(here,), at_least=60 + n % 40), _one("purchases", at_least=2, days=30 + n))
        yield _all(_one("last_purchase", at_least=30 + n, at_most=40 + n))
        yield _all(_one("birthday", days=n % 14))
        yield _all(_one("total", at_least=2_000_000 + 10_000 * n), _one("points", wallet="points", at_least=100 * n))
        yield _all(_one("bought", what="sku", values=(f"s{n}", f"s{n + 1}")))
        yield _all(_one("label", name="tier", values=(f"T{n}",)))
        yield _all(_one("registered", days=n, places=(here,)))
        yield _all(_one("bought", what="category", values=(f"c{n}",), days=90), _one("average", at_least=500_000))
        yield _all(_one("anniversary", days=n % 5))
        barred = Group(any=(_one("bought_at", places=(here,)),), negated=True)
        yield Criteria(groups=(Group(any=(_one("bought", what="sku", values=(f"s{n}",)), _one("birthday", days=n % 3))), barred))


def _one(kind: str, **fields: Any) -> Criterion:
    return Criterion(kind=kind, **fields)  # type: ignore[arg-type]


def _all(*criteria: Criterion) -> Criteria:
    return Criteria(groups=tuple(Group(any=(one,)) for one in criteria))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--customers", type=int, default=0, help="Another number of them.")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    text = measured(options.customers or (20_000 if options.quick else 1_000_000))
    print(text)
    if options.write:
        report.write("segments", text)


def measured(customers: int) -> str:
    world = new_world(places=10, customers=1)
    with reading(world.tenant_id):
        places = [place_with_code(code).pos_id for code in world.places]
    fill(world.tenant_id, places, customers)
    for number, criteria in enumerate(islice(asked(places), SEGMENTS)):
        order = CreateSegment(code=f"s{number}", name=f"Segment {number}", criteria=criteria)
        dispatch(order, tenant_id=world.tenant_id, actor="system", channel="import")
    now = datetime.now(UTC)
    rows = [
        night(world.tenant_id, told, now + timedelta(days=days))
        for told, days in (("the first time", 0), ("nothing to change", 0), ("a day later", 1))
    ]
    head = f"{SEGMENTS} segments | minutes (aim a day later: ≤ {AIM_MINUTES}) | came in | went out | memory of the worker at most, MB"
    return f"{report.machine()} {customers:,} customers, {customers * PURCHASES:,} purchases, one worker.\n\n{report.table(head, rows)}"


def fill(tenant_id: int, places: list[UUID], customers: int) -> None:
    """Rows as the projections would write them."""
    told = {"tenant": tenant_id, "places": places, "customers": customers, "purchases": PURCHASES}
    with connections["owner"].cursor() as cursor:
        for statement in (CUSTOMERS, BOUGHT, BALANCES):
            cursor.execute(statement, told)
        cursor.execute(f"vacuum analyze {TABLES}")
    connections.close_all()


def night(tenant_id: int, told: str, now: datetime) -> str:
    """A row of the table."""
    work: Any = Shown(tenant_id, told)
    refresh(work, now=now)
    minutes = (time.perf_counter() - work.begun) / 60
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return f"{told} | {minutes:.2f} | {work.summary[ENTERED]:,} | {work.summary[LEFT]:,} | {memory:,}"


if __name__ == "__main__":
    main()
