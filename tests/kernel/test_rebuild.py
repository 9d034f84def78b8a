"""A rebuild is compared with what the old tables hold at one position, however busy the shop is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import StringIO
from threading import Event

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from loyalty.bus import dispatch
from loyalty.domain.identity import new_id
from loyalty.projections.projection import PROJECTIONS
from loyalty.projections.rebuild import rebuild
from loyalty.projections.runner import project_all
from tests.kernel.toy import PutCoins, Totals


@contextmanager
def busy(tenant) -> Iterator[None]:
    """Two tills sell and a projector follows, inside."""
    done, jar = Event(), new_id()

    def until_done(work) -> None:
        while not done.is_set():
            work()
        connections.close_all()

    def sell() -> None:
        dispatch(PutCoins(jar_id=jar, coins=1), tenant_id=tenant.id, actor="test", channel="test")

    with ThreadPoolExecutor(3) as pool:
        working = [pool.submit(until_done, work) for work in (sell, sell, project_all)]
        try:
            yield
        finally:
            done.set()
    assert [w.result() for w in working] == [None] * 3


@pytest.fixture
def no_poison(monkeypatch) -> None:
    monkeypatch.setattr(Totals, "poison", None)
    with connections["owner"].cursor() as cursor:
        cursor.execute("delete from projections_blocked where projection like 'toy.%%'")
    for name in ("toy.jars", "toy.totals", "toy.sums"):
        rebuild(PROJECTIONS[name])


def test_while_sales_go_on_what_is_right_is_found_equal(tenant, no_poison) -> None:
    with busy(tenant):
        for _ in range(5):
            said = StringIO()
            call_command("rebuild", "toy.jars", "toy.totals", "toy.sums", compare=True, batch=200, stdout=said)
            assert said.getvalue().count(" equal") == 3


def test_while_sales_go_on_what_is_wrong_is_found_different(tenant, no_poison) -> None:
    with busy(tenant):
        wrong = new_id()
        with connections["owner"].cursor() as cursor:
            cursor.execute("insert into toy_total (tenant_id, id, puts) values (%s, %s, 1)", [tenant.id, wrong])
        try:
            with pytest.raises(CommandError, match="differs from what its events say"):
                call_command("rebuild", "toy.jars", "toy.totals", compare=True, stdout=(said := StringIO()))
        finally:
            with connections["owner"].cursor() as cursor:
                cursor.execute("delete from toy_total where id = %s", [wrong])
    assert (said.getvalue().count(" equal"), said.getvalue().count(" DIFFERENT")) == (1, 1)


def test_what_was_just_committed_is_not_left_out_while_its_writer_still_stands_announced(tenant, no_poison) -> None:
    """Locks of a transaction end one after another: the horizon may lie below what everybody sees already."""
    jar = new_id()
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as late:
        late.execute("select event.announced()")
        dispatch(PutCoins(jar_id=jar, coins=7), tenant_id=tenant.id, actor="test", channel="test")
        compared = rebuild(PROJECTIONS["toy.jars"], swap=False)
        assert compared.live == compared.checksums
        rebuild(PROJECTIONS["toy.jars"])
    with connections["owner"].cursor() as cursor:
        cursor.execute("select coins from toy_jar where id = %s", [jar])
        assert cursor.fetchall() == [(7,)]


def test_a_table_that_was_swapped_in_has_statistics(tenant) -> None:
    dispatch(PutCoins(jar_id=new_id(), coins=1), tenant_id=tenant.id, actor="test", channel="test")
    rebuild(PROJECTIONS["toy.jars"])
    with connections["owner"].cursor() as cursor:
        cursor.execute("select reltuples from pg_class where oid = 'public.toy_jar'::regclass")
        assert cursor.fetchone()[0] > 0
