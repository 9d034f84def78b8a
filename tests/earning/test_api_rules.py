"""Earning rules over HTTP: draft, change, activate, pause, versions; and what is refused."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from loyalty.tenancy.models import Tenant
from tests.earning.counter import rows
from tests.earning.shops import PURCHASES, RULES, Shops, ago, recorded, refusal
from tests.support.client import ApiClient

COFFEE_RULE = {"name": "Cà phê", "points": "1", "per": 10_000}


def drafted(api: ApiClient, **changes: Any) -> str:
    answer = api.post(RULES, COFFEE_RULE | changes)
    assert answer.status_code == 201, answer.content
    assert answer.json() | {"rule_id": ""} == {"rule_id": "", "version": 1, "state": "draft"}
    return str(answer.json()["rule_id"])


def test_a_rule_is_drafted_shown_activated_changed_and_paused(api: ApiClient) -> None:
    rule = f"{RULES}/{drafted(api, rounding='half_up')}"
    shown = api.get(rule).json()
    assert {k: shown[k] for k in ("name", "wallet", "kind", "terms", "sentence", "version", "state", "effective_at")} == {
        "name": "Cà phê", "wallet": "points", "kind": "points_per_amount",
        "terms": {"points": "1", "per": 10_000, "currency": "VND", "rounding": "half_up", "whole_steps": False},
        "sentence": "1 point for each ₫10,000 spent, in proportion, rounded to the nearest whole number.",
        "version": 1, "state": "draft", "effective_at": None,
    }  # fmt: skip
    assert api.post(f"{rule}/activate").json()["state"] == "active"
    assert refusal(api.post(f"{rule}/activate", {}))[:2] == (409, "earning.rule_is_active")
    changed = api.patch(rule, {"points": "2.50", "whole_steps": True, "seen_version": 1})
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    assert refusal(api.patch(rule, {"points": "3", "seen_version": 1}))[:2] == (409, "earning.rule_changed_meanwhile")
    assert api.post(f"{rule}/pause").json()["state"] == "paused"
    assert refusal(api.post(f"{rule}/pause"))[:2] == (409, "earning.rule_is_not_active")
    now = api.get(rule).json()
    assert (now["name"], now["version"], now["state"], now["terms"]["rounding"]) == ("Cà phê", 2, "paused", "half_up")
    assert now["sentence"] == "2.5 points for each full ₫10,000 spent, rounded to the nearest whole number."
    newest, first = api.get(f"{rule}/versions").json()["items"]
    assert (newest["version"], newest["terms"]["points"], first["version"], first["terms"]["points"]) == (2, "2.50", 1, "1")
    assert first["periods"][0]["end"] == newest["periods"][0]["start"]
    assert newest["periods"][0]["end"] is not None


def test_a_rule_gives_points_from_when_it_is_activated(api: ApiClient, shops: Shops) -> None:
    rule = drafted(api, points="0.5", per=1000, whole_steps=True)
    assert recorded(api, shops.sale())["points"] == 12
    api.post(f"{RULES}/{rule}/activate", {"effective_at": ago(days=2)})
    assert recorded(api, shops.sale(purchased_at=ago(days=1)))["points"] == 12 + 60
    assert recorded(api, shops.sale(purchased_at=ago(days=3)))["points"] == 12


def test_the_list_has_pages_and_states(api: ApiClient) -> None:
    ids = [drafted(api, name=name) for name in ("Bánh", "Cà phê", "Đồ uống", "Áo", "Cà phê")]
    api.post(f"{RULES}/{ids[2]}/activate")
    names: list[str] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        page = api.get(RULES, query).json()
        names += [r["name"] for r in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert names[0] == "Đồ uống"
    assert sorted(names) == sorted(["Bánh", "Cà phê", "Đồ uống", "Áo", "Cà phê"])
    assert [r["id"] for r in api.get(RULES, {"state": "active"}).json()["items"]] == [ids[2]]
    assert api.get(RULES, {"state": "gone"}).status_code == 400


def test_versions_in_pages(api: ApiClient) -> None:
    rule = f"{RULES}/{drafted(api)}"
    for n in range(2, 6):
        assert api.patch(rule, {"name": f"V{n}"}).json()["version"] == n
    first = api.get(f"{rule}/versions", {"limit": 3}).json()
    rest = api.get(f"{rule}/versions", {"limit": 3, "cursor": first["next"]}).json()
    assert [v["version"] for v in [*first["items"], *rest["items"]]] == [5, 4, 3, 2, 1]
    assert rest["next"] is None


def test_a_dry_run_keeps_nothing(api: ApiClient, tenant: Tenant) -> None:
    assert api.post(f"{RULES}?dry_run=true", COFFEE_RULE).json()["state"] == "draft"
    rule = f"{RULES}/{drafted(api)}"
    assert api.post(f"{rule}/activate?dry_run=true", {}).json()["state"] == "active"
    assert rows("earning_rule", tenant, "state") == [("draft",)]


@pytest.mark.parametrize(
    ("changes", "status", "code", "pointer"),
    [
        ({"name": "  "}, 422, "earning.rule_name_invalid", "/name"),
        ({"name": "x" * 121}, 422, "earning.rule_name_invalid", "/name"),
        ({"name": "a\0"}, 400, "json.nul", "/name"),
        ({"points": "0"}, 422, "earning.rule_points_invalid", "/points"),
        ({"points": "NaN"}, 422, "earning.rule_points_invalid", "/points"),
        ({"points": "1e999999"}, 422, "earning.rule_points_invalid", "/points"),
        ({"points": "0.0000001"}, 422, "earning.rule_points_too_exact", "/points"),
        ({"points": "1e-999999"}, 422, "earning.rule_points_too_exact", "/points"),
        ({"points": "many"}, 400, "field.decimal", "/points"),
        ({"per": 0}, 422, "earning.rule_amount_invalid", "/per"),
        ({"per": 10**18}, 422, "earning.rule_amount_invalid", "/per"),
        ({"per": 10**30}, 400, "json.number_too_large", "/per"),
        ({"currency": "EUR"}, 422, "earning.rule_currency_invalid", "/currency"),
        ({"rounding": "up"}, 400, "field.choice", "/rounding"),
        ({"wallet": "coffee"}, 400, "field.unknown", "/wallet"),
    ],
)
def test_wrong_input_is_answered_with_its_field(
    api: ApiClient, tenant: Tenant, changes: dict[str, Any], status: int, code: str, pointer: str
) -> None:
    assert refusal(api.post(RULES, COFFEE_RULE | changes)) == (status, code, pointer)
    assert rows("earning_rule", tenant, "id") == []


def test_full_width_digits_are_read(api: ApiClient) -> None:
    assert api.get(f"{RULES}/{drafted(api, points='２.５')}").json()["terms"]["points"] == "2.5"


def test_a_change_must_be_a_change_of_something_there(api: ApiClient) -> None:
    assert refusal(api.patch(f"{RULES}/{uuid4()}", {"name": "x"}))[:2] == (404, "earning.rule_unknown")
    rule = f"{RULES}/{drafted(api)}"
    assert refusal(api.patch(rule, {"currency": "EUR"})) == (400, "field.unknown", "/currency")
    assert refusal(api.post(f"{rule}/activate", {"effective_at": "9999-12-31T23:59:59Z"})) == (400, "field.datetime", "/effective_at")
    assert refusal(api.post(f"{rule}/pause", {})) == (400, "field.unknown", "")


def test_a_rule_speaks_the_callers_language(api: ApiClient) -> None:
    rule = drafted(api)
    assert "₫10,000" in api.get(f"{RULES}/{rule}").json()["sentence"]
    assert "10.000" in api.speaking("vi").get(f"{RULES}/{rule}").json()["sentence"]


def test_every_operation_is_described_with_its_roles(api: ApiClient) -> None:
    document = api.send("GET", "/api/schema/", query={"format": "json"}).json()
    mine = {
        (path, method): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if "earning" in operation.get("tags", ())
    }
    assert len(mine) == 14
    for (path, method), operation in mine.items():
        assert "Roles: Administrator" in operation["description"], path
        assert method == "get" or "Idempotency-Key" in {p["name"] for p in operation["parameters"]}
    record = mine[PURCHASES, "post"]
    assert {p["name"] for p in record["parameters"]} == {"Idempotency-Key", "dry_run"}
    assert "Administrator, Seller" in record["description"]
