"""Past purchases of a real shop, moved in: every penny is where plain SQL and plain Python find it, and nothing is lost."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from loyalty.jobs.models import JobRun
from loyalty.jobs.work import ask_to_stop
from loyalty.projections.projection import PROJECTIONS
from loyalty.projections.runner import project_all
from loyalty.tenancy import reading
from tests.earning.importing import RETAIL, ImportingShop
from tests.earning.plain_matcher import PlainMatcher
from tests.support.server import ROOT

pytestmark = [pytest.mark.usefixtures("own_log_of_module"), pytest.mark.long]
ROWS = 20_000
KILLED_ROWS = 8_000
GROSS = """
    with line as (
        select customer_id, round(qty::numeric * unit_price::numeric, 2) as amount from retail_raw
         where number <= %s and qty::numeric > 0
    )
    select customer_id, (sum(amount) * 100)::bigint from line group by customer_id
"""
RAW = """create temporary table retail_raw (number int generated always as identity, invoice text, ts text, customer_id text,
    sku text, qty text, unit_price text)"""


@pytest.fixture(scope="module")
def oracle() -> PlainMatcher:
    return PlainMatcher(RETAIL, ROWS)


@pytest.fixture(scope="module")
def shop(own_log_of_module: None) -> ImportingShop:
    """A shop with the first 20,000 lines taken in."""
    made = ImportingShop.opened()
    made.take_in(RETAIL, limit=ROWS)
    return made


@pytest.fixture
def raw() -> Iterator[list[tuple[str, int]]]:
    """Gross by customer, by SQL over the raw file in a table of its own."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(RAW)
        with (
            gzip.open(RETAIL) as file,
            cursor.copy("copy retail_raw (invoice, ts, customer_id, sku, qty, unit_price) from stdin with (format csv, header)") as copy,
        ):
            copy.write(file.read())
        cursor.execute(GROSS, [ROWS])
        yield cursor.fetchall()
        cursor.execute("drop table retail_raw")


def test_gross_totals_are_those_of_sql_over_the_raw_file(shop: ImportingShop, raw: list[tuple[str, int]]) -> None:
    assert len(raw) == 700
    assert shop.by_customer("total") == dict(raw)


def test_net_totals_are_those_of_a_plain_matcher(shop: ImportingShop, oracle: PlainMatcher) -> None:
    assert shop.by_customer("total") == oracle.gross
    assert shop.by_customer("kept") == oracle.net
    assert oracle.net != oracle.gross
    project_all()
    spent = shop.asked("select customer_id, total from customers_spending where tenant_id = %s")
    assert {shop.names()[customer]: total for customer, total in spent} == oracle.net


def test_every_row_is_accounted_for_and_what_no_sale_answers_for_is_reported(shop: ImportingShop, oracle: PlainMatcher) -> None:
    (run, *_) = shop.runs()
    assert run.state == "done"
    counts = run.summary
    assert counts["rows"] == run.done == run.total == ROWS == counts["recorded"] + counts["unmatched"]
    report = shop.report(run)
    assert [(line, outcome) for line, outcome, _, _ in report] == [(line, "unmatched") for line, _ in sorted(oracle.unmatched)]
    assert counts["unmatched"] == len(oracle.unmatched) > 100
    words = {line: said for line, _, _, said in report}
    assert all(words[line].startswith(f"{pieces} of ") for line, pieces in oracle.unmatched)
    kept = shop.asked("select count(*), sum(jsonb_array_length(lines)) from earning_purchase where tenant_id = %s")[0]
    assert kept[0] == counts["purchases"] == len({line["invoice"] for _, line in oracle.lines if int(line["qty"]) > 0})


def test_points_follow_what_is_kept(shop: ImportingShop) -> None:
    differing = shop.asked("select count(*) from earning_purchase where tenant_id = %s and points <> kept / 100")
    assert differing == [(0,)]
    balances = shop.asked("""select count(*) from earning_account a where a.tenant_id = %s and balance <>
        (select sum(kept / 100) from earning_purchase p where p.tenant_id = a.tenant_id and p.customer_id = a.customer_id)""")
    assert balances == [(0,)]


