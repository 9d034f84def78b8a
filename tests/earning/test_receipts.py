"""A customer claims what they bought without being known: by what the receipt says, five times a day, once, and no one learns more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from earning.attempts import forget_old_attempts
from earning.commands import AdjustPoints, ClaimReceipt
from loyalty.domain.errors import DomainError
from loyalty.domain.points import LARGEST
from loyalty.tenancy.models import Tenant
from tests.earning.counter import Counter, in_parallel, rows
from tests.earning.shops import CUSTOMERS, Shops, recorded, refusal
from tests.support.client import ApiClient


def receipt(shops: Shops, **changes: Any) -> dict[str, Any]:
    return {"document_number": "hd-77", "total": 120_000, "purchased_on": datetime.now(shops.tenant.zone).date().isoformat()} | changes


@pytest.fixture
def bought(api: ApiClient, shops: Shops) -> str:
    """The id of a purchase of nobody known, of just now."""
    return str(
        recorded(api, shops.sale(customer_id=None, document_number="HD-77", purchased_at=datetime.now().astimezone().isoformat()))[
            "purchase_id"
        ]
    )


def test_number_total_and_date_give_it_to_the_customer(api: ApiClient, shops: Shops, bought: str) -> None:
    where = f"{CUSTOMERS}/{shops.customer}/receipts"
    first, again = (api.post(where, receipt(shops), key="one") for _ in range(2))
    (wallet,) = first.json()["wallets"]
    assert (wallet["wallet"], wallet["points"], wallet["balance"]) == ("points", 12, 12)
    told = {"purchase_id": bought, "customer_id": str(shops.customer), "points": 12, "balance": 12, "duplicate": False}
    assert (first.status_code, first.json()) == (201, told | {"wallets": [wallet]})
    assert (again.content, again.headers["Idempotency-Replayed"]) == (first.content, "true")
    assert rows("earning_attempts", shops.tenant, "tried") == [(1,)], "the same request again is no other try"


def test_tries_are_forgotten_when_their_day_is_long_over(api: ApiClient, shops: Shops, bought: str) -> None:
    api.post(f"{CUSTOMERS}/{shops.customer}/receipts", receipt(shops, total=1))
    now = datetime.now().astimezone()
    assert [forget_old_attempts(shops.tenant.id, now + timedelta(days=days)) for days in (0, 1, 10)] == [0, 0, 1]
    assert rows("earning_attempts", shops.tenant, "tried") == []


def test_unknown_mismatched_and_claimed_answer_alike(api: ApiClient, shops: Shops, bought: str) -> None:
    where = f"{CUSTOMERS}/{shops.customer}/receipts"
    yesterday = (datetime.now(shops.tenant.zone) - timedelta(days=1)).date().isoformat()
    wrong = [{"document_number": "HD-78"}, {"total": 120_001}, {"purchased_on": yesterday}]
    answers = [api.post(where, receipt(shops, **change)) for change in wrong]
    assert api.post(where, receipt(shops)).status_code == 201
    answers.append(api.post(where, receipt(shops)))
    assert {(a.status_code, a.json()["code"], a.json()["detail"]) for a in answers} == {
        (422, "earning.receipt_not_claimable", "No purchase can be claimed with this. Check number, total and date on the receipt.")
    }
    assert refusal(api.post(where, receipt(shops)))[:2] == (422, "earning.receipt_tries_used_up")


def test_a_failed_try_answers_to_its_key_as_before(api: ApiClient, shops: Shops, bought: str) -> None:
    where = f"{CUSTOMERS}/{shops.customer}/receipts"
    answers = {api.post(where, receipt(shops, total=1), key="one").content for _ in range(3)}
    assert len(answers) == 1
    assert rows("earning_attempts", shops.tenant, "tried") == [(1,)]


def test_two_receipts_that_read_alike_are_nobodys(api: ApiClient, shops: Shops, bought: str) -> None:
    recorded(api, shops.sale(customer_id=None, document_number="HD-77", pos="DM-1"))
    told = refusal(api.post(f"{CUSTOMERS}/{shops.customer}/receipts", receipt(shops)))
    assert told == (422, "earning.receipt_not_claimable", "/document_number")


@pytest.mark.parametrize(
    "change",
    [{"total": 10**30}, {"total": -1}, {"document_number": ""}, {"document_number": "x" * 100_000}, {"purchased_on": "0001-01-01"},
     {"purchased_on": "9999-12-31"}],
)  # fmt: skip
def test_what_no_receipt_says_is_not_claimable(api: ApiClient, shops: Shops, change: dict[str, Any]) -> None:
    status, code, _ = refusal(api.post(f"{CUSTOMERS}/{shops.customer}/receipts", receipt(shops, **change)))
    assert (status, code) in {(422, "earning.receipt_not_claimable"), (400, "field.out_of_range"), (400, "json.number_too_large")}


def test_roles(api: ApiClient, api_as: Callable[..., ApiClient], shops: Shops) -> None:
    assert api.post(f"{CUSTOMERS}/{uuid4()}/receipts", receipt(shops)).status_code == 404
    assert api_as("seller").post(f"{CUSTOMERS}/{shops.customer}/receipts", receipt(shops)).status_code == 403


@pytest.mark.rounds
def test_of_20_tries_at_once_five_count(tenant: Tenant) -> None:
    counter = Counter(tenant)
    somebody = counter.customer()
    bought = [counter.sell(None, 10_000).purchase_id for _ in range(20)]

    def claim(n: int) -> Any:
        return counter.do(ClaimReceipt(customer_id=somebody, purchase_id=bought[n], zone=tenant.time_zone), channel="api")

    answers = in_parallel(20, claim)
    assert sorted(str(getattr(a, "code", "claimed")) for a in answers) == ["claimed"] * 5 + ["earning.receipt_tries_used_up"] * 15
    assert len(rows("earning_purchase", tenant, "id", f"1 limit {100}")) == 20
    assert sum(row[0] is not None for row in rows("earning_purchase", tenant, "customer_id")) == 5


@pytest.mark.rounds
def test_of_50_who_hold_the_same_receipt_one_gets_it(tenant: Tenant) -> None:
    counter = Counter(tenant)
    counter.rule()
    people = [counter.customer(first_name=f"Number {n}") for n in range(50)]
    bought = counter.sell(None, 250_000).purchase_id

    def claim(n: int) -> UUID | DomainError | None:
        answer = counter.do(ClaimReceipt(customer_id=people[n], purchase_id=bought, zone=tenant.time_zone), channel="api")
        return answer.claimed.customer_id if answer.claimed else None

    (winner,) = {a for a in in_parallel(50, claim) if a is not None}
    assert rows("earning_account", tenant, "customer_id, balance") == [(winner, 25)]


def test_a_receipt_whose_points_do_not_fit_stays_unclaimed(tenant: Tenant) -> None:
    """It counts as a try, and is there to be claimed when there is room."""
    counter = Counter(tenant)
    counter.rule()
    somebody = counter.customer()
    counter.do(AdjustPoints(customer_id=somebody, points=LARGEST, reason="full"))
    bought = counter.sell(None, 250_000).purchase_id
    order = ClaimReceipt(customer_id=somebody, purchase_id=bought, zone=tenant.time_zone)
    assert counter.do(order, channel="api").claimed is None
    assert rows("earning_purchase", tenant, "customer_id") == [(None,)]
    assert rows("earning_attempts", tenant, "tried") == [(1,)]
    counter.do(AdjustPoints(customer_id=somebody, points=-25, reason="room"))
    claimed = counter.do(order, channel="api").claimed
    assert claimed is not None
    assert (claimed.points, claimed.balance) == (25, LARGEST)
