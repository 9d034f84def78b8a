"""Elasticsearch finds whom Postgres finds, knows a little later of them, and may be away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings

from customers import finding, queries
from customers.commands import EditCustomer, RegisterCustomer
from customers.documents import CUSTOMERS, FOLLOWER
from customers.projections import Elasticsearch
from loyalty.bus import dispatch
from loyalty.projections.models import Blocked, Checkpoint
from loyalty.projections.projection import PROJECTIONS
from loyalty.projections.runner import following, project_once
from loyalty.search import SearchQuery
from loyalty.search.elasticsearch import ElasticsearchSearch
from loyalty.search.postgres import PostgresSearch
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.customers.given import Register, bring_level, found, two_asleep

pytestmark = pytest.mark.usefixtures("own_log_of_module")


@pytest.fixture
def engine(elasticsearch: Any) -> Iterator[ElasticsearchSearch]:
    """The real engine with the index of customers, as patient as a busy machine needs; its follower tries at once."""
    patient = ElasticsearchSearch(settings.ELASTICSEARCH_URL, settings.SEARCH_PREFIX, 10)
    patient.ensure(CUSTOMERS)
    follower = PROJECTIONS[FOLLOWER]
    assert isinstance(follower, Elasticsearch)
    follower.breaker.succeeded()
    yield patient
    follower.breaker.succeeded()
    patient.client.close()


@pytest.mark.search
def test_elasticsearch_finds_the_same_a_moment_later(tenant: Tenant, register: Register, engine: ElasticsearchSearch) -> None:
    def ids(text: str) -> tuple[UUID, ...]:
        return engine.search(CUSTOMERS, SearchQuery(tenant_id=tenant.id, text=text)).ids

    somebody = register(first_name="Đường", last_name="Nguyễn").customer_id
    bring_level(FOLLOWER)
    assert ids("duong") == (somebody,)
    dispatch(EditCustomer(customer_id=somebody, first_name="Thảo"), tenant_id=tenant.id, actor="system", channel="test")
    bring_level(FOLLOWER)
    assert (ids("duong"), ids("thao")) == ((), (somebody,))


@pytest.mark.search
@pytest.mark.parametrize("wait", [timedelta(0), timedelta(days=90)])
def test_who_elasticsearch_does_not_know_yet_is_found(
    tenant: Tenant, engine: ElasticsearchSearch, monkeypatch: pytest.MonkeyPatch, wait: timedelta
) -> None:
    """However long ago it was: what counts is how far the projector came, not the clock."""
    monkeypatch.setattr(finding, "search_port", lambda: engine)

    def register(last_name: str) -> UUID:
        command = RegisterCustomer(first_name="Đường", last_name=last_name)
        return dispatch(command, tenant_id=tenant.id, actor="system", channel="test", at=datetime.now(UTC) - wait).customer_id

    first = register("Một")
    bring_level(FOLLOWER)
    second = register("Hai")
    with reading(tenant.id):
        assert {card.id for card in queries.search("duong")} == {first, second}
        assert [card.id for card in queries.search("hai duong")] == [second]


@pytest.mark.search
def test_states_narrow_elasticsearch_down_as_well(
    tenant: Tenant, register: Register, engine: ElasticsearchSearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "MORE", 3)
    monkeypatch.setattr(finding, "search_port", lambda: engine)
    two_asleep(tenant, register)
    bring_level(FOLLOWER)
    for limit in (2, 5):
        assert sorted(found(tenant, "an", states=["inactive"], limit=limit)) == ["An Số 0", "An Số 11"]
        assert len(found(tenant, "an", states=["active"], limit=limit)) == limit
    assert len(found(tenant, "an", states=["active"], limit=50)) == 10


@pytest.mark.search
@pytest.mark.parametrize("through", ["elasticsearch", "postgres"])
@pytest.mark.parametrize("shown", [0, 7, 12])
def test_what_is_written_between_two_pages_hides_nobody(
    tenant: Tenant, register: Register, engine: ElasticsearchSearch, monkeypatch: pytest.MonkeyPatch, through: str, shown: int
) -> None:
    """`shown` of the twelve have reached Elasticsearch when the search begins; the others, and who joins meanwhile, come as it is read."""
    monkeypatch.setattr(finding, "MORE", 2)
    monkeypatch.setattr(finding, "search_port", lambda: engine if through == "elasticsearch" else PostgresSearch())
    bring_level(FOLLOWER)
    twelve = []
    for n in range(12):
        if n == shown:
            bring_level(FOLLOWER)
        twelve.append(register(first_name="An", last_name=f"Số {n}").customer_id)
    if shown == 12:
        bring_level(FOLLOWER)
    told: list[UUID] = []
    pages = finding.found("an", tenant.id, 2, "VN")
    while True:
        with reading(tenant.id):
            page = next(pages, None)
        if page is None:
            break
        told += page
        if len(told) < 40:
            register(first_name="An", last_name="Mới")
        dispatch(EditCustomer(customer_id=told[0], last_name=f"Số {len(told)}"), tenant_id=tenant.id, actor="system", channel="test")
        bring_level(FOLLOWER)
    assert len(told) == len(set(told))
    assert set(twelve) <= set(told)


@pytest.mark.search
def test_a_dead_elasticsearch_holds_nobody_up_and_blocks_nothing(tenant: Tenant, register: Register, engine: ElasticsearchSearch) -> None:
    bring_level(FOLLOWER)
    follower, before = PROJECTIONS[FOLLOWER], position()
    with override_settings(ELASTICSEARCH_URL="http://127.0.0.1:9"):
        register(first_name="Đường", language="vi")
        assert found(tenant, "duong") == ["Đường"]
        assert project_once(follower) == 0
        assert project_once(follower) == 0, "it is not asked again at once"
    assert position() == before
    assert not Blocked.objects.using("projector").filter(projection=FOLLOWER, tenant_id=tenant.id).exists()
    follower.breaker.succeeded()  # type: ignore[attr-defined]
    bring_level(FOLLOWER)
    assert position() > before


@pytest.mark.search
def test_a_lost_index_is_not_made_anew_without_its_customers(tenant: Tenant, register: Register, engine: ElasticsearchSearch) -> None:
    register(first_name="Đường", last_name="Một")
    bring_level(FOLLOWER)
    for name in engine.client.indices.get(index=f"{engine.prefix}-{CUSTOMERS.name}-*"):
        engine.client.indices.delete(index=name)
    register(first_name="Đường", last_name="Hai")
    assert project_once(PROJECTIONS[FOLLOWER]) == 0
    assert sorted(found(tenant, "duong")) == ["Hai Đường", "Một Đường"]
    call_command("rebuild_customer_search")
    assert engine.search(CUSTOMERS, SearchQuery(tenant_id=tenant.id, text="duong")).total == 2


def test_without_elasticsearch_its_follower_keeps_its_place() -> None:
    with override_settings(ELASTICSEARCH_URL=None):
        assert PROJECTIONS[FOLLOWER] not in following()
    with override_settings(ELASTICSEARCH_URL="http://127.0.0.1:9"):
        assert PROJECTIONS[FOLLOWER] in following()


def position() -> int:
    return int(Checkpoint.objects.using("projector").get(projection=FOLLOWER).position)


def test_a_rebuilt_index_finds_the_same_customers(tenant: Tenant, register: Register, capsys: pytest.CaptureFixture[str]) -> None:
    for n in range(3):
        register(first_name="Đường", last_name=f"Số {n}", language="vi")
    before = found(tenant, "duong")
    call_command("rebuild_customer_search")
    assert "customers can be searched." in capsys.readouterr().out
    assert sorted(found(tenant, "duong")) == sorted(before)
    assert len(before) == 3
    register(first_name="Đường", last_name="Mới", language="vi")
    assert "Mới Đường" in found(tenant, "duong")
