"""Rewards at the till: chosen, kept while the customer pays, and bought with the purchase or not at all."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.utils.formats import date_format

from earning.commands import AdjustPoints
from loyalty.staff.models import User
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from rewards import queries as rewards
from rewards.commands import Cashback, CustomerLimit, DiscountPercent, FreeDelivery, FreeProduct
from tests.earning.counter import in_parallel
from tests.pos.counter import HTMX, Till, errors_of
from tests.pos.given import a_place, a_seller, say
from tests.pos.test_till_member_codes import card_of
from tests.rewards.given import RewardShop
from tests.support.client import ApiClient, visitor
from tests.support.pages import text_of


class RewardTill(Till):
    """A till whose customer has 500 points."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.shop = RewardShop(self.tenant)
        say(self.tenant, AdjustPoints(customer_id=self.customer_id, points=500, reason="Welcome"))

    def choose(self, amount: str, *chosen: str, **more: Any) -> Any:
        return self._sent("till-rewards", amount, chosen, more)

    def keep(self, amount: str, *chosen: str, **more: Any) -> Any:
        return self._sent("till-keep-rewards", amount, chosen, more)

    def paid(self, basket: str, **more: str) -> Any:
        page = self.client.get(self.at("till-basket", UUID(basket))).content.decode()
        shown = re.search(r'name="total" value="(\d+)"', page)
        told = {"once": str(uuid4()), "total": shown[1] if shown else "0"}
        return self.client.post(self.at("till-confirm-basket", UUID(basket)), told | more, headers=HTMX)

    def _sent(self, name: str, amount: str, chosen: tuple[str, ...], more: dict[str, Any]) -> Any:
        told = {"once": str(uuid4()), "amount": amount, "choice": list(chosen)} | more
        return self.client.post(self.at(name, self.customer_id), told, headers=HTMX)


@pytest.fixture
def till(tenant: Tenant, seller_user: User) -> RewardTill:
    return RewardTill(tenant, seller_user)


def bought(reward: UUID) -> str:
    return f"reward:{reward}"


def basket_of(answer: Any) -> str:
    return re.fullmatch(r".*/baskets/(.*)/", answer.headers["HX-Push-Url"])[1]  # type: ignore[index]


def kept(till: Till) -> list[Any]:
    return till.rows("select state from rewards_basket where tenant_id = %s order by held_at")


def test_what_costs_nothing_is_not_said_to_be_the_customers(till: RewardTill) -> None:
    free = till.shop.reward(points=0)
    assert "free · Discount" in (said := text_of(till.choose("200000")))
    assert "The customer has it" not in said
    till.shop.give(till.customer_id, free)
    assert "The customer has it · Discount" in text_of(till.choose("200000"))


def test_a_customer_pays_with_points_that_they_agree_to_spend(till: RewardTill, api: ApiClient) -> None:
    percent, far = till.shop.reward(DiscountPercent(basis_points=1_000)), till.shop.reward(points=900)
    assert "F9" in till.client.get(till.at("till-customer", till.customer_id)).content.decode()
    said = text_of(till.choose("200000"))
    assert "400 points missing" in said
    assert "To pay ₫ 200,000" in said
    assert "To pay ₫ 180,000" in text_of(till.choose("200000", toggle=bought(percent)))
    assert "To pay ₫ 200,000" in text_of(till.choose("200000", bought(percent), toggle=bought(percent)))
    assert errors_of(till.keep("200000")).keys() == {"form"}
    assert errors_of(till.keep("200000", bought(percent))).keys() == {"shown"}
    assert errors_of(till.keep("200000", bought(percent), shown="123")).keys() == {"shown"}
    assert "400 points missing" in text_of(till.keep("200000", bought(far)))
    assert kept(till) == []
    assert errors_of(till.keep("200000", bought(percent), shown=card_of(till, api))).keys() == {"shown"}
    once, shown = str(uuid4()), card_of(till, api, "redeem_code")
    first, again = (till.keep("200000", bought(percent), once=once, shown=shown) for _ in range(2))
    basket = basket_of(first)
    assert basket_of(again) == basket
    assert "To pay ₫ 180,000" in text_of(first)
    done = till.paid(basket)
    assert "+18 points" in text_of(done)
    assert "Paid ₫ 180,000" in text_of(till.paid(basket))
    assert [(total, points) for _number, total, points in till.sold()] == [(180_000, 18)]
    assert till.rows("select state, points from rewards_coupon where tenant_id = %s") == [("used", 100)]
    assert till.balance() == 418


