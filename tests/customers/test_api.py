"""The register over HTTP: register, find, show, edit, activate, deactivate; who may, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from customers.domain.code import parse_code
from customers.models import Customer
from customers.permissions import CONTACTS, EDIT, SEE
from loyalty.staff.models import Role
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.pos.given import a_merchant, a_place
from tests.support.client import ApiClient

PATH = "/api/v1/customers"
DUONG = {"first_name": "Đường", "last_name": "Nguyễn", "phone": "0912 345 678", "email": "duong@example.com", "card": "9704-0001"}


def registered(api: ApiClient, **facts: Any) -> dict[str, Any]:
    answer = api.post(PATH, facts or DUONG)
    assert answer.status_code == 201, answer.content
    return dict(answer.json())


def test_register_then_find_by_typing_duong(api: ApiClient) -> None:
    done = registered(api)
    assert parse_code(done["code"]) == done["code"]
    (found,) = api.get(PATH, {"search": "duong"}).json()["items"]
    assert api.get(PATH, {"search": "  "}).json() == api.get(PATH).json(), "blanks are no search"
    assert found == {
        "id": done["customer_id"], "code": done["code"],
        "first_name": "Đường", "last_name": "Nguyễn", "phone_last4": "5678", "state": "active",
        "purchases": 0, "total": 0, "currency": "VND", "last_purchase_at": None, "registered_at": found["registered_at"],
    }  # fmt: skip


def test_all_that_is_known_of_one_customer(api: ApiClient) -> None:
    done = registered(api, **DUONG, birth_date="1990-05-01", gender="female", labels={"vip": "yes"}, address="12 Lê Lợi", external_id="X-1")
    shown = api.get(f"{PATH}/{done['customer_id']}").json()
    assert shown["phone"] == "+84912345678"
    assert (shown["email"], shown["card"], shown["external_id"]) == ("duong@example.com", "97040001", "X-1")
    assert (shown["birth_date"], shown["gender"], shown["language"], shown["labels"]) == ("1990-05-01", "female", "vi", {"vip": "yes"})
    assert (shown["address"], shown["company"], shown["pos_id"]) == ("12 Lê Lợi", "", None)


def test_a_seller_finds_whole_numbers_but_does_not_see_them(api: ApiClient, api_as: Callable[..., ApiClient]) -> None:
    done = registered(api)
    seller = api_as("seller")
    assert [c["id"] for c in seller.get(PATH, {"search": "+84912345678"}).json()["items"]] == [done["customer_id"]]
    shown = seller.get(f"{PATH}/{done['customer_id']}").json()
    assert (shown["phone_last4"], shown["phone"], shown["email"], shown["card"]) == ("5678", None, None, None)


def test_a_customer_joins_at_a_place_that_is_there(api: ApiClient, tenant: Tenant, other_tenant: Tenant) -> None:
    here, foreign = a_place(tenant), a_place(other_tenant)
    for nowhere in (str(uuid4()), str(foreign), str(a_merchant(tenant))):
        for path in (PATH, f"{PATH}?dry_run=true"):
            refused = api.post(path, {"first_name": "An", "pos_id": nowhere})
            assert (refused.status_code, refused.json()["code"], refused.json()["errors"][0]["pointer"]) == (
                422, "pos.point_of_sale_not_found", "/pos_id",
            )  # fmt: skip
    assert api.get(PATH).json()["items"] == []
    done = registered(api, first_name="An", pos_id=str(here))
    assert api.get(f"{PATH}/{done['customer_id']}").json()["pos_id"] == str(here)


@pytest.fixture
def clerk(tenant: Tenant, api_as: Callable[..., ApiClient]) -> ApiClient:
    """May edit customers, but not see how to reach them."""
    with reading(tenant.id):
        Role.objects.create(tenant=tenant, code="clerk", name="Clerk", permissions=[SEE, EDIT])
    return api_as("clerk")


def test_without_the_right_nobody_sees_how_to_reach_a_customer(api: ApiClient, clerk: ApiClient) -> None:
    told = {"external_id": "X-1", "address": "12 Lê Lợi", "company": "Sen Vàng", "tax_number": "0312345678"}
    where = f"{PATH}/{registered(api, **DUONG, **told)['customer_id']}"
    shown = clerk.get(where).json()
    assert [shown[name] for name in CONTACTS] == [None] * len(CONTACTS)
    assert (shown["first_name"], shown["phone_last4"]) == ("Đường", "5678")
    assert None not in [api.get(where).json()[name] for name in CONTACTS]


@pytest.mark.parametrize("given", [{name: "1"} for name in CONTACTS] + [{"phone": None}, {"address": ""}])
def test_what_may_not_be_seen_may_not_be_changed(api: ApiClient, clerk: ApiClient, given: dict[str, str | None]) -> None:
    where = f"{PATH}/{registered(api, **DUONG, address='12 Lê Lợi')['customer_id']}"
    before = api.get(where).json()
    refused = clerk.patch(where, {"first_name": "Lan"} | given)
    assert (refused.status_code, refused.json()["code"]) == (403, "auth.forbidden")
    assert api.get(where).json() == before
    assert clerk.patch(where, {"first_name": "Lan"}).status_code == 200


def test_an_edit_changes_only_what_it_names(api: ApiClient) -> None:
    where = f"{PATH}/{registered(api)['customer_id']}"
    assert api.patch(where, {"first_name": "Hương", "email": None, "phone": "01678123456"}).status_code == 200
    shown = api.get(where).json()
    assert (shown["first_name"], shown["last_name"], shown["email"], shown["phone"], shown["card"]) == (
        "Hương", "Nguyễn", None, "+84378123456", "97040001",
    )  # fmt: skip


def test_deactivate_needs_a_reason_and_activate_none(api: ApiClient) -> None:
    where = f"{PATH}/{registered(api)['customer_id']}"
    refused = api.post(f"{where}/deactivate", {"reason": " "})
    assert (refused.status_code, refused.json()["code"], refused.json()["errors"][0]["pointer"]) == (
        422,
        "customers.reason_missing",
        "/reason",
    )
    assert api.post(f"{where}/deactivate", {"reason": "asked by phone"}).status_code == 200
    assert api.get(where).json()["state"] == "inactive"
    assert [c["state"] for c in api.get(PATH, {"search": "duong", "state": "inactive"}).json()["items"]] == ["inactive"]
    assert api.get(PATH, {"search": "duong", "state": "active"}).json()["items"] == []
    assert api.post(f"{where}/activate").status_code == 200
    assert api.get(where).json()["state"] == "active"


@pytest.mark.parametrize(("language", "said"), [("en", "Another customer has this phone number.")])
def test_a_taken_phone_is_a_conflict_at_its_field(api: ApiClient, language: str, said: str) -> None:
    registered(api)
    answer = api.speaking(language).post(PATH, {"first_name": "Hoa", "phone": "+84(0)912345678"})
    problem = answer.json()
    assert (answer.status_code, answer["Content-Type"], problem["code"]) == (409, "application/problem+json", "customers.phone_taken")
    assert problem["errors"][0]["pointer"] == "/phone"
    assert said in problem["errors"][0]["detail"]


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        ({"first_name": "An", "phone": "12345"}, 422, "/phone"),
        ({"first_name": "An", "email": "an@"}, 422, "/email"),
        ({"first_name": "An", "card": "1"}, 422, "/card"),
        ({"first_name": "a" * 101}, 422, "/first_name"),
        ({"last_name": "A\u0007n"}, 422, "/last_name"),
        ({"first_name": "An", "birth_date": "2999-01-01"}, 422, "/birth_date"),
        ({}, 422, "/phone"),
        ({"first_name": "An", "birth_date": "01.05.1990"}, 400, "/birth_date"),
        ({"first_name": "An", "gender": "yes"}, 400, "/gender"),
        ({"first_name": 7}, 400, "/first_name"),
        ({"firstname": "An"}, 400, "/firstname"),
        ({"first_name": "An", "labels": {"a": 1}}, 400, "/labels/a"),
        ({"first_name": "An", "pos_id": "x"}, 400, "/pos_id"),
    ],
)
def test_wrong_input_is_answered_with_its_field(api: ApiClient, body: dict[str, Any], status: int, pointer: str) -> None:
    answer = api.post(PATH, body)
    assert answer.status_code == status, answer.content
    assert [e["pointer"] for e in answer.json()["errors"]] == [pointer]


def test_the_list_in_pages(api: ApiClient) -> None:
    for n in range(5):
        registered(api, first_name=f"N{n}")
    names: list[str] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        page = api.get(PATH, query).json()
        names += [c["first_name"] for c in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert names == ["N4", "N3", "N2", "N1", "N0"]
    assert api.get(PATH, {"cursor": "forged"}).status_code == 400
    assert api.get(PATH, {"limit": 0}).status_code == 400
    assert api.get(PATH, {"page": 2}).status_code == 400


def test_the_id_of_a_merchant_is_nobody(api: ApiClient) -> None:
    merchant = api.post("/api/v1/merchants", {"name": "Cà phê Sáng"}).json()["merchant_id"]
    for wrong in (merchant, str(uuid4())):
        answers = [
            api.patch(f"{PATH}/{wrong}", {"first_name": "X"}),
            api.post(f"{PATH}/{wrong}/activate"),
            api.post(f"{PATH}/{wrong}/deactivate", {"reason": "x"}),
        ]
        assert [(a.status_code, a.json()["code"]) for a in answers] == [(404, "customers.not_found")] * 3


def test_somebody_elses_customer_looks_like_nobody(api: ApiClient, api_token: Callable[..., str], other_tenant: Tenant) -> None:
    known = registered(api)["customer_id"]
    stranger = ApiClient(api_token(other_tenant), other_tenant.hosts[0])
    asked: list[Callable[[str], Any]] = [
        lambda i: stranger.get(f"{PATH}/{i}"),
        lambda i: stranger.patch(f"{PATH}/{i}", {"first_name": "X"}),
        lambda i: stranger.post(f"{PATH}/{i}/activate"),
        lambda i: stranger.post(f"{PATH}/{i}/deactivate", {"reason": "x"}),
    ]
    for ask in asked:
        theirs, nobodys = ask(known), ask(str(uuid4()))
        assert theirs.status_code == nobodys.status_code == 404
        bodies = [{k: v for k, v in answer.json().items() if k != "request_id"} for answer in (theirs, nobodys)]
        assert bodies[0] == bodies[1]


def test_rights(api: ApiClient, api_as: Callable[..., ApiClient]) -> None:
    where = f"{PATH}/{registered(api)['customer_id']}"
    seller, marketer = api_as("seller"), api_as("marketer")
    assert seller.post(PATH, {"first_name": "An"}).status_code == 201
    assert seller.patch(where, {"first_name": "X"}).status_code == 403
    assert seller.post(f"{where}/deactivate", {"reason": "x"}).status_code == 403
    assert marketer.get(where).status_code == 200
    assert marketer.post(PATH, {"first_name": "An"}).status_code == 403
    assert api.anonymous().get(PATH).status_code == 401


def test_the_same_key_registers_once(api: ApiClient, tenant: Tenant) -> None:
    first, second = (api.post(PATH, DUONG, key="one") for _ in range(2))
    assert (first.status_code, first.content) == (second.status_code, second.content)
    with reading(tenant.id):
        assert Customer.objects.count() == 1


def test_a_dry_run_refuses_and_keeps_nothing(api: ApiClient, tenant: Tenant) -> None:
    assert api.post(f"{PATH}?dry_run=true", DUONG).status_code == 200
    with reading(tenant.id):
        assert not Customer.objects.exists()
    registered(api)
    assert api.post(f"{PATH}?dry_run=true", DUONG).status_code == 409


def test_fifty_clients_with_one_phone_over_http(api: ApiClient, tenant: Tenant) -> None:
    def post(number: int) -> int:
        try:
            return int(api.post(PATH, {"first_name": f"N{number}", "phone": "0912345678"}).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(50) as pool:
        assert sorted(pool.map(post, range(50))) == [201] + [409] * 49
    with reading(tenant.id):
        assert Customer.objects.count() == 1
