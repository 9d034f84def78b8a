"""Refusals call a reward as their reader does: customers and tills by its texts, the administration as staff do."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from earning.queries import purchase
from loyalty.domain.errors import DomainError
from loyalty.domain.naming import Naming, as_others_say, as_staff_say
from loyalty.staff.models import User
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from rewards.commands import Choice, CustomerLimit, DiscountAmount, DiscountPercent, GiveReward, RewardContent
from tests.pos.counter import errors_of
from tests.pos.test_till_rewards import RewardTill, bought
from tests.rewards.given import RewardShop, content, replace
from tests.rewards.test_api import app
from tests.support.client import ApiClient, visitor
from tests.support.pages import text_of

SPOKEN = {"vi": "Cà phê miễn phí", "en": "Free coffee", "pl": "Darmowa kawa"}


@pytest.fixture
def shop(tenant: Tenant) -> RewardShop:
    return RewardShop(tenant)


def test_who_has_no_word_for_it_hears_another_and_last_the_one_of_staff() -> None:
    naming = Naming("Coffee", (("vi", "Cà phê"), ("pl", "Kawa")))
    assert [naming.to(language) for language in ("pl", "vi", "en")] == ["Kawa", "Cà phê", "Cà phê"]
    assert Naming("Coffee").to("en") == "Coffee"
    told: dict[str, Any] = {"name": naming, "left": 0}
    assert (as_staff_say(told), as_others_say(told, "pl")) == ({"name": "Coffee", "left": 0}, {"name": "Kawa", "left": 0})


def test_it_is_called_as_its_texts_say() -> None:
    bare: RewardContent = replace(content(), texts=())
    assert [bare.naming.to(language) for language in SPOKEN] == ["Coffee"] * 3
    assert {language: content().naming.to(language) for language in SPOKEN} == SPOKEN


def test_a_customer_reads_it_in_their_language(shop: RewardShop, api: ApiClient) -> None:
    who, reward = shop.with_points(1_000), shop.reward(stock=0)
    for language, name in SPOKEN.items():
        own = app(shop, api, who).speaking(language)
        refused = own.post("/api/v1/me/rewards/redeem", {"reward_id": str(reward)})
        assert (refused.status_code, refused.json()["code"]) == (409, "rewards.out_of_stock")
        assert f"{name}" in refused.json()["detail"]
        assert refused.json()["params"] == {"name": name, "left": 0}
        (offer,) = own.get("/api/v1/me/rewards").json()
        assert name in offer["why"]["detail"]
        assert "Coffee" not in refused.text + str(offer)


def test_the_day_from_which_it_can_be_had_again_is_told_as_people_write_it(shop: RewardShop, api: ApiClient) -> None:
    who, reward = shop.with_points(1_000), shop.reward(limits=(CustomerLimit(most=1, period="year"),))
    shop.redeem(who, reward)
    refused = app(shop, api, who).speaking("vi").post("/api/v1/me/rewards/redeem", {"reward_id": str(reward)}).json()
    year = datetime.now(shop.tenant.zone).year + 1
    assert (refused["code"], refused["params"]["again"]) == ("rewards.limit_reached_until", f"{year}-01-01")
    assert f"01/01/{year}" in refused["detail"]


def test_a_till_reads_it_in_the_language_of_its_seller(tenant: Tenant, seller_user: User) -> None:
    till = RewardTill(tenant, seller_user)
    coupon = till.shop.give(till.customer_id, till.shop.reward(alone=True)).coupon_id
    other: UUID = till.shop.give(till.customer_id, till.shop.reward()).coupon_id
    dear = till.shop.reward(points=5, stock=0)
    for language, name in SPOKEN.items():
        till.client = visitor(tenant, seller_user, language)
        page = till.choose("100000", f"coupon:{coupon}", f"coupon:{other}")
        assert errors_of(page)["form"].count(name) == 2
        assert "Coffee" not in text_of(page)
        assert name in text_of(till.choose("100000", bought(dear)))
    till.client = visitor(tenant, seller_user, "pl")
    kept = till.keep("100000", f"coupon:{coupon}")
    assert ("Darmowa kawa" in text_of(kept), "Coffee" in text_of(kept)) == (True, False)


@pytest.mark.parametrize("language", ["vi", "pl"])
def test_a_document_calls_it_as_customers_do_in_the_language_of_the_programme(shop: RewardShop, language: str) -> None:
    shop.tenant.default_language = language
    shop.tenant.save()
    who = shop.with_points(1_000)
    own = shop.give(who, shop.reward(DiscountAmount(amount=5_000))).coupon_id
    held = shop.hold(who, Choice(coupon_id=own), Choice(reward_id=shop.reward(DiscountPercent(basis_points=1_000))))
    done = shop.confirm(held.basket_id)
    assert done.purchase_id is not None
    with reading(shop.tenant.id):
        lines = [(one.line.kind, one.line.name) for one in purchase(done.purchase_id).lines]
    assert lines[-2:] == [("discount", SPOKEN[language])] * 2


def test_what_is_no_share_is_called_as_its_reader_does(shop: RewardShop) -> None:
    who, percent = shop.with_points(10), shop.reward(DiscountPercent(basis_points=1_000))
    sold = shop.sell(who, 100_000)
    order = GiveReward(customer_id=who, reward_id=percent, way="rule", for_purchase_id=sold.purchase_id, share=100)
    with pytest.raises(DomainError, match=r"^rewards\.share_of_value") as refused:
        shop.do(order)
    assert refused.value.params["name"].to("pl") == "Darmowa kawa"


def test_the_administration_calls_it_as_staff_do(shop: RewardShop, admin_user: User) -> None:
    shop.customer(phone="+84912345678")
    reward = shop.reward(stock=0)
    site = visitor(shop.tenant, admin_user)
    told = {"customer": "+84912345678", "reward_id": str(reward), "command_id": str(uuid4())}
    page = text_of(site.post("/admin/rewards/coupon/give/", told))
    assert ("There is not enough left of “Coffee”" in page, "Free coffee" in page) == (True, False)
