"""Segments over HTTP: made, changed, switched, listed; customers put in, found and taken out; who may, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from customers.commands import CreateSegment, Criteria, Criterion, Group
from loyalty.bus import dispatch
from tests.support.client import ApiClient

PATH = "/api/v1/segments"


@pytest.fixture
def vip(api: ApiClient) -> str:
    answer = api.post(PATH, {"code": "VIP", "name": "Khách quý", "description": "Mua nhiều"})
    assert answer.status_code == 201, answer.content
    assert answer.json()["code"] == "vip"
    return str(answer.json()["segment_id"])


@pytest.fixture
def somebody(api: ApiClient) -> str:
    return str(api.post("/api/v1/customers", {"first_name": "Đường", "last_name": "Nguyễn", "phone": "0912345678"}).json()["customer_id"])


def test_a_segment_is_made_changed_switched_and_listed(api: ApiClient, vip: str) -> None:
    assert api.put(f"{PATH}/{vip}", {"name": "VIP"}).status_code == 200
    for act, active in (("deactivate", False), ("activate", True)):
        assert api.post(f"{PATH}/{vip}/{act}").status_code == 200
        assert api.get(f"{PATH}/{vip}").json()["active"] is active
    (shown,) = api.get(PATH).json()
    assert (shown["id"], shown["code"], shown["name"], shown["description"], shown["members"]) == (vip, "vip", "VIP", "", 0)


def test_a_kind_of_criterion_that_is_none_is_told_with_those_there_are(api: ApiClient) -> None:
    asked = {"code": "x", "name": "X", "criteria": {"groups": [{"any": [{"kind": "horoscope"}]}]}}
    (fault,) = api.post(PATH, asked).json()["errors"]
    assert (fault["pointer"], fault["code"]) == ("/criteria/groups/0/any/0/kind", "field.choice")
    assert all(kind in fault["detail"] for kind in ("bought_at", "last_purchase", "custom_event"))


def test_a_customer_is_put_in_found_and_taken_out(api: ApiClient, vip: str, somebody: str) -> None:
    for changed in (True, False):
        assert api.post(f"{PATH}/{vip}/members", {"customer_id": somebody}).json() == {"changed": changed}
    other = api.post("/api/v1/customers", {"first_name": "Hoa"}).json()["customer_id"]
    api.post(f"{PATH}/{vip}/members", {"customer_id": other})
    first = api.get(f"{PATH}/{vip}/members", {"limit": 1}).json()
    second = api.get(f"{PATH}/{vip}/members", {"limit": 1, "cursor": first["next"]}).json()
    assert [page["items"][0]["customer_id"] for page in (first, second)] == [other, somebody]
    assert (second["next"], second["items"][0]["way"]) == (None, "by_hand")
    for typed in ("duong", "0912345678", "5678"):
        assert [m["customer_id"] for m in api.get(f"{PATH}/{vip}/members", {"search": typed}).json()["items"]] == [somebody]
    assert [one["code"] for one in api.get(f"/api/v1/customers/{somebody}/segments").json()] == ["vip"]
    assert api.get(f"{PATH}/{vip}").json()["members"] == 2
    for changed in (True, False):
        assert api.post(f"{PATH}/{vip}/members/{somebody}/remove").json() == {"changed": changed}
    assert api.get(f"/api/v1/customers/{somebody}/segments").json() == []


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"code": "đà nẵng", "name": "x"}, "customers.segment_code_invalid", "/code"),
        ({"code": "vip", "name": "x"}, "customers.segment_code_taken", "/code"),
        ({"code": "new", "name": " "}, "customers.segment_name_missing", "/name"),
        ({"code": "new", "name": "x" * 81}, "customers.text_too_long", "/name"),
        ({"code": "new", "name": "a\x07b"}, "customers.unprintable_text", "/name"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(api: ApiClient, vip: str, body: dict[str, str], code: str, field: str) -> None:
    refused = api.post(PATH, body)
    assert refused.status_code in {409, 422}, refused.content
    assert (refused.json()["code"], refused.json()["errors"][0]["pointer"]) == (code, field)


def test_what_is_not_there_looks_alike(api: ApiClient, api_token: Callable[..., str], other_tenant: Any, vip: str, somebody: str) -> None:
    stranger = ApiClient(api_token(other_tenant), other_tenant.hosts[0])
    for caller, segment in ((api, str(uuid4())), (stranger, vip)):
        answers = [
            caller.get(f"{PATH}/{segment}"),
            caller.get(f"{PATH}/{segment}/members"),
            caller.put(f"{PATH}/{segment}", {"name": "x"}),
            caller.post(f"{PATH}/{segment}/activate"),
            caller.post(f"{PATH}/{segment}/members", {"customer_id": somebody}),
            caller.post(f"{PATH}/{segment}/members/{somebody}/remove"),
        ]
        assert [answer.status_code for answer in answers] == [404] * len(answers)
    assert api.post(f"{PATH}/{vip}/members", {"customer_id": str(uuid4())}).status_code == 404
    assert stranger.get(f"/api/v1/customers/{somebody}/segments").status_code == 404


def test_who_sells_sees_no_segments_and_who_markets_makes_them(api_as: Callable[..., ApiClient], vip: str, somebody: str) -> None:
    seller, marketer = api_as("seller"), api_as("marketer")
    for path in (PATH, f"{PATH}/{vip}/members", f"/api/v1/customers/{somebody}/segments"):
        assert (seller.get(path).status_code, marketer.get(path).status_code) == (403, 200)
    body = {"customer_id": somebody}
    assert seller.post(f"{PATH}/{vip}/members", body).status_code == 403
    assert marketer.post(f"{PATH}/{vip}/members", body).status_code == 200


CRITERIA = {"groups": [{"any": [{"kind": "purchases", "at_least": 2, "days": 30}]}]}


def test_a_dynamic_segment_is_made_and_asks_something_else(api: ApiClient, somebody: str) -> None:
    made = api.post(PATH, {"code": "regulars", "name": "Khách quen", "criteria": CRITERIA})
    assert made.status_code == 201, made.content
    path = f"{PATH}/{made.json()['segment_id']}"
    shown = api.get(path).json()["criteria"]
    assert shown["groups"][0]["any"][0].items() >= CRITERIA["groups"][0]["any"][0].items()
    assert api.put(f"{path}/criteria", {"criteria": shown}).status_code == 200
    named = {"groups": [{"any": [{"kind": "customers", "identifiers": ["0912 345 678"]}], "negated": True}]}
    assert api.put(f"{path}/criteria", {"criteria": named}).status_code == 200
    (kept,) = api.get(path).json()["criteria"]["groups"]
    assert (kept["negated"], kept["any"][0]["customers"], kept["any"][0]["identifiers"]) == (True, [somebody], [])
    assert api.post(f"{path}/members", {"customer_id": somebody}).json()["code"] == "customers.segment_has_criteria"


@pytest.mark.parametrize(
    ("criterion", "code", "field"),
    [
        ({"kind": "birthday"}, "customers.criterion_incomplete", "days"),
        ({"kind": "birthday", "days": 7, "wallet": "points"}, "customers.criterion_meaningless", "wallet"),
        ({"kind": "birthday", "days": 7, "identifiers": ["x"]}, "customers.criterion_meaningless", "identifiers"),
        ({"kind": "customers", "identifiers": ["0900000000"]}, "customers.not_found", "identifiers/0"),
        ({"kind": "purchases", "at_least": 10**16}, "customers.criterion_number", "at_least"),
        ({"kind": "label", "name": "a\x07"}, "customers.unprintable_text", "name"),
        ({"kind": "points", "wallet": "pionts", "at_least": 1}, "customers.criterion_of_nothing", "wallet"),
        ({"kind": "level", "values": ["goold"]}, "customers.criterion_of_nothing", "values"),
        ({"kind": "bought_at", "places": [str(UUID(int=7))]}, "customers.criterion_of_nothing", "places"),
    ],
)
def test_what_cannot_be_asked_is_refused_at_its_field(api: ApiClient, criterion: dict[str, Any], code: str, field: str) -> None:
    refused = api.post(PATH, {"code": "new", "name": "x", "criteria": {"groups": [{"any": [criterion]}]}})
    assert refused.status_code == 422, refused.content
    assert (refused.json()["code"], refused.json()["errors"][0]["pointer"]) == (code, f"/criteria/groups/0/any/0/{field}")
    counted = api.post(f"{PATH}/count", {"criteria": {"groups": [{"any": [criterion]}]}})
    assert (counted.status_code, counted.json()["code"]) == (422, code)


def test_what_is_gone_meanwhile_may_go_on_being_asked(tenant: Any, api: ApiClient) -> None:
    gone = Criterion(kind="level", values=("gone",))
    order = CreateSegment(code="old", name="Cũ", criteria=Criteria(groups=(Group(any=(gone,)),)))
    made = dispatch(order, tenant_id=tenant.id, actor="system", channel="admin")
    path = f"{PATH}/{made.segment_id}"
    shown = api.get(path).json()["criteria"]
    assert api.put(f"{path}/criteria", {"criteria": shown}).status_code == 200
    shown["groups"][0]["any"].append({"kind": "level", "values": ["never"]})
    assert api.put(f"{path}/criteria", {"criteria": shown}).json()["errors"][0]["pointer"] == "/criteria/groups/0/any/1/values"


GOLD = {"criteria": {"groups": [{"any": [{"kind": "label", "name": "tier", "values": ["gold"]}]}]}}


def test_whom_criteria_mean_is_counted_before_a_segment_asks_them(api: ApiClient, api_token: Callable[..., str], tenant: Any) -> None:
    api.post("/api/v1/customers", {"first_name": "Hoa", "labels": {"tier": "Gold"}})
    assert api.post(f"{PATH}/count", GOLD).json() == {"customers": 1, "estimated": False}
    assert api.get(PATH).json() == []
    wrong = api.post(f"{PATH}/count", {"criteria": {"groups": [{"any": [{"kind": "birthday"}]}]}})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/criteria/groups/0/any/0/days")
    looker = ApiClient(api_token(tenant, "reporter"), tenant.hosts[0])
    assert looker.get(PATH).status_code == 200
    assert looker.post(f"{PATH}/count", GOLD).status_code == 403
