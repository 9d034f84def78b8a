"""How many purchases a second pass through the domain in batches of 500, documents of 1–3 lines, and the memory it takes.

    EMBEDDED_HOME=.local/bench python -m loyalty.embedded run --durable -- python -m bench.purchase_bulk

Makes a tenant of its own with one rule and 2,000 customers for each process. Each process records 5,000 purchases to warm
up; then all together record `--purchases` each, in `--rounds` rounds. Making the documents is part of the time.
`--quick` is two rounds of 2,000, `--write` keeps the result; `--profile` shows where one process spends its time instead.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402

from bench import report  # noqa: E402
from customers.commands import RegisterCustomer  # noqa: E402
from earning.commands import ActivateRule, CreateRule, Line, PointsPerAmount, RecordPurchase, Thousandths  # noqa: E402
from loyalty.bus import dispatch, dispatch_all  # noqa: E402
from loyalty.staff.tenants import create_tenant  # noqa: E402

BATCH = 500
CUSTOMERS = 2000
WARM_UP = 10
NOW = datetime.now(UTC).replace(microsecond=0)


class Counter:
    """2,000 customers of a tenant, and the same stream of documents in every run."""

    def __init__(self, tenant_id: int) -> None:
        self.circumstances: dict[str, Any] = {"tenant_id": tenant_id, "actor": "system", "channel": "import"}
        self.chance = random.Random(7)
        self.merchant_id, self.places = uuid4(), [uuid4() for _ in range(5)]
        self.customers = [c for _ in range(0, CUSTOMERS, BATCH) for c in self._register()]
        self.documents = self._documents()

    def batch(self) -> list[RecordPurchase]:
        return [next(self.documents) for _ in range(BATCH)]

    def record(self, batch: list[RecordPurchase]) -> None:
        refused = [o.refusal for o in dispatch_all(batch, **self.circumstances) if o.refusal]
        assert not refused, refused[0]

    def _register(self) -> list[UUID]:
        orders = [RegisterCustomer(first_name=f"Khách {n}") for n in range(BATCH)]
        return [o.result.customer_id for o in dispatch_all(orders, **self.circumstances)]

    def _documents(self) -> Iterator[RecordPurchase]:
        number = 0
        while True:
            number += 1
            lines = tuple(self._line() for _ in range(self.chance.randint(1, 3)))
            yield RecordPurchase(
                customer_id=self.chance.choice(self.customers),
                merchant_id=self.merchant_id,
                pos_id=self.chance.choice(self.places),
                document_scope="pos",
                document_number=f"HD-{number:07}",
                purchased_at=NOW - timedelta(minutes=self.chance.randrange(130_000)),
                zone="Asia/Ho_Chi_Minh",
                currency="VND",
                total=sum(line.total for line in lines),
                lines=lines,
            )

    def _line(self) -> Line:
        price, pieces = self.chance.randrange(15, 400) * 1000, self.chance.randint(1, 3)
        sku = f"SKU-{self.chance.randrange(500):04}"
        named: dict[str, Any] = {"sku": sku, "name": f"Món {sku}", "category": "Cà phê", "unit_price": Decimal(price)}
        return Line(total=price * pieces, quantity=Thousandths(pieces * 1000), **named)


def tenant_with_a_rule() -> int:
    tenant = create_tenant(f"bulk-{uuid4().hex[:10]}", "Bulk")
    circumstances: dict[str, Any] = {"tenant_id": tenant.id, "actor": "system", "channel": "import"}
    terms = PointsPerAmount(points=Decimal(1), per=10_000, currency="VND")
    rule = dispatch(CreateRule(name="1 per 10,000", terms=terms), **circumstances)
    dispatch(ActivateRule(rule_id=rule.rule_id, effective_at=NOW - timedelta(days=1000)), **circumstances)
    return tenant.id


def work(tenant_id: int) -> None:
    """One process: warm up, then so many purchases for each line that it is told, and its memory in the end."""
    counter = Counter(tenant_id)
    for _ in range(WARM_UP):
        counter.record(counter.batch())
    print("ready", flush=True)
    for told in sys.stdin:
        for _ in range(int(told) // BATCH):
            counter.record(counter.batch())
        print("done", flush=True)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


def measure(options: argparse.Namespace) -> str:
    """Rounds of all processes together, and what they say of it."""
    tenant_id = tenant_with_a_rule()
    command = [sys.executable, "-m", "bench.purchase_bulk", "--tenant", str(tenant_id)]
    workers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) for _ in range(options.processes)
    ]
    hear(workers, "ready")
    with connections["owner"].cursor() as cursor:
        cursor.execute("analyze")
    rates = [one_round(workers, options.purchases) for _ in range(options.rounds)]
    print(*(f"{r:,.0f}" for r in rates))
    memory = [int(worker.communicate()[0]) for worker in workers]
    rate = f"{statistics.median(rates):,.0f} [{min(rates):,.0f}–{max(rates):,.0f}]"
    head = "processes | purchases each | rounds | purchases/s | MB of a process"
    measured = f"{options.processes} | {options.purchases:,} | {options.rounds} | {rate} | {max(memory)}"
    said = f"Documents of 1–3 lines in batches of {BATCH}, each purchase with its points and read models."
    return f"{said}\n\n{report.table(head, [measured])}\n\n{report.machine()}"


def one_round(workers: list[subprocess.Popen[str]], purchases: int) -> float:
    begun = time.perf_counter()
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write(f"{purchases}\n")
    hear(workers, "done")
    return purchases * len(workers) / (time.perf_counter() - begun)


def hear(workers: list[subprocess.Popen[str]], word: str) -> None:
    for worker in workers:
        assert worker.stdout is not None
        said = worker.stdout.readline().strip()
        assert said == word, f"a worker said {said!r}"


def profile(purchases: int) -> None:
    counter = Counter(tenant_with_a_rule())
    for _ in range(WARM_UP):
        counter.record(counter.batch())
    profiler = cProfile.Profile()
    for _ in range(purchases // BATCH):
        profiler.runcall(counter.record, counter.batch())
    pstats.Stats(profiler).sort_stats("tottime").print_stats(35)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--purchases", type=int, default=10_000)
    options.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    options.add_argument("--profile", action="store_true")
    options.add_argument("--quick", action="store_true")
    options.add_argument("--write", action="store_true")
    options.add_argument("--tenant", type=int, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.tenant:
        work(chosen.tenant)
        return
    call_command("migrate", verbosity=0)
    if chosen.quick:
        chosen.rounds, chosen.purchases = 2, 2_000
    if chosen.profile:
        profile(chosen.purchases)
        return
    text = measure(chosen)
    print(text)
    if chosen.write:
        report.write("purchase_bulk", text)


if __name__ == "__main__":
    main()
