"""Wrong codes are counted in Postgres, right ones are not, and who typed too many is told when again."""

from __future__ import annotations

from collections import Counter as Tally
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine

from loyalty.tenancy import reading
from rewards import guesses, queries
from tests.earning.counter import in_parallel, rows
from tests.pos.counter import Till
from tests.rewards.given import RewardShop
from tests.support.client import ApiClient
from tests.support.pages import text_of

USE = "/api/v1/coupons/use"
WRONG = "0000-0000-0000-0"


@pytest.fixture
def shop(tenant: Any) -> RewardShop:
    return RewardShop(tenant)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> int:
    """So few wrong codes an hour that a test can type them."""
    for kind in guesses.MOST_WRONG:
        monkeypatch.setitem(guesses.MOST_WRONG, kind, 4)
    return 4


def code(shop: RewardShop) -> str:
    """The code of a coupon that is good."""
    coupon = shop.give(shop.customer(), shop.reward()).coupon_id
    with reading(shop.tenant.id):
        return queries.coupon_code(coupon)


def own(shop: RewardShop, api: ApiClient, who: UUID) -> ApiClient:
    return ApiClient(api.post(f"/api/v1/customers/{who}/tokens", {}).json()["token"], shop.tenant.hosts[0])


def told(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "") if answer.status_code >= 400 else ""


def counted(shop: RewardShop) -> list[int]:
    return [used for (used,) in rows("rewards_guess", shop.tenant, "used", "used")]


def test_of_many_guesses_at_once_no_more_are_looked_at_than_of_one_after_the_other(shop: RewardShop, api: ApiClient, few: int) -> None:
    good = code(shop)
    answers = in_parallel(12, lambda n: api.post(f"{USE}{'?dry_run=true' if n % 2 else ''}", {"code": f"{WRONG}{n}"}))
    assert Tally(map(told, answers)) == {(404, "rewards.coupon_unknown"): few, (429, "rewards.too_many_guesses"): 12 - few}
    late = api.post(USE, {"code": good})
    assert told(late) == (429, "rewards.too_many_guesses"), "a right one is not looked at either"
    assert 3_500 < int(late.headers["Retry-After"]) <= 3_600
    said = {language: api.speaking(language).post(USE, {"code": good}).json()["detail"] for language in ("vi", "en", "pl")}
    assert len(set(said.values())) == 3
    assert counted(shop) == [few, few], "what is refused is not counted"
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=1, seconds=1)):
        assert told(api.post(USE, {"code": good})) == (200, "")


def test_right_codes_are_not_counted(shop: RewardShop, api: ApiClient, few: int) -> None:
    good = code(shop)
    for _ in range(few + 1):
        assert told(api.post(f"{USE}?dry_run=true", {"code": good})) == (200, "")
    assert told(api.post(USE, {"code": good})) == (200, "")
    assert told(api.post(USE, {"code": good})) == (409, "rewards.coupon_used")
    assert counted(shop) == [0, 0]
    assert told(api.post(USE, {"code": WRONG})) == (404, "rewards.coupon_unknown")
    assert counted(shop) == [1, 1]


def test_each_caller_has_a_budget_and_an_address_has_one(
    shop: RewardShop, api: ApiClient, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (own(shop, api, shop.customer()) for _ in range(2))
    claim = "/api/v1/me/coupons/claim"
    assert [told(first.post(claim, {"code": WRONG}))[0] for _ in range(few + 1)] == [404] * few + [429]
    assert told(second.post(claim, {"code": WRONG})) == (404, "rewards.code_not_good")
    monkeypatch.setattr(guesses, "MOST_FROM", few + 2)
    assert [told(one.post(claim, {"code": WRONG}))[0] for one in (second, second)] == [404, 429]
    assert told(api.post(f"/api/v1/customers/{uuid4()}/coupons/claim", {"code": WRONG})) == (404, "customers.not_found")


def test_a_till_tells_it_too(shop: RewardShop, seller_user: Any, few: int) -> None:
    till, good = Till(shop.tenant, seller_user), code(shop)
    for _ in range(few):
        assert "Nobody found" in text_of(till.find(good[:-1] + ("0" if good[-1] != "0" else "1"), enter=True))
    assert "Too many codes were wrong" in text_of(till.find(good))
    assert till.find("Đường").status_code == 200
    assert "Văn Đường" in text_of(till.find("Đường"))


def test_what_was_counted_goes_after_a_day(shop: RewardShop, api: ApiClient) -> None:
    api.post(USE, {"code": WRONG})
    now = datetime.now(UTC)
    assert [guesses.forget_old(shop.tenant.id, now + timedelta(hours=hours)) for hours in (0, 23, 25)] == [0, 0, 2]
