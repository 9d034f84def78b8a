"""Who may record, see and take back what: sellers at their own shops, programs, marketers, and nobody across tenants."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from earning.commands import CreateRule
from loyalty.staff.models import User
from loyalty.tenancy.models import Tenant
from pos.commands import DeactivatePointOfSale
from tests.earning.counter import rows
from tests.earning.given import per
from tests.earning.shops import CUSTOMERS, PURCHASES, RULES, Shops, ago, recorded, refusal
from tests.pos.given import a_place, a_seller, say, sold
from tests.support.client import ApiClient


@pytest.fixture
def seller(shops: Shops, tenant: Tenant, seller_user: User, api_as: Callable[..., ApiClient]) -> ApiClient:
    """Who sells in the café."""
    a_seller(tenant, seller_user, shops.corner)
    return api_as(user=seller_user)


def without_request(answer: Any) -> dict[str, Any]:
    return {name: value for name, value in answer.json().items() if name != "request_id"}


def test_a_seller_records_at_the_own_shop_only(seller: ApiClient, shops: Shops, tenant: Tenant) -> None:
    assert recorded(seller, shops.sale())["points"] == 12
    for elsewhere, field in (
        ({"pos": "DM-1"}, "/pos"),
        ({"pos": str(shops.store)}, "/pos"),
        ({"pos": "NOWHERE"}, "/pos"),
        ({"pos": None, "merchant_id": str(shops.cafe)}, "/merchant_id"),
    ):
        answers = [seller.post(path, shops.sale(**elsewhere)) for path in (PURCHASES, f"{PURCHASES}?dry_run=true")]
        assert [refusal(a) for a in answers] == [(422, "earning.place_unknown", field)] * 2
    assert len(rows("earning_purchase", tenant, "id")) == 1


def test_a_seller_sees_the_purchases_of_the_own_merchant_and_the_rest_is_not_there(seller: ApiClient, api: ApiClient, shops: Shops) -> None:
    own, theirs = (recorded(api, shops.sale(pos=pos))["purchase_id"] for pos in ("SV-1", "DM-1"))
    assert [p["id"] for p in seller.get(PURCHASES).json()["items"]] == [own]
    assert seller.get(PURCHASES, {"merchant_id": str(shops.tech)}).json()["items"] == []
    assert len(api.get(PURCHASES).json()["items"]) == 2
    assert seller.get(f"{PURCHASES}/{own}").json()["lines"][0]["name"] == "Cà phê sữa"
    back = {"document_number": "R-1", "returned_at": ago(seconds=5)}
    for ask in (
        lambda i: seller.get(f"{PURCHASES}/{i}"),
        lambda i: seller.post(f"{PURCHASES}/{i}/returns", back),
        lambda i: seller.post(f"{PURCHASES}/{i}/returns?dry_run=true", back),
    ):
        assert ask(theirs).status_code == 404
        assert without_request(ask(theirs)) == without_request(ask(uuid4()))
    assert seller.post(f"{PURCHASES}/{own}/returns", back).json()["points"] == 12


def test_a_seller_takes_goods_back_at_the_own_shop_only(seller: ApiClient, api: ApiClient, shops: Shops) -> None:
    online = recorded(api, shops.sale(pos=None, merchant_id=str(shops.cafe)))["purchase_id"]
    back = {"document_number": "R-1", "returned_at": ago(seconds=5)}
    assert refusal(seller.post(f"{PURCHASES}/{online}/returns", back)) == (422, "earning.place_unknown", "/pos")
    assert refusal(seller.post(f"{PURCHASES}/{online}/returns", back | {"pos": "DM-1"})) == (422, "earning.place_unknown", "/pos")
    assert seller.post(f"{PURCHASES}/{online}/returns", back | {"pos": "SV-1"}).json()["points"] == 12
    bought = recorded(api, shops.sale())["purchase_id"]
    elsewhere = api.post(f"{PURCHASES}/{bought}/returns", back | {"document_number": "R-2", "pos": "DM-1"})
    assert refusal(elsewhere) == (422, "earning.other_merchant", "/purchase_id")


def test_goods_come_back_where_they_were_bought_even_if_it_has_closed_and_at_no_other_closed_shop(
    api: ApiClient, shops: Shops, tenant: Tenant
) -> None:
    other = a_place(tenant, "SV-2", merchant_id=shops.cafe)
    where = [f"{PURCHASES}/{recorded(api, shops.sale())['purchase_id']}/returns" for _ in range(2)]
    for pos_id in (other, shops.corner):
        say(tenant, DeactivatePointOfSale(pos_id=pos_id))
    back = {"document_number": "R-1", "returned_at": ago(seconds=5)}
    for path in (where[0], f"{where[0]}?dry_run=true"):
        assert refusal(api.post(path, back | {"pos": "SV-2"})) == (422, "earning.place_inactive", "/pos")
    assert api.post(where[0], back).status_code == 201
    assert api.post(where[1], back | {"document_number": "R-2", "pos": "SV-1"}).status_code == 201


@pytest.mark.parametrize("fact", ["document_scope", "zone", "pos_id", "return_pos_id", "may_date_back"])
def test_nobody_names_what_follows_from_the_place(api: ApiClient, shops: Shops, fact: str) -> None:
    assert refusal(api.post(PURCHASES, shops.sale() | {fact: "merchant"})) == (400, "field.unknown", f"/{fact}")
    where = f"{PURCHASES}/{recorded(api, shops.sale())['purchase_id']}/returns"
    back = {"document_number": "R-1", "returned_at": ago(seconds=5), fact: "merchant"}
    assert refusal(api.post(where, back)) == (400, "field.unknown", f"/{fact}")


def test_a_purchase_is_recorded_with_what_the_place_says(api: ApiClient, shops: Shops, tenant: Tenant) -> None:
    recorded(api, shops.sale(merchant_id=str(shops.cafe)))
    assert rows("earning_purchase", tenant, "merchant_id, pos_id, document_scope, currency") == [(shops.cafe, shops.corner, "pos", "VND")]
    for foreign in ({"merchant_id": str(shops.tech)}, {"pos": "DM-1", "merchant_id": str(shops.cafe)}):
        assert refusal(api.post(PURCHASES, shops.sale(**foreign))) == (422, "earning.place_of_another", "/merchant_id")


def test_a_seller_dates_back_a_day_and_an_administrator_90(seller: ApiClient, api: ApiClient, shops: Shops) -> None:
    assert recorded(seller, shops.sale(purchased_at=ago(hours=23)))["points"] == 12
    yesterday = shops.sale(purchased_at=ago(hours=25))
    refused = seller.post(PURCHASES, yesterday)
    assert refusal(refused) == (422, "earning.too_long_ago", "/purchased_at")
    told = refused.json()["params"]
    assert (told["days"], ago(hours=24, minutes=5) < told["earliest"] < ago(hours=23, minutes=55)) == (1, True)
    assert refusal(seller.post(f"{PURCHASES}?dry_run=true", yesterday)) == refusal(refused)
    bought = recorded(api, yesterday)
    assert recorded(seller, yesterday) == bought | {"duplicate": True}, "what was recorded is no news, however long ago"
    back = {"document_number": "R-1", "returned_at": ago(hours=24, minutes=30)}
    where = f"{PURCHASES}/{bought['purchase_id']}/returns"
    assert refusal(seller.post(where, back)) == (422, "earning.too_long_ago", "/returned_at")
    assert refusal(seller.post(f"{where}?dry_run=true", back)) == (422, "earning.too_long_ago", "/returned_at")
    assert api.post(where, back).status_code == 201


def test_a_seller_sees_any_balance_but_not_what_was_bought_elsewhere(seller: ApiClient, api: ApiClient, shops: Shops) -> None:
    for pos in ("DM-1", "SV-1"):
        recorded(api, shops.sale(pos=pos, document_number=f"at {pos}"))
    where = f"{CUSTOMERS}/{shops.customer}/account"
    assert seller.get(where).json()["balance"] == 24
    own, theirs = seller.get(f"{where}/statement").json()["items"]
    assert (own["document_number"], own["points"], len(own["reasons"])) == ("at SV-1", 12, 1)
    assert (theirs["document_number"], theirs["points"], theirs["balance"], theirs["reasons"]) == (None, 12, 12, [])
    assert [line["document_number"] for line in api.get(f"{where}/statement").json()["items"]] == ["at SV-1", "at DM-1"]


def test_a_program_with_a_sellers_role_has_no_shop(api_as: Callable[..., ApiClient], api: ApiClient, shops: Shops) -> None:
    program = api_as("seller")
    made = recorded(api, shops.sale())["purchase_id"]
    assert refusal(program.post(PURCHASES, shops.sale())) == (422, "earning.place_unknown", "/pos")
    assert program.get(PURCHASES).json()["items"] == []
    assert program.get(f"{PURCHASES}/{made}").status_code == 404


def test_roles(api: ApiClient, api_as: Callable[..., ApiClient], shops: Shops) -> None:
    made = recorded(api, shops.sale())["purchase_id"]
    (rule,) = api.get(RULES).json()["items"]
    reads = [
        PURCHASES,
        f"{PURCHASES}/{made}",
        f"{CUSTOMERS}/{shops.customer}/account",
        f"{CUSTOMERS}/{shops.customer}/account/lots",
        f"{CUSTOMERS}/{shops.customer}/account/statement",
        RULES,
        f"{RULES}/{rule['id']}",
        f"{RULES}/{rule['id']}/versions",
    ]
    marketer, seller = api_as("marketer"), api_as("seller")
    assert [marketer.get(path).status_code for path in reads] == [200] * len(reads)
    assert [api.anonymous().get(path).status_code for path in reads] == [401] * len(reads)
    assert marketer.post(PURCHASES, shops.sale()).status_code == 403
    assert marketer.post(f"{PURCHASES}/{made}/returns", {}).status_code == 403
    assert marketer.post(f"{RULES}/{rule['id']}/pause").status_code == 200
    for write in (
        lambda: seller.post(RULES, {}),
        lambda: seller.patch(f"{RULES}/{rule['id']}", {}),
        lambda: seller.post(f"{RULES}/{made}/activate"),
    ):
        assert write().status_code == 403


def test_nothing_of_another_tenant_is_there(api: ApiClient, other_tenant: Tenant) -> None:
    theirs = Shops.of(other_tenant)
    bought = sold(other_tenant, theirs.cafe, theirs.corner, "1", 500_00, datetime.now(UTC) - timedelta(minutes=1), theirs.customer)
    rule = say(other_tenant, CreateRule(name="Obca", terms=per(100))).rule_id
    back = {"document_number": "R-1", "returned_at": ago(seconds=5)}
    asked: list[tuple[Callable[[UUID], Any], UUID]] = [
        (lambda i: api.get(f"{PURCHASES}/{i}"), bought),
        (lambda i: api.post(f"{PURCHASES}/{i}/returns", back), bought),
        (lambda i: api.get(f"{CUSTOMERS}/{i}/account"), theirs.customer),
        (lambda i: api.get(f"{CUSTOMERS}/{i}/account/lots"), theirs.customer),
        (lambda i: api.get(f"{CUSTOMERS}/{i}/account/statement"), theirs.customer),
        (lambda i: api.get(f"{RULES}/{i}"), rule),
        (lambda i: api.get(f"{RULES}/{i}/versions"), rule),
        (lambda i: api.patch(f"{RULES}/{i}", {"name": "x"}), rule),
        (lambda i: api.post(f"{RULES}/{i}/activate", {}), rule),
        (lambda i: api.post(f"{RULES}/{i}/pause"), rule),
    ]
    for ask, foreign in asked:
        answers = ask(foreign), ask(uuid4())
        assert [a.status_code for a in answers] == [404, 404]
        assert without_request(answers[0]) == without_request(answers[1])
    assert api.get(PURCHASES).json()["items"] == api.get(RULES).json()["items"] == []
    own = Shops.of(api_tenant(api))
    bought = recorded(api, own.sale())["purchase_id"]
    for pos in (str(theirs.corner), str(uuid4()), "NOWHERE"):
        assert refusal(api.post(f"{PURCHASES}/{bought}/returns", back | {"pos": pos})) == (422, "earning.place_unknown", "/pos")
    for foreign_part, code in (
        ({"pos": str(theirs.corner)}, "earning.place_unknown"),
        ({"customer_id": str(theirs.customer)}, "earning.customer_unknown"),
    ):
        assert refusal(api.post(PURCHASES, own.sale(**foreign_part)))[1] == code


def api_tenant(api: ApiClient) -> Tenant:
    return Tenant.objects.get(hosts__contains=[api.host])
