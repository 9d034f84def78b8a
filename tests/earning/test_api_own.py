"""What a customer sees and does with a token of their own, and that it is nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from earning.commands import TransferPoints
from loyalty.tenancy.models import Tenant
from tests.earning.shops import PURCHASES, Shops, ago, recorded, refusal
from tests.pos.given import a_customer, say
from tests.support.client import ApiClient

ME = "/api/v1/me"


@pytest.fixture
def app_of(tenant: Tenant, api: ApiClient) -> Callable[[UUID], ApiClient]:
    """The app of a customer."""
    return lambda customer: ApiClient(api.post(f"/api/v1/customers/{customer}/tokens", {}).json()["token"], tenant.hosts[0])


@pytest.fixture
def app(app_of: Callable[[UUID], ApiClient], shops: Shops) -> ApiClient:
    return app_of(shops.customer)


@pytest.fixture
def other(tenant: Tenant, shops: Shops) -> UUID:
    return a_customer(tenant, "Lan", phone="+84987654321")


def test_a_customer_sees_the_own_points_and_purchases(api: ApiClient, app: ApiClient, shops: Shops) -> None:
    bought = recorded(api, shops.sale())["purchase_id"]
    assert app.get(f"{ME}/account").json()["available"] == 12
    assert app.get(f"{ME}/balance", {"as_of": "2020-01-01T00:00:00Z"}).json()["balance"] == 0
    assert [lot["remaining"] for lot in app.get(f"{ME}/lots").json()["items"]] == [12]
    assert [line["points"] for line in app.get(f"{ME}/statement").json()["items"]] == [12]
    assert app.get(f"{ME}/endings").json() == {"days": [], "next_month": 0}
    assert [p["id"] for p in app.get(f"{ME}/purchases").json()["items"]] == [bought]
    assert app.get(f"{ME}/levels").json() == []
    whole, why = app.get(f"{ME}/purchases/{bought}").json(), app.get(f"{ME}/purchases/{bought}/explanation").json()
    assert (whole["points"], [line["sku"] for line in whole["lines"]], why["points"]) == (12, ["CF-1", "BM-1"], 12)
    assert why["order_sentence"] == api.get(f"{PURCHASES}/{bought}/explanation").json()["order_sentence"] != ""
    (rule,) = app.get(f"{ME}/rules").json()
    assert (rule["name"], rule["kind"], rule["conditions"]) == (rule["sentence"], "points_per_amount", [])


def test_the_own_rules_are_those_for_the_own_levels_in_the_own_language(api: ApiClient, app: ApiClient) -> None:
    texts = [{"language": one, "name": f"{one} name", "description": f"{one} words"} for one in ("vi", "en", "pl")]
    for levels, said in (({"any": ["gold"]}, []), ({"none": ["gold"]}, texts)):
        terms = {"kind": "product_points", "points": "1"}
        made = api.post("/api/v1/rules", {"name": "Staff", "terms": terms, "scope": {"levels": levels}, "texts": said}).json()
        assert api.post(f"/api/v1/rules/{made['rule_id']}/activate", {}).status_code == 200
    rules = app.get(f"{ME}/rules").json()
    (spent,) = (rule["sentence"] for rule in rules if rule["kind"] == "points_per_amount")
    assert {(rule["name"], rule["description"]) for rule in rules} == {(spent, ""), ("en name", "en words")}
    assert app.get(f"{ME}/remainders").json() == []


def test_what_is_missing_to_the_next_points_is_told_to_the_customer_and_to_the_staff(api: ApiClient, app: ApiClient, shops: Shops) -> None:
    terms = {"kind": "points_per_amount", "points": "2", "per": 50_000, "whole_steps": True, "carry": True}
    made = api.post("/api/v1/rules", {"name": "Carried", "terms": terms}).json()
    assert api.post(f"/api/v1/rules/{made['rule_id']}/activate", {}).status_code == 200
    recorded(api, shops.sale(purchased_at=ago()))
    own, theirs = app.get(f"{ME}/remainders"), api.get(f"/api/v1/customers/{shops.customer}/account/remainders")
    (told,), (to_staff,) = own.json(), theirs.json()
    assert told["name"].startswith("2 points for each full ₫50,000 spent"), "no name was given for customers"
    assert to_staff == told | {"name": "Carried"}
    assert [told[name] for name in ("wallet", "points", "per", "left", "missing")] == ["points", "2", 50_000, 20_000, 30_000]


@pytest.mark.parametrize("how", ["segments", "condition"])
def test_a_customer_reads_neither_what_staff_call_a_rule_nor_the_segments_that_it_asks_for(
    api: ApiClient, app: ApiClient, shops: Shops, how: str
) -> None:
    asks_not = {"op": "not", "parts": [{"op": "eq", "field": "customer.segment", "values": ["stingy"]}]}
    scope = {"segments": {"none": ["stingy"]}} if how == "segments" else {"condition": asks_not}
    for one in (scope, {"segments": {"any": ["stingy"]}} if how == "segments" else {"condition": asks_not["parts"][0]}):
        made = api.post("/api/v1/rules", {"name": "Staff word", "terms": {"kind": "product_points", "points": "1"}, "scope": one}).json()
        assert api.post(f"/api/v1/rules/{made['rule_id']}/activate", {"effective_at": "2020-01-01T00:00:00Z"}).status_code == 200
    bought = recorded(api, shops.sale())["purchase_id"]
    explained = app.get(f"{ME}/purchases/{bought}/explanation")
    assert len(explained.json()["rules"]) == 3
    statement, whole = app.get(f"{ME}/statement"), app.get(f"{ME}/purchases/{bought}")
    for answer in (explained, app.get(f"{ME}/rules"), statement, whole):
        assert "Staff word" not in answer.content.decode()
        assert "stingy" not in answer.content.decode()
    for (movement,) in (statement.json()["items"], whole.json()["movements"]):
        assert {r["name"] for r in movement["reasons"]} == {one["sentence"] for one in explained.json()["rules"] if one["points"]}
        assert len(movement["reasons"]) == 2
    assert "Staff word" in api.get(f"/api/v1/customers/{shops.customer}/account/statement").content.decode()
    assert "stingy" in api.get(f"{PURCHASES}/{bought}/explanation").content.decode()


def test_nothing_tells_a_customer_which_of_the_staff_did_it(api: ApiClient, app: ApiClient, shops: Shops) -> None:
    bought = recorded(api, shops.sale())["purchase_id"]
    for where in ("statement", "purchases", f"purchases/{bought}", f"purchases/{bought}/explanation", "rules", "lots"):
        assert "token:" not in app.get(f"{ME}/{where}").content.decode(), where
        assert "system" not in app.get(f"{ME}/{where}").content.decode(), where
    assert "token:" in api.get(f"{PURCHASES}/{bought}").content.decode()


def test_a_purchase_of_somebody_else_looks_like_none(api: ApiClient, app: ApiClient, shops: Shops, other: UUID) -> None:
    theirs = recorded(api, shops.sale(customer_id=str(other)))["purchase_id"]
    nobodys = recorded(api, shops.sale(customer_id=None))["purchase_id"]
    for what in (theirs, nobodys):
        for where in (f"{ME}/purchases/{what}", f"{ME}/purchases/{what}/explanation"):
            assert refusal(app.get(where))[:2] == (404, "earning.purchase_unknown")
    assert app.get(f"{ME}/purchases").json()["items"] == []
    assert app.get(f"{ME}/purchases", {"customer_id": str(other)}).status_code == 400


def test_a_customer_claims_a_receipt(api: ApiClient, app: ApiClient, shops: Shops) -> None:
    recorded(api, shops.sale(customer_id=None, document_number="HD-77", purchased_at=datetime.now().astimezone().isoformat()))
    receipt = {"document_number": "hd-77", "total": 120_000, "purchased_on": datetime.now(shops.tenant.zone).date().isoformat()}
    assert refusal(app.post(f"{ME}/receipts", receipt | {"total": 1}))[:2] == (422, "earning.receipt_not_claimable")
    claimed = app.post(f"{ME}/receipts", receipt)
    assert (claimed.status_code, claimed.json()["balance"]) == (201, 12)
    for _ in range(3):
        app.post(f"{ME}/receipts", receipt)
    assert refusal(app.post(f"{ME}/receipts", receipt))[:2] == (422, "earning.receipt_tries_used_up")


def test_a_customer_passes_points_on_and_neither_learns_who_the_other_is(
    api: ApiClient, app: ApiClient, app_of: Callable[[UUID], ApiClient], shops: Shops, other: UUID
) -> None:
    recorded(api, shops.sale())
    assert refusal(app.post(f"{ME}/transfer", {"points": 1, "phone": "0900000000"}))[:2] == (422, "earning.recipient_unavailable")
    sent = app.post(f"{ME}/transfer", {"points": 5, "phone": "0987 654 321"})
    assert sent.status_code == 200, sent.content
    theirs = app_of(other)
    told: list[Any] = [caller.get(f"{ME}/statement").json()["items"][0] for caller in (app, theirs)]
    assert [(line["kind"], line["points"], line["reference_id"]) for line in told] == [("sent", -5, None), ("received", 5, None)]
    assert theirs.get(f"{ME}/balance").json()["available"] == 5


def test_the_page_of_a_statement_belongs_to_its_customer(
    tenant: Tenant, api: ApiClient, app: ApiClient, app_of: Callable[[UUID], ApiClient], shops: Shops, other: UUID
) -> None:
    for _ in range(2):
        recorded(api, shops.sale())
    following = app.get(f"{ME}/statement", {"limit": 1}).json()["next"]
    say(tenant, TransferPoints(customer_id=shops.customer, recipient_id=other, points=1))
    assert app_of(other).get(f"{ME}/statement", {"cursor": following}).status_code == 400
