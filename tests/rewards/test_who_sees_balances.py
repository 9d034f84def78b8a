"""The balance after a redemption is for who may see accounts."""

from __future__ import annotations

from typing import Any

import pytest

from earning.permissions import SEE_ACCOUNTS
from loyalty.staff.models import Role
from loyalty.tenancy import reading
from rewards.commands import RedeemReward
from rewards.permissions import SEE_COUPONS
from tests.earning.counter import rows
from tests.rewards.given import RewardShop
from tests.rewards.test_api import app
from tests.support.client import ApiClient, visitor
from tests.support.pages import text_of

pytestmark = pytest.mark.usefixtures("own_log_of_module")


@pytest.fixture
def shop(tenant: Any) -> RewardShop:
    return RewardShop(tenant)


@pytest.mark.parametrize("may", [False, True])
def test_balance_after_is_for_who_may_see_accounts(shop: RewardShop, make_user: Any, may: bool) -> None:
    key = shop.redeem(shop.with_points(777_888), shop.reward(points=1)).coupon_id
    told = ["staff.enter_admin", SEE_COUPONS, *([SEE_ACCOUNTS] if may else [])]
    with reading(shop.tenant.id):
        Role.objects.create(tenant_id=shop.tenant.id, code="counting", name="x", permissions=told)
    site = visitor(shop.tenant, make_user(shop.tenant, "counting"))
    for page in ("", f"{key}/change/"):
        said = text_of(site.get(f"/admin/rewards/coupon/{page}"))
        assert ("777,887" in said, "Balance after" in said) == (may, may), page


def test_own_code_made_for_the_coupon_leads_to_it(shop: RewardShop, api: ApiClient) -> None:
    customer = shop.with_points(100)
    got = shop.do(RedeemReward(customer_id=customer, reward_id=shop.reward(), by_customer=True))
    claim = "/api/v1/me/coupons/claim"
    assert app(shop, api, customer).post(claim, {"code": got.code}).json()["code"] == "rewards.code_yours"
    assert {used for (used,) in rows("rewards_guess", shop.tenant, "used")} == {0}
    assert app(shop, api, shop.customer()).post(claim, {"code": got.code}).json()["code"] == "rewards.code_not_good"
