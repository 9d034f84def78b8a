"""A reward that is tried on a customer: the page and the API say what redeeming then answers, with each condition as it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from customers.commands import DeactivateCustomer
from customers.permissions import SEE as SEE_CUSTOMERS
from earning.permissions import SEE_ACCOUNTS
from loyalty.domain.errors import DomainError
from loyalty.staff.models import ApiToken, Role
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from rewards.commands import (
    Cashback,
    CreateReward,
    CustomerLimit,
    LuckyDraw,
    PauseReward,
    PriceForSome,
    Prize,
    RedeemReward,
    RewardWindow,
)
from rewards.permissions import SEE_REWARDS
from tests.earning.counter import rows
from tests.pos.given import a_place
from tests.rewards.given import RewardShop, content
from tests.support.client import ApiClient, visitor
from tests.support.pages import text_of

REWARDS, HTMX = "/api/v1/rewards", {"HX-Request": "true"}
YESTERDAY, TOMORROW = (datetime.now(UTC) + timedelta(days=days) for days in (-1, 1))


@pytest.fixture
def shop(tenant: Tenant) -> RewardShop:
    return RewardShop(tenant)


@pytest.fixture
def api_token_of(tenant: Tenant) -> Callable[..., ApiClient]:
    """A program that may do so much and no more."""

    def issue(*permissions: str) -> ApiClient:
        with reading(tenant.id):
            role = Role.objects.create(tenant_id=tenant.id, code=uuid4().hex[:8], name="narrow", permissions=list(permissions))
            token = ApiToken.issue(tenant_id=tenant.id, name="narrow", role=role)[1]
        return ApiClient(token, tenant.hosts[0])

    return issue


def draft(shop: RewardShop) -> UUID:
    made: UUID = shop.do(CreateReward(content=content())).reward_id
    return made


def paused(shop: RewardShop) -> UUID:
    reward = shop.reward()
    shop.do(PauseReward(reward_id=reward))
    return reward


def taken(shop: RewardShop, points: int = 100, **bound: Any) -> UUID:
    """One that somebody else has had once."""
    reward = shop.reward(points=points, **bound)
    shop.redeem(shop.with_points(points, phone="+84987000222"), reward)
    return reward


Make = Callable[[RewardShop], UUID]
SITUATIONS: dict[str, tuple[int, Make, str, str]] = {
    "can": (100, lambda s: s.reward(stock=3, limits=(CustomerLimit(most=2, period="day"),), daily_budget=90_000), "", ""),
    "free": (0, lambda s: s.reward(points=0), "", ""),
    "draft": (100, draft, "state", "rewards.not_to_be_had"),
    "paused": (100, paused, "state", "rewards.not_to_be_had"),
    "scheduled": (100, lambda s: s.reward(at=TOMORROW), "state", "rewards.not_yet"),
    "not yet": (100, lambda s: s.reward(active=RewardWindow(starts=TOMORROW)), "active", "rewards.not_yet"),
    "over": (100, lambda s: s.reward(active=RewardWindow(ends=YESTERDAY)), "active", "rewards.not_at_this_time"),
    "unseen": (100, lambda s: s.reward(visible=RewardWindow(starts=TOMORROW)), "", ""),
    "not sold": (100, lambda s: s.reward(sold=False), "sold", "rewards.not_for_points"),
    "level": (100, lambda s: s.reward(levels=("gold",)), "levels", "rewards.for_levels"),
    "segment": (100, lambda s: s.reward(segments=("vip",)), "segments", "rewards.for_others"),
    "stock": (100, lambda s: taken(s, stock=1), "stock", "rewards.out_of_stock"),
    "budget": (100, lambda s: taken(s, daily_budget=30_000), "daily_budget", "rewards.budget_spent"),
    "codes": (100, lambda s: s.reward(codes="stock"), "codes", "rewards.out_of_codes"),
    "prizes": (100, lambda s: s.reward(LuckyDraw(prizes=(Prize(code="A", weight=1, stock=0),))), "prizes", "rewards.out_of_stock"),
    "points": (99, lambda s: s.reward(), "price", "earning.not_enough_points"),
    "price": (99, lambda s: s.reward(prices_for_some=(PriceForSome(points=9, level="gold"),)), "price", "earning.not_enough_points"),
    "basket": (100, lambda s: s.reward(minimum_basket=90_000, skus=("CF",), categories=("Tea",)), "", ""),
}


@pytest.mark.parametrize("name", SITUATIONS)
def test_a_trial_says_what_redeeming_then_answers(shop: RewardShop, api: ApiClient, name: str) -> None:
    points, make, hindering, code = SITUATIONS[name]
    customer, reward = shop.with_points(points), make(shop)
    before = rows("event.event", shop.tenant, "count(*)")
    tried = api.post(f"{REWARDS}/{reward}/try", {"customer_id": str(customer)})
    assert tried.status_code == 200, tried.content
    told = tried.json()
    assert rows("event.event", shop.tenant, "count(*)") == before
    assert [one["name"] for one in told["conditions"] if one["hinders"]] == [hindering][: bool(hindering)]
    assert (told["can_be_had"], told["why"] and told["why"]["code"]) == (not code, code or None)
    try:
        shop.redeem(customer, reward)
        answered = ""
    except DomainError as refusal:
        answered = refusal.code
    assert answered == code


def test_what_is_there_is_told_in_numbers_and_words(shop: RewardShop, api: ApiClient) -> None:
    customer = shop.with_points(250)
    reward = shop.reward(
        stock=3, limits=(CustomerLimit(most=1, period="day"), CustomerLimit(most=5)), daily_budget=90_000, minimum_basket=50_000
    )
    shop.redeem(customer, reward)
    told = api.post(f"{REWARDS}/{reward}/try", {"customer_id": str(customer)}).json()
    seen = {
        (one["name"], one["period"]): (one["met"], one["needed"], one["there"], one["asked"], one["seen"]) for one in told["conditions"]
    }
    assert seen == {
        ("customer", None): (True, None, None, "yes", "yes"),
        ("state", None): (True, None, None, "Active", "Active"),
        ("limits", "day"): (False, 1, 1, "1 time a day", "1 had so far"),
        ("limits", "ever"): (True, 5, 1, "5 times in all", "1 had so far"),
        ("stock", None): (True, 1, 2, "3", "2 left"),
        ("daily_budget", None): (True, 20_000, 70_000, "₫20,000 for one", "₫70,000 left"),
        ("price", None): (True, 100, 150, "100 points", "150 points"),
        ("minimum_basket", None): (None, None, None, "₫50,000", "is looked at when it is used"),
    }
    assert told["why"]["code"] == "rewards.limit_reached_until"


def test_a_place_is_judged_where_one_is_named(shop: RewardShop, api: ApiClient) -> None:
    here, there = (a_place(shop.tenant, f"P{n}") for n in (1, 2))
    customer, reward = shop.with_points(100), shop.reward(points_of_sale=(here,))

    def met(pos: str) -> tuple[Any, ...]:
        told = api.post(f"{REWARDS}/{reward}/try", {"customer_id": str(customer), "pos": pos}).json()
        return told["can_be_had"], next(one["met"] for one in told["conditions"] if one["name"] == "points_of_sale")

    assert [met(""), met("P1"), met(str(there))] == [(True, None), (True, True), (False, False)]
    with pytest.raises(DomainError, match=r"rewards\.not_here"):
        shop.do(RedeemReward(customer_id=customer, reward_id=reward, pos_id=there))


def test_of_cashback_it_is_tried_with_the_least_or_with_what_is_said(shop: RewardShop, api: ApiClient) -> None:
    customer, reward = shop.with_points(30), shop.reward(Cashback(per_point=Decimal("2.5"), least=10), points=0)
    at, whose = f"{REWARDS}/{reward}/try", {"customer_id": str(customer)}
    said = [api.post(at, whose | more).json() for more in ({}, {"points": 30}, {"points": 31})]
    assert [(one["points"], one["can_be_had"]) for one in said] == [(10, True), (30, True), (31, False)]
    few = api.post(at, whose | {"points": 9})
    assert (few.status_code, few.json()["errors"][0]["pointer"]) == (422, "/points")


def test_who_no_longer_takes_part_cannot_have_it(shop: RewardShop, api: ApiClient) -> None:
    customer, reward = shop.with_points(100), shop.reward()
    shop.do(DeactivateCustomer(customer_id=customer, reason="asked"))
    told = api.post(f"{REWARDS}/{reward}/try", {"customer_id": str(customer)}).json()
    assert (told["why"]["code"], [one["name"] for one in told["conditions"] if one["hinders"]]) == (
        "earning.customer_not_active",
        ["customer"],
    )


def test_who_is_unknown_is_told_and_who_may_not_see_customers_tries_nothing(
    shop: RewardShop, api: ApiClient, api_token_of: Callable[..., ApiClient]
) -> None:
    customer, reward = shop.with_points(100), shop.reward()
    at, whose = f"{REWARDS}/{reward}/try", {"customer_id": str(customer)}
    refused = [
        (one.status_code, one.json()["code"], [fault["pointer"] for fault in one.json().get("errors", ())])
        for one in (
            api.post(at, {"customer_id": str(uuid4())}),
            api.post(at, whose | {"pos": "NOWHERE"}),
            api.post(f"{REWARDS}/{uuid4()}/try", whose),
        )
    ]
    assert refused == [
        (422, "customers.not_found", ["/customer_id"]),
        (422, "earning.place_unknown", ["/pos"]),
        (404, "rewards.reward_unknown", []),
    ]
    assert [api_token_of(*may).post(at, whose).status_code for may in ((SEE_REWARDS,), (SEE_CUSTOMERS,), (SEE_REWARDS, SEE_CUSTOMERS))] == [
        403,
        403,
        200,
    ]


def test_who_may_not_see_accounts_learns_whether_points_are_enough_and_no_balance(
    shop: RewardShop, api_token_of: Callable[..., ApiClient], make_user: Any
) -> None:
    dear, cheap = shop.reward(points=7_001), shop.reward(points=5)
    customer = shop.with_points(6_543, phone="+84987000333")
    whose, narrow = {"customer_id": str(customer)}, (SEE_REWARDS, SEE_CUSTOMERS)
    answers = {}
    for may, program in (("blind", api_token_of(*narrow)), ("seeing", api_token_of(*narrow, SEE_ACCOUNTS))):
        answers[may] = [program.post(f"{REWARDS}/{reward}/try", whose) for reward in (dear, cheap)]
        assert [one.json()["can_be_had"] for one in answers[may]] == [False, True]
        assert ["6543" in one.text or "6,543" in one.text for one in answers[may]] == [may == "seeing"] * 2
    assert [one.json()["why"]["code"] for one in (answers["blind"][0], answers["seeing"][0])] == [
        "rewards.points_lacking",
        "earning.not_enough_points",
    ]
    with reading(shop.tenant.id):
        Role.objects.create(tenant_id=shop.tenant.id, code="blind", name="x", permissions=["staff.enter_admin", *narrow])
    for role, seen in (("blind", False), ("support", True)):
        site = visitor(shop.tenant, make_user(shop.tenant, role))
        told = {"customer": "+84987000333", "pos": "", "command_id": str(uuid4())}
        page = text_of(site.post(f"/admin/rewards/reward/{dear}/try/", told, headers=HTMX))
        assert ("6,543" in page, "7,001" in page) == (seen, True), role


def test_who_may_not_see_accounts_finds_no_balance_by_trying(
    shop: RewardShop, api_token_of: Callable[..., ApiClient], make_user: Any
) -> None:
    cash, draft = shop.reward(Cashback(per_point=Decimal(1), least=5), points=0), shop.do(CreateReward(content=content(points=7_001)))
    whose = {"customer_id": str(shop.with_points(6_543, phone="+84987000333"))}
    blind, seeing = (api_token_of(SEE_REWARDS, SEE_CUSTOMERS, *more) for more in ((), (SEE_ACCOUNTS,)))
    at = f"{REWARDS}/{cash}/try"
    refused = blind.post(at, whose | {"points": 6_543})
    assert (refused.status_code, refused.json()["code"]) == (422, "rewards.points_unseen")
    assert [one["pointer"] for one in refused.json()["errors"]] == ["/points"]
    assert [one.post(at, whose).json()["points"] for one in (blind, seeing)] == [5, 5]
    assert [seeing.post(at, whose | {"points": points}).json()["can_be_had"] for points in (6_543, 6_544)] == [True, False]
    prices = [
        next(one for one in program.post(f"{REWARDS}/{draft.reward_id}/try", whose).json()["conditions"] if one["name"] == "price")
        for program in (blind, seeing)
    ]
    assert [(one["met"], one["there"]) for one in prices] == [(None, None), (False, 6_543)]
    with reading(shop.tenant.id):
        Role.objects.create(tenant_id=shop.tenant.id, code="blind", name="x", permissions=["staff.enter_admin", SEE_REWARDS, SEE_CUSTOMERS])
    for role, asked in (("blind", False), ("support", True)):
        page = visitor(shop.tenant, make_user(shop.tenant, role)).get(f"/admin/rewards/reward/{cash}/try/").content.decode()
        assert ('name="points"' in page) is asked, role


def test_in_the_administration_it_is_tried_while_it_is_typed(tenant: Tenant, shop: RewardShop, admin_site: Any, make_user: Any) -> None:
    shop.with_points(70, phone="+84987000333")
    reward = shop.reward(stock=2, levels=("gold",))
    page = f"/admin/rewards/reward/{reward}/try/"
    assert "Name a customer: what the reward asks of them appears here." in text_of(admin_site.get(page))
    before = rows("event.event", tenant, "count(*)")
    said = text_of(admin_site.post(page, {"customer": "0987000333"}, headers=HTMX))
    for part in (
        "✗ “Coffee” is for customers with one of these levels: gold.",
        "✗ Only for these levels gold –",
        "✓ Stock 2 2 left",
        "✗ Points for the price 100 points 70 points",
    ):
        assert part in said, (part, said)
    assert "There is no such customer." in text_of(admin_site.post(page, {"customer": "nobody"}, headers=HTMX))
    assert "is for customers with one of these levels" in text_of(admin_site.post(page, {"customer": "0987000333"}, follow=True))
    assert rows("event.event", tenant, "count(*)") == before
    assert visitor(tenant, make_user(tenant, "seller")).post(page, {"customer": "0987000333"}).status_code in {302, 403}
