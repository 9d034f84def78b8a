"""A demo that was broken off while it was filled goes on, hours later too, and has then what one made in one go has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from loyalty.tenancy.models import Tenant
from pos.demo.seed import Made, Seeder
from pos.demo.world import POD_LIPA, Programme
from tests.earning.counter import rows

FACTS = (
    ("event.event", "count(*), count(distinct stream_id)"),
    ("customers_customer", "count(*), count(*) filter (where state = 'active')"),
    ("earning_purchase", "count(*), sum(total), count(distinct customer_id)"),
    ("earning_account", "count(*), sum(balance), sum(spent), sum(clawed_back)"),
    ("rewards_coupon", "count(*), count(*) filter (where state = 'used'), count(*) filter (where state = 'cancelled')"),
)


class BrokenOff(Exception):
    """Somebody pressed Ctrl-C."""


def small(code: str) -> Programme:
    """A programme of this test's own."""
    return replace(POD_LIPA, code=code, hosts=(f"{code}.localhost",), customers=40, staff=())


def seeded(programme: Programme, now: datetime) -> Made:
    return Seeder(programme, now, lambda _said: None).run()


def batches_until(monkeypatch: pytest.MonkeyPatch, most: int) -> list[int]:
    """From now on no more than so many batches of commands go through; the list grows with each."""
    done: list[int] = []
    whole: Callable[..., Any] = Seeder._do_all

    def do_all(self: Seeder, *args: Any, **more: Any) -> Any:
        if len(done) == most:
            raise BrokenOff
        done.append(len(args[0]))
        return whole(self, *args, **more)

    monkeypatch.setattr(Seeder, "_do_all", do_all)
    return done


def made_of(tenant: Tenant) -> list[Any]:
    return [rows(table, tenant, what) for table, what in FACTS]


@pytest.fixture(autouse=True)
def the_same_dice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pos.demo.seed.Random", lambda _code: Random(7))


@pytest.mark.usefixtures("own_log")
def test_what_was_broken_off_goes_on_hours_later(monkeypatch: pytest.MonkeyPatch) -> None:
    now, programme = datetime.now(UTC), small("broken")
    with monkeypatch.context() as patched:
        done = batches_until(patched, 10**6)
        made = seeded(small("whole"), now)
    whole = made_of(Tenant.objects.get(code="whole"))
    for number in range(6):
        with monkeypatch.context() as patched:
            batches_until(patched, len(done) * (number + 1) // 7)
            with pytest.raises(BrokenOff):
                seeded(programme, now + timedelta(hours=number))
        assert not Seeder(programme, now, print).is_done()
    for later in (timedelta(hours=9), timedelta(days=1)):
        assert seeded(programme, now + later) == made
        assert Seeder(programme, now, print).is_done()
        assert made_of(Tenant.objects.get(code="broken")) == whole
