"""Whose baskets staff may change, who may make a purchase of one, as of when, and for which total."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from earning.permissions import RECORD, RECORD_ANYWHERE
from loyalty.staff.models import Role
from loyalty.tenancy import reading
from rewards.permissions import ANYWHERE, USE
from tests.earning.counter import rows
from tests.pos.given import a_merchant, a_place, a_seller
from tests.rewards.given import RewardShop
from tests.support.client import ApiClient

BASKETS = "/api/v1/baskets"
LINES = [{"total": 100_000, "quantity": 1_000}]


@dataclass
class Street:
    """A seller at R-1, a customer with coupons, and the shop R-2 beside."""

    shop: RewardShop
    seller: ApiClient
    owner: ApiClient
    who: UUID

    def held(self, pos: str = "R-1", by: ApiClient | None = None, **more: Any) -> Any:
        """A basket with a coupon for 20,000 at a place."""
        coupon = self.shop.give(self.who, self.shop.reward()).coupon_id
        told = {"customer_id": str(self.who), "pos": pos, "lines": LINES, "choices": [{"coupon_id": str(coupon)}]}
        return (by or self.owner).post(BASKETS, told | more)

    def own(self) -> ApiClient:
        """The customer's app."""
        return ApiClient(self.owner.post(f"/api/v1/customers/{self.who}/tokens", {}).json()["token"], self.owner.host)

    def basket(self, pos: str = "R-1") -> str:
        return str(self.held(pos).json()["basket_id"])


@pytest.fixture
def street(tenant: Any, seller_user: Any, api: ApiClient, api_as: Any) -> Street:
    shop, merchant = RewardShop(tenant), a_merchant(tenant)
    here, _there = (a_place(tenant, code, merchant_id=merchant) for code in ("R-1", "R-2"))
    a_seller(tenant, seller_user, here)
    return Street(shop, api_as(user=seller_user), api, shop.customer())


def told(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "") if answer.status_code >= 400 else ""


def now() -> str:
    return datetime.now(UTC).replace(microsecond=0).isoformat()


def document(**more: Any) -> dict[str, Any]:
    return {"document_number": uuid4().hex[:12], "total": 80_000} | more


def plain(answer: Any) -> Any:
    return answer.status_code, {name: value for name, value in answer.json().items() if name not in {"request_id", "instance"}}


def test_a_basket_of_another_shop_is_answered_as_one_that_never_was(street: Street) -> None:
    elsewhere, here = street.basket("R-2"), street.basket()
    for deed, body in (("release", None), ("confirm", document())):
        foreign, random = (street.seller.post(f"{BASKETS}/{one}/{deed}", body) for one in (elsewhere, uuid4()))
        assert plain(foreign) == plain(random)
        assert told(foreign) == (404, "rewards.basket_unknown")
    foreign, random = (street.held(by=street.seller, replaces=str(one)) for one in (elsewhere, uuid4()))
    assert plain(foreign) == plain(random)
    assert told(foreign) == (404, "rewards.basket_unknown")
    assert sorted(rows("rewards_basket", street.shop.tenant, "state")) == [("held",), ("held",)]
    swapped = street.held(by=street.seller, replaces=here)
    assert told(swapped) == (201, "")
    assert told(street.seller.post(f"{BASKETS}/{swapped.json()['basket_id']}/release")) == (200, "")
    assert told(street.owner.post(f"{BASKETS}/{elsewhere}/release")) == (200, ""), "who may act anywhere"


