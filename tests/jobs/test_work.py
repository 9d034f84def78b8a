"""Long work says how far it is, stops when asked, goes on after a crash, and leaves a report."""

from __future__ import annotations

import csv
import html
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.utils import timezone, translation

from loyalty.domain.errors import DomainError
from loyalty.domain.money import Money
from loyalty.jobs import work as jobs
from loyalty.jobs.admin import csv_of
from loyalty.jobs.models import JobRun, ReportLine
from loyalty.jobs.tasks import forget_old_reports_of_all
from loyalty.jobs.work import AlreadyRunning, Line, ask_to_stop, begin, forget_old_reports, progress
from loyalty.messages.refusals import message
from loyalty.tenancy import reading
from tests.jobs.kinds import count, die
from tests.support.client import visitor
from tests.support.server import ROOT

pytestmark = pytest.mark.long


def run_of(tenant, run_id):
    with reading(tenant.id):
        return JobRun.objects.get(pk=run_id)


def until(true, seconds=40.0):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.1)


def test_a_run_goes_from_waiting_to_done_and_keeps_its_report(tenant):
    run_id = count.here(tenant_id=tenant.id, title="Count", actor="system", rows=35)
    run = run_of(tenant, run_id)
    assert (run.state, run.done, run.total, run.percent, run.summary) == ("done", 35, 35, 100, {"counted": 35})
    with reading(tenant.id):
        assert list(ReportLine.objects.order_by("number").values_list("number", "outcome")) == [
            (10, "skipped"),
            (20, "skipped"),
            (30, "skipped"),
        ]


def test_progress_is_seen_while_it_works(tenant, monkeypatch):
    monkeypatch.setattr(jobs, "EVERY_SECONDS", 0)
    run_id = begin(tenant.id, "toy.count", "Count", "system", rows=30)
    seen = []
    with progress(tenant.id, run_id) as work:
        work.expect(30)
        for _ in range(3):
            work.advance(10)
            seen.append((run_of(tenant, run_id).state, run_of(tenant, run_id).done))
    assert seen == [("running", 10), ("running", 20), ("running", 30)]


def test_it_stops_after_the_present_rows_when_asked(tenant, monkeypatch):
    monkeypatch.setattr(jobs, "EVERY_SECONDS", 0)
    run_id = begin(tenant.id, "toy.count", "Count", "system", rows=30)
    with progress(tenant.id, run_id) as work:
        work.expect(30)
        work.advance(10)
        assert ask_to_stop(tenant.id, run_id)
        work.advance(10)
        pytest.fail("it went on")
    assert work.cancelled
    run = run_of(tenant, run_id)
    assert (run.state, run.done) == ("cancelled", 20)


def test_a_refusal_is_told_and_any_other_fault_only_by_its_kind(tenant):
    with pytest.raises(DomainError):
        count.here(tenant_id=tenant.id, title="Count", actor="system", rows=30, fails_at=20)
    run_id = begin(tenant.id, "toy", "Break", "system")
    with pytest.raises(ValueError, match="Nguyễn"), progress(tenant.id, run_id):
        raise ValueError("Nguyễn An, 0912345678")
    with reading(tenant.id):
        said = {r.title: (r.state, r.error) for r in JobRun.objects.all()}
    assert said == {"Count": ("failed", "The amount is too large: at most ₫1 is possible."), "Break": ("failed", "ValueError")}


def test_two_processes_do_not_work_on_one_run(tenant):
    run_id = begin(tenant.id, "toy", "Once", "system")
    with progress(tenant.id, run_id), pytest.raises(AlreadyRunning), progress(tenant.id, run_id):
        pytest.fail("both worked")
    with pytest.raises(AlreadyRunning), progress(tenant.id, run_id):
        pytest.fail("it was finished")


