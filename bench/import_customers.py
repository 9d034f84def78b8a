"""50,000 customers moved in by the command, moved in again, and again with rows that cannot be read.

    EMBEDDED_HOME=.local/bench python -m loyalty.embedded run --durable -- python -m bench.import_customers

The file has names, phones, emails, cards, ids of another system, birth dates, labels and consents, as a shop's old system writes them
(CP1258, which keeps the tones of Vietnamese apart). One process reads it, then as many as there are cores take it in, unless
IMPORT_PROCESSES says otherwise. The third file has as many new customers, and in every
fiftieth row something wrong: these are refused with their reasons, the others are taken in. `--quick` is 5,000 customers; `--write`
keeps the result.
"""

from __future__ import annotations

import csv
import os
import resource
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from uuid import uuid4

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty.settings")
django.setup()

from bench import report  # noqa: E402
from loyalty.jobs.models import JobRun, ReportLine  # noqa: E402
from loyalty.staff.tenants import create_tenant  # noqa: E402
from loyalty.tenancy import reading  # noqa: E402
from loyalty.tenancy.models import Tenant  # noqa: E402
from tests.search.names import names  # noqa: E402

AIM_SECONDS, CUSTOMERS, QUICK, EVERY = 60, 50_000, 5_000, 50
HEADER = ("id", "name", "phone", "email", "card", "birth date", "labels", "consents")
TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
"""Marks that CP1258 writes behind the letter."""


def rows(first: int, customers: int, wrong_every: int) -> Iterator[tuple[str, ...]]:
    """The rows of a file; `wrong_every` 0 for none that is wrong."""
    for number, name in enumerate(names(customers, seed=first), first):
        wrong = wrong_every and number % wrong_every == 0
        phone = "12345" if wrong else f"090{number:07}"
        day = f"{1950 + number % 55}-{1 + number % 12:02}-{1 + number % 28:02}"
        tier = ("silver", "gold")[number % 2]
        yield (f"KH-{number}", name, phone, f"kh{number}@example.com", f"97{number:08}", day, f"vip; tier={tier}", "terms; marketing_sms")


def in_cp1258(text: str) -> bytes:
    """As old Windows programs write it; what has no place there (Polish letters) is left out."""
    return "".join(map(_letter, unicodedata.normalize("NFC", text))).encode("cp1258", errors="ignore")


@lru_cache
def _letter(letter: str) -> str:
    marks = unicodedata.normalize("NFD", letter)
    return unicodedata.normalize("NFC", "".join(m for m in marks if m not in TONES)) + "".join(m for m in marks if m in TONES)


def file(folder: Path, name: str, first: int, customers: int, wrong_every: int = 0) -> Path:
    """A file in CP1258."""
    plain, path = folder / f"{name}.utf8", folder / f"{name}.csv"
    with plain.open("w", newline="") as text:
        csv.writer(text).writerows([HEADER, *rows(first, customers, wrong_every)])
    path.write_bytes(in_cp1258(plain.read_text()))
    return path


def moved_in(tenant: Tenant, path: Path) -> JobRun:
    """The run of one import, by the command, in a process of its own."""
    command = [sys.executable, "-W", "ignore", "manage.py", "import_customers", str(path), "--tenant", tenant.code, "--encoding", "cp1258"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with reading(tenant.id):
        return JobRun.objects.latest("created_at")


def row(title: str, run: JobRun) -> str:
    """One line of the table: what a run did, and how fast."""
    assert run.finished_at is not None
    seconds = (run.finished_at - run.created_at).total_seconds()
    counts = [run.summary.get(name, 0) for name in ("recorded", "unchanged", "refused")]
    return " | ".join([title, f"{run.done:,}", *(f"{count:,}" for count in counts), f"{seconds:.1f}", f"{run.done / seconds:,.0f}"])


def measure(customers: int) -> str:
    tenant = create_tenant(f"moved-{uuid4().hex[:10]}", "Chuyển dữ liệu")
    with tempfile.TemporaryDirectory() as folder:
        good = file(Path(folder), "good", 0, customers)
        partly = file(Path(folder), "partly", customers, customers, EVERY)
        first, again, third = moved_in(tenant, good), moved_in(tenant, good), moved_in(tenant, partly)
    assert again.summary["unchanged"] == again.done, "the same file again changed something"
    with reading(tenant.id):
        reasons = ReportLine.objects.filter(run_id=third.pk).count()
    assert reasons == third.summary["refused"] == customers // EVERY
    told = [row("first time", first), row("the same file again", again), row("as many others, some of them wrong", third)]
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    head = f"| rows | recorded | there before | refused | s (aim at {CUSTOMERS:,}: ≤ {AIM_SECONDS}) | rows/s"
    return f"{report.machine()} Largest memory of a process: {memory} MB.\n\n{report.table(head, told)}"


if __name__ == "__main__":
    report.measure("import_customers", __doc__, lambda quick: measure(QUICK if quick else CUSTOMERS))