def test_a_coupon_needs_no_consent_and_choosing_anew_frees_it(till: RewardTill) -> None:
    coupon = till.shop.give(till.customer_id, till.shop.reward(exclusive_group="day")).coupon_id
    other = till.shop.give(till.customer_id, till.shop.reward(DiscountPercent(basis_points=5_000), exclusive_group="day")).coupon_id
    answer = till.choose("100000", f"coupon:{coupon}", toggle=f"coupon:{other}")
    assert "cannot be used together" in errors_of(answer)["form"]
    assert "To pay ₫ 80,000" in text_of(answer)
    basket = basket_of(till.keep("100000", f"coupon:{coupon}"))
    assert "kept for a purchase" in text_of(till.choose("100000")) or "is kept" in text_of(till.choose("100000"))
    released = till.client.post(till.at("till-release-basket", UUID(basket)), {}, headers=HTMX)
    assert 'value="100000"' in released.content.decode()
    assert kept(till) == [("released",)]
    assert "Everything is free again" in text_of(till.client.get(till.at("till-basket", UUID(basket))))
    assert errors_of(till.paid(basket)).keys() == {"form"}


def test_what_needs_a_number_asks_for_it(till: RewardTill, api: ApiClient) -> None:
    cash, free = till.shop.reward(Cashback(per_point=Decimal(100), least=10), points=0), till.shop.reward(FreeProduct(skus=("CF",)))
    shown = card_of(till, api, "redeem_code")
    page = till.keep("100000", bought(free), shown=shown)
    assert errors_of(page) == {"free_price": "Enter what the free product costs."}
    assert errors_of(till.keep("100000", bought(free), shown=shown, free_price="200000")).keys() == {"free_price"}
    said = text_of(till.choose("100000", bought(free), bought(cash), free_price="30000", points="300"))
    assert "To pay ₫ 40,000" in said
    till.paid(basket_of(till.keep("100000", bought(free), bought(cash), free_price="30000", points="300", shown=shown)))
    assert till.balance() == 500 - 400 + 4


def test_what_would_be_wasted_goes_out_of_the_choice_and_what_asks_its_price_stays(till: RewardTill) -> None:
    cash = till.shop.reward(Cashback(per_point=Decimal(100)), points=0, name="Cash")
    every, free = till.shop.reward(DiscountPercent(basis_points=10_000), points=1), till.shop.reward(FreeProduct(skus=("CF",)), points=1)
    delivery = till.shop.give(till.customer_id, till.shop.reward(FreeDelivery())).coupon_id
    page = till.choose("20000", toggle=bought(free)).content.decode()
    assert f'name="choice" value="{bought(free)}"' in page
    assert 'name="free_price"' in page
    assert f'value="coupon:{delivery}"' not in page
    assert "takes nothing off this purchase" in page
    said = till.choose("20000", bought(free), bought(cash), points="201")
    assert errors_of(said) == {"points": "Say how many points to spend: from 1 point to 200 points."}
    assert f'name="choice" value="{bought(cash)}"' not in said.content.decode()
    said = till.choose("20000", bought(cash), toggle=bought(every), points="100")
    assert "takes nothing off this purchase" in errors_of(said)["form"]
    assert f'name="choice" value="{bought(every)}"' in said.content.decode()


def test_a_coupon_that_is_scanned_opens_its_customer(till: RewardTill, api: ApiClient) -> None:
    given = [till.shop.give(till.customer_id, till.shop.reward()).coupon_id for _ in range(2)]
    with reading(till.tenant.id):
        first, second = (rewards.coupon_code(coupon) for coupon in given)
        turning = rewards.coupon_shown(given[1])
    page = till.find(first)
    assert page.headers["HX-Push-Url"] == till.at("till-rewards", till.customer_id)
    assert f'value="coupon:{given[0]}"' in page.content.decode()
    assert "Nobody found" in text_of(till.find(first[:-1] + ("0" if first[-1] != "0" else "1"), enter=True))
    basket = basket_of(till.keep("100000", f"coupon:{given[0]}"))
    assert "kept for a purchase" in text_of(till.find(first.lower())).lower()
    till.paid(basket)
    assert "Used" in text_of(till.find(first, enter=True))
    for typed in (second, turning):
        assert "Take it without a purchase" in text_of(till.find(typed))
    assert "Nobody found" in text_of(till.find(turning[:-1] + ("0" if turning[-1] != "0" else "1")))
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=2, seconds=1)):
        assert "it changes every minute" in text_of(till.find(turning))
    for status in (200, 422):
        used = till.client.post(till.at("till-use-coupon", given[1]), {}, headers=HTMX)
        assert used.status_code == status
    assert till.rows("select state, worth from rewards_coupon where tenant_id = %s order by worth") == [("used", 0), ("used", 20_000)]


