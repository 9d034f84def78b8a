"""The ledger over HTTP: spending, keeping aside, giving back, passing on, correcting, wallets."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from loyalty.staff.models import User
from loyalty.tenancy.models import Tenant
from tests.earning.counter import rows
from tests.earning.shops import CUSTOMERS, Shops, ago, recorded, refusal
from tests.pos.given import a_customer
from tests.support.client import ApiClient

WALLETS, CORRECTIONS = "/api/v1/wallets", "/api/v1/corrections"
UNITS = [
    {"language": "vi", "singular": "sao", "plural": "sao"}, {"language": "en", "singular": "star", "plural": "stars"},
    {"language": "pl", "singular": "gwiazdka", "plural": "gwiazdek", "few": "gwiazdki"},
]  # fmt: skip


@pytest.fixture
def account(api: ApiClient, shops: Shops) -> str:
    """The account of a customer with 120 points, of ten purchases."""
    for _ in range(10):
        recorded(api, shops.sale())
    return f"{CUSTOMERS}/{shops.customer}/account"


def soon(**span: int) -> str:
    return (datetime.now(UTC) + timedelta(**span)).isoformat()


def test_points_are_spent_and_given_back(api: ApiClient, account: str) -> None:
    spent = api.post(f"{account}/spend", {"points": 100, "reference_id": str(uuid4())})
    assert (spent.status_code, spent.json()["points"], spent.json()["available"], len(spent.json()["shares"])) == (201, 100, 20, 9)
    assert refusal(api.post(f"{account}/spend", {"points": 21})) == (422, "earning.not_enough_points", "/points")
    back = api.post(f"{account}/spend/{spent.json()['id']}/restore", {"points": 30})
    assert (back.status_code, back.json()["available"]) == (200, 50)
    shown = api.get(account).json()
    assert {k: shown[k] for k in ("balance", "available", "spent", "earned")} == {
        "balance": 50,
        "available": 50,
        "spent": 70,
        "earned": 120,
    }
    assert [line["kind"] for line in api.get(f"{account}/statement", {"limit": 2}).json()["items"]] == ["restored", "spent"]
    assert api.post(f"{account}/spend?dry_run=true", {"points": 50}).json()["available"] == 0
    assert api.get(account).json()["available"] == 50


def test_what_was_kept_aside_or_spent_of_another_wallet_is_found_by_its_id(api: ApiClient, account: str) -> None:
    assert api.put(f"{WALLETS}/stars", {"units": UNITS}).status_code in {200, 201}
    api.post(f"{account}/adjust", {"points": 90, "reason": "x", "wallet": "stars"})
    held = [api.post(f"{account}/holds", {"points": 30, "ends_at": soon(minutes=5), "wallet": "stars"}).json() for _ in range(2)]
    spent = api.post(f"{account}/holds/{held[0]['id']}/confirm", {}).json()
    assert spent["balance"] == 60
    assert api.post(f"{account}/holds/{held[1]['id']}/release", {}).json()["available"] == 60
    assert api.post(f"{account}/spend/{spent['id']}/restore", {}).json()["balance"] == 90


def test_points_are_kept_aside_until_they_are_used(api: ApiClient, account: str) -> None:
    held = api.post(f"{account}/holds", {"points": 50, "ends_at": soon(minutes=5)}).json()
    other = api.post(f"{account}/holds", {"points": 20, "ends_at": soon(minutes=5)}).json()
    assert {k: api.get(account).json()[k] for k in ("balance", "available", "held")} == {"balance": 120, "available": 50, "held": 70}
    assert api.post(f"{account}/holds/{held['id']}/confirm", {}).json()["balance"] == 70
    assert api.post(f"{account}/holds/{other['id']}/release", {}).json()["available"] == 70
    assert refusal(api.post(f"{account}/holds/{held['id']}/confirm", {}))[:2] == (409, "earning.hold_confirmed")
    assert refusal(api.post(f"{account}/holds/{other['id']}/confirm", {}))[:2] == (409, "earning.hold_released")
    assert refusal(api.post(f"{account}/holds/{uuid4()}/confirm", {}))[:2] == (404, "earning.hold_unknown")
    assert refusal(api.post(f"{account}/holds", {"points": 1, "ends_at": soon(days=9)})) == (422, "earning.hold_too_long", "/ends_at")


def test_points_are_passed_on_and_nothing_is_told_of_the_other(api: ApiClient, account: str, tenant: Tenant) -> None:
    friend = a_customer(tenant, phone="+84912345679")
    sent = api.post(f"{account}/transfer", {"points": 15, "phone": "0912345679"})
    assert (sent.status_code, sent.json()["balance"], str(friend) in sent.content.decode()) == (200, 105, False)
    assert api.get(f"{CUSTOMERS}/{friend}/account").json()["transferred"] == 15
    assert api.get(f"{CUSTOMERS}/{friend}/account").json()["earned"] == 0
    for recipient in ({"phone": "0912345679"}, {"phone": "0912345999"}):
        tried = api.post(f"{account}/transfer?dry_run=true", {"points": 15} | recipient)
        assert tried.status_code == (200 if recipient["phone"] == "0912345679" else 422)
    assert rows("earning_attempts", tenant, "guess, tried") == [("transfer", 2)], "found or not, it is one try each"
    assert api.get(account).json()["balance"] == 105, "nothing is passed on"
    assert refusal(api.post(f"{account}/transfer?dry_run=true", {"points": 106, "phone": "x"}))[:2] == (422, "earning.not_enough_points")
    for stranger in ({"phone": "0912345999"}, {"email": "nobody@example.com"}, {"customer_id": str(uuid4())}):
        answer = refusal(api.post(f"{account}/transfer", {"points": 1} | stranger))
        assert answer == (422, "earning.recipient_unavailable", f"/{next(iter(stranger))}")
    used_up = (422, "earning.transfer_tries_used_up")
    for dry_run in ("false", "true"):
        assert refusal(api.post(f"{account}/transfer?dry_run={dry_run}", {"points": 1, "phone": "0912345679"}))[:2] == used_up
    for wrong in ({}, {"phone": "0912345679", "email": "a@example.com"}):
        assert refusal(api.post(f"{account}/transfer", {"points": 1} | wrong))[:2] == (422, "earning.recipient_missing")


def test_a_large_correction_needs_somebody_else(api: ApiClient, api_as: Callable[..., ApiClient], admin_user: User, account: str) -> None:
    terms = {"approval_above": 50, "expiry": {"kind": "month_end", "grace_days": 5}}
    assert api.put(f"{WALLETS}/points", {"units": UNITS, "terms": terms}).status_code == 200
    alone = api.post(f"{account}/adjust", {"points": -20, "reason": "nhầm"}).json()
    assert (alone["balance"], alone["waits"], alone["waiting"]) == (100, False, None)
    waiting = api.post(f"{account}/adjust", {"points": 51, "reason": "quà"}).json()
    assert (waiting["waits"], waiting["balance"]) == (True, 100)
    message = "With this one your corrections of the account within 24 hours add up to 71 stars: above 50 stars somebody else has to agree."
    assert waiting["waiting"] == {"correction_id": waiting["id"], "together": 71, "most": 50, "message": message}
    approve = f"{CORRECTIONS}/{waiting['id']}/approve"
    for program in (api, api_as("administrator")):
        assert refusal(program.post(approve))[:2] == (403, "auth.for_persons")
    person = api_as(user=admin_user)
    [listed] = person.get(CORRECTIONS, {"state": "waits"}).json()["items"]
    assert (listed["id"], listed["points"], listed["reason"], listed["decided_at"]) == (waiting["id"], 51, "quà", None)
    assert person.post(approve).json()["balance"] == 151
    assert person.get(CORRECTIONS, {"state": "waits"}).json()["items"] == []
    decided = person.get(f"{CORRECTIONS}/{waiting['id']}").json()
    assert (decided["state"], decided["decided_by"]) == ("approved", f"staff:{admin_user.id}")
    assert refusal(person.post(approve))[:2] == (409, "earning.correction_is_decided")
    assert refusal(api.post(f"{account}/adjust", {"points": 1, "reason": " "})) == (422, "earning.reason_missing", "/reason")
    assert refusal(api.post(f"{account}/adjust", {"points": 0, "reason": "x"})) == (422, "earning.points_zero", "/points")
    assert refusal(person.post(f"{CORRECTIONS}/{uuid4()}/approve"))[0] == 404


def test_a_lot_is_cancelled_and_an_account_blocked(api: ApiClient, api_as: Any, account: str) -> None:
    lot = api.get(f"{account}/lots").json()["items"][0]
    assert api.post(f"{account}/lots/{lot['lot_id']}/cancel", {"reason": "twice"}).json()["balance"] == 108
    before = soon()
    assert api.post(f"{account}/block", {"reason": "lost phone"}).json()["available"] == 0
    shown, blocked = api.get(account).json(), soon()
    assert (shown["blocked"], shown["balance"], shown["available"]) == (True, 108, 0)
    assert [(one["reason"], one["blocked_by"].partition(":")[0]) for one in shown["blockings"]] == [("lost phone", "token")]
    (seen_by_seller,) = api_as("seller").get(account).json()["blockings"]
    assert seen_by_seller == shown["blockings"][0] | {"reason": None, "blocked_by": None}
    assert refusal(api.post(f"{account}/spend", {"points": 1}))[:2] == (422, "earning.account_is_blocked")
    assert api.post(f"{account}/unblock", {"reason": "found"}).status_code == 200
    assert api.get(account).json()["blockings"] == []
    then = [api.get(f"{account}/balance", asked).json() for asked in ({"known_at": before}, {"as_of": blocked}, {})]
    assert [(one["balance"], one["available"]) for one in then] == [(108, 108), (108, 0), (108, 108)]
    assert api.post(f"{account}/spend", {"points": 1}).status_code == 201


def test_what_an_account_held_is_told_for_any_time(api: ApiClient, shops: Shops) -> None:
    account = f"{CUSTOMERS}/{shops.customer}/account"
    for hours in (30, 2):
        recorded(api, shops.sale(purchased_at=ago(hours=hours)))
    between = datetime.now(UTC).isoformat()
    api.post(f"{account}/spend", {"points": 5})
    asked = [
        {"as_of": ago(hours=31)}, {"as_of": ago(hours=29)}, {"as_of": ago(hours=1)}, {}, {"known_at": between}, {"known_at": ago(hours=1)},
    ]  # fmt: skip
    assert [api.get(f"{account}/balance", query).json()["balance"] for query in asked] == [0, 12, 24, 19, 24, 0]
    lines = api.get(f"{account}/statement", {"known_at": between}).json()["items"]
    assert [(line["kind"], line["balance"]) for line in lines] == [("earned", 24), ("earned", 12)]
    assert api.get(f"{account}/endings").json() == {"days": [], "next_month": 0}
    assert refusal(api.get(f"{account}/balance", {"as_of": "0001-01-01T00:00:00+00:00"}))[0] == 400


def test_wallets_are_set_up_and_changed(api: ApiClient, account: str, shops: Shops) -> None:
    [standard] = api.get(WALLETS).json()
    assert (standard["code"], standard["version"], standard["terms"]["expiry"]["kind"]) == ("points", 0, "never")
    terms = {"expiry": {"kind": "rolling", "months": 6}, "pending_days": 14, "overdraft": "debt", "warn_days": 30}
    made = api.put(f"{WALLETS}/stars", {"units": UNITS, "decimals": 1, "terms": terms})
    assert (made.status_code, made.json()["version"]) == (200, 1)
    assert made.json()["effective_at"] == api.get(f"{WALLETS}/stars").json()["effective_at"] is not None
    shown = api.get(f"{WALLETS}/stars").json()
    assert {k: shown["terms"][k] for k in ("pending_days", "overdraft")} == {"pending_days": 14, "overdraft": "debt"}
    assert (shown["units"][2]["few"], shown["terms"]["expiry"]["months"]) == ("gwiazdki", 6)
    assert api.post(f"{account}/adjust", {"points": 25, "reason": "hello", "wallet": "stars"}).json()["balance"] == 25
    assert api.get(account, {"wallet": "stars"}).json()["balance"] == 25
    changed = {"units": UNITS, "decimals": 2}
    assert refusal(api.put(f"{WALLETS}/stars", changed)) == (422, "earning.wallet_decimals_fixed", "/decimals")
    assert refusal(api.put(f"{WALLETS}/stars", {"units": UNITS, "decimals": 1, "seen_version": 0}))[:2] == (
        409,
        "earning.wallet_changed_meanwhile",
    )
    assert refusal(api.get(account, {"wallet": "moons"}))[:2] == (404, "earning.wallet_unknown")
    assert refusal(api.post(f"{account}/spend", {"points": 1, "wallet": "moons"}))[:2] == (422, "earning.wallet_unknown")


@pytest.mark.parametrize(
    "body",
    [
        {"points": 10**30}, {"points": 1.5}, {"points": "١٢"}, {"reason": "a\x00b"}, {"reason": "x" * 501}, {"wallet": "a\x00"},
        {"wallet": "Đ" * 99}, {"points": 10**15}, {"points": True}, {"more": 1},
    ],
)  # fmt: skip
def test_nothing_that_is_typed_breaks_it(api: ApiClient, account: str, body: dict[str, Any]) -> None:
    assert api.post(f"{account}/adjust", {"points": 1, "reason": "x"} | body).status_code in {400, 422}


@pytest.mark.parametrize("raw", ['{"points": 1, "reason": "\\ud800"}', '{"points": 1, "reason": "x", "wallet": "\\ud800"}'])
def test_half_a_character_is_refused(api: ApiClient, account: str, raw: str) -> None:
    assert api.post(f"{account}/adjust", raw.encode()).status_code in {400, 422}


def test_who_may_what(api_as: Callable[..., ApiClient], account: str, shops: Shops) -> None:
    seller, marketer = api_as("seller"), api_as("marketer")
    assert seller.post(f"{account}/spend", {"points": 1}).status_code == 403, "at the till, and with the customer's word"
    assert marketer.post(f"{account}/spend", {"points": 1}).status_code == 403
    for path, body in (
        ("adjust", {"points": 1, "reason": "x"}), ("block", {"reason": "x"}), ("transfer", {"points": 1, "phone": "0912345679"}),
    ):  # fmt: skip
        assert seller.post(f"{account}/{path}", body).status_code == 403
    assert seller.put(f"{WALLETS}/points", {"units": UNITS}).status_code == 403
    assert seller.get(WALLETS).status_code == 200


def test_another_programme_sees_nothing(api: ApiClient, other_tenant: Tenant, account: str, shops: Shops) -> None:
    stranger = a_customer(other_tenant)
    for path, body in (("spend", {"points": 1}), ("adjust", {"points": 1, "reason": "x"}), ("block", {"reason": "x"})):
        assert api.post(f"{CUSTOMERS}/{stranger}/account/{path}", body).status_code == 404
    assert refusal(api.post(f"{account}/transfer", {"points": 1, "customer_id": str(stranger)}))[:2] == (
        422,
        "earning.recipient_unavailable",
    )


def test_the_order_in_which_purchases_are_matched_is_set_and_read(api: ApiClient, api_as: Callable[..., ApiClient]) -> None:
    order = "/api/v1/matching-order"
    assert api.put(order, {"kinds": ["phone", "card"]}).status_code == 200
    assert api.get(order).json() == {"kinds": ["phone", "card"]}
    assert refusal(api.put(order, {"kinds": ["card", "card"]})) == (422, "earning.matching_twice", "/kinds")
    assert api.put(order, {"kinds": ["shoe"]}).status_code == 400
    assert api_as("seller").put(order, {"kinds": ["card"]}).status_code == 403


def test_who_passed_points_on_often_enough_today_reads_it_at_the_field_that_names_the_other(
    api: ApiClient, account: str, tenant: Tenant
) -> None:
    friend = str(a_customer(tenant, phone="+84912345679"))
    for _ in range(5):
        assert api.post(f"{account}/transfer", {"points": 1, "customer_id": friend}).status_code == 200
    told = refusal(api.post(f"{account}/transfer", {"points": 1, "customer_id": friend}))
    assert told == (422, "earning.too_many_transfers", "/customer_id")
