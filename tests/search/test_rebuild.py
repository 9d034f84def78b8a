"""An index made anew beside the one in use, while people go on writing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Event, Thread
from uuid import UUID, uuid4

import pytest
from django.db import connections

from loyalty.search import SearchDocument, SearchIndex, SearchPort, SearchQuery, SearchUnavailable, Sort, Tombstone
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.search.conftest import People

BY_NAME = (Sort("name"),)


@pytest.fixture
def club(port: SearchPort, fresh_index: SearchIndex, tenant: Tenant) -> People:
    return People(port, fresh_index, tenant.id)


def test_the_new_index_takes_the_place_of_the_old_at_the_end_of_the_block(club: People) -> None:
    club.add("An", "Bình", version=1)
    with club.port.rebuild(club.index, [club.tenant_id]) as new:
        assert new.upsert([club.document("An", 1), club.document("Chi", 2)]).stored == 2
        assert club.found(sort=BY_NAME) == ["An", "Bình"]
    assert club.found(sort=BY_NAME) == ["An", "Chi"]
    assert club.add("Dũng").found(sort=BY_NAME) == ["An", "Chi", "Dũng"]


def test_a_rebuild_that_fails_changes_nothing(club: People) -> None:
    def failing() -> None:
        with club.port.rebuild(club.index, [club.tenant_id]) as new:
            new.upsert([club.document("Bình")])
            raise ZeroDivisionError

    club.add("An")
    with pytest.raises(ZeroDivisionError):
        failing()
    assert club.found() == ["An"]
    with club.port.rebuild(club.index, [club.tenant_id]) as new:
        new.upsert([club.document("Chi")])
    assert club.found() == ["Chi"]


def test_what_is_written_meanwhile_is_in_both(club: People) -> None:
    club.add("An", "Bình", "Chi", version=1, points=1)
    with club.port.rebuild(club.index, [club.tenant_id]) as new:
        club.add("An", "Dũng", version=5, points=5)
        club.port.upsert(club.index, [Tombstone(tenant_id=club.tenant_id, id=club.ids["Chi"], version=6)])
        club.port.refresh(club.index)
        assert club.found(sort=BY_NAME) == ["An", "Bình", "Dũng"]
        late = new.upsert([club.document(n, 1, points=1) for n in ("An", "Bình", "Chi")])
        assert (late.stored, late.refused) == (1, 2)
    assert club.found(sort=(Sort("points"), Sort("name"))) == ["Bình", "An", "Dũng"]


def test_a_later_rebuild_takes_over_and_the_earlier_one_says_so(club: People) -> None:
    def overtaken() -> None:
        with club.port.rebuild(club.index, [club.tenant_id]) as earlier:
            earlier.upsert([club.document("Bình")])
            with club.port.rebuild(club.index, [club.tenant_id]) as later:
                later.upsert([club.document("Chi")])

    club.add("An")
    with pytest.raises(SearchUnavailable, match="took over"):
        overtaken()
    assert club.found() == ["Chi"]


def test_a_document_of_a_tenant_that_is_not_named_is_refused(club: People, other_tenant: Tenant) -> None:
    stranger = SearchDocument(tenant_id=other_tenant.id, id=uuid4(), version=1, values={})
    with pytest.raises(KeyError), club.port.rebuild(club.index, [club.tenant_id]) as new:
        new.upsert([stranger])


def test_several_tenants_are_rebuilt_at_once_and_stay_apart(club: People, other_tenant: Tenant) -> None:
    other = People(club.port, club.index, other_tenant.id).add("Anna")
    club.add("An")
    with club.port.rebuild(club.index, [club.tenant_id, other_tenant.id]) as new:
        new.upsert([club.document("An Mới", 2), other.document("Anna Nowa", 2)])
    assert (club.found("an"), other.found("an")) == (["An Mới"], ["Anna Nowa"])


def test_another_shape_needs_a_rebuild(club: People) -> None:
    club.add("An")
    wider = replace(club.index, numbers=(*club.index.numbers, "visits"))
    assert wider.shape != club.index.shape
    with pytest.raises(SearchUnavailable, match="rebuild"):
        club.port.search(wider, SearchQuery(tenant_id=club.tenant_id))
    document = SearchDocument(tenant_id=club.tenant_id, id=club.ids["An"], version=2, values={"name": "An", "visits": 3})
    with pytest.raises(SearchUnavailable):
        club.port.upsert(wider, [document])
    with club.port.rebuild(wider, [club.tenant_id]) as new:
        new.upsert([document])
    assert club.port.search(wider, SearchQuery(tenant_id=club.tenant_id, sort=(Sort("visits"),))).ids == (club.ids["An"],)
    with pytest.raises(SearchUnavailable):  # nothing of the old shape is left, so that erasing reaches all there is
        club.found()


class Ledger:
    """What is true, and writers that put every change into the index after it became true."""

    def __init__(self, port: SearchPort, index: SearchIndex, tenant_id: int) -> None:
        self.port, self.index, self.tenant_id = port, index, tenant_id
        self.truth: dict[UUID, int] = {}
        self.stop = Event()
        self.failed: list[BaseException] = []

    def document(self, id_: UUID, version: int) -> SearchDocument:
        return SearchDocument(tenant_id=self.tenant_id, id=id_, version=version, values={"name": f"v{version}", "points": version})

    def write(self) -> None:
        mine = [uuid4() for _ in range(40)]
        version = 0
        try:
            while version < len(mine) or not self.stop.is_set():
                version += 1
                one = mine[version % len(mine)]
                self.truth[one] = version
                self.port.upsert(self.index, [self.document(one, version)])
        except BaseException as failure:
            self.failed.append(failure)
        finally:
            connections.close_all()

    @contextmanager
    def busy(self, writers: int) -> Iterator[None]:
        threads = [Thread(target=self.write) for _ in range(writers)]
        for t in threads:
            t.start()
        try:
            yield
        finally:
            self.stop.set()
            for t in threads:
                t.join(30)


def test_nothing_written_during_rebuilds_is_lost(port: SearchPort, fresh_index: SearchIndex, tenant: Tenant) -> None:
    ledger = Ledger(port, fresh_index, tenant.id)
    with ledger.busy(writers=3):
        for _ in range(4):
            with port.rebuild(fresh_index, [tenant.id]) as new:
                new.upsert([ledger.document(i, v) for i, v in dict(ledger.truth).items()])
    assert ledger.failed == []
    port.refresh(fresh_index)
    by_points = SearchQuery(tenant_id=tenant.id, sort=(Sort("points"),), limit=1000)
    assert len(ledger.truth) == 120
    assert list(port.search(fresh_index, by_points).ids) == sorted(ledger.truth, key=lambda i: (ledger.truth[i], i))


def test_a_rebuild_inside_a_transaction_is_refused(club: People) -> None:
    if club.port.engine == "elasticsearch":
        with reading(club.tenant_id), club.port.rebuild(club.index, [club.tenant_id]):
            pass  # its index knows no transactions
        return
    with reading(club.tenant_id), pytest.raises(RuntimeError), club.port.rebuild(club.index, [club.tenant_id]):
        pass
