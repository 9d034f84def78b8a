"""The list of customers: what it shows to whom, how it is narrowed, what is kept of that; and a customer's timeline."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.http import QueryDict

from customers.admin.filters import _years_before
from customers.admin.saved_filters import narrowing
from customers.commands import ChangeConsents, EditCustomer, MergeCustomers, RegisterCustomer
from loyalty.staff.models import User
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.customers.given import bring_level
from tests.earning.counter import Counter, rows
from tests.support.client import visitor
from tests.support.pages import columns_of, text_of

LIST = "/admin/customers/customer/"


@pytest.fixture
def people(tenant: Tenant) -> dict[str, UUID]:
    """Two who bought, one with everything known; one of whom nothing but a name is known."""
    counter = Counter(tenant)
    told = {"phone": "+84912345678", "email": "duong@example.com", "birth_date": date(1990, 5, 1), "gender": "female"}
    agreed = {"consents": ("marketing_sms",), "consent_text": "v1"}
    made = {
        "Đường": counter.do(RegisterCustomer(first_name="Đường", **told, **agreed)).customer_id,
        "Hoa": counter.do(RegisterCustomer(first_name="Hoa", phone="+84987654321")).customer_id,
        "Lan": counter.do(RegisterCustomer(first_name="Lan")).customer_id,
    }
    for total in (900_000, 700_000):
        counter.sell(made["Đường"], total)
    counter.sell(made["Hoa"], 50_000)
    bring_level("customers.spending")
    return made


def shown(site: Any, names: dict[str, UUID], **query: str) -> list[str]:
    """Who of them is listed, in their order."""
    page = text_of(site.get(LIST, query))
    return sorted((name for name in names if f" {name} " in page), key=page.index)


def test_whole_numbers_and_addresses_are_for_who_may_see_them_and_that_is_noted(
    tenant: Tenant, admin_site: Any, marketer_user: User, people: dict[str, UUID]
) -> None:
    page = admin_site.get(LIST)
    wanted = {"Name", "Phone", "Email", "Gender", "Birth date", "Registered", "Purchases", "Total", "Last purchase", "State"}
    assert wanted <= set(columns_of(page)), columns_of(page)
    assert all(said in text_of(page) for said in ("0912 345 678", "duong@example.com", "1 May 1990"))
    assert rows("staff_privilegedread", tenant, "what, subject") == [("customers.see_contacts", "list")]
    masked = text_of(visitor(tenant, marketer_user).get(LIST))
    assert "••• 5678" in masked
    assert "0912" not in masked
    assert "duong@" not in masked
    assert len(rows("staff_privilegedread", tenant, "what")) == 1, "who saw nothing whole is not noted"


def test_who_sees_whole_numbers_while_they_edit_is_noted(tenant: Tenant, admin_site: Any, make_user: Any, people: dict[str, UUID]) -> None:
    page = f"{LIST}{people['Đường']}/edit/"
    assert "0912 345 678" in admin_site.get(page).content.decode()
    assert rows("staff_privilegedread", tenant, "what, subject") == [("customers.see_contacts", str(people["Đường"]))]
    editor = make_user(tenant, "support")
    with reading(tenant.id):
        editor.role.permissions = [name for name in editor.role.permissions if name != "customers.see_contacts"]
        editor.role.save()
    masked = visitor(tenant, editor).get(page)
    assert (masked.status_code, b"0912" in masked.content) == (200, False)
    assert len(rows("staff_privilegedread", tenant, "what")) == 1, "who saw nothing whole is not noted"


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"purchases": "2"}, ["Đường"]),
        ({"purchases": "0"}, ["Lan"]),
        ({"total": "1"}, ["Đường"]),
        ({"total": "none"}, ["Lan"]),
        ({"last": "7"}, ["Hoa", "Đường"]),
        ({"last": "never"}, ["Lan"]),
        ({"registered": "longer"}, []),
        ({"age": "unknown"}, ["Lan", "Hoa"]),
        ({"contact": "no_phone"}, ["Lan"]),
        ({"contact": "email"}, ["Đường"]),
        ({"consent": "marketing_sms"}, ["Đường"]),
        ({"consent": "marketing_sms' or 1=1"}, ["Lan", "Hoa", "Đường"]),
        ({"gender__exact": "female", "purchases": "2"}, ["Đường"]),
    ],
)
def test_the_list_is_narrowed(admin_site: Any, people: dict[str, UUID], query: dict[str, str], names: list[str]) -> None:
    assert shown(admin_site, people, **query) == names


def test_a_withdrawn_consent_narrows_no_longer(tenant: Tenant, admin_site: Any, people: dict[str, UUID]) -> None:
    Counter(tenant).do(ChangeConsents(customer_id=people["Đường"], consents={"marketing_sms": False}))
    assert shown(admin_site, people, consent="marketing_sms") == []


def test_who_was_born_on_a_leap_day_comes_of_age_on_the_first_of_march() -> None:
    assert _years_before(date(2028, 2, 29), 18) == date(2010, 3, 1)
    assert _years_before(date(2026, 11, 27), 200) == date(1826, 11, 27)


def test_a_saved_filter_holds_nothing_that_was_typed() -> None:
    assert narrowing(QueryDict("q=Nguyễn&p=2&o=1&gender__exact=female&age=18&empty=")) == "age=18&gender__exact=female"


def test_filters_are_kept_for_oneself_or_shared(
    tenant: Tenant, admin_site: Any, people: dict[str, UUID], make_user: Callable[..., User], other_tenant: Tenant
) -> None:
    colleague = visitor(tenant, make_user(tenant, "marketer"))
    stranger = visitor(other_tenant, make_user(other_tenant, "marketer"))
    admin_site.post(f"{LIST}filters/save/", {"purchases": "2", "name": "Khách quen", "shared": "on", "q": "Đường"})
    admin_site.post(f"{LIST}filters/save/", {"purchases": "0", "name": "Mine"})
    assert rows("customers_saved_filter", tenant, "name, query, shared", "2") == [
        ("Mine", "purchases=0", False),
        ("Khách quen", "purchases=2", True),
    ]
    own, others, elsewhere = (text_of(site.get(LIST)) for site in (admin_site, colleague, stranger))
    assert ("Khách quen" in own, "Mine" in own) == (True, True)
    assert ("Khách quen" in others, "Mine" in others) == (True, False)
    assert "Khách quen" not in elsewhere
    ((key,),) = [one[:1] for one in rows("customers_saved_filter", tenant, "id, name") if one[1] == "Khách quen"]
    for site in (colleague, stranger):
        site.post(f"{LIST}filters/{key}/remove/")
    assert len(rows("customers_saved_filter", tenant, "id")) == 2
    admin_site.post(f"{LIST}filters/{key}/remove/")
    assert rows("customers_saved_filter", tenant, "name") == [("Mine",)]


def test_a_filter_is_sent_by_a_form_of_its_own(tenant: Tenant, admin_site: Any, people: dict[str, UUID]) -> None:
    """Browsers drop a form within a form: its button would send what is around it, and keep nothing."""
    admin_site.post(f"{LIST}filters/save/", {"purchases": "0", "name": "Mine"})
    page = admin_site.get(f"{LIST}?purchases=2").content.decode()
    sent_to, open_forms = [], 0
    for tag in re.findall(r"<form[^>]*>|</form>", page):
        open_forms += -1 if tag == "</form>" else 1
        assert open_forms in (0, 1), tag
        sent_to += re.findall(rf'action="{LIST}filters/(?:[^"]*/)?(save|remove)/"', tag)
    assert sent_to == ["remove", "save"]


@pytest.mark.parametrize(
    "sent", [{"name": "x"}, {"purchases": "2", "name": ""}, {"purchases": "2", "name": "a\0b"}, {"purchases": "2" * 1200, "name": "x"}]
)
def test_a_filter_without_name_or_narrowing_is_not_kept(tenant: Tenant, admin_site: Any, sent: dict[str, str]) -> None:
    assert admin_site.post(f"{LIST}filters/save/", sent).status_code == 302
    assert rows("customers_saved_filter", tenant, "name") == []


def test_the_timeline_tells_of_all_contexts_the_latest_first_page_by_page(tenant: Tenant, admin_site: Any) -> None:
    counter = Counter(tenant)
    counter.rule()
    customer = counter.customer()
    for n in range(30):
        counter.sell(customer, 20_000, number=f"HD-{n}")
    counter.do(EditCustomer(customer_id=customer, company="Sen Vàng"))
    other = counter.customer(first_name="Somebody")
    counter.sell(other, 20_000, number="HD-OTHER")
    address = f"{LIST}{customer}/timeline/"
    first = admin_site.get(address)
    said = text_of(first)
    assert said.index("Profile changed") < said.index("Points earned") < said.index("HD-28")
    assert "HD-OTHER" not in said
    earlier = first.content.decode().split('href="?before=')[1].split('"')[0]
    rest = text_of(admin_site.get(address, {"before": earlier}))
    assert "Registered" in rest
    assert "HD-29" not in rest
    for odd in ("x", "-1", "9" * 40, "１"):
        assert admin_site.get(address, {"before": odd}).status_code == 200
    assert ("history.see:timeline", str(customer)) in rows("staff_privilegedread", tenant, "what, subject")


def test_who_stands_for_others_is_sorted_narrowed_and_taken_away_by_what_they_bought_together(
    tenant: Tenant, admin_site: Any, people: dict[str, UUID]
) -> None:
    counter = Counter(tenant)
    an, binh = (counter.do(RegisterCustomer(first_name=name)).customer_id for name in ("An", "Bình"))
    counter.sell(binh, 2_000_000, purchased_at=datetime.now(UTC) - timedelta(seconds=5))
    counter.sell(people["Hoa"], 1_800_000)
    bring_level("customers.spending")
    for one, other in ((an, people["Lan"]), (binh, people["Lan"]), (people["Hoa"], people["Đường"])):
        counter.do(MergeCustomers(customer_id=one, other_id=other, reason="one person"))
    names = {name: people[name] for name in ("Đường", "Lan")}
    column = {title: n for n, title in enumerate(columns_of(admin_site.get(LIST)))}
    for title in ("Purchases", "Total", "Last purchase"):
        whole = {"Purchases": ["Lan", "Đường"], "Total": ["Lan", "Đường"], "Last purchase": ["Đường", "Lan"]}[title]
        assert shown(admin_site, names, o=str(column[title])) == whole, title
        assert shown(admin_site, names, o=f"-{column[title]}") == whole[::-1], title
    assert shown(admin_site, names, purchases="1") == ["Lan"]
    assert shown(admin_site, names, purchases="2") == ["Đường"], "two of their own, and two of Hoa's"
    assert shown(admin_site, names, purchases="0") == []
    assert "21+ (0)" in text_of(admin_site.get(LIST, {"_facets": "True"}))
    assert shown(admin_site, names, total="1") == ["Lan", "Đường"]
    assert shown(admin_site, names, total="0") == shown(admin_site, names, total="none") == shown(admin_site, names, last="never") == []
    file = admin_site.get(f"{LIST}export/").getvalue().decode()
    assert sorted(line.split(",")[-5:-2] for line in file.splitlines() if ",Lan," in line or ",Đường," in line) == [
        ["1", "2000000", "VND"],
        ["4", "3450000", "VND"],
    ]
    assert file.count("Merged") == 3
