"""Merchants, points of sale and sellers over HTTP: add, show, list, edit, switch; who may, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from loyalty.staff.models import User
from loyalty.tenancy.models import Tenant
from pos.queries import forget_places
from tests.pos.given import a_merchant, a_place, a_seller, bring_level, nobody, sold
from tests.support.client import ApiClient

MERCHANTS, PLACES, SELLERS = "/api/v1/merchants", "/api/v1/points-of-sale", "/api/v1/sellers"
CAFE = {
    "name": "Cà phê Sáng",
    "phone": "1900 6017",
    "email": "Sang@Example.com",
    "address": "12 Lê Lợi",
    "latitude": 10.776889,
    "longitude": "106.7",
}
HOURS = [{"weekday": 1, "opens": "07:00", "closes": "22:30"}, {"weekday": 6, "opens": "18:00", "closes": "26:00"}]


@pytest.fixture(autouse=True)
def nothing_is_remembered() -> None:
    forget_places()


def added(api: ApiClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = api.post(path, body)
    assert answer.status_code == 201, answer.content
    return dict(answer.json())


def refusal(answer: Any) -> tuple[int, str, str | None]:
    said = answer.json()
    return answer.status_code, said["code"], said["errors"][0]["pointer"] if said.get("errors") else None


def test_a_merchant_is_added_shown_listed_edited_and_switched(api: ApiClient) -> None:
    cafe = added(api, MERCHANTS, CAFE)["merchant_id"]
    shown = api.get(f"{MERCHANTS}/{cafe}").json()
    assert shown == {
        "id": cafe, "name": "Cà phê Sáng", "phone": "+8419006017", "email": "sang@example.com", "points_of_sale": [],
        "address": "12 Lê Lợi", "latitude": "10.776889", "longitude": "106.700000", "document_scope": "pos_day", "active": True,
        "added_at": shown["added_at"],
    }  # fmt: skip
    assert api.get(MERCHANTS).json() == {"items": [shown], "next": None}
    assert api.patch(f"{MERCHANTS}/{cafe}", {"name": "Sáng", "phone": None, "latitude": None, "longitude": None}).status_code == 200
    assert api.post(f"{MERCHANTS}/{cafe}/deactivate").status_code == 200
    now = api.get(f"{MERCHANTS}/{cafe}").json()
    assert now == shown | {"name": "Sáng", "phone": "", "latitude": None, "longitude": None, "active": False}
    assert api.post(f"{MERCHANTS}/{cafe}/activate").status_code == 200
    assert api.get(f"{MERCHANTS}/{cafe}").json()["active"] is True


def test_a_point_of_sale_is_added_shown_listed_edited_and_switched(api: ApiClient) -> None:
    cafe = added(api, MERCHANTS, CAFE)["merchant_id"]
    other = added(api, MERCHANTS, {"name": "Điện máy"})["merchant_id"]
    made = added(api, PLACES, {"merchant_id": cafe, "code": "ll-1", "name": "Lê Lợi", "description": "Góc đường", "opening_hours": HOURS})
    added(api, PLACES, {"merchant_id": other, "code": "ll-2", "name": "Lê Lợi"})
    shown = api.get(f"{PLACES}/{made['pos_id']}").json()
    assert made["code"] == shown["code"] == "LL-1"
    assert (shown["merchant_id"], shown["merchant_name"], shown["opening_hours"]) == (cafe, "Cà phê Sáng", HOURS)
    assert (shown["purchases"], shown["undone"], shown["revenue"], shown["currency"]) == (0, 0, 0, "VND")
    assert len(api.get(PLACES).json()["items"]) == 2
    assert api.get(PLACES, {"merchant_id": cafe}).json()["items"] == [shown]
    assert api.get(f"{MERCHANTS}/{cafe}").json()["points_of_sale"] == ["Lê Lợi"]
    assert api.patch(f"{PLACES}/{made['pos_id']}", {"address": "12 Lê Lợi"}).status_code == 200
    assert api.post(f"{PLACES}/{made['pos_id']}/deactivate").status_code == 200
    assert api.get(f"{PLACES}/{made['pos_id']}").json() == shown | {"address": "12 Lê Lợi", "active": False}
    assert api.post(f"{PLACES}/{made['pos_id']}/activate").status_code == 200


def test_a_seller_is_assigned_shown_listed_and_switched(api: ApiClient, tenant: Tenant, seller_user: User) -> None:
    shop, where = a_place(tenant), f"{SELLERS}/{seller_user.id}"
    assert api.get(where).status_code == 404
    assert api.put(where, {"pos_ids": [str(shop)]}).status_code == 200
    shown = api.get(where).json()
    assert (shown["email"], shown["pos_ids"], shown["points_of_sale"], shown["active"]) == (
        seller_user.email,
        [str(shop)],
        ["Lê Lợi"],
        True,
    )
    assert api.get(SELLERS).json() == {"items": [shown], "next": None}
    assert api.post(f"{where}/deactivate").status_code == 200
    assert api.get(where).json()["active"] is False
    assert api.post(f"{where}/activate").status_code == 200


def test_a_seller_sees_the_takings_of_the_own_merchant_only(
    tenant: Tenant, seller_user: User, api: ApiClient, api_as: Callable[..., ApiClient]
) -> None:
    cafe, tech = a_merchant(tenant, "Cà phê Sáng"), a_merchant(tenant, "Điện máy")
    own, beside = (a_place(tenant, code, merchant_id=cafe) for code in ("SV-1", "SV-2"))
    theirs = a_place(tenant, "DM-1", merchant_id=tech)
    for merchant_id, pos_id in ((cafe, own), (cafe, beside), (tech, theirs)):
        sold(tenant, merchant_id, pos_id, str(pos_id), 250_000, datetime(2026, 3, 7, 8, 5, tzinfo=UTC))
    bring_level("pos.takings")

    def takings(caller: ApiClient) -> list[tuple[int | None, ...]]:
        listed = {p["id"]: p for p in caller.get(PLACES).json()["items"]}
        shown = [caller.get(f"{PLACES}/{pos_id}").json() for pos_id in (own, beside, theirs)]
        assert shown == [listed[p["id"]] for p in shown]
        return [(p["purchases"], p["undone"], p["revenue"]) for p in shown]

    all_of_it, nothing = (1, 0, 250_000), (None, None, None)
    assert takings(api_as(user=a_seller(tenant, seller_user, own))) == [all_of_it, all_of_it, nothing]
    assert takings(api_as("seller")) == [nothing] * 3, "a program sells nowhere"
    assert takings(api_as("marketer")) == takings(api) == [all_of_it] * 3


def test_lists_are_leafed_through_by_cursor(api: ApiClient, tenant: Tenant) -> None:
    cafe = a_merchant(tenant)
    for n in range(5):
        a_place(tenant, f"S-{n}", f"Quán {n % 2}", merchant_id=cafe)
    seen, cursor = [], None
    while True:
        page = api.get(PLACES, {"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        seen += [p["code"] for p in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert sorted(seen) == [f"S-{n}" for n in range(5)]
    assert seen == [p["code"] for p in api.get(PLACES).json()["items"]]
    assert refusal(api.get(MERCHANTS, {"cursor": api.get(PLACES, {"limit": 2}).json()["next"]})) == (400, "request.invalid", "/cursor")


@pytest.mark.parametrize(
    ("changes", "status", "code", "pointer"),
    [
        ({"name": " "}, 422, "pos.name_missing", "/name"),
        ({"phone": "12"}, 422, "pos.phone_invalid", "/phone"),
        ({"phone": "0" * 50}, 422, "pos.phone_invalid", "/phone"),
        ({"email": "x"}, 422, "pos.email_invalid", "/email"),
        ({"latitude": 91}, 422, "pos.latitude_invalid", "/latitude"),
        ({"longitude": None}, 422, "pos.position_incomplete", "/longitude"),
        ({"document_scope": "shop"}, 400, "request.invalid", "/document_scope"),
        ({"colour": "red"}, 400, "request.invalid", "/colour"),
        ({"name": None}, 400, "request.invalid", "/name"),
    ],
)
def test_wrong_input_is_refused_at_its_place(api: ApiClient, changes: dict[str, Any], status: int, code: str, pointer: str) -> None:
    assert refusal(api.post(MERCHANTS, CAFE | changes)) == (status, code, pointer)
    assert api.get(MERCHANTS).json()["items"] == []


def test_a_refusal_speaks_the_callers_language_and_names_the_code(api: ApiClient, tenant: Tenant) -> None:
    a_place(tenant, "LL-1")
    answer = api.post(PLACES, {"merchant_id": str(a_merchant(tenant)), "code": "ll-1", "name": "x"})
    assert refusal(answer) == (409, "pos.code_taken", "/code")
    assert "LL-1" in answer.json()["detail"]


@pytest.mark.parametrize(
    "hours", [[{"weekday": 8, "opens": "07:00", "closes": "22:00"}], [{"weekday": 1, "opens": "7:00", "closes": "22:00"}]]
)
def test_opening_hours_have_a_shape(api: ApiClient, tenant: Tenant, hours: list[dict[str, Any]]) -> None:
    answer = api.post(PLACES, {"merchant_id": str(a_merchant(tenant)), "code": "A", "name": "x", "opening_hours": hours})
    assert refusal(answer)[:2] == (400, "request.invalid")


def test_who_may(tenant: Tenant, seller_user: User, api_as: Callable[..., ApiClient]) -> None:
    shop = a_place(tenant)
    a_seller(tenant, seller_user, shop)
    for role, sees_sellers in (("seller", False), ("marketer", False), ("administrator", True)):
        caller = api_as(role)
        assert caller.get(PLACES).status_code == caller.get(MERCHANTS).status_code == 200
        assert (caller.get(SELLERS).status_code == 200) is sees_sellers
        for path in (f"{PLACES}/{shop}/deactivate", f"{SELLERS}/{seller_user.id}/deactivate"):
            assert caller.post(path).status_code == (200 if role == "administrator" else 403)
    assert api_as("seller").post(MERCHANTS, CAFE).status_code == 403


def test_nothing_of_another_tenant_is_there(api: ApiClient, other_tenant: Tenant) -> None:
    shop, cafe = a_place(other_tenant), a_merchant(other_tenant)
    for path in (f"{PLACES}/{shop}", f"{MERCHANTS}/{cafe}"):
        missing = f"{path.rsplit('/', 1)[0]}/{nobody()}"
        theirs, none = api.get(path).json(), api.get(missing).json()
        assert theirs | {"request_id": ""} == none | {"request_id": ""}
        assert api.get(path).status_code == api.post(f"{path}/activate").status_code == 404
    assert api.get(PLACES).json()["items"] == []