def test_the_same_file_again_changes_nothing(shop: ImportingShop, oracle: PlainMatcher) -> None:
    before = shop.events()
    run = shop.take_in(RETAIL, limit=ROWS)
    assert shop.events() == before
    assert run.summary == {"rows": ROWS, "unchanged": ROWS - len(oracle.unmatched), "unmatched": len(oracle.unmatched)}
    assert shop.report(run) == shop.report(shop.runs()[0])


def test_every_read_model_made_anew_has_the_same_bytes(shop: ImportingShop) -> None:
    project_all()
    ours = sorted(name for name, p in PROJECTIONS.items() if p.tables and not name.startswith("toy"))
    assert {"earning.purchases", "earning.accounts", "customers.customers", "customers.spending", "pos.takings"} <= set(ours)
    call_command("rebuild", *ours, compare=True)


def test_nothing_waits_in_the_staging_when_it_is_done(shop: ImportingShop) -> None:
    assert shop.asked("select count(*) from imports_stagedblock where tenant_id = %s") == [(0,)]


# -- broken off -----------------------------------------------------------------------------------


def start(shop: ImportingShop, *options: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "manage.py", "import_purchases", "--tenant", shop.tenant.code, *options]
    return subprocess.Popen(command, cwd=ROOT, env=os.environ, stdout=subprocess.DEVNULL, start_new_session=True)


def until_it_has_done(shop: ImportingShop, process: subprocess.Popen[bytes], rows: int) -> JobRun:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        if (found := shop.runs()) and found[-1].total and found[-1].done >= rows:
            return found[-1]
        time.sleep(0.02)
    raise AssertionError("it was never seen in the middle")


def contents(shop: ImportingShop) -> tuple[object, ...]:
    sums = shop.asked("select count(*), sum(total), sum(kept), sum(points) from earning_purchase where tenant_id = %s")
    return sums, shop.by_customer("kept"), shop.by_customer("points")


def test_killed_in_the_middle_and_resumed_it_is_as_if_nothing_had_been(oracle: PlainMatcher) -> None:
    undisturbed, shop = ImportingShop.opened(), ImportingShop.opened()
    straight = undisturbed.take_in(RETAIL, limit=KILLED_ROWS)
    process = start(shop, str(RETAIL), "--limit", str(KILLED_ROWS))
    run = until_it_has_done(shop, process, 1_000)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(20)
    with reading(shop.tenant.id):
        JobRun.objects.filter(pk=run.pk).update(heard_at=timezone.now() - timedelta(minutes=5))
    assert 0 < shop.runs()[0].done < KILLED_ROWS
    call_command("import_purchases", tenant=shop.tenant.code, resume=run.pk)
    (resumed,) = shop.runs()
    assert (resumed.state, resumed.done) == ("done", KILLED_ROWS)
    assert {**resumed.summary, "customers": 0} == {**straight.summary, "customers": 0}
    assert contents(shop) == contents(undisturbed)
    assert [line[:3] for line in shop.report(resumed)] == [line[:3] for line in undisturbed.report(straight)]
    assert shop.events() == undisturbed.events()


def test_stopped_in_the_middle_it_goes_on_when_asked() -> None:
    stopped = ImportingShop.opened()
    process = start(stopped, str(RETAIL), "--limit", str(KILLED_ROWS))
    run = until_it_has_done(stopped, process, 1_000)
    assert ask_to_stop(stopped.tenant.id, run.pk)
    assert process.wait(30) == 1
    (run,) = stopped.runs()
    assert run.state == "cancelled"
    assert 0 < run.done < KILLED_ROWS
    kept = sum(stopped.by_customer("total").values())
    call_command("import_purchases", tenant=stopped.tenant.code, resume=run.pk)
    assert stopped.runs()[0].state == "done"
    assert sum(stopped.by_customer("total").values()) > kept > 0
