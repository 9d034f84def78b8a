"""A year of a real shop's purchases moved in by the command, moved in again, and every read model made anew.

    EMBEDDED_HOME=.local/bench python -m loyalty.embedded run --durable -- python -m bench.import_purchases

The file is UCI «Online Retail» (406,829 lines, 22,190 documents of 18 lines on average, 4,372 customers), into a tenant of its
own in GBP with a rule of a point for each pound. One process reads it, as many as there are cores take it in. Reading is from the
file into the staging table; taking in is all the rest: matching returns to sales, recording, points, inline projections. Afterwards
each read model is made from the first event of the log and compared by SHA-256 over its rows. `--quick` takes the first 20,000 lines;
`--write` keeps the result.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty.settings")
django.setup()

from bench import report  # noqa: E402
from earning.commands import ActivateRule, CreateRule, PointsPerAmount  # noqa: E402
from loyalty.bus import dispatch  # noqa: E402
from loyalty.jobs.models import JobRun  # noqa: E402
from loyalty.projections.projection import PROJECTIONS  # noqa: E402
from loyalty.projections.rebuild import checksum, rebuild  # noqa: E402
from loyalty.projections.runner import project_all  # noqa: E402
from loyalty.staff.tenants import create_tenant  # noqa: E402
from loyalty.tenancy import reading  # noqa: E402
from loyalty.tenancy.models import Tenant  # noqa: E402
from pos.commands import AddMerchant, AddPointOfSale  # noqa: E402

FILE = Path(__file__).resolve().parents[2] / "shared" / "data" / "online_retail.csv.gz"
QUICK = 20_000
LARGEST_MEMORY = 300


def shop() -> Tenant:
    """A committed tenant with one point of sale and a rule in force for ever."""
    tenant = create_tenant(f"retail-{uuid4().hex[:10]}", "Online Retail", currency="GBP", zone="Europe/London", language="en")
    by: dict[str, Any] = {"tenant_id": tenant.id, "actor": "system", "channel": "admin"}
    merchant_id = dispatch(AddMerchant(name="Online Retail", document_scope="merchant"), **by).merchant_id
    dispatch(AddPointOfSale(merchant_id=merchant_id, code="WEB", name="Web"), **by)
    rule = dispatch(CreateRule(name="1 per pound", terms=PointsPerAmount(points=Decimal(1), per=100, currency="GBP")), **by)
    dispatch(ActivateRule(rule_id=rule.rule_id, effective_at=datetime(2000, 1, 1, tzinfo=UTC)), **by)
    return tenant


def moved_in(tenant: Tenant, limit: int | None) -> JobRun:
    """The run of one import, by the command, in a process of its own."""
    command = [sys.executable, "-W", "ignore", "manage.py", "import_purchases", str(FILE), "--tenant", tenant.code]
    subprocess.run(
        [*command, *(["--limit", str(limit)] if limit else [])], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    with reading(tenant.id):
        return JobRun.objects.latest("created_at")


def row(title: str, run: JobRun) -> str:
    """One line of the table: what a run did, and how fast."""
    assert run.started_at is not None
    assert run.finished_at is not None
    read = (run.started_at - run.created_at).total_seconds()
    taking = (run.finished_at - run.started_at).total_seconds()
    documents = run.summary.get("purchases", 0) + run.summary.get("returns", 0)
    rate = f"{documents / taking:,.0f}" if documents else "–"
    return f"{title} | {run.done:,} | {read:.1f} | {taking:.1f} | {run.done / taking:,.0f} | {rate}"


def made_anew() -> list[str]:
    """One line for each read model: events, events a second, and whether its rows are the same bytes."""
    lines = []
    for name, projection in sorted(PROJECTIONS.items()):
        if projection.tables:
            live = {table: checksum(table) for table in projection.tables}
            begun = time.perf_counter()
            made = rebuild(projection, swap=False)
            seconds = time.perf_counter() - begun
            verdict = "same bytes" if made.checksums == live else "DIFFERENT"
            lines.append(f"{name} | {made.events:,} | {seconds:.1f} | {made.events / seconds:,.0f} | {verdict}")
    return lines


def measure(limit: int | None) -> str:
    tenant = shop()
    first, again = moved_in(tenant, limit), moved_in(tenant, limit)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    assert memory <= LARGEST_MEMORY, f"{memory} MB"
    counted = again.summary["unchanged"] + again.summary["unmatched"]
    assert counted == again.done, "the same file again changed something"
    project_all()
    anew = made_anew()
    assert not any("DIFFERENT" in line for line in anew), anew
    counts = ", ".join(f"{count:,} {label}" for label, count in first.counts)
    taken = report.table(
        "| lines | reading s | taking in s | lines/s | documents/s", [row("first time", first), row("the same file again", again)]
    )
    models = report.table("read model | events | s | events/s | compared", anew)
    said = f"{counts}. Largest memory of a process: {memory} MB."
    return "\n\n".join([said, taken, "Each read model made from the first event on:", models, report.machine()])


if __name__ == "__main__":
    report.measure("import_purchases", __doc__, lambda quick: measure(QUICK if quick else None))
