"""Whoever fills in a customer with several mistakes hears of all of them at once: on the page, at the till, from the API."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from customers.commands import RegisterCustomer
from customers.models import Customer
from loyalty.domain.errors import DomainError
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.pos.given import a_customer, a_place, say
from tests.support.client import ApiClient
from tests.support.pages import field_of

ADD, PATH = "/admin/customers/customer/register/", "/api/v1/customers"
WRONG = {"first_name": "A\u202en", "birth_date": "1850-01-01", "phone": "12345", "email": "an@", "card": "1", "company": "x" * 101}


def pointers(answer: Any) -> dict[str, str]:
    return {error["pointer"]: error["code"] for error in answer.json()["errors"]}


def nobody_was_registered(tenant: Tenant) -> bool:
    with reading(tenant.id):
        return not Customer.objects.filter(tenant_id=tenant.id).exists()


def test_the_api_tells_all_that_the_register_refuses(tenant: Tenant, api: ApiClient) -> None:
    answer = api.post(PATH, WRONG | {"pos_id": str(uuid4())})
    assert answer.status_code == 422
    assert pointers(answer) == {
        "/first_name": "customers.unprintable_text",
        "/birth_date": "customers.birth_date_invalid",
        "/phone": "phone.invalid",
        "/email": "customers.email_invalid",
        "/card": "customers.card_invalid",
        "/company": "customers.text_too_long",
        "/pos_id": "pos.point_of_sale_not_found",
    }
    assert nobody_was_registered(tenant)


def test_the_api_tells_all_that_others_hold(tenant: Tenant, api: ApiClient) -> None:
    taken = {"phone": "+84912345678", "email": "hoa@example.com", "card": "97040001", "external_id": "ERP-7"}
    hoa = say(tenant, RegisterCustomer(first_name="Hoa", **taken)).customer_id
    answer = api.post(PATH, {"first_name": "An"} | taken)
    assert answer.status_code == 409
    assert pointers(answer) == {f"/{kind}": f"customers.{kind}_taken" for kind in taken}
    wrong_too = api.post(PATH, {"first_name": "An"} | taken | {"email": "an@"})
    assert wrong_too.status_code == 422
    assert pointers(wrong_too) == {f"/{kind}": f"customers.{kind}_taken" for kind in taken} | {"/email": "customers.email_invalid"}
    lan = a_customer(tenant, "Lan", "Trần", phone="+84987654321")
    edited = api.patch(f"{PATH}/{lan}", {"phone": "0912345678", "email": "lan@", "card": "9704 0001"})
    assert pointers(edited) == {"/phone": "customers.phone_taken", "/email": "customers.email_invalid", "/card": "customers.card_taken"}
    assert api.get(f"{PATH}/{lan}").json()["phone"] == "+84987654321"
    assert api.patch(f"{PATH}/{hoa}", {"phone": "0912345678", "company": "Sen"}).status_code == 200


def test_the_page_tells_what_has_the_wrong_shape_together_with_what_the_register_refuses(tenant: Tenant, admin_site: Any) -> None:
    a_place(tenant)
    wrong = WRONG | {"birth_date": "soon", "gender": "yes", "pos_id": "x", "language": "vi"}
    page = admin_site.post(ADD, wrong)
    assert page.status_code == 422
    for name, sentence in {
        "first_name": "characters that cannot be shown",
        "birth_date": "Enter a valid date",
        "gender": "Select a valid choice",
        "phone": "Enter a complete phone number",
        "email": "Enter a complete email address",
        "card": "A card number has 3 to 40 letters and digits",
        "company": "at most 100 characters",
        "pos_id": "Select a valid choice",
    }.items():
        assert sentence in field_of(page, name), name
    assert nobody_was_registered(tenant)


def test_the_page_tells_what_others_hold_beside_a_wrong_date(tenant: Tenant, admin_site: Any) -> None:
    say(tenant, RegisterCustomer(first_name="Hoa", phone="+84912345678", email="hoa@example.com"))
    given = {"first_name": "An", "phone": "0912345678", "email": "hoa@example.com", "gender": "male", "language": "vi"}
    page = admin_site.post(ADD, given | {"birth_date": "soon"})
    assert "Enter a valid date" in field_of(page, "birth_date")
    assert "Another customer has this phone number." in field_of(page, "phone")
    assert "Another customer has this email address." in field_of(page, "email")


def test_a_field_that_is_wrong_is_not_called_missing(admin_site: Any) -> None:
    page = admin_site.post(ADD, {"first_name": "x" * 101, "gender": "male", "language": "vi"})
    assert "at most 100 characters" in field_of(page, "first_name")
    assert "_error" not in field_of(page, "phone")


def test_editing_tells_everything_too(tenant: Tenant, admin_site: Any) -> None:
    customer = a_customer(tenant)
    page = admin_site.post(f"/admin/customers/customer/{customer}/edit/", WRONG | {"gender": "male", "language": "vi", "birth_date": "x"})
    assert all("_error" in field_of(page, name) for name in WRONG)


@pytest.mark.parametrize("phone", ["?", "0", "+", "１２"])
def test_what_is_no_phone_reaches_no_customer(tenant: Tenant, phone: str) -> None:
    with pytest.raises(DomainError) as refused:
        say(tenant, RegisterCustomer(first_name="An", phone=phone))
    assert (refused.value.code, refused.value.others) == ("phone.invalid", ())
