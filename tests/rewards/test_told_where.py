"""What is refused over the API stands where the reader wrote it, and names what is not there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from loyalty.domain.errors import DomainError
from loyalty.tenancy import reading
from rewards.commands import Cashback, Choice
from rewards.queries import reward
from tests.earning.shops import refusal
from tests.rewards.given import RewardShop, bought
from tests.support.client import ApiClient

REWARDS = "/api/v1/rewards"
NOBODY = str(uuid4())


@pytest.fixture
def shop(tenant: Any) -> RewardShop:
    return RewardShop(tenant)


def body(gives: Any = None, name: str = "Coffee", texts: Any = (), photos: Any = (), **terms: Any) -> dict[str, Any]:
    told = {"gives": gives or {"discount_amount": {"amount": 5}}} | terms
    return {"content": {"name": name, "terms": told, "texts": [*texts], "photos": [*photos]}}


@pytest.mark.parametrize(
    ("wrong", "code", "pointer"),
    [
        ({"name": " "}, "rewards.text_missing", "/content/name"),
        ({"photos": ["x"]}, "photo.unknown", "/content/photos/0"),
        ({"texts": [{"language": "de", "name": "x"}]}, "rewards.languages_invalid", "/content/texts"),
        ({"gives": {"discount_amount": {"amount": 0}}}, "rewards.number_out_of_range", "/content/terms/gives/discount_amount/amount"),
        (
            {"gives": {"lucky_draw": {"prizes": [{"code": "a", "weight": 0}]}}},
            "rewards.number_out_of_range",
            "/content/terms/gives/lucky_draw/prizes/0/weight",
        ),
        ({"price": {"points": 5, "wallet": "gone"}}, "earning.wallet_unknown", "/content/terms/price/wallet"),
        ({"valid_days": 0}, "rewards.number_out_of_range", "/content/terms/valid_days"),
        ({"levels": ["gone"]}, "rewards.level_unknown", "/content/terms/levels/0"),
        ({"segments": ["gone"]}, "rewards.segment_unknown", "/content/terms/segments/0"),
        ({"merchants": [NOBODY]}, "rewards.merchant_unknown", "/content/terms/merchants/0"),
        ({"points_of_sale": [NOBODY]}, "rewards.place_unknown", "/content/terms/points_of_sale/0"),
        ({"prices_for_some": [{"points": 1, "segment": "gone"}]}, "rewards.segment_unknown", "/content/terms/prices_for_some/0/segment"),
        ({"early_access": [{"level": "gone", "hours": 1}]}, "rewards.level_unknown", "/content/terms/early_access/0/level"),
    ],
)
def test_what_is_wrong_with_a_reward_is_told_where_the_body_has_it(
    shop: RewardShop, api: ApiClient, wrong: dict[str, Any], code: str, pointer: str
) -> None:
    made = api.post(REWARDS, body(**wrong))
    changed = api.post(f"{REWARDS}/{shop.reward()}/change", body(**wrong))
    assert [refusal(made), refusal(changed)] == [(422, code, pointer)] * 2


def test_what_a_reward_named_before_may_stay_in_it(shop: RewardShop, api: ApiClient) -> None:
    known = shop.reward(levels=("gone",))
    shown = api.get(f"{REWARDS}/{known}").json()["content"]
    assert api.post(f"{REWARDS}/{known}/change", {"content": shown | {"name": "Tea"}}).json()["version"] == 2
    more = shown | {"terms": shown["terms"] | {"levels": ["gone", "never"]}}
    assert refusal(api.post(f"{REWARDS}/{known}/change", {"content": more})) == (
        422, "rewards.level_unknown", "/content/terms/levels/1"
    )  # fmt: skip


def test_an_end_and_never_are_not_said_together(shop: RewardShop, api: ApiClient) -> None:
    known, end = shop.reward(), (datetime.now(UTC) + timedelta(days=3)).isoformat()
    assert api.post(f"{REWARDS}/{known}/end", {"ends_at": end}).status_code == 200
    both = api.post(f"{REWARDS}/{known}/end", {"ends_at": end, "never": True})
    assert refusal(both) == (422, "rewards.ends_or_never", "/ends_at")
    with reading(shop.tenant.id):
        assert reward(known).ends_at == datetime.fromisoformat(end)
    assert api.post(f"{REWARDS}/{known}/end", {"never": True}).status_code == 200
    with reading(shop.tenant.id):
        assert reward(known).ends_at is None


def test_a_kind_that_is_unknown_is_told_those_that_are_known(shop: RewardShop, api: ApiClient) -> None:
    known = shop.reward()
    assert [one["id"] for one in api.get(f"{REWARDS}?kind=discount_amount").json()["items"]] == [str(known)]
    answer = api.get(f"{REWARDS}?kind=wheel")
    assert refusal(answer) == (400, "field.choice", "/kind")
    assert "lucky_draw" in answer.json()["errors"][0]["detail"]


def test_each_of_several_that_is_none_of_the_choices_is_told_them(shop: RewardShop, api: ApiClient) -> None:
    limits = [{"most": 1, "period": "fortnight"}, {"most": 1, "period": "day"}, {"most": 1, "period": "moon"}]
    told = api.speaking("en").post(REWARDS, body(limits=limits)).json()["errors"]
    assert [(one["pointer"], one["code"]) for one in told] == [(f"/content/terms/limits/{n}/period", "field.choice") for n in (0, 2)]
    assert all("day, week, month, quarter, half_year, year, ever" in one["detail"] for one in told)


def test_points_that_are_missing_are_told_of_what_costs_them(shop: RewardShop, api: ApiClient) -> None:
    who, dear, dearer = shop.with_points(50), shop.reward(points=100), shop.reward(points=200)
    back = shop.reward(Cashback(per_point=Decimal(2)), points=0)
    redeem = f"/api/v1/customers/{who}/rewards/redeem"

    def hold(*choices: Choice) -> str | None:
        with pytest.raises(DomainError) as refused:
            shop.hold(who, *choices)
        assert refused.value.code == lacking
        return refused.value.field

    lacking = "earning.not_enough_points"
    assert refusal(api.post(redeem, {"reward_id": str(dear)}))[1:] == (lacking, "/reward_id")
    assert refusal(api.post(redeem, {"reward_id": str(back), "points": 60}))[1:] == (lacking, "/points")
    assert [hold(bought(dear)), hold(bought(back, 60))] == ["choices.0", "choices.0.points"]
    assert hold(bought(dear), bought(dearer)) == "choices"


def test_who_comes_too_early_is_told_when_it_begins(shop: RewardShop, api: ApiClient) -> None:
    starts = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
    who, soon = shop.with_points(500), shop.reward(at=starts)
    answer = api.post(f"/api/v1/customers/{who}/rewards/redeem", {"reward_id": str(soon)})
    assert refusal(answer)[:2] == (409, "rewards.not_yet")
    assert datetime.fromisoformat(answer.json()["params"]["starts_at"]) == starts
