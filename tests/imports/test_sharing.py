"""Two processes take in one file: as one alone would, also when one of them is killed."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from customers.imports import FIELDS, CustomerImporter
from customers.imports.seen import Seen
from customers.models import Customer
from customers.tasks import importer
from loyalty.imports import CsvFile, guessed, sharing
from loyalty.imports import importer as carrying_out
from loyalty.imports.models import StagedBlock
from loyalty.jobs.models import JobRun, ReportLine
from loyalty.jobs.work import begin, progress
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.support.people import new_tenant

ROWS = 2_000
AGAIN, CONTRADICTED, WRONG = range(501, 2_000, 500), range(602, 2_000, 500), range(703, 2_000, 500)
"""Rows that say what an earlier one said, that say otherwise of the same person, and that nobody understands."""
pytestmark = pytest.mark.long


def text() -> str:
    lines = ["id,name,phone"]
    for n in range(1, ROWS + 1):
        who = n - 450 if n in AGAIN or n in CONTRADICTED else n
        name = "Somebody Else" if n in CONTRADICTED else f"Nguyễn An {who}"
        lines.append(f"KH-{who},{name},{'12345' if n in WRONG else f'090{who:07}'}")
    return "\n".join(lines) + "\n"


class Watched(sharing.Helpers):
    """Lets a test see the processes that an import starts."""

    started: list[Watched]

    def __enter__(self) -> Watched:
        super().__enter__()
        self.started.append(self)
        return self


@pytest.fixture
def take_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., JobRun]:
    """`take_in(tenant, processes, meanwhile)`: the run of an import; `meanwhile(run)` before its first process takes a row."""
    path = tmp_path / "customers.csv"
    path.write_text(text())
    monkeypatch.setattr(sharing, "FEWEST", ROWS // 2 - 10)
    monkeypatch.setattr(carrying_out, "Helpers", Watched)

    def take(tenant: Tenant, processes: int, meanwhile: Callable[[JobRun], None] = lambda run: None) -> JobRun:
        Watched.started = []
        monkeypatch.setattr(settings, "IMPORT_PROCESSES", processes)
        file = CsvFile(path)
        params = {"mapping": guessed(file.header(), FIELDS), "pos_id": None, "time_format": ""}
        run_id = begin(tenant.pk, "customers.import_customers", "customers.csv", "system", **params)
        with progress(tenant.pk, run_id) as work:
            first = importer(work, work.params)
            waits_first(first, lambda: meanwhile(run_of(tenant.pk, run_id)), monkeypatch)
            first.run(file)
        return run_of(tenant.pk, run_id)

    return take


def waits_first(one: CustomerImporter, wait: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    take = one.take

    def after_waiting(groups: Any) -> None:
        monkeypatch.setattr(one, "take", take)
        wait()
        take(groups)

    monkeypatch.setattr(one, "take", after_waiting)


def run_of(tenant_id: int, run_id: Any) -> JobRun:
    with reading(tenant_id):
        return JobRun.objects.get(pk=run_id)


def until_another_is_in_the_middle(run: JobRun) -> None:
    """Until another process has taken in some rows of a run, and has the next."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with reading(run.tenant_id):
            takers = StagedBlock.objects.filter(run_id=run.pk).exclude(taken_by=None).values("taken_by").distinct().count()
        if run_of(run.tenant_id, run.pk).done and takers == 2:
            return
        time.sleep(0.01)
    raise AssertionError("no other process took part")


def kill(run: JobRun) -> None:
    until_another_is_in_the_middle(run)
    (helpers,) = Watched.started
    os.kill(helpers.processes[0].pid, signal.SIGKILL)
    helpers.processes[0].wait()


def orphan(run: JobRun) -> None:
    """What another process does that finds the first one gone."""
    before = left_in_staging(run.tenant_id)
    sharing.take_share(run.tenant_id, run.pk, parent=0)
    assert left_in_staging(run.tenant_id) == before > 0


def outcome(run: JobRun) -> tuple[Any, ...]:
    with reading(run.tenant_id):
        lines = list(ReportLine.objects.filter(run_id=run.pk).order_by("number").values_list("number", "code"))
        people = sorted(Customer.objects.filter(tenant_id=run.tenant_id).values_list("last_name", "first_name", "phone_last4"))
    return run.state, run.done, run.summary, lines, people


def left_in_staging(tenant_id: int) -> int:
    with reading(tenant_id):
        return StagedBlock.objects.filter(tenant_id=tenant_id).count()


def test_one_of_two_processes_is_killed_and_all_is_as_with_one(tenant: Tenant, take_in: Callable[..., JobRun]) -> None:
    alone, together = new_tenant(), tenant
    expected = outcome(take_in(alone, 1, orphan))
    assert expected[:3] == ("done", ROWS, {"rows": ROWS, "recorded": ROWS - 9, "unchanged": 3, "refused": 6})
    refused = [(n + 1, "imports.customer_differs") for n in CONTRADICTED] + [(n + 1, "phone.invalid") for n in WRONG]
    assert expected[3] == sorted(refused)
    assert outcome(take_in(together, 2, kill)) == expected
    assert [p.returncode for p in Watched.started[0].processes] == [-signal.SIGKILL]
    assert left_in_staging(together.pk) == 0
    again = take_in(together, 2, until_another_is_in_the_middle)
    assert again.summary == {"rows": ROWS, "unchanged": ROWS - 6, "refused": 6}
    assert [p.returncode for p in Watched.started[0].processes] == [0]


def test_what_was_seen_is_never_forgotten_and_what_was_not_hardly_ever_believed() -> None:
    seen = Seen()
    assert not any(seen.add(f"phone {n}") for n in range(20_000))
    assert all(seen.add(f"phone {n}") for n in range(20_000))
