"""A till reads what a customer shows on their phone: they are at the counter at once, and nothing of it is good twice elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import time_machine

from customers.queries import customer
from loyalty.staff.models import User
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.pos.counter import Till
from tests.support.client import ApiClient, visitor
from tests.support.pages import text_of


def card_of(till: Till, api: ApiClient, name: str = "member_code") -> str:
    token = api.post(f"/api/v1/customers/{till.customer_id}/tokens", {}).json()["token"]
    return str(ApiClient(token, till.tenant.hosts[0]).get("/api/v1/me/card").json()[name])


def test_what_a_scanner_types_opens_the_customer_and_the_enter_after_it_too(till: Till, api: ApiClient) -> None:
    shown = card_of(till, api)
    for enter in (False, True):
        answer = till.find(shown, enter=enter)
        assert answer.headers["HX-Push-Url"] == till.at("till-customer", till.customer_id)
    assert 'id="id_amount"' in answer.content.decode()


def test_at_another_till_and_later_it_says_what_to_do(till: Till, api: ApiClient, tenant: Tenant, admin_user: User) -> None:
    shown = card_of(till, api)
    till.find(shown)
    colleague = visitor(tenant, admin_user).get(till.at("till-find"), query_params={"q": shown})
    assert "read at another till" in text_of(colleague)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=2, seconds=1)):
        assert "This code is over" in text_of(till.find(shown))


def test_digits_that_nobody_showed_are_looked_for_as_ever(till: Till) -> None:
    assert "Nobody found" in text_of(till.find("7" + "0" * 33, htmx=False))
    with reading(till.tenant.id):
        code = customer(till.customer_id).code
    assert till.find(code).headers["HX-Push-Url"] == till.at("till-customer", till.customer_id)
