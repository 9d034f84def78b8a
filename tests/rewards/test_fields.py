"""Each field of a reward does what it says: when, for whom, beside what, and where customers find it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any, get_args
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from loyalty.domain.errors import DomainError
from loyalty.domain.period import LimitPeriod
from loyalty.staff.models import User
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from rewards import queries
from rewards.commands import Choice, CreateReward, CustomerLimit, EarlyAccess, PriceForSome, RewardText, RewardWindow
from rewards.domain.offer import Occasion, Offer
from tests.customers.test_shell import joined
from tests.pos.given import a_merchant, a_place, a_seller
from tests.rewards.given import RewardShop, bought, content, replace
from tests.support.client import ApiClient, visitor
from tests.support.pages import text_of

WARSAW = ZoneInfo("Europe/Warsaw")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def shop(tenant: Tenant) -> RewardShop:
    return RewardShop(tenant)


def refusal(occasion: dict[str, Any] | None = None, at: datetime = NOON, active_from: datetime | None = None, **terms: Any) -> str:
    """Why somebody cannot have an active reward of such terms at a time; "" for they can."""
    told = Occasion(**{"now": at, "zone": WARSAW, "currency": "PLN"} | (occasion or {}))
    offer = Offer(reward_id=uuid4(), version=1, content=content(**terms), state="active", active_from=active_from)
    found = offer.refusal(told)
    return found.code if found else ""


@pytest.mark.parametrize(
    ("window", "at", "is_open"),
    [
        (RewardWindow(opens=150, closes=240), "2026-03-29T00:59Z", False),
        (RewardWindow(opens=150, closes=240), "2026-03-29T01:00Z", True),
        (RewardWindow(opens=150, closes=240), "2026-03-29T02:00Z", False),
        (RewardWindow(opens=120, closes=180), "2026-03-29T00:59Z", False),
        (RewardWindow(opens=120, closes=180), "2026-03-29T01:00Z", False),
        (RewardWindow(opens=120, closes=180), "2026-10-25T00:30Z", True),
        (RewardWindow(opens=120, closes=180), "2026-10-25T01:30Z", True),
        (RewardWindow(opens=120, closes=180), "2026-10-25T02:00Z", False),
        (RewardWindow(weekdays=(7,)), "2026-03-28T22:59Z", False),
        (RewardWindow(weekdays=(7,)), "2026-03-28T23:00Z", True),
        (RewardWindow(weekdays=(7,)), "2026-03-29T21:59Z", True),
        (RewardWindow(weekdays=(7,)), "2026-03-29T22:00Z", False),
        (RewardWindow(weekdays=(6,), opens=1320, closes=120), "2026-03-29T00:30Z", True),
        (RewardWindow(weekdays=(6,), opens=1320, closes=120), "2026-03-29T01:00Z", False),
        (RewardWindow(weekdays=(7,), opens=1320, closes=120), "2026-03-29T00:30Z", False),
    ],
)
def test_weekdays_and_hours_are_those_of_the_clock_of_the_shop_also_when_it_changes(window: RewardWindow, at: str, is_open: bool) -> None:
    moment = datetime.fromisoformat(at)
    assert window.is_open(moment, WARSAW) is is_open
    assert refusal(at=moment, active=window) == ("" if is_open else "rewards.not_at_this_time")
    offer = Offer(reward_id=uuid4(), version=1, content=content(visible=window), state="active")
    assert offer.is_visible(Occasion(now=moment, zone=WARSAW, currency="PLN")) is is_open


def test_a_level_may_have_it_so_many_hours_before_everybody() -> None:
    early = (EarlyAccess(level="silver", hours=2), EarlyAccess(level="gold", hours=24))
    told = {
        hours: [
            refusal({"levels": levels}, active_from=NOON + timedelta(hours=hours), early_access=early)
            for levels in ((), ("silver",), ("gold",))
        ]
        for hours in (1, 24, 25)
    }
    away = "rewards.not_yet"
    assert told == {1: [away, "", ""], 24: [away, away, ""], 25: [away] * 3}
    starts = RewardWindow(starts=NOON + timedelta(hours=3), opens=14 * 60)
    assert [refusal({"levels": levels}, active=starts, early_access=early) for levels in ((), ("silver",), ("gold",))] == [
        "rewards.not_yet",
        "rewards.not_yet",
        "",
    ]


def test_who_has_the_level_or_is_in_the_segment_pays_the_least_of_their_prices() -> None:
    some = (PriceForSome(points=80, level="gold"), PriceForSome(points=60, segment="vip"), PriceForSome(points=500, level="silver"))
    offer = Offer(reward_id=uuid4(), version=1, content=content(points=100, prices_for_some=some), state="active")

    def price(**who: Any) -> int:
        return offer.price(Occasion(now=NOON, zone=WARSAW, currency="PLN", **who)).points

    assert [price(), price(levels=["gold"]), price(levels=["gold"], segments=["vip"]), price(levels=["silver"])] == [100, 80, 60, 100]


@pytest.mark.parametrize(
    ("asked", "told", "code"),
    [
        ({"levels": ("gold",)}, {"levels": ["silver"]}, "rewards.for_levels"),
        ({"levels": ("gold",)}, {"levels": ["gold"]}, ""),
        ({"segments": ("vip",)}, {"segments": ["new"]}, "rewards.for_others"),
        ({"segments": ("vip", "staff")}, {"segments": ["vip"]}, ""),
        ({"merchants": (UUID(int=1),)}, {"merchant_id": UUID(int=2)}, "rewards.not_here"),
        ({"merchants": (UUID(int=1),)}, {"merchant_id": UUID(int=1)}, ""),
        ({"points_of_sale": (UUID(int=1),)}, {"pos_id": UUID(int=2)}, "rewards.not_here"),
        ({"points_of_sale": (UUID(int=1),)}, {"pos_id": UUID(int=1)}, ""),
        ({"minimum_basket": 5_000}, {"basket": 4_999}, "rewards.basket_too_small"),
        ({"minimum_basket": 5_000}, {"basket": 5_000}, ""),
        ({"skus": ("CF",)}, {"basket": 1, "skus": ["BM"]}, "rewards.no_such_goods"),
        ({"skus": ("CF",)}, {"basket": 1, "skus": ["BM", "CF"]}, ""),
        ({"categories": ("Tea",)}, {"basket": 1, "categories": ["Coffee"]}, "rewards.no_such_goods"),
        ({"skus": ("CF",), "categories": ("Tea",)}, {"basket": 1, "categories": ["Tea"]}, ""),
    ],
)
def test_it_is_for_whom_where_and_what_it_says(asked: dict[str, Any], told: dict[str, Any], code: str) -> None:
    assert refusal(told, **asked) == code


@pytest.mark.parametrize("period", [one for one in get_args(LimitPeriod) if one != "ever"])
def test_a_limit_begins_anew_with_each_period_of_the_calendar(shop: RewardShop, period: LimitPeriod) -> None:
    customer = shop.with_points(1_000)
    reward = shop.reward(limits=(CustomerLimit(most=1, period=period),))
    shop.redeem(customer, reward)
    with pytest.raises(DomainError) as refused:
        shop.redeem(customer, reward)
    assert refused.value.code == "rewards.limit_reached_until"
    again = datetime.combine(refused.value.params["again"], time(), shop.tenant.zone)
    with pytest.raises(DomainError, match=r"rewards\.limit_reached_until"):
        shop.redeem(customer, reward, at=again - timedelta(microseconds=1))
    assert shop.redeem(customer, reward, at=again).points == 100


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        ({}, {}, True),
        ({"alone": True}, {}, False),
        ({"exclusive_group": "day"}, {"exclusive_group": "day"}, False),
        ({"exclusive_group": "day"}, {"exclusive_group": "night"}, True),
        ({"exclusive_group": "day"}, {}, True),
    ],
)
def test_what_goes_together_in_a_basket(shop: RewardShop, first: Any, second: Any, together: bool) -> None:
    customer = shop.with_points(1_000)
    choices: list[Choice] = [bought(shop.reward(**one)) for one in (first, second)]
    if together:
        assert shop.hold(customer, *choices).totals.discount == 40_000
    else:
        with pytest.raises(DomainError, match=r"rewards\.not_together"):
            shop.hold(customer, *choices)


def test_categories_and_rewards_stand_in_the_order_that_staff_gave(shop: RewardShop, seller_user: User) -> None:
    merchant = a_merchant(shop.tenant)
    a_seller(shop.tenant, seller_user, a_place(shop.tenant, "R-1", merchant_id=merchant))
    for name, more in (
        ("Cake", {"category": "Food", "sort_order": 10, "points": 5}),
        ("Bread", {"category": "Food", "sort_order": 3, "points": 500}),
        ("Tea", {"category": "Drinks", "sort_order": 4, "points": 1}),
        ("Juice", {"category": "Drinks", "sort_order": 9, "featured": True}),
        ("Milk", {"category": "Drinks", "sort_order": 4, "points": 2}),
    ):
        text = tuple(RewardText(language=language, name=name) for language in ("vi", "en", "pl"))
        made = shop.do(CreateReward(content=replace(content(public=True, **more), texts=text)))
        shop.activate(made.reward_id)
    joined(shop.tenant, browser := visitor(shop.tenant))
    pages = [
        browser.get("/app/rewards/"),
        visitor(shop.tenant).get("/app/offers/"),
        visitor(shop.tenant, seller_user).get("/till/R-1/rewards/"),
    ]
    wanted = ["Food", "Bread", "Cake", "Drinks", "Juice", "Tea", "Milk"]
    for page in pages:
        said = text_of(page)
        assert sorted(wanted, key=lambda word: said.index(f" {word} ")) == wanted
    with reading(shop.tenant.id):
        assert [card.content.texts[0].name for card in queries.public_offers()] == ["Juice", "Bread", "Tea", "Milk", "Cake"]


def test_an_order_is_a_small_number(shop: RewardShop) -> None:
    for wrong in (-1, 10_000):
        with pytest.raises(DomainError, match=r"rewards\.number_out_of_range") as refused:
            shop.do(CreateReward(content=content(sort_order=wrong)))
        assert refused.value.field == "terms.sort_order"


def test_labels_brand_icon_and_all_photos_are_shown(shop: RewardShop, api: ApiClient) -> None:
    text = tuple(RewardText(language=language, name="Tea", brand="Sen Vàng") for language in ("vi", "en", "pl"))
    shown = replace(
        content(public=True, labels=("New", "Hot")), texts=text, photos=(f"{'a' * 64}.webp", f"{'b' * 64}.webp"), icon=f"{'c' * 64}.webp"
    )
    reward = shop.do(CreateReward(content=shown)).reward_id
    shop.activate(reward)
    browser: Client = visitor(shop.tenant)
    joined(shop.tenant, browser)
    for address in (f"/app/rewards/{reward}/", "/app/offers/"):
        page = browser.get(address)
        assert [said in text_of(page) for said in ("Sen Vàng", "New", "Hot")] == [True] * 3, address
        assert "c" * 64 in page.content.decode(), address
    assert [name * 64 in browser.get(f"/app/rewards/{reward}/").content.decode() for name in "ab"] == [True, True]
    assert "New" in text_of(browser.get("/app/rewards/"))
