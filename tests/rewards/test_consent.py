"""What a customer shows pays for one thing: whoever reads it, however often and however fast."""

from __future__ import annotations

from collections import Counter as Tally
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine

from customers.member_codes import member_code
from customers.queries import customer
from loyalty.domain.errors import DomainError
from loyalty.domain.identity import new_id
from loyalty.tenancy import reading
from rewards.commands import HoldBasket
from tests.earning.counter import in_parallel, rows
from tests.pos.given import a_merchant, a_place, a_seller
from tests.rewards.given import LINES, RewardShop, bought, codes
from tests.support.client import ApiClient

AT_ONCE = 50
LINE = {"total": 100_000, "quantity": 1_000}


@dataclass
class Scene:
    """A seller at their place, and a customer with points whose code they have read."""

    shop: RewardShop
    seller: ApiClient
    who: UUID
    code: str

    def redeem(self, reward: UUID, key: str | None = None, **more: Any) -> Any:
        told = {"reward_id": str(reward), "pos": "R-1", "shown": self.code} | more
        return self.seller.post(f"/api/v1/customers/{self.who}/rewards/redeem", told, key=key)

    def hold(self, reward: UUID, key: str | None = None, **more: Any) -> Any:
        told = {"customer_id": str(self.who), "pos": "R-1", "lines": [LINE], "shown": self.code, "choices": [{"reward_id": str(reward)}]}
        return self.seller.post("/api/v1/baskets", told | more, key=key)


@pytest.fixture
def scene(tenant: Any, seller_user: Any, api_as: Any) -> Scene:
    shop = RewardShop(tenant)
    merchant = a_merchant(tenant)
    a_seller(tenant, seller_user, *(a_place(tenant, code, merchant_id=merchant) for code in ("R-1", "R-2")))
    who = shop.with_points(100_000)
    return Scene(shop, api_as(user=seller_user), who, shown_by(shop, who))


def shown_by(shop: RewardShop, who: UUID, at: datetime | None = None) -> str:
    with reading(shop.tenant.id):
        return member_code(customer(who).code, shop.tenant.id, at or datetime.now(UTC), agrees=True)


def told(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "") if answer.status_code >= 400 else ""


def test_a_code_pays_once_and_the_same_request_is_answered_as_before(scene: Scene) -> None:
    reward, key = scene.shop.reward(), str(uuid4())
    first = scene.redeem(reward, key)
    assert first.status_code == 201, first.content
    for spend in (scene.redeem, scene.hold):
        again = spend(reward)
        assert told(again) == (422, "customers.member_code_spent")
        assert again.json()["errors"][0]["pointer"] == "/shown"
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=5)):
        later = scene.redeem(reward, key)
        assert (later.status_code, later.content) == (201, first.content)
        assert told(scene.redeem(reward)) == (422, "customers.member_code_over")
    assert scene.shop.available(scene.who) == 99_900
    said = {language: scene.seller.speaking(language).post(*paid_for(scene, reward)).json()["detail"] for language in ("vi", "en", "pl")}
    assert "đã dùng" in said["vi"]
    assert "paid for something already" in said["en"]
    assert "już" in said["pl"]


def paid_for(scene: Scene, reward: UUID) -> tuple[str, Any]:
    return f"/api/v1/customers/{scene.who}/rewards/redeem", {"reward_id": str(reward), "pos": "R-1", "shown": scene.code}


@pytest.mark.rounds
def test_of_fifty_orders_with_one_code_one_is_carried_out(scene: Scene) -> None:
    reward = scene.shop.reward()
    answers = in_parallel(AT_ONCE, lambda n: (scene.redeem, scene.hold)[n % 2](reward))
    assert Tally(map(told, answers)) == {(201, ""): 1, (422, "customers.member_code_spent"): AT_ONCE - 1}
    assert scene.shop.available(scene.who) == 99_900
    ((order, action, pos, points),) = rows("customers_member_code", scene.shop.tenant, "order_id, action, pos_id, points")
    (made,) = [one.json() for one in answers if one.status_code == 201]
    assert str(order) in {made.get("basket_id"), made.get("coupon_id")}
    assert (action, points) == ("redeem" if "coupon_id" in made else "basket", 100)
    assert pos is not None


@pytest.mark.rounds
def test_the_same_order_at_once_is_one(scene: Scene) -> None:
    reward, key = scene.shop.reward(), str(uuid4())
    answers = in_parallel(8, lambda _: scene.hold(reward, key))
    assert {(one.status_code, one.content) for one in answers} == {(201, answers[0].content)}
    shop, command_id, code = scene.shop, new_id(), shown_by(scene.shop, scene.who, datetime.now(UTC) - timedelta(minutes=1))
    order = HoldBasket(
        customer_id=scene.who, merchant_id=shop.merchant_id, pos_id=shop.pos_id, lines=LINES, choices=(bought(reward),), shown=code
    )
    done = in_parallel(8, lambda _: shop.do(order, command_id=command_id))
    assert codes(done) == ["", *["command.applied"] * 7]


def test_what_was_refused_has_cost_the_code_nothing(scene: Scene) -> None:
    dear, cheap = scene.shop.reward(points=200_000), scene.shop.reward()
    assert told(scene.redeem(dear)) == (422, "earning.not_enough_points")
    tried = scene.seller.post(paid_for(scene, cheap)[0] + "?dry_run=true", paid_for(scene, cheap)[1])
    assert tried.status_code == 200, tried.content
    assert rows("customers_member_code", scene.shop.tenant, "reader") == []
    assert scene.redeem(cheap).status_code == 201


def test_a_basket_that_takes_the_place_of_another_is_paid_for_by_its_code(scene: Scene) -> None:
    reward, less, more = (scene.shop.reward(points=points) for points in (100, 90, 110))
    first = scene.hold(reward).json()["basket_id"]
    assert told(scene.hold(less)) == (422, "customers.member_code_spent")
    assert told(scene.hold(more, replaces=first)) == (422, "customers.member_code_spent")
    assert told(scene.hold(less, replaces=first, pos="R-2")) == (422, "customers.member_code_spent")
    assert told(scene.redeem(less)) == (422, "customers.member_code_spent")
    second = scene.hold(less, replaces=first)
    assert second.status_code == 201, second.content
    assert scene.shop.available(scene.who) == 99_910
    assert told(scene.hold(less, replaces=first)) == (422, "customers.member_code_spent")


def test_a_code_of_another_customer_or_of_nobody_spends_nothing(scene: Scene) -> None:
    reward, other = scene.shop.reward(), scene.shop.with_points(1_000)
    assert told(scene.hold(reward, shown=shown_by(scene.shop, other))) == (422, "rewards.consent_of_another")
    assert told(scene.hold(reward, shown="8" + "0" * 33)) == (422, "rewards.consent_unknown")
    assert told(scene.hold(reward, shown="")) == (422, "rewards.consent_missing")
    assert rows("customers_member_code", scene.shop.tenant, "reader") == []
    assert scene.hold(reward).status_code == 201
    with pytest.raises(DomainError) as refused:
        scene.shop.hold(other, bought(reward), shown=scene.code)
    assert refused.value.code == "customers.member_code_over", "it was read by the seller"