def test_a_run_that_was_killed_goes_on_where_it_was(tenant):
    run_id = begin(tenant.id, "toy", "Go on", "system")
    with reading(tenant.id):
        long_ago = timezone.now() - timedelta(minutes=5)
        JobRun.objects.filter(pk=run_id).update(state="running", done=20, heard_at=long_ago, started_at=long_ago)
    assert run_of(tenant, run_id).is_silent
    with progress(tenant.id, run_id) as work:
        assert work.done == 20


def test_the_same_line_is_kept_once(tenant):
    run_id = begin(tenant.id, "toy", "Report", "system")
    with progress(tenant.id, run_id) as work:
        for _ in range(2):
            work.report([Line(1, "refused", "money.too_large", "first")])
    assert list(csv_of(run_of(tenant, run_id), "en"))[1:] == ["1,refused,money.too_large,first\r\n"]


@pytest.mark.usefixtures("own_log")
def test_a_report_is_kept_for_90_days(tenant, monkeypatch):
    monkeypatch.setattr(jobs, "OLD_LINES", jobs.OLD_LINES.replace(str(jobs.LINES_AT_ONCE), "2"))
    monkeypatch.setattr(jobs, "LINES_AT_ONCE", 2)
    old, young = (count.here(tenant_id=tenant.id, title="Count", actor="system", rows=35) for _ in range(2))
    with reading(tenant.id):
        for run_id, days in ((old, 91), (young, 89)):
            JobRun.objects.filter(pk=run_id).update(finished_at=timezone.now() - timedelta(days=days))
    assert forget_old_reports_of_all() == 3
    with reading(tenant.id):
        assert {line.run_id for line in ReportLine.objects.all()} == {young}
    assert run_of(tenant, old).summary == {"counted": 35}
    assert forget_old_reports(tenant.id) == 0


def test_a_run_of_another_tenant_is_not_there(tenant, other_tenant):
    run_id = begin(other_tenant.id, "toy", "Theirs", "system")
    assert not ask_to_stop(tenant.id, run_id)
    with pytest.raises(AlreadyRunning), progress(tenant.id, run_id):
        pytest.fail("it crossed")


@pytest.fixture
def worker():
    """Celery's worker in a process of its own; `worker()` starts one more, `worker("prefork")` one whose children work."""
    started = []

    def start(pool="solo", **environment):
        command = [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "tests.jobs.worker",
            "worker",
            "--pool",
            pool,
            "--concurrency",
            "1",
            "--loglevel",
            "WARNING",
            "--without-mingle",
        ]
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment, start_new_session=True)
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def test_a_real_worker_does_it(tenant, worker):
    worker()
    run_id = count.start(tenant_id=tenant.id, title="Count", actor="system", rows=35)
    until(lambda: run_of(tenant, run_id).is_finished)
    assert (run_of(tenant, run_id).state, run_of(tenant, run_id).done) == ("done", 35)


def test_a_worker_that_is_killed_loses_nothing(tenant, worker, monkeypatch):
    first = worker()
    run_id = die.start(tenant_id=tenant.id, title="Die", actor="system")
    first.wait(40)
    assert (run_of(tenant, run_id).state, run_of(tenant, run_id).done) == ("running", 10)
    with reading(tenant.id):
        JobRun.objects.filter(pk=run_id).update(heard_at=timezone.now() - timedelta(minutes=5))
    worker()
    die.delay(tenant.id, str(run_id))  # the broker would deliver it again only after its visibility timeout
    until(lambda: run_of(tenant, run_id).is_finished)
    assert (run_of(tenant, run_id).state, run_of(tenant, run_id).done) == ("done", 20)


def test_a_child_of_a_worker_that_is_killed_loses_nothing_either(tenant, worker):
    """The worker gives its order to the next child at once, while the run still seems to be at work."""
    worker("prefork", JOB_SILENT_SECONDS="3")
    run_id = die.start(tenant_id=tenant.id, title="Die", actor="system")
    until(lambda: run_of(tenant, run_id).is_finished)
    assert (run_of(tenant, run_id).state, run_of(tenant, run_id).done) == ("done", 20)


