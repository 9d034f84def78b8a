"""The hourly job gets over what fails: one account holds up no other."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import OperationalError, connections

from earning.commands import Expiry, NoteTime, WalletTerms
from earning.tasks import note_time_of_all
from earning.timekeeping import note_time
from loyalty.bus import dispatch_all
from loyalty.domain.period import local_midnight
from tests.earning.counter import Counter, rows
from tests.earning.ledger_given import configure

pytestmark = pytest.mark.usefixtures("own_log_of_module")
SOLD_AT = datetime(2026, 1, 10, 5, tzinfo=UTC)
FULL = 2**63 - 1


@pytest.fixture
def counter(tenant) -> Counter:
    made = Counter(tenant)
    made.rule()
    configure(made, WalletTerms(expiry=Expiry(kind="month_end")))
    return made


@pytest.mark.parametrize("chunk", [3, 100])
def test_an_account_that_cannot_be_written_holds_up_no_other(counter: Counter, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The total of one account is so large that Postgres refuses to add to it."""
    monkeypatch.setattr("earning.timekeeping.CHUNK", chunk)
    for _ in range(8):
        counter.do(counter.order(counter.customer(), 100_000, purchased_at=SOLD_AT), channel="import", at=SOLD_AT)
    ((broken,),) = rows("earning_account", counter.tenant, "id", "1 offset 2 limit 1")
    with connections["owner"].cursor() as cursor:
        cursor.execute("update earning_account set expired = %s where tenant_id = %s and id = %s", [FULL, counter.tenant.id, broken])
    end = local_midnight(date(2026, 2, 1), counter.tenant.zone)
    assert note_time(counter.tenant.id, end) == 7
    assert rows("earning_account", counter.tenant, "balance, expired") == [(0, 10)] * 7 + [(10, FULL)]
    with connections["owner"].cursor() as cursor:
        cursor.execute("update earning_account set expired = 0 where tenant_id = %s and id = %s", [counter.tenant.id, broken])
    assert note_time(counter.tenant.id, end) == 1


def test_without_a_database_it_ends_at_once(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(8):
        counter.do(counter.order(counter.customer(), 100_000, purchased_at=SOLD_AT), channel="import", at=SOLD_AT)
    tried = []

    def away(*anything: object) -> None:
        raise OperationalError("connection refused")

    def down(*orders: object, **how: object) -> None:
        tried.append(1)
        connections["default"].close()
        monkeypatch.setattr(connections["default"], "connect", away)
        raise OperationalError("the server closed the connection unexpectedly")

    monkeypatch.setattr("earning.timekeeping.dispatch_all", down)
    with pytest.raises(OperationalError):
        note_time(counter.tenant.id, local_midnight(date(2026, 2, 1), counter.tenant.zone))
    assert len(tried) == 1
    monkeypatch.undo()
    monkeypatch.setattr("earning.timekeeping.dispatch_all", down)
    with pytest.raises(OperationalError):
        note_time_of_all()
    assert len(tried) == 2, "nor is another tenant tried"


def test_a_chunk_that_takes_so_long_that_its_connection_is_cut_is_halved(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(4):
        counter.do(counter.order(counter.customer(), 100_000, purchased_at=SOLD_AT), channel="import", at=SOLD_AT)

    def slow(orders: list[NoteTime], **how: Any) -> Any:
        if len(orders) > 1:
            connections["default"].connection.close()
            raise OperationalError("consuming input failed: terminating connection due to transaction timeout")
        return dispatch_all(orders, **how)

    monkeypatch.setattr("earning.timekeeping.dispatch_all", slow)
    assert note_time(counter.tenant.id, local_midnight(date(2026, 2, 1), counter.tenant.zone)) == 4
