"""What is written about gifts and batches of codes names nobody in clear, where no key could forget them."""

from __future__ import annotations

from typing import Any

import pytest

from customers.commands import EraseCustomer
from loyalty.domain.errors import DomainError
from loyalty.projections.projection import PROJECTIONS
from loyalty.projections.rebuild import checksum, rebuild
from loyalty.tenancy import reading
from rewards.commands import ExportBatch, ShipGift, WithdrawBatch
from rewards.queries import gift
from tests.earning.counter import rows
from tests.rewards.given import RewardShop
from tests.rewards.test_code_batches import stocked
from tests.rewards.test_gifts import SENT, ordered
from tests.support.client import ApiClient

pytestmark = pytest.mark.usefixtures("own_log_of_module")


@pytest.fixture
def shop(tenant: Any) -> RewardShop:
    return RewardShop(tenant)


def payloads(shop: RewardShop) -> str:
    return "\n".join(text for (text,) in rows("event.event", shop.tenant, "payload::text", "position"))


def test_a_carrier_is_sealed_and_has_no_phone(shop: RewardShop, api: ApiClient) -> None:
    customer = shop.with_points(100)
    key = ordered(shop, customer, shop.reward(SENT, stock=1))
    refused = api.post(f"/api/v1/coupons/{key}/gift/ship", {"carrier": "Anh Tuấn 0912 345 678"}).json()
    assert (refused["code"], refused["errors"][0]["pointer"]) == ("rewards.text_personal", "/carrier")
    shop.do(ShipGift(coupon_id=key, carrier="Courier Tuan", tracking_number="GHN-42"))
    with reading(shop.tenant.id):
        assert gift(key).carrier == "Courier Tuan"
    assert "Courier Tuan" not in payloads(shop)
    shop.do(EraseCustomer(customer_id=customer))
    live = {"rewards_gift": checksum("rewards_gift")}
    assert rebuild(PROJECTIONS["rewards.gifts"], batch=1, swap=False).checksums == live
    assert rows("rewards_gift", shop.tenant, "id") == []


@pytest.mark.parametrize("order", [ExportBatch, WithdrawBatch])
@pytest.mark.parametrize("reason", ["For Hoa 0912 345 678", "For hoa@example.com"])
def test_a_reason_for_a_batch_reaches_nobody(shop: RewardShop, order: Any, reason: str) -> None:
    _reward, batch = stocked(shop, 1)
    with pytest.raises(DomainError) as refused:
        shop.do(order(batch_id=batch, reason=reason))
    assert (refused.value.code, refused.value.field) == ("rewards.text_personal", "reason")
    assert reason not in payloads(shop)
    assert shop.do(order(batch_id=batch, reason="For the print shop")).batch_id == batch
