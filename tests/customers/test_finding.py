"""Finding a customer by whatever a seller types, right after they were registered, with and without Elasticsearch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings

from customers import finding, queries
from customers.commands import DeactivateCustomer, EditCustomer, RegisterCustomer
from customers.documents import CUSTOMERS, FOLLOWER
from customers.projections import Elasticsearch
from loyalty.bus import dispatch
from loyalty.domain.errors import NotFound
from loyalty.projections.models import Blocked, Checkpoint
from loyalty.projections.projection import PROJECTIONS
from loyalty.projections.runner import following, project_once
from loyalty.search import SearchQuery
from loyalty.search.elasticsearch import ElasticsearchSearch
from loyalty.search.postgres import PostgresSearch
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.customers.given import bring_level

pytestmark = pytest.mark.usefixtures("own_log_of_module")
Register = Callable[..., Any]


@pytest.fixture
def register(tenant: Tenant) -> Register:
    """`register(first_name=…)`: the answer to a registration."""
    return lambda **facts: dispatch(RegisterCustomer(**facts), tenant_id=tenant.id, actor="system", channel="test")


def found(tenant: Tenant, text: str, **asked: Any) -> list[str]:
    with reading(tenant.id):
        return [card.name for card in queries.search(text, **asked)]


@pytest.mark.parametrize("typed", ["duong", "Đường", "ĐƯỜNG", "duong nguyen", "ngu du", "đưỡng"])
def test_a_name_is_found_without_accents_in_any_order_at_once(tenant: Tenant, register: Register, typed: str) -> None:
    register(first_name="Đường", last_name="Nguyễn Văn", language="vi")
    register(first_name="Łukasz", last_name="Gąsienica", language="pl")
    assert found(tenant, "lukasz gasienica") == ["Łukasz Gąsienica"]
    assert found(tenant, typed) == ["Nguyễn Văn Đường"]


@pytest.mark.parametrize(
    "typed",
    ["0912345678", "+84 912 345 678", "0084912345678", "84912345678", "+84(0)912345678", "０９１２３４５６７８", "5678", "５６７８"],
)
def test_a_phone_is_found_in_any_spelling_and_by_its_last_four(tenant: Tenant, register: Register, typed: str) -> None:
    register(first_name="An", phone="+84912345678")
    register(first_name="Bình", phone="+84912345679")
    assert found(tenant, typed) == ["An"]


def test_code_card_email_and_external_id_find_their_holder(tenant: Tenant, register: Register) -> None:
    code = register(first_name="An", card="9704-0001", email="an@example.com", external_id="12346").code
    register(first_name="Bình")
    for typed in (code, code.lower(), f"{code[:4]}-{code[4:]}", "97040001", "9704 0001", "AN@example.com", "12346"):
        assert found(tenant, typed) == ["An"], typed


@pytest.mark.parametrize("typed", ["", "   ", "%", "_", "09123", "an@example", "\0", "🙂", "a" * 5000, "1" * 300, "'; drop table"])
def test_what_matches_nobody_finds_nobody(tenant: Tenant, register: Register, typed: str) -> None:
    register(first_name="Bình", phone="+84912345678", email="binh@example.com")
    assert found(tenant, typed) == []


def test_nobody_of_another_tenant_is_found(tenant: Tenant, other_tenant: Tenant, register: Register) -> None:
    done = register(first_name="An", phone="+84912345678")
    for typed in ("an", "0912345678", "5678", done.code):
        assert found(other_tenant, typed) == []
    with reading(other_tenant.id), pytest.raises(NotFound, match=r"customers\.not_found"):
        queries.customer(done.customer_id)


def test_a_new_name_is_found_and_the_old_one_is_not(tenant: Tenant, register: Register) -> None:
    somebody = register(first_name="Hoa", last_name="Trần").customer_id
    dispatch(EditCustomer(customer_id=somebody, first_name="Hương"), tenant_id=tenant.id, actor="system", channel="test")
    assert found(tenant, "huong") == ["Trần Hương"]
    assert found(tenant, "hoa tran") == []


def test_a_released_phone_finds_nobody(tenant: Tenant, register: Register) -> None:
    somebody = register(first_name="An", phone="+84912345678").customer_id
    dispatch(EditCustomer(customer_id=somebody, phone=None), tenant_id=tenant.id, actor="system", channel="test")
    assert found(tenant, "0912345678") == found(tenant, "5678") == []


def test_states_narrow_a_search_down(tenant: Tenant, register: Register) -> None:
    register(first_name="An", last_name="Một")
    gone = register(first_name="An", last_name="Hai").customer_id
    dispatch(DeactivateCustomer(customer_id=gone, reason="asked"), tenant_id=tenant.id, actor="system", channel="test")
    assert sorted(found(tenant, "an")) == ["Hai An", "Một An"]
    assert found(tenant, "an", states=["active"]) == ["Một An"]


@pytest.mark.parametrize("typed", ["an", "5678"])
def test_who_is_in_a_state_is_found_behind_any_number_of_others(
    tenant: Tenant, register: Register, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    monkeypatch.setattr(finding, "MORE", 3)
    two_asleep(tenant, register)
    for limit in (2, 5, 50):
        assert sorted(found(tenant, typed, states=["inactive"], limit=limit)) == ["An Số 0", "An Số 11"], limit
        assert len(found(tenant, typed, states=["new", "active"], limit=limit)) == min(limit, 10)


def two_asleep(tenant: Tenant, register: Register) -> None:
    """Twelve of one name and one end of the phone, of whom the first and the last are inactive."""
    for n in range(12):
        somebody = register(first_name="An", last_name=f"Số {n}", phone=f"+8491{n:02}35678", language="pl").customer_id
        if n in {0, 11}:
            dispatch(DeactivateCustomer(customer_id=somebody, reason="asked"), tenant_id=tenant.id, actor="system", channel="test")


def test_a_search_has_a_limit(tenant: Tenant, register: Register) -> None:
    for n in range(5):
        register(first_name="An", last_name=f"Số {n}", phone=f"+8491234567{n}")
    assert len(found(tenant, "an", limit=3)) == 3
    assert found(tenant, "an", limit=0) == []


def test_one_customer_by_one_kind_of_identifier(tenant: Tenant, register: Register) -> None:
    done = register(first_name="An", phone="+84912345678", email="an@example.com", card="970401", external_id="X-1")
    typed = {"phone": "0912 345 678", "email": "An@Example.com", "card": "9704-01", "code": done.code.lower(), "external_id": "X-1"}
    with reading(tenant.id):
        for kind, text in typed.items():
            card = queries.customer_by(kind, text)  # type: ignore[arg-type]
            assert card is not None
            assert card.id == done.customer_id
            assert queries.identified(kind, [text, "nobody"]) == {text: done.customer_id}  # type: ignore[arg-type]
        assert queries.customer_by("phone", "12345") is None
        assert queries.customer_by("card", "0912345678") is None
        assert queries.identified("phone", []) == {}


def test_contacts_and_profile_open_what_is_sealed(tenant: Tenant, register: Register) -> None:
    somebody = register(first_name="An", phone="+84912345678", address="12 Lê Lợi", labels={"vip": "yes"}).customer_id
    with reading(tenant.id):
        assert queries.contacts(somebody) == queries.Contacts("+84912345678", None, None, None)
        assert (queries.profile(somebody).address, queries.profile(somebody).labels) == ("12 Lê Lợi", {"vip": "yes"})
        with pytest.raises(NotFound):
            queries.contacts(uuid4())


def test_the_list_shows_everybody_page_by_page(tenant: Tenant, register: Register) -> None:
    names = [f"N{n}" for n in range(5)]
    for name in names:
        register(first_name=name)
    seen: list[str] = []
    after = None
    with reading(tenant.id):
        while True:
            page = queries.customers(limit=2, after=after)
            seen += [card.name for card in page.items]
            if (after := page.after) is None:
                break
    assert seen == names[::-1]


def test_the_standing_of_customers_for_other_contexts(tenant: Tenant, register: Register) -> None:
    new, gone = register(first_name="An", active=False).customer_id, register(first_name="Bình").customer_id
    dispatch(DeactivateCustomer(customer_id=gone, reason="asked"), tenant_id=tenant.id, actor="system", channel="test")
    read = queries.standing_read(new)
    with reading(tenant.id):
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(read.sql, [[new, gone, uuid4()]])
            standing = dict(cursor.fetchall())
    assert standing == {new: "new", gone: "inactive"}
    assert [queries.may_earn(state) for state in ("new", "active", "inactive", "erased", None)] == [True, True, False, False, False]


# -- Elasticsearch --------------------------------------------------------------------------------


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