def test_a_purchase_is_made_by_who_may_record_it_where_it_is_made(street: Street, api_as: Any, make_user: Any, seller_user: Any) -> None:
    basket = street.basket()
    for role in ("support", "marketer", "reporter"):
        assert told(api_as(user=make_user(street.shop.tenant, role)).post(f"{BASKETS}/{basket}/confirm", document()))[0] == 403
    with reading(street.shop.tenant.id):
        roving = Role.objects.create(tenant_id=street.shop.tenant.id, code="roving", name="x", permissions=[USE, ANYWHERE, RECORD])
    user = make_user(street.shop.tenant, "roving")
    taker = api_as(user=user)
    assert told(taker.post(f"{BASKETS}/{basket}/confirm", document())) == (422, "earning.place_unknown")
    assert rows("earning_purchase", street.shop.tenant, "total") == []
    with reading(street.shop.tenant.id):
        Role.objects.filter(tenant_id=street.shop.tenant.id, code=roving.code).update(permissions=[USE, ANYWHERE, RECORD, RECORD_ANYWHERE])
    assert told(api_as(user=user).post(f"{BASKETS}/{basket}/confirm", document())) == (200, "")


def test_a_seller_dates_no_purchase_of_a_basket_back(street: Street) -> None:
    at, basket = (datetime.now(UTC) - timedelta(days=3)).isoformat(), street.basket()
    refused = street.seller.post(f"{BASKETS}/{basket}/confirm", document(purchased_at=at))
    sold = street.seller.post("/api/v1/purchases", document(purchased_at=at, pos="R-1", customer_id=str(street.who)))
    assert told(refused) == told(sold) == (422, "earning.too_long_ago")
    assert told(street.owner.post(f"{BASKETS}/{basket}/confirm", document(purchased_at=at))) == (200, "")


def test_a_purchase_is_confirmed_for_the_total_that_was_shown(street: Street) -> None:
    basket = street.basket()
    at = f"{BASKETS}/{basket}/confirm"
    unseen = street.seller.post(at, {"document_number": "A-1"})
    assert (told(unseen), unseen.json()["errors"][0]["pointer"]) == ((422, "rewards.total_missing"), "/total")
    said = {}
    for language in ("vi", "en", "pl"):
        differs = street.seller.speaking(language).post(at, document(total=100_000))
        assert (told(differs), differs.json()["errors"][0]["pointer"]) == ((409, "rewards.total_differs"), "/total")
        said[language] = differs.json()["detail"]
    assert "₫80,000" in said["en"]
    assert "₫100,000" in said["en"]
    assert "80.000" in said["vi"]
    assert len(set(said.values())) == 3
    for rubbish in (-1, 10**16, "80000", 80_000.5, True):
        assert street.seller.post(at, document(total=rubbish)).status_code == 400
    assert rows("earning_purchase", street.shop.tenant, "total") == []
    assert told(street.seller.post(at, document())) == (200, "")
    program = street.owner.post(f"{BASKETS}/{street.basket()}/confirm", {"document_number": "A-2"})
    assert told(program) == (200, ""), "a program need not say it"


@pytest.mark.parametrize(("name", "text"), [("name", "chị Lan 0912345678"), ("category", "an@example.com"), ("sku", "+48 601 123 456")])
def test_nobody_is_reached_by_the_lines_of_a_basket(street: Street, name: str, text: str) -> None:
    body = {"customer_id": str(street.who), "pos": "R-1", "lines": [LINES[0] | {"sku": "8934673583350"}, LINES[0] | {name: text}]}
    own = street.own()
    for answer in (
        street.owner.post(f"{BASKETS}/quote", body),
        own.post("/api/v1/me/baskets/quote", {"pos": "R-1", "lines": body["lines"]}),
        own.post("/api/v1/me/baskets", {"pos": "R-1", "lines": body["lines"], "choices": [{"reward_id": str(street.shop.reward())}]}),
        street.owner.post("/api/v1/purchases", document(total=200_000, pos="R-1", lines=body["lines"], purchased_at=now())),
    ):
        assert told(answer) == (422, "goods.personal")
        assert answer.json()["errors"][0]["pointer"] == f"/lines/1/{name}"
    assert rows("rewards_basket", street.shop.tenant, "state") == []
    reward = {"name": "Gọi 0912 345 678", "terms": {"gives": {"discount_amount": {"amount": 1_000}}}}
    assert told(street.owner.post("/api/v1/rewards", {"content": reward})) == (422, "goods.personal"), "its name stands on the purchase"
