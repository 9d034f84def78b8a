"""What customers agree to, purpose by purpose, and where their cards are."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from customers import queries
from customers.commands import EraseCustomer, RegisterCustomer
from customers.domain.consents import Consents
from customers.domain.purposes import PURPOSES
from customers.events import CardStateChanged, ConsentGiven, ConsentWithdrawn
from loyalty.bus import dispatch
from loyalty.domain.errors import DomainError
from loyalty.projections.rebuild import checksum
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.customers.given import LATER, NOW, a_customer
from tests.earning.counter import rows
from tests.support.client import ApiClient
from tests.support.pages import field_of, form_of, text_of

SOMEBODY = uuid4()


def asked(wanted: dict[Any, bool], version: str = "2026-01", before: Consents | None = None) -> Consents:
    consents = before or Consents(uuid4())
    consents.change(SOMEBODY, wanted, version, "till", NOW)
    return consents


def test_a_consent_says_to_which_text_where_and_when() -> None:
    assert asked({"marketing_sms": True, "terms": True, "analytics": False}).pending == [
        ConsentGiven(customer_id=SOMEBODY, purpose="terms", text_version="2026-01", source="till", agreed_at=NOW),
        ConsentGiven(customer_id=SOMEBODY, purpose="marketing_sms", text_version="2026-01", source="till", agreed_at=NOW),
    ]


def test_the_same_text_again_is_no_consent_and_another_text_is_one() -> None:
    consents = asked({"terms": True})
    asked({"terms": True}, before=consents)
    asked({"terms": True}, "", before=consents)
    assert len(consents.pending) == 1
    assert asked({"terms": True}, "2026-06", before=consents).pending[-1].text_version == "2026-06"


def test_a_withdrawn_consent_is_gone_but_the_terms_stay() -> None:
    consents = asked({"terms": True, "analytics": True})
    assert asked({"analytics": False}, "", before=consents).pending[-1] == ConsentWithdrawn(
        customer_id=SOMEBODY, purpose="analytics", source="till", withdrawn_at=NOW
    )
    with pytest.raises(DomainError, match=r"customers\.terms_needed"):
        asked({"terms": False}, before=consents)


def test_nobody_agrees_to_a_text_that_is_not_named() -> None:
    with pytest.raises(DomainError, match=r"customers\.text_version_missing") as refused:
        asked({"marketing_email": True}, "  ")
    assert refused.value.field == "text_version"


@given(st.lists(st.tuples(st.dictionaries(st.sampled_from(PURPOSES), st.booleans()), st.sampled_from(["", "a", "b"])), max_size=8))
def test_live_consents_are_replayed_consents(steps: list[tuple[dict[Any, bool], str]]) -> None:
    live = Consents(uuid4())
    for wanted, version in steps:
        try:
            asked(wanted, version, live)
        except DomainError:
            continue
    assert Consents.replay(live.id, live.pending).given == live.given


def test_a_card_is_held_or_on_its_way_and_goes_with_its_number() -> None:
    customer = a_customer(card="9704001")
    customer.mark_card("held", LATER)
    customer.mark_card("sent", LATER)
    assert customer.pending == [CardStateChanged(customer_id=customer.id, state="sent", changed_at=LATER)]
    with pytest.raises(DomainError, match=r"customers\.has_card"):
        customer.mark_card("none", LATER)
    customer.edit(customer.profile, {}, LATER)
    assert customer.card_state == "none"
    with pytest.raises(DomainError, match=r"customers\.no_card"):
        customer.mark_card("sent", LATER)


def register(tenant: Tenant, **told: Any) -> UUID:
    command = RegisterCustomer(**{"first_name": "Đường", "phone": "+84912345678"} | told)
    return dispatch(command, tenant_id=tenant.id, actor="system", channel="test").customer_id


def pointers_of(refused: Any) -> list[tuple[str, str]]:
    return [(one["pointer"], one["code"]) for one in refused.json()["errors"]]


def test_consents_are_told_by_the_api_and_forgotten_with_the_person(tenant: Tenant, api: ApiClient) -> None:
    made = {
        "phone": "0987654321",
        "consents": ["terms", "marketing_sms"],
        "consent_text": "v1",
        "card": "9704001",
        "tax_number": "0312345678",
    }
    customer = UUID(api.post("/api/v1/customers", made).json()["customer_id"])
    address = f"/api/v1/customers/{customer}"
    changed = {"consents": {"marketing_sms": False, "analytics": True}, "text_version": "v2", "source": "phone"}
    assert api.put(f"{address}/consents", changed).status_code == 200
    told = {one["purpose"]: (one["given"], one["text_version"], one["source"]) for one in api.get(f"{address}/consents").json()}
    assert told == {"terms": (True, "v1", "website"), "analytics": (True, "v2", "phone"), "marketing_sms": (False, "v1", "phone")}
    assert api.put(f"{address}/card", {"state": "sent"}).status_code == 200
    shown = api.get(address).json()
    assert (shown["card_state"], shown["tax_number"]) == ("sent", "0312345678")
    unsaid = api.post("/api/v1/customers", {"first_name": "An", "consents": ["terms"]})
    assert pointers_of(unsaid) == [("/consent_text", "customers.text_version_missing")]
    unsaid = api.put(f"{address}/consents", {"consents": {"marketing_email": True}})
    assert pointers_of(unsaid) == [("/text_version", "customers.text_version_missing")]
    needed = api.put(f"{address}/consents", {"consents": {"terms": False}})
    assert pointers_of(needed) == [("/consents/terms", "customers.terms_needed")]
    live = [checksum(table) for table in ("customers_consent", "customers_customer")]
    call_command("rebuild", "customers.consents", "customers.customers")
    assert [checksum(table) for table in ("customers_consent", "customers_customer")] == live
    dispatch(EraseCustomer(customer_id=customer), tenant_id=tenant.id, actor="staff:1", channel="test")
    assert rows("customers_consent", tenant, "purpose") == []


def test_who_brought_somebody_is_known_and_nobody_else_is_named(tenant: Tenant, api: ApiClient) -> None:
    friend = register(tenant)
    joined = UUID(api.post("/api/v1/customers", {"first_name": "An", "referrer_id": str(friend)}).json()["customer_id"])
    with reading(tenant.id):
        assert queries.profile(joined).referrer_id == friend
    for field, code in (("referrer_id", "customers.referrer_unknown"), ("seller_id", "customers.seller_unknown")):
        refused = api.post("/api/v1/customers", {"first_name": "An", field: str(uuid4())})
        assert (refused.status_code, refused.json()["code"]) == (422, code)


def test_staff_note_consents_labels_and_tax_numbers_on_pages(tenant: Tenant, admin_site: Any) -> None:
    customer = register(tenant, consents=("terms",), consent_text="v1")
    page = f"/admin/customers/customer/{customer}"
    sent = form_of(admin_site.get(f"{page}/consents/"))
    assert sent["consents"] == ["terms"]
    refused = admin_site.post(f"{page}/consents/", sent | {"consents": ["terms", "analytics"], "text_version": ""})
    assert "Say to which version of the text they agree." in field_of(refused, "text_version")
    admin_site.post(f"{page}/consents/", sent | {"consents": ["terms", "analytics"], "text_version": "v2", "source": "paper"})
    edited = form_of(admin_site.get(f"{page}/edit/")) | {"labels": "vip\nsize: L", "tax_number": "031"}
    assert "A tax number has 5 to 22" in field_of(admin_site.post(f"{page}/edit/", edited), "tax_number")
    admin_site.post(f"{page}/edit/", edited | {"tax_number": "0312345678"})
    shown = text_of(admin_site.get(f"{page}/change/"))
    for said in ("Terms of the programme: yes, v1", "Analysis of behaviour: yes, v2, On paper", "vip, size: L", "0312345678"):
        assert said in shown, said
    assert "Consent given" in text_of(admin_site.get(f"{page}/history/"))
