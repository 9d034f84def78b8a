"""Everything about a customer, handed out: whole, in every language, to nobody who may not, and noted."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from customers.commands import EditCustomer, IssueCustomerToken, RegisterCustomer
from earning.commands import AdjustPoints
from loyalty.staff.models import token_hash
from loyalty.tenancy.models import Tenant
from tests.customers.test_inviting import invite, link_of
from tests.earning.counter import Counter, rows
from tests.support.client import ApiClient
from tests.support.pages import text_of

PHONE, OLD_PHONE, CARD = "+84912345678", "+84987000111", "KTQX97040001"


@pytest.fixture
def somebody(tenant: Tenant) -> UUID:
    counter = Counter(tenant)
    counter.rule()
    told = {
        "first_name": "Quỳnhhoa",
        "phone": OLD_PHONE,
        "card": CARD,
        "consents": ("terms",),
        "consent_text": "v7",
        "labels": {"size": "L"},
    }
    customer = counter.do(RegisterCustomer(**told)).customer_id
    counter.do(EditCustomer(customer_id=customer, phone=PHONE))
    counter.do(IssueCustomerToken(customer_id=customer, hash=token_hash(f"ltc_{tenant.id}"), minutes=60))
    counter.sell(customer, 250_000, number="HD-77")
    counter.do(AdjustPoints(customer_id=customer, points=5, reason="sorry for the wait"))
    counter.sell(counter.customer(first_name="Somebody"), 90_000, number="HD-78")
    return customer


def test_a_customer_gets_everything_and_nothing_of_others(tenant: Tenant, somebody: UUID) -> None:
    app = ApiClient(f"ltc_{tenant.id}", tenant.hosts[0])
    told = app.get("/api/v1/me/export").json()
    assert (told["customers.profile"][0]["phone"], told["customers.profile"][0]["card"]) == (PHONE, CARD)
    assert [one["text_version"] for one in told["customers.consents"]] == ["v7"]
    assert [one["document_number"] for one in told["earning.purchases"]] == ["HD-77"]
    assert [(one["points"], one["reason"]) for one in told["earning.movements"]] == [(25, ""), (5, "sorry for the wait")]
    assert OLD_PHONE in str(told["customers.changes"]), "also what was so before"
    assert "Somebody" not in str(told)
    assert rows("staff_privilegedread", tenant, "what") == []
    page = app.speaking("vi").get("/api/v1/me/export", {"form": "html"})
    assert page.headers["Content-Type"].startswith("text/html")
    for said in ("Mọi thông tin về tôi", "Quỳnhhoa", "size: L", "HD-77", "Điều khoản chương trình"):
        assert said in text_of(page), said


def test_the_page_has_the_link_and_the_friends_whom_somebody_invited(tenant: Tenant, somebody: UUID) -> None:
    code = link_of(tenant, somebody)
    invite(tenant, somebody, "+84987000333")
    page = ApiClient(f"ltc_{tenant.id}", tenant.hosts[0]).speaking("vi").get("/api/v1/me/export", {"form": "html"})
    assert [page.status_code, *(said in text_of(page) for said in (code, "••• 333"))] == [200, True, True]


def test_staff_hand_it_out_with_a_reason_that_is_noted(tenant: Tenant, somebody: UUID, api: ApiClient, api_as: Any) -> None:
    address = f"/api/v1/customers/{somebody}/export"
    assert api.get(address).status_code == 400
    assert api_as("marketer").get(address, {"reason": "asked"}).status_code == 403
    assert api.get(address, {"reason": "asked"}).json()["customers.profile"][0]["first_name"] == "Quỳnhhoa"
    assert rows("staff_privilegedread", tenant, "what, subject") == [("customers.disclose:asked", str(somebody))]


def test_the_page_of_staff_wants_a_reason(tenant: Tenant, somebody: UUID, admin_site: Any, other_tenant: Tenant) -> None:
    base = f"/admin/customers/customer/{somebody}"
    assert admin_site.get(f"{base}/disclosure/").status_code == 404
    shown = admin_site.post(f"{base}/disclose/", {"reason": "authority", "format": "html"}, follow=True)
    assert "Quỳnhhoa" in text_of(shown)
    file = admin_site.get(f"{base}/disclosure/", {"reason": "check", "format": "json"})
    assert file.json()["customers.profile"][0]["phone"] == PHONE
    noted = ["customers.disclose:authority", "customers.disclose:check"]
    assert [what for (what,) in rows("staff_privilegedread", tenant, "what", "at")] == noted
