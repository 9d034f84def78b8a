"""Accounts over HTTP: the balance, the lots it is made of, and the statement with a running balance."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from customers.commands import DeactivateCustomer
from loyalty.tenancy.models import Tenant
from tests.earning.shops import CUSTOMERS, PURCHASES, Shops, ago, recorded
from tests.pos.given import say
from tests.support.client import ApiClient


def all_pages(api: ApiClient, path: str, limit: int) -> list[dict[str, Any]]:
    seen: list[dict[str, Any]] = []
    query: dict[str, Any] = {"limit": limit}
    while True:
        page = api.get(path, query).json()
        seen += page["items"]
        if page["next"] is None:
            return seen
        assert len(page["items"]) == limit
        query["cursor"] = page["next"]


def test_an_account_begins_with_nothing(api: ApiClient, shops: Shops) -> None:
    where = f"{CUSTOMERS}/{shops.customer}/account"
    assert api.get(where).json() == {
        "customer_id": str(shops.customer), "wallet": "points", "balance": 0, "available": 0, "pending": 0, "held": 0, "debt": 0,
        "earned": 0, "clawed_back": 0, "spent": 0, "expired": 0, "cancelled": 0,
        "adjusted": 0, "transferred": 0, "blocked": False, "movements": 0, "blockings": [],
    }  # fmt: skip
    assert api.get(f"{where}/lots").json() == api.get(f"{where}/statement").json() == {"items": [], "next": None}


def test_balance_lots_and_statement_agree(api: ApiClient, shops: Shops, tenant: Tenant) -> None:
    made = [recorded(api, shops.sale({"total": 10_000 * n, "quantity": 2}, purchased_at=ago(hours=9 - n))) for n in range(1, 6)]
    api.post(f"{PURCHASES}/{made[1]['purchase_id']}/returns", {"document_number": "R-1", "returned_at": ago(seconds=9)})
    half = [{"line": 1, "quantity": 1}]
    api.post(f"{PURCHASES}/{made[3]['purchase_id']}/returns", {"document_number": "R-2", "returned_at": ago(seconds=5), "lines": half})
    where = f"{CUSTOMERS}/{shops.customer}/account"
    account = api.get(where).json()
    assert {k: account[k] for k in ("balance", "earned", "clawed_back", "spent", "movements")} == {
        "balance": 11, "earned": 15, "clawed_back": 4, "spent": 0, "movements": 7,
    }  # fmt: skip
    lots = all_pages(api, f"{where}/lots", 2)
    assert [(lot["purchase_id"], lot["points"], lot["remaining"]) for lot in lots] == [
        (made[n]["purchase_id"], n + 1, left) for n, left in ((0, 1), (2, 3), (3, 2), (4, 5))
    ]
    ended, every = (api.get(f"{where}/lots", {"state": state}).json()["items"] for state in ("ended", "all"))
    assert [(lot["purchase_id"], lot["points"], lot["remaining"], lot["active_from"]) for lot in ended] == [
        (made[1]["purchase_id"], 2, 0, None)
    ]
    assert every == [lots[0], *ended, *lots[1:]]
    lines = all_pages(api, f"{where}/statement", 3)
    assert [line["points"] for line in lines] == [-2, -2, 5, 4, 3, 2, 1]
    assert [line["balance"] for line in lines] == [11, 13, 15, 10, 6, 3, 1]
    assert [line["kind"] for line in lines[:3]] == ["clawed_back", "clawed_back", "earned"]
    assert lines[0]["reasons"][0]["points"] == 2
    assert lines == all_pages(api, f"{where}/statement", 200)
    say(tenant, DeactivateCustomer(customer_id=shops.customer, reason="asked"))
    assert api.get(where).json()["balance"] == 11


@pytest.mark.parametrize("part", ["", "/lots", "/statement"])
def test_nobodys_account_is_not_there(api: ApiClient, part: str) -> None:
    answer = api.get(f"{CUSTOMERS}/{uuid4()}/account{part}")
    assert (answer.status_code, answer.json()["code"]) == (404, "customers.not_found")


def test_a_cursor_is_good_for_its_own_list_only(api: ApiClient, shops: Shops) -> None:
    for n in range(2):
        recorded(api, shops.sale(document_number=f"N-{n}"))
    where = f"{CUSTOMERS}/{shops.customer}/account"
    lots = api.get(f"{where}/lots", {"limit": 1}).json()["next"]
    assert api.get(f"{where}/statement", {"cursor": lots}).status_code == 400
    somebody = api.post(CUSTOMERS, {"first_name": "Lan"}).json()["customer_id"]
    assert api.get(f"{CUSTOMERS}/{somebody}/account/lots", {"cursor": lots}).status_code == 400
