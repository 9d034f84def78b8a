"""Lists and trials of the API: transfers, rules narrowed, a draft tried on a basket, and who made what, by name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, get_args
from uuid import uuid4

import pytest

from earning.api.rule_list import KindText
from earning.commands import AdjustPoints, ConfigureWallet, TransferPoints, WalletTerms
from earning.kinds import KINDS
from earning.queries.wallets import STANDARD_UNITS
from loyalty.staff.models import ApiToken, Role
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.counter import rows
from tests.earning.shops import PURCHASES, RULES, Shops, ago, recorded, refusal
from tests.pos.given import a_customer, say
from tests.support.client import ApiClient

TRANSFERS = "/api/v1/transfers"
TERMS = {"kind": "points_per_amount", "points": "1", "per": 1000}


@pytest.fixture
def stars(tenant: Tenant) -> str:
    """A second wallet."""
    since = datetime(2000, 1, 1, tzinfo=UTC)
    say(tenant, ConfigureWallet(code="stars", decimals=0, units=STANDARD_UNITS, terms=WalletTerms(), effective_at=since))
    return "stars"


def test_transfers_are_listed_by_wallet_and_by_either_customer(api: ApiClient, shops: Shops, tenant: Tenant, stars: str) -> None:
    lan, minh = a_customer(tenant, "Lan", phone="+84912345679"), a_customer(tenant, "Minh", phone="+84912345680")
    for wallet in ("points", stars):
        say(tenant, AdjustPoints(customer_id=shops.customer, points=100, reason="welcome", wallet=wallet))
    for recipient, points, wallet in ((lan, 10, "points"), (minh, 20, "points"), (lan, 30, stars)):
        say(tenant, TransferPoints(customer_id=shops.customer, recipient_id=recipient, points=points, wallet=wallet))
    say(tenant, TransferPoints(customer_id=lan, recipient_id=minh, points=5, wallet="points"))

    def listed(**query: Any) -> list[int]:
        return [one["points"] for one in api.get(TRANSFERS, query).json()["items"]]

    assert listed() == [5, 30, 20, 10]
    assert (listed(wallet=stars), listed(wallet="points")) == ([30], [5, 20, 10])
    assert (listed(customer_id=str(lan)), listed(customer_id=str(minh)), listed(customer_id=str(uuid4()))) == ([5, 30, 10], [5, 20], [])
    assert listed(customer_id=str(lan), wallet="points") == [5, 10]
    first = api.get(TRANSFERS, {"limit": 3}).json()
    (last,) = api.get(TRANSFERS, {"limit": 3, "cursor": first["next"]}).json()["items"]
    assert (last["sender_id"], last["recipient_id"], last["wallet"], last["points"]) == (str(shops.customer), str(lan), "points", 10)
    assert refusal(api.get(TRANSFERS, {"wallet": "moons"}))[:2] == (404, "earning.wallet_unknown")
    assert api.get(TRANSFERS, {"wallet": "points", "cursor": first["next"]}).status_code == 400, "a cursor is good for one list"


def test_transfers_of_another_tenant_are_not_listed(api: ApiClient, other_tenant: Tenant) -> None:
    lan, minh = a_customer(other_tenant, "Lan"), a_customer(other_tenant, "Minh", phone="+84912345680")
    say(other_tenant, AdjustPoints(customer_id=lan, points=9, reason="welcome"))
    say(other_tenant, TransferPoints(customer_id=lan, recipient_id=minh, points=9))
    assert api.get(TRANSFERS).json()["items"] == api.get(TRANSFERS, {"customer_id": str(lan)}).json()["items"] == []


def test_a_draft_is_tried_on_a_basket_and_nothing_is_written(api: ApiClient, shops: Shops, tenant: Tenant) -> None:
    drafted = api.post(RULES, {"name": "Tết", "terms": TERMS, "scope": {"minimum": 100_000}}).json()["rule_id"]
    where, basket = f"{RULES}/{drafted}/try", {"pos": "SV-1", "total": 120_000, "customer_id": str(shops.customer)}
    before = rows("event.event", tenant, "count(*)")
    told = api.send("POST", where, basket)
    assert told.status_code == 200, told.content
    said = told.json()
    assert {name: said[name] for name in ("rule_id", "wallet", "currency", "earns", "own", "all", "without")} == {
        "rule_id": drafted, "wallet": "points", "currency": "VND", "earns": True, "own": 120, "all": 132, "without": 12,
    }  # fmt: skip
    assert [(one["name"], one["points"]) for one in said["rules"]][-1] == ("Tết", 120)
    assert api.post(where, basket | {"total": 90_000}).json()["own"] == 0
    assert rows("event.event", tenant, "count(*)") == before
    assert api.get(f"{RULES}/{drafted}").json()["state"] == "draft"
    nobody = api.post(where, {"pos": "SV-1", "total": 120_000}).json()
    assert (nobody["earns"], nobody["own"]) == (True, 120)


@pytest.mark.parametrize(
    ("changes", "status", "code", "pointer"),
    [
        ({"customer_id": str(uuid4())}, 422, "earning.customer_unknown", "/customer_id"),
        ({"customer_phone": "0987000111"}, 422, "earning.customer_unknown", "/customer_phone"),
        ({"pos": "NOWHERE"}, 422, "earning.place_unknown", "/pos"),
        ({"total": 1, "lines": [{"total": 2}]}, 422, "earning.total_differs", "/total"),
        ({"document_number": "1"}, 400, "field.unknown", "/document_number"),
    ],
)
def test_what_cannot_be_bought_is_not_tried(
    api: ApiClient, shops: Shops, changes: dict[str, Any], status: int, code: str, pointer: str
) -> None:
    ((rule_id,),) = rows("earning_rule", shops.tenant, "id")
    assert refusal(api.post(f"{RULES}/{rule_id}/try", {"pos": "SV-1", "total": 120_000} | changes)) == (status, code, pointer)


def test_who_sees_no_customers_tries_a_rule_on_nobody(api_token_of: Callable[..., ApiClient], shops: Shops, tenant: Tenant) -> None:
    ((rule_id,),) = rows("earning_rule", tenant, "id")
    blind, basket = api_token_of("earning.edit_rules"), {"pos": "SV-1", "total": 120_000}
    assert blind.post(f"{RULES}/{rule_id}/try", basket).json()["own"] == 12
    named = blind.post(f"{RULES}/{rule_id}/try", basket | {"customer_id": str(shops.customer)})
    assert refusal(named) == (400, "field.unknown", "/customer_id")


@pytest.fixture
def api_token_of(tenant: Tenant) -> Callable[..., ApiClient]:
    """`api_token_of("earning.edit_rules")`: a program that may do so much and no more."""

    def issue(*permissions: str) -> ApiClient:
        with reading(tenant.id):
            role = Role.objects.create(tenant_id=tenant.id, code=uuid4().hex[:8], name="narrow", permissions=list(permissions))
            token = ApiToken.issue(tenant_id=tenant.id, name="narrow", role=role)[1]
        return ApiClient(token, tenant.hosts[0])

    return issue


def test_rules_are_listed_by_kind_and_wallet(api: ApiClient, stars: str) -> None:
    for name, terms, wallet in (
        ("Một", TERMS, "points"),
        ("Hai", {"kind": "multiplier", "factor": "2"}, "points"),
        ("Ba", {"kind": "product_points", "points": "1"}, stars),
        ("Bốn", TERMS, stars),
    ):
        assert api.post(RULES, {"name": name, "terms": terms, "wallet": wallet}).status_code == 201
    asked = (
        {"kind": "points_per_amount"},
        {"wallet": stars},
        {"kind": "multiplier", "wallet": stars},
        {"wallet": stars, "state": "active"},
    )
    assert [{r["name"] for r in api.get(RULES, query).json()["items"]} for query in asked] == [{"Một", "Bốn"}, {"Ba", "Bốn"}, set(), set()]
    assert api.get(RULES, {"kind": "gift"}).status_code == 400
    assert refusal(api.get(RULES, {"wallet": "moons"}))[:2] == (404, "earning.wallet_unknown")
    assert set(get_args(KindText)) == {*KINDS}


def test_who_made_a_rule_is_named_to_those_who_may_see_staff(
    api: ApiClient, api_as: Callable[..., ApiClient], shops: Shops, tenant: Tenant
) -> None:
    made = api.post(RULES, {"name": "Tết", "terms": TERMS}).json()["rule_id"]
    api.post(f"{RULES}/{made}/activate", {"effective_at": ago(days=2)})
    levels = api.post("/api/v1/level-sets/ready-made", {"starter": "classic"}).json()["set_id"]
    bought = recorded(api, shops.sale())["purchase_id"]
    with reading(tenant.id):
        names = {f"token:{one.pk}": one.name for one in ApiToken.objects.all()}
    for path, key in (
        (f"{RULES}/{made}/versions", "items"),
        (f"{RULES}/{made}/changes", "items"),
        (f"/api/v1/level-sets/{levels}/versions", "items"),
        (f"{PURCHASES}/{bought}/explanation", "rules"),
    ):
        told, kept = (caller.get(path).json()[key][-1] for caller in (api, api_as("marketer")))
        assert told["changed_by_name"] == names[told["changed_by"]]
        assert kept == told | {"changed_by_name": None}