def test_points_that_the_app_keeps_are_refused_with_the_end_and_there_again_after_it(till: RewardTill, api: ApiClient) -> None:
    dear, cheap = till.shop.reward(DiscountPercent(basis_points=500), points=500), till.shop.reward(points=100)
    token = api.post(f"/api/v1/customers/{till.customer_id}/tokens", {}).json()["token"]
    own, wanted = ApiClient(token, till.tenant.hosts[0]), {"choices": [{"reward_id": str(dear)}], "seconds": 120, "pos": till.code}
    now = datetime.now(UTC)
    with time_machine.travel(now, tick=True):
        held = own.post("/api/v1/me/baskets", wanted | {"lines": [{"total": 100_000}]})
        assert (held.status_code, held.json()["available"]) == (201, 0)
    ends = (now + timedelta(seconds=120)).astimezone(till.tenant.zone)
    with time_machine.travel(now + timedelta(seconds=60), tick=True):
        refused = till.keep("100000", bought(cheap), shown=card_of(till, api, "redeem_code"))
        assert refused.status_code == 422
        assert f"Kept aside: 500 points, until {date_format(ends, 'DATETIME_FORMAT')}" in text_of(refused)
        assert kept(till) == [("held",)]
    with time_machine.travel(now + timedelta(seconds=121), tick=True):
        again = till.keep("100000", bought(cheap), shown=card_of(till, api, "redeem_code"))
        assert "To pay ₫ 80,000" in text_of(till.client.get(again.headers["HX-Push-Url"]))


@pytest.mark.rounds
def test_two_tills_take_the_last_one_once(till: RewardTill) -> None:
    reward = till.shop.reward(points=0, limits=(CustomerLimit(most=1),))
    owner = visitor(till.tenant, till.seller)
    coupon = till.shop.give(till.customer_id, reward).coupon_id
    told = {"amount": "100000", "choice": [f"coupon:{coupon}"]}

    def keep(_: int) -> int:
        answer = owner.post(till.at("till-keep-rewards", till.customer_id), told | {"once": str(uuid4())}, headers=HTMX)
        return int(answer.status_code)

    assert sorted(in_parallel(8, keep)) == [200] + [422] * 7
    assert kept(till) == [("held",)]


def test_a_basket_of_another_shop_is_not_there(till: RewardTill) -> None:
    coupon = till.shop.give(till.customer_id, till.shop.reward()).coupon_id
    basket = UUID(basket_of(till.keep("100000", f"coupon:{coupon}")))
    there = a_place(till.tenant, "LL-2")
    a_seller(till.tenant, till.seller, till.pos_id, there)
    assert till.client.get(till.at("till-basket", basket)).status_code == 200
    assert till.client.get(till.at("till-basket", uuid4())).status_code == 404
    assert till.client.get(till.at("till-basket", basket).replace("LL-1", "LL-2")).status_code == 404


def test_a_fee_or_an_amount_in_another_currency_is_no_basket(till: RewardTill) -> None:
    till.shop.reward()
    for more in ({"fee": "PRIME"}, {"currency": "USD"}):
        assert "To pay" not in text_of(till.choose("100000", **more))
    assert "To pay" in text_of(till.choose("100000", currency=till.tenant.currency))


def test_rubbish_is_told_of(till: RewardTill) -> None:
    for chosen in ("x", "reward:1", "coupon:\x00", f"other:{uuid4()}"):
        assert till.choose("100000", chosen).status_code == 200
        assert till.keep("100000", chosen).status_code == 422
    assert till.keep("0", f"coupon:{uuid4()}").status_code == 422
    assert kept(till) == []


def test_a_form_that_is_sent_again_much_later_shows_the_same_basket(till: RewardTill, api: ApiClient) -> None:
    reward, once, shown = till.shop.reward(stock=1), str(uuid4()), card_of(till, api, "redeem_code")
    basket = basket_of(till.keep("100000", bought(reward), once=once, shown=shown))
    for minutes in (3, 30):
        with time_machine.travel(datetime.now(UTC) + timedelta(minutes=minutes)):
            again = till.keep("100000", bought(reward), once=once, shown=shown)
            assert (again.status_code, basket_of(again)) == (200, basket)
    assert errors_of(till.keep("100000", bought(till.shop.reward()), shown=shown)) == {
        "shown": "This code has paid for something already, and is good for that alone. Ask for the next one: it changes every minute."
    }
    assert kept(till) == [("held",)]


def test_a_purchase_is_made_for_the_total_that_was_shown(till: RewardTill) -> None:
    coupon = till.shop.give(till.customer_id, till.shop.reward()).coupon_id
    basket = basket_of(till.keep("100000", f"coupon:{coupon}"))
    assert "costs ₫80,000 with its rewards, not ₫100,000" in errors_of(till.paid(basket, total="100000"))["form"]
    for rubbish in ("", "x", "-1", "\x00", "9" * 40):
        assert errors_of(till.paid(basket, total=rubbish)) == {"form": "The form arrived incomplete and nothing was saved. Send it again."}
    assert till.sold() == []
    assert "Paid ₫ 80,000" in text_of(till.paid(basket))
