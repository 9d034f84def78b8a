"""Finding a customer by whatever a seller types, right after they were registered, with and without Elasticsearch."""

from __future__ import annotations

from uuid import uuid4

import pytest

from customers import finding, queries
from customers.commands import DeactivateCustomer, EditCustomer
from loyalty.bus import dispatch
from loyalty.domain.errors import NotFound
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.customers.given import Register, found, two_asleep


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
            standing = {row[0]: row[1] for row in cursor.fetchall()}
    assert standing == {new: "new", gone: "inactive"}
    assert [queries.may_earn(state) for state in ("new", "active", "inactive", "erased", None)] == [True, True, False, False, False]
