"""The register in the administration: the list, its search, one customer, and the forms with what they confirm and refuse."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from customers.commands import DeactivateCustomer, RegisterCustomer
from customers.models import Customer
from customers.permissions import CONTACTS
from customers.queries import profile
from loyalty.bus import dispatch
from loyalty.staff.models import Role, User
from loyalty.staff.tenants import add_user
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.customers.given import bring_level, buy
from tests.support.client import visitor
from tests.support.pages import columns_of, field_of, text_of
from tests.support.people import PASSWORD

LIST = "/admin/customers/customer/"
DUONG = {"first_name": "Đường", "last_name": "Nguyễn", "gender": "female", "language": "vi", "phone": "0912 345 678"}


@pytest.fixture
def registered(tenant: Tenant) -> Callable[..., UUID]:
    """`registered(first_name=…)`: the id of a customer."""

    def register(at: Tenant = tenant, **facts: Any) -> UUID:
        return dispatch(RegisterCustomer(**facts), tenant_id=at.id, actor="system", channel="test").customer_id

    return register


def row(tenant: Tenant, customer_id: UUID) -> Customer:
    with reading(tenant.id):
        return Customer.objects.get(id=customer_id)


def test_add_a_customer_and_see_them(tenant: Tenant, admin_site: Any) -> None:
    assert "Add customer" in text_of(admin_site.get(LIST))
    page = admin_site.get(f"{LIST}register/")
    assert page.status_code == 200
    given = DUONG | {"birth_date": "1990-05-01", "email": "duong@example.com", "card": "9704 0001"}
    answer = admin_site.post(f"{LIST}register/", given, follow=True)
    with reading(tenant.id):
        made = Customer.objects.get()
    assert answer.redirect_chain == [(f"{LIST}{made.id}/change/", 302)]
    said = text_of(answer)
    assert f"Nguyễn Đường is registered. The customer code is {made.code}." in said
    for shown in (made.code, "0912 345 678", "duong@example.com", "97040001", " Active ", "1 May 1990", "Tiếng Việt", "Administrator"):
        assert shown in said, shown
    assert "('" not in said


def test_the_list_has_its_columns_and_finds_duong(tenant: Tenant, admin_site: Any, registered: Callable[..., UUID]) -> None:
    duong = registered(first_name="Đường", last_name="Nguyễn", phone="+84912345678")
    registered(first_name="Hoa", last_name="Trần", phone="+84912340000")
    buy(tenant, duong, "1", 1_000_000, datetime(2025, 3, 1, 8, 30, tzinfo=UTC))
    buy(tenant, duong, "2", 250_000, datetime(2025, 3, 1, 7, 0, tzinfo=UTC))
    bring_level("customers.spending")
    listed = admin_site.get(LIST)
    assert {"Code", "Name", "Phone", "State", "Purchases", "Total", "Last purchase"} <= set(columns_of(listed))
    everybody = text_of(listed)
    for shown in ("Nguyễn Đường", "Trần Hoa", "0912 345 678", "₫1,250,000", "₫0", "1 Mar 2025, 3:30"):
        assert shown in everybody, shown
    for typed in ("duong", "0912345678", "5678", row(tenant, duong).code):
        found = text_of(admin_site.get(LIST, {"q": typed}))
        assert "Nguyễn Đường" in found, typed
        assert "Trần Hoa" not in found, typed
    assert "Nguyễn Đường" not in text_of(admin_site.get(LIST, {"q": "nobody"}))


def test_the_list_sorts_by_what_was_bought(tenant: Tenant, admin_site: Any, registered: Callable[..., UUID]) -> None:
    ids = {name: registered(first_name=name) for name in ("Nothing", "Little", "Much")}
    for name, total in (("Little", 10_000), ("Much", 500_000)):
        buy(tenant, ids[name], name, total)
    bring_level("customers.spending")
    for column in (5, 6, 7):
        page = admin_site.get(LIST, {"o": f"-{column}.1"})
        assert page.status_code == 200
    said = text_of(admin_site.get(LIST, {"o": "-6"}))
    assert said.index("Much") < said.index("Little") < said.index("Nothing")


def test_states_filter_the_list(tenant: Tenant, admin_site: Any, registered: Callable[..., UUID]) -> None:
    registered(first_name="Hoa")
    gone = registered(first_name="Lan")
    dispatch(DeactivateCustomer(customer_id=gone, reason="asked"), tenant_id=tenant.id, actor="system", channel="test")
    said = text_of(admin_site.get(LIST, {"state__exact": "inactive"}))
    assert "Lan" in said
    assert "Hoa" not in said


def test_the_list_is_narrowed_by_languages_and_states_that_people_know(
    tenant: Tenant, admin_site: Any, registered: Callable[..., UUID]
) -> None:
    for name, language in (("Hoa", "vi"), ("Thu", ""), ("Anna", "pl")):
        registered(first_name=name, language=language)
    page = admin_site.get(LIST)
    choices = dict(re.findall(r'href="\?([^"]*)"[^>]*>\s*([^<]+?)\s*<', page.content.decode()))
    assert {query: said for query, said in choices.items() if query.startswith("language")} == {
        "language=vi": "Tiếng Việt", "language=en": "English", "language=pl": "Polski",
    }  # fmt: skip
    assert {query: said for query, said in choices.items() if query.startswith("state")} == {
        "state__exact=new": "New", "state__exact=active": "Active", "state__exact=inactive": "Inactive",
    }  # fmt: skip
    for asked, names in ({"language": "vi"}, {"Hoa", "Thu"}), ({"language": "pl"}, {"Anna"}), ({"language": "xx"}, {"Hoa", "Thu", "Anna"}):
        said = text_of(admin_site.get(LIST, asked))
        assert {name for name in ("Hoa", "Thu", "Anna") if name in said} == names


def test_a_search_within_a_state_is_not_cut_before(
    tenant: Tenant, admin_site: Any, registered: Callable[..., UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("customers.admin.customers.FOUND_AT_MOST", 2)
    asleep = {registered(first_name="An", last_name=f"Số {n}"): n for n in range(6)}
    for customer_id, n in asleep.items():
        if n in {0, 5}:
            dispatch(DeactivateCustomer(customer_id=customer_id, reason="asked"), tenant_id=tenant.id, actor="system", channel="test")
    said = text_of(admin_site.get(LIST, {"q": "an", "state__exact": "inactive"}))
    assert {n for n in range(6) if f"Số {n}" in said} == {0, 5}


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"phone": "12345"}, "phone", "Enter a complete phone number"),
        ({"email": "an@"}, "email", "Enter a complete email address"),
        ({"card": "1"}, "card", "A card number has 3 to 40 letters and digits"),
        ({"birth_date": "2999-01-01"}, "birth_date", "Enter a birth date between 1900 and today"),
        ({"birth_date": "soon"}, "birth_date", "Enter a valid date"),
        ({"first_name": "a" * 101}, "first_name", "at most 100 characters"),
        ({"first_name": "A\u202en"}, "first_name", "characters that cannot be shown"),
        ({"gender": "yes"}, "gender", "Select a valid choice"),
    ],
)
def test_wrong_input_is_said_at_its_field(tenant: Tenant, admin_site: Any, given: dict[str, str], field: str, said: str) -> None:
    page = admin_site.post(f"{LIST}register/", DUONG | given)
    assert page.status_code == 422
    assert "The information entered is not correct." in text_of(page)
    assert said in field_of(page, field)
    with reading(tenant.id):
        assert not Customer.objects.exists()


def test_a_taken_phone_is_said_at_the_phone(admin_site: Any, registered: Callable[..., UUID]) -> None:
    registered(first_name="Hoa", phone="+84912345678")
    page = admin_site.post(f"{LIST}register/", DUONG)
    assert page.status_code == 422
    assert "Another customer has this phone number." in field_of(page, "phone")
    assert 'value="0912 345 678"' in field_of(page, "phone")


def test_edit_a_customer(tenant: Tenant, admin_site: Any, registered: Callable[..., UUID]) -> None:
    somebody = registered(first_name="Hoa", phone="+84912345678", email="hoa@example.com", labels={"vip": "yes"})
    form = admin_site.get(f"{LIST}{somebody}/edit/").content.decode()
    assert 'value="0912 345 678"' in form
    assert 'value="hoa@example.com"' in form
    answer = admin_site.post(f"{LIST}{somebody}/edit/", DUONG | {"phone": "0987654321"}, follow=True)
    assert answer.redirect_chain == [(f"{LIST}{somebody}/change/", 302)]
    assert "is changed." in text_of(answer)
    changed = row(tenant, somebody)
    assert (changed.first_name, changed.phone_last4, changed.email_sealed, changed.labels) == ("Đường", "4321", None, {"vip": "yes"})


def test_deactivate_and_activate(tenant: Tenant, admin_site: Any, registered: Callable[..., UUID]) -> None:
    somebody = registered(first_name="Hoa", last_name="Trần")
    page = admin_site.get(f"{LIST}{somebody}/change/")
    assert f"{LIST}{somebody}/deactivate/" in page.content.decode()
    assert f"{LIST}{somebody}/activate/" not in page.content.decode()
    refused = admin_site.post(f"{LIST}{somebody}/deactivate/", {"reason": " "})
    assert refused.status_code == 422
    done = admin_site.post(f"{LIST}{somebody}/deactivate/", {"reason": "asked by phone"}, follow=True)
    assert "Trần Hoa is deactivated." in text_of(done)
    assert row(tenant, somebody).state == "inactive"
    assert admin_site.get(f"{LIST}{somebody}/deactivate/").status_code == 404
    done = admin_site.post(f"{LIST}{somebody}/activate/", follow=True)
    assert "Trần Hoa is active." in text_of(done)


def test_the_history_tells_what_happened(tenant: Tenant, admin_site: Any, registered: Callable[..., UUID]) -> None:
    somebody = registered(first_name="Hoa", phone="+84912345678")
    admin_site.post(f"{LIST}{somebody}/deactivate/", {"reason": "asked by phone"})
    told = text_of(admin_site.get(f"{LIST}{somebody}/history/"))
    assert "Deactivated" in told
    assert "asked by phone" in told
    assert "Registered" in told


def test_a_double_click_registers_one_customer(tenant: Tenant, admin_site: Any) -> None:
    command_id = str(uuid4())
    for _ in range(2):
        admin_site.post(f"{LIST}register/", {"first_name": "An", "gender": "male", "language": "vi", "command_id": command_id})
    with reading(tenant.id):
        assert Customer.objects.count() == 1


def test_without_the_right_nobody_sees_or_changes_a_whole_phone(
    tenant: Tenant, registered: Callable[..., UUID], marketer_user: User
) -> None:
    somebody = registered(
        first_name="Hoa", phone="+84912345678", email="hoa@example.com", card="970401", address="12 Lê Lợi", company="Sen Vàng"
    )
    marketer = visitor(tenant, marketer_user)
    page = marketer.get(f"{LIST}{somebody}/change/")
    assert page.status_code == 200
    assert "••• 5678" in text_of(page)
    assert not any(secret in page.content.decode() for secret in ("0912", "hoa@example.com", "970401", "Lê Lợi", "Sen Vàng"))
    assert marketer.get(f"{LIST}{somebody}/edit/").status_code == 403
    with reading(tenant.id):
        Role.objects.create(tenant=tenant, code="clerk", name="Clerk", permissions=["staff.enter_admin", "customers.see", "customers.edit"])
    clerk = visitor(tenant, add_user(tenant.id, "clerk@example.com", PASSWORD, role_code="clerk", display_name="Clerk"))
    form = clerk.get(f"{LIST}{somebody}/edit/").content.decode()
    assert 'name="last_name"' in form
    assert not any(f'name="{name}"' in form for name in CONTACTS)
    given = {"first_name": "Lan", "gender": "male", "language": "vi", "phone": "0987654321", "address": "1 Trần Phú", "company": ""}
    assert clerk.post(f"{LIST}{somebody}/edit/", given).status_code == 302
    assert (row(tenant, somebody).first_name, row(tenant, somebody).phone_last4) == ("Lan", "5678")
    with reading(tenant.id):
        assert (profile(somebody).address, profile(somebody).company) == ("12 Lê Lợi", "Sen Vàng")


def test_a_customer_of_another_tenant_is_not_there(other_tenant: Tenant, admin_site: Any, registered: Callable[..., UUID]) -> None:
    foreign = registered(other_tenant, first_name="Obcy")
    assert "Obcy" not in text_of(admin_site.get(LIST, {"q": "obcy"}))
    for page in ("change", "edit", "deactivate", "history"):
        assert admin_site.get(f"{LIST}{foreign}/{page}/").status_code in {302, 404}, page
    assert admin_site.post(f"{LIST}{foreign}/deactivate/", {"reason": "x"}).status_code == 404


def test_the_navigation_leads_to_customers(admin_site: Any) -> None:
    home = admin_site.get("/admin/").content.decode()
    assert "All customers" in home
    assert f'href="{LIST}register/"' in home
