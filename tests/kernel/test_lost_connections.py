"""A connection that is lost within a command: nothing was committed, so it is tried anew; once the commit is on its way, that is told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from django.db import OperationalError, connection, connections

from loyalty.bus import OutcomeUnknown, dispatch
from loyalty.domain.errors import DomainError
from loyalty.domain.identity import new_id
from loyalty.outage import passes
from loyalty.unit import Unit
from tests.kernel.test_bus import history
from tests.kernel.toy import PutAtMost, PutCoins


def cut_off() -> None:
    """The server ends the session of this thread."""
    number = connection.connection.info.backend_pid
    with connections["owner"].cursor() as owner:
        owner.execute("select pg_terminate_backend(%s, 5000)", [number])


@contextmanager
def cut(monkeypatch: pytest.MonkeyPatch, at: int, times: int = 1, *, after: bool = False) -> Iterator[list[str]]:
    """The round trip number `at` of a unit finds its connection gone, or finds it so `after` it was carried out: so many `times`, counted
    from the first of each attempt. Gives what was cut.
    """
    done: list[str] = []
    whole, count = Unit.execute_all, [0]

    def cut_one(self: Unit, queries: Any) -> Any:
        count[0] = 1 if queries and queries[0] == ("begin", ()) else count[0] + 1
        wanted = count[0] == at and len(done) < times
        if wanted and not after:
            cut_off()
        if wanted:
            done.append(str(queries[-1][0]))
        answer = whole(self, queries)
        if wanted:
            cut_off()
            connection.connection.close()
            raise OperationalError("server closed the connection unexpectedly")
        return answer

    with monkeypatch.context() as patched:
        patched.setattr(Unit, "execute_all", cut_one)
        yield done


def put(tenant: Any, jar: UUID, coins: int = 1, command_id: UUID | None = None) -> int:
    return dispatch(PutCoins(jar_id=jar, coins=coins), tenant_id=tenant.id, actor="test", channel="test", command_id=command_id)


def put_at_most(tenant: Any, jar: UUID, coins: int) -> int:
    return dispatch(PutAtMost(jar_id=jar, coins=coins), tenant_id=tenant.id, actor="test", channel="test")


def room_of(jar: UUID, tenant: Any, room: int) -> None:
    with connections["owner"].cursor() as owner:
        owner.execute("insert into toy_room (tenant_id, jar_id, room) values (%s, %s, %s)", [tenant.id, jar, room])


@pytest.mark.parametrize("times", [1, 3])
def test_what_was_cut_before_its_commit_is_done_once(tenant: Any, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    jar = new_id()
    with cut(monkeypatch, at=1, times=times) as done:
        assert put(tenant, jar, 3) == 3
    assert (len(done), history(tenant, jar)) == (times, [3])


def test_a_guard_that_was_used_before_the_cut_is_used_once(tenant: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    jar = new_id()
    room_of(jar, tenant, 5)
    for at in (2, 3):
        with cut(monkeypatch, at=at, after=at == 2) as done:
            if at == 2:
                assert put_at_most(tenant, jar, 2) == 3
            else:
                with pytest.raises(OutcomeUnknown):
                    put_at_most(tenant, jar, 3)
        assert len(done) == 1
    assert put_at_most(tenant, jar, 3) == 0
    assert history(tenant, jar) == [2, 3]


def test_whoever_is_cut_again_and_again_is_told_and_nothing_was_done(tenant: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    jar = new_id()
    with cut(monkeypatch, at=1, times=9) as done, pytest.raises(OperationalError) as lost:
        put(tenant, jar)
    assert (len(done), isinstance(lost.value, OutcomeUnknown), passes(lost.value)) == (4, False, True)
    assert (history(tenant, jar), put(tenant, jar)) == ([], 1)


@pytest.mark.parametrize("arrived", [False, True])
def test_a_commit_on_its_way_is_not_tried_again_and_its_command_does_nothing_twice(
    tenant: Any, monkeypatch: pytest.MonkeyPatch, arrived: bool
) -> None:
    jar, command_id = new_id(), new_id()
    with cut(monkeypatch, at=2, after=arrived) as done, pytest.raises(OutcomeUnknown) as lost:
        put(tenant, jar, 3, command_id)
    assert (done, passes(lost.value)) == (["commit"], True)
    assert history(tenant, jar) == ([3] if arrived else [])
    if arrived:
        with pytest.raises(DomainError, match=r"command\.applied"):
            put(tenant, jar, 3, command_id)
    else:
        assert put(tenant, jar, 3, command_id) == 3
    assert history(tenant, jar) == [3]


def test_a_refusal_of_a_statement_is_no_lost_connection(tenant: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []
    whole = Unit.execute_all

    def impatient(self: Unit, queries: Any) -> Any:
        if queries[0] == ("begin", ()):
            tried.append(1)
            queries = [*queries, ("set local statement_timeout = 20", ()), ("select pg_sleep(1)", ())]
        return whole(self, queries)

    with monkeypatch.context() as patched:
        patched.setattr(Unit, "execute_all", impatient)
        with pytest.raises(OperationalError, match="statement timeout"):
            put(tenant, new_id())
    assert tried == [1]


def test_what_waited_for_long_before_it_was_cut_is_not_begun_again(tenant: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loyalty.bus.PATIENCE", 0.0)
    with cut(monkeypatch, at=1, times=9) as done, pytest.raises(OperationalError):
        put(tenant, new_id())
    assert len(done) == 1
