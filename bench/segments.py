"""How long the night takes that brings 100 dynamic segments level, and how much memory.

    EMBEDDED_HOME=.local/bench python -m loyalty.embedded run --durable -- python -m bench.segments

1,000,000 customers of `bench.people`, the same as those of `bench.search --large`, and three purchases and
three custom events of each, from `bench.trade`.
They are rows as projections write them: nobody registered or bought. All else is real: the segments and their criteria, the worker's
way through the register, and each membership that changes, a fact in the log with its rows beside it.

The segments are first filled, through commands, as for new criteria (some minutes). Then a day passes: birthdays come near,
purchases grow old. The night looks at everybody once for all segments, and the memberships that changed are decided and recorded one by
one. Everything stays where it is: whoever measures again on the same servers begins with the last night, and goes on to the next.

`--quick` is 20,000 customers, `--customers` any number; `--write` keeps the result.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from django.core.management import call_command

from bench import report
from bench.people import Register, register
from bench.trade import EACH, trade
from customers.commands import CreateSegment, Criteria, Criterion, Group
from customers.refreshing import ENTERED, LEFT, dynamic_segments, refresh
from loyalty.bus import dispatch
from loyalty.jobs.models import JobRun
from loyalty.jobs.work import begin
from loyalty.tenancy import reading

AIM_MINUTES, EVERY_SECONDS = 5, 10
SEGMENTS, NIGHTS, DAY = 100, "bench.nights", timedelta(days=1)


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
        yield _all(_one("favourite", what="category", values=(f"c{n}", f"c{n + 1}"), days=None if n % 2 else 90))
        yield _all(_one("visits", at_least=2, days=30 + n))
        yield _all(_one("overdue", at_least=150 + 50 * n), _one("favourite", what="sku", values=(f"s{n}", f"s{n + 9}")))
        yield _all(_one("custom_event", values=(f"e{n % 20}",), at_least=1, days=20 + n))
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
    made = register(customers, [])
    trade(made)
    rows, last = [], last_night(made.tenant_id)
    if last is not None and kinds_there(made.tenant_id) != kinds_in(islice(asked(list(made.places)), SEGMENTS)):
        raise SystemExit("These segments are those of an older bench: begin anew with another EMBEDDED_HOME.")
    if last is None:
        create_segments(made)
        last = datetime.now(UTC)
        rows.append(night(made.tenant_id, "the first time", last))
    rows.append(night(made.tenant_id, "nothing to change", last))
    rows.append(night(made.tenant_id, "a day later", last + DAY))
    head = f"{SEGMENTS} segments | minutes (aim a day later: ≤ {AIM_MINUTES}) | came in | went out | memory of the worker at most, MB"
    return f"{report.machine()} {customers:,} customers, {customers * EACH:,} purchases, one worker.\n\n{report.table(head, rows)}"


def create_segments(made: Register) -> None:
    for number, criteria in enumerate(islice(asked(list(made.places)), SEGMENTS)):
        order = CreateSegment(code=f"s{number}", name=f"Segment {number}", criteria=criteria)
        dispatch(order, tenant_id=made.tenant_id, actor="system", channel="import")


def kinds_there(tenant_id: int) -> set[str]:
    """The kinds of criteria that the segments ask."""
    with reading(tenant_id):
        return kinds_in(dynamic_segments(tenant_id).values())


def kinds_in(several: Iterable[Criteria]) -> set[str]:
    return {one.kind for criteria in several for one in criteria.each()}


def last_night(tenant_id: int) -> datetime | None:
    """The time for which the segments were brought level last."""
    with reading(tenant_id):
        run = JobRun.objects.filter(tenant_id=tenant_id, kind=NIGHTS).order_by("-created_at").first()
    return datetime.fromisoformat(run.params["now"]) if run else None


def night(tenant_id: int, told: str, now: datetime) -> str:
    """A row of the table."""
    work: Any = Shown(tenant_id, told)
    refresh(work, now=now)
    minutes = (time.perf_counter() - work.begun) / 60
    begin(tenant_id, NIGHTS, told, "system", now=now.isoformat())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return f"{told} | {minutes:.2f} | {work.summary[ENTERED]:,} | {work.summary[LEFT]:,} | {memory:,}"


if __name__ == "__main__":
    main()
