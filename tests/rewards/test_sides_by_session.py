"""Who was merged and signs in with their own phone spends what is theirs who stands for both, and it stays theirs by whom it came."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.customers.test_sign_in import signed_in
from tests.pos.given import a_merchant, a_place
from tests.rewards.given import wrong_guards
from tests.rewards.test_merged import Couple
from tests.support.client import ApiClient

pytestmark = pytest.mark.usefixtures("own_log_of_module")


@pytest.fixture
def couple(tenant: Any) -> Couple:
    couple = Couple(tenant).begin()
    couple.merge()
    return couple


def app(couple: Couple, phone: str) -> ApiClient:
    """With a session that this phone opened."""
    host = couple.tenant.hosts[0]
    return ApiClient(signed_in(couple.tenant, ApiClient(None, host), phone).json()["token"], host)


@pytest.fixture
def lans(couple: Couple) -> ApiClient:
    mine = app(couple, "0987654321")
    assert mine.get("/api/v1/me").json()["id"] == str(couple.hoa), "it shows what is theirs who stands for both"
    return mine


def test_what_was_redeemed_with_the_phone_of_who_was_merged_is_charged_to_them(couple: Couple, lans: ApiClient) -> None:
    answer = lans.post("/api/v1/me/rewards/redeem", {"reward_id": str(couple.reward(points=150))})
    assert (answer.status_code, couple.left()) == (201, [100, -50]), answer.content
    assert answer.json()["customer_id"] == str(couple.lan)
    couple.unmerge()
    assert (couple.coupons(couple.hoa), couple.coupons(couple.lan)) == (set(), {UUID(answer.json()["coupon_id"])})
    assert (couple.available(couple.hoa), wrong_guards(couple.tenant)) == (100, [])


def test_a_basket_is_kept_for_whose_phone_it_was(couple: Couple, lans: ApiClient) -> None:
    a_place(couple.tenant, "R-1", merchant_id=a_merchant(couple.tenant))
    body = {"pos": "R-1", "lines": [{"total": 100_000}], "choices": [{"reward_id": str(couple.reward(points=60))}]}
    held = lans.post("/api/v1/me/baskets", body)
    assert held.status_code == 201, held.content
    assert couple.confirm(UUID(held.json()["basket_id"])).state == "confirmed"
    assert couple.left() == [100, 40]


def test_points_are_passed_on_by_whose_phone_it_was_and_both_have_five_tries(couple: Couple, lans: ApiClient) -> None:
    other = couple.with_points(1)
    body = {"customer_id": str(other), "points": 130}
    assert lans.post("/api/v1/me/transfer", body).status_code == 200
    assert couple.left() == [100, -30]
    hoas = app(couple, "0912345678")
    wrong = {"phone": "0999999999", "points": 1}
    tried = [(hoas, lans)[n % 2].post("/api/v1/me/transfer", wrong).json()["code"] for n in range(7)]
    assert tried == ["earning.recipient_unavailable"] * 5 + ["earning.transfer_tries_used_up"] * 2