# -- the administration ---------------------------------------------------------------------------


def test_the_page_shows_the_bar_and_asks_again_until_it_is_finished(tenant, admin_site):
    run_id = begin(tenant.id, "toy", "Purchases from tháng 3", "system")
    with progress(tenant.id, run_id) as work:
        work.expect(200)
        work.done = 50
        work.tell()
        page = admin_site.get(f"/admin/jobs/jobrun/{run_id}/change/").content.decode()
        assert 'hx-trigger="every 1s"' in page
        assert 'value="50" max="200"' in page
        assert "50 of 200 rows (25 %)" in page
    part = admin_site.get(f"/admin/jobs/jobrun/{run_id}/progress").content.decode()
    assert "hx-trigger" not in part
    assert 'data-state="done"' in part


def test_it_is_stopped_from_its_page(tenant, admin_site):
    run_id = begin(tenant.id, "toy", "Purchases", "system")
    answer = admin_site.post(f"/admin/jobs/jobrun/{run_id}/stop/", {}, follow=True)
    assert "Purchases was asked to stop." in answer.content.decode()
    assert run_of(tenant, run_id).state == "cancelled"
    assert admin_site.get(f"/admin/jobs/jobrun/{run_id}/stop/").status_code == 404


def test_the_report_is_downloaded_whole_and_harmless(tenant, admin_site):
    run_id = count.here(tenant_id=tenant.id, title="Count", actor="system", rows=50)
    answer = admin_site.get(f"/admin/jobs/jobrun/{run_id}/report.csv")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines == ["row,outcome,code,detail", *(f"{n},skipped,toy.tenth,'=row {n}" for n in (10, 20, 30, 40, 50))]


def test_a_report_is_read_in_the_language_of_its_reader(tenant, admin_site):
    run_id = begin(tenant.id, "toy", "Report", "system")
    refusal = DomainError("money.too_large", field="total", most=Money(1_234_56, "EUR"), other="never said")
    refusal.others = (DomainError("money.too_many_decimals", decimals=Decimal("1.5")),)
    with translation.override("en"), progress(tenant.id, run_id) as work:
        work.report([Line.of(7, "refused", refusal, about="KH-7")])
    with reading(tenant.id):
        (line,) = ReportLine.objects.filter(run_id=run_id)
    assert "never said" not in str(line.problems)
    for language in ("en", "vi", "pl"):
        with translation.override(language):
            expected = " ".join(f"KH-7: {message(one)}" for one in refusal.all)
        admin_site.cookies["django_language"] = language
        assert expected in html.unescape(admin_site.get(f"/admin/jobs/jobrun/{run_id}/change/").content.decode())
        (_, row) = csv.reader("".join(csv_of(run_of(tenant, run_id), language)).splitlines())
        assert row[1:] == ["refused", "money.too_large", expected]


def test_a_report_longer_than_a_round_is_complete(tenant, monkeypatch):
    monkeypatch.setattr("loyalty.jobs.admin.PER_ROUND", 3)
    run_id = count.here(tenant_id=tenant.id, title="Count", actor="system", rows=100)
    assert [int(line.partition(",")[0]) for line in list(csv_of(run_of(tenant, run_id), "en"))[1:]] == list(range(10, 101, 10))


def test_a_seller_sees_no_runs(tenant, seller_user, marketer_user):
    run_id = begin(tenant.id, "toy", "Purchases", "system")
    for end in ("change/", "progress", "report.csv"):
        assert visitor(tenant, seller_user).get(f"/admin/jobs/jobrun/{run_id}/{end}").status_code == 302
        assert visitor(tenant, marketer_user).get(f"/admin/jobs/jobrun/{run_id}/{end}").status_code == 200


def test_the_worker_uses_the_broker_of_this_run():
    assert os.environ["REDIS_URL"] == settings.CELERY_BROKER_URL
