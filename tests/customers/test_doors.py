"""A programme settles by which doors its customers come in: on its page, over the API and by a command, with a history of who did."""

from __future__ import annotations

from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command

from customers import queries
from customers.commands import ChangeDoors, RegisterCustomer, TakeInvitationLink
from customers.domain.doors import DoorRules, Doors, doors_id
from customers.invitations import new_code
from customers.messages import recipients
from loyalty.domain.errors import DomainError
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.customers.given import NOW
from tests.customers.test_sign_in import SIGN_IN, do, signed_in
from tests.support.client import ApiClient, visitor
from tests.support.pages import text_of

SETTINGS = "/api/v1/sign-in-settings"
FORM = {"doors": ["email"], "countries": "pl VN", "dormant_months": "6", "fact_above": "500", "messages_by": "email"}


def settled(tenant: Tenant) -> DoorRules:
    with reading(tenant.id):
        return queries.doors()


# -- what may be settled ------------------------------------------------------------------------


def test_the_same_again_is_no_event() -> None:
    doors, rules = Doors(doors_id(1)), DoorRules(doors=("phone",), countries=("VN",))
    doors.settle(rules, NOW)
    doors.settle(rules, NOW)
    doors.settle(DoorRules(doors=("email",)), NOW)
    assert [event.doors for event in doors.pending] == [("phone",), ("email",)]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"doors": ()}, "doors"),
        ({"doors": ("invitation",)}, "doors"),
        ({"doors": ("phone", "letter")}, "doors"),
        ({"countries": ("vn",)}, "countries"),
        ({"dormant_months": -1}, "dormant_months"),
        ({"dormant_months": 121}, "dormant_months"),
        ({"fact_above": -1}, "fact_above"),
    ],
)
def test_what_would_shut_everybody_out_or_means_nothing_is_refused_at_its_field(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(DomainError) as refused:
        Doors(doors_id(1)).settle(DoorRules(**wrong), NOW)
    assert [one.field for one in refused.value.all] == [field]


# -- by whom ------------------------------------------------------------------------------------


def test_before_anything_is_settled_codes_go_to_phones_of_the_programmes_country(tenant: Tenant, other_tenant: Tenant) -> None:
    assert (settled(tenant).doors, settled(tenant).countries) == (("phone", "invitation"), ("VN",))
    do(tenant, ChangeDoors(doors=("email",)))
    assert (settled(tenant).codes_by, settled(other_tenant).codes_by) == (("email",), ("phone",))


def test_over_the_api_it_is_shown_and_settled(tenant: Tenant, api: ApiClient, api_as: Any) -> None:
    body = {
        "doors": ["phone", "email"],
        "countries": ["pl"],
        "dormant_months": 0,
        "fact_above": 10,
        "messages_by": "email",
        "passwords": False,
    }
    assert api.put(SETTINGS, body).status_code == 200
    shown = api.get(SETTINGS).json()
    assert {name: shown[name] for name in body} == body | {"countries": ["PL"]}
    assert shown["codes_an_hour"]["to"] == 5
    del body["passwords"]
    assert api.put(SETTINGS, body).status_code == 200
    assert api.get(SETTINGS).json()["passwords"] is False, "a program that knows nothing of them switches them neither on nor off"
    refused = api.put(SETTINGS, body | {"countries": ["XX"]})
    assert [(e["pointer"], e["code"]) for e in refused.json()["errors"]] == [("/countries", "customers.country_unknown")]
    assert api_as("support").put(SETTINGS, body).status_code == 403
    assert ApiClient(None, tenant.hosts[0]).post(SIGN_IN, {"phone": "0912345678"}).json()["code"] == "phone.country"


def test_on_its_page_it_is_settled_and_the_history_says_by_whom(tenant: Tenant, admin_site: Any) -> None:
    page = "/admin/customers/doors/"
    assert "Nothing was settled yet" in text_of(admin_site.get(page))
    refused = admin_site.post(f"{page}settle/", FORM | {"doors": []})
    assert (refused.status_code, "Leave phone or email open" in text_of(refused)) == (422, True)
    admin_site.post(f"{page}settle/", FORM)
    assert settled(tenant) == DoorRules(
        doors=("email",), countries=("PL", "VN"), dormant_months=6, fact_above=500, messages_by="email", passwords=False
    )
    shown = admin_site.get(page, follow=True)
    for said in ("Email with a code and a link", "PL, VN", "6", "500", "2,000 in the whole programme"):
        assert said in text_of(shown)
    assert "Signing in of customers changed" in text_of(admin_site.get(f"{page}{doors_id(tenant.id)}/history/"))


def test_by_the_command_what_else_is_settled_stays(tenant: Tenant) -> None:
    do(tenant, ChangeDoors(doors=("phone",), fact_above=7))
    call_command("sign_in_by", tenant.code, "email", "--countries", "pl", stdout=StringIO())
    assert settled(tenant) == DoorRules(doors=("email",), countries=("PL",), fact_above=7)
    with pytest.raises(CommandError, match="no country XX"):
        call_command("sign_in_by", tenant.code, "email", "--countries", "xx", stdout=StringIO())


def test_messages_go_where_the_programme_wants_them_first(tenant: Tenant) -> None:
    both = do(tenant, RegisterCustomer(phone="+84912345678", email="an@example.com")).customer_id
    one = do(tenant, RegisterCustomer(phone="+84912345679")).customer_id
    for first, address in (("phone", "+84912345678"), ("email", "an@example.com")):
        do(tenant, ChangeDoors(doors=("phone",), messages_by=first))
        with reading(tenant.id):
            assert {i: r.address for i, r in recipients([both, one]).items()} == {both: address, one: "+84912345679"}


def test_where_the_door_of_phones_is_shut_the_page_asks_for_an_email(tenant: Tenant) -> None:
    do(tenant, ChangeDoors(doors=("email",)))
    page = visitor(tenant).get("/app/sign-in/")
    assert "Email" in text_of(page)
    refused = visitor(tenant).post("/app/sign-in/", {"phone": "0912345678"})
    assert (refused.status_code, "complete email address" in text_of(refused)) == (422, True)


@pytest.mark.parametrize("opened", [True, False])
def test_by_a_shut_door_nobody_is_brought(tenant: Tenant, opened: bool) -> None:
    friend = do(tenant, RegisterCustomer(first_name="Lan")).customer_id
    code = do(tenant, TakeInvitationLink(customer_id=friend, code=new_code()))
    do(tenant, ChangeDoors(doors=("phone", "invitation") if opened else ("phone",)))
    joined = signed_in(tenant, ApiClient(None, tenant.hosts[0]), invitation=code).json()
    with reading(tenant.id):
        brought_by = queries.profile(UUID(joined["customer_id"])).referrer_id
    assert brought_by == (friend if opened else None)
