"""Where a refused level set is wrong: a path into the body that a program sent, and a field of the form that somebody filled in."""

from __future__ import annotations

import json
from functools import reduce
from typing import Any
from uuid import UUID

from earning.models import Level, LevelSet
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.support.client import ApiClient
from tests.support.pages import form_of

API = "/api/v1/level-sets"
SETS, LEVELS = "/admin/earning/levelset/", "/admin/earning/level/"
POINTS = {"kind": "points", "window": "lifetime", "months": 0, "excluded_skus": [], "excluded_categories": []}
MONEY = {**POINTS, "kind": "amount"}


def spoken(name: str) -> list[dict[str, str]]:
    return [{"language": language, "name": f"{name} {language}"} for language in ("vi", "en", "pl")]


def level(code: str, points: int, amount: int) -> dict[str, Any]:
    return {
        "code": code, "thresholds": [points, amount], "texts": spoken(code), "minimum_days": 0, "color": "#b8860b", "photo": "",
        "benefits": {"multiplier": "1", "discount": 0}, "fee": {"sku": f"FEE-{code}", "months": 1, "days": 0},
        "rewards": [{"texts": spoken("Cake"), "starts_at": "2026-01-01T00:00:00Z", "ends_at": "2026-02-01T00:00:00Z"}],
    }  # fmt: skip


BODY: dict[str, Any] = {
    "name": "Levels", "measures": [POINTS, MONEY], "texts": spoken("Levels"), "downgrade": {"when": "never", "days": 0, "warn_days": 0},
    "levels": [level("gold", 200, 2000), level("bronze", 20, 200), level("silver", 100, 1000)],
}  # fmt: skip
"""Right as it stands; its levels are not in their order."""
WRONG: list[tuple[str, Any, str]] = [
    ("/name", " ", "level_set_name_missing"),
    ("/texts", spoken("Levels")[:1], "level_set_texts_incomplete"),
    ("/texts/1/name", "", "level_set_texts_incomplete"),
    ("/texts/2/description", "x" * 1001, "text_too_long"),
    ("/measures", [], "level_measures_missing"),
    ("/measures/1/kind", "points", "level_measure_twice"),
    ("/measures/0", POINTS | {"window": "rolling_months"}, "level_months_invalid"),
    ("/measures/0/excluded_skus", ["GC-1"], "level_points_exclude"),
    ("/measures", [POINTS | {"kind": "visits"}, POINTS | {"kind": "purchases", "excluded_skus": ["GC-1"]}], "level_exclusions_differ"),
    ("/measures/1/excluded_skus/0", "\x07", "unprintable_text"),
    ("/measures/1/excluded_categories", ["a"] * 201, "level_too_many_excluded"),
    ("/downgrade", {"when": "after_days", "days": 0}, "level_days_below_invalid"),
    ("/downgrade", {"when": "never", "days": 5}, "level_days_of_nothing"),
    ("/downgrade", {"when": "period_end", "days": 5}, "level_days_of_nothing"),
    ("/downgrade", {"when": "never", "period": "month"}, "level_period_of_nothing"),
    ("/measures/1", {"kind": "amount", "excluded_skus": ["CF-1", " "]}, "selection_empty"),
    ("/downgrade/warn_days", 367, "level_warn_days_invalid"),
    ("/levels", [level(f"l{n}", n, n) for n in range(11)], "too_many_levels"),
    ("/levels/1/code", "Gold", "level_code_invalid"),
    ("/levels/1/code", "gold", "level_code_taken"),
    ("/levels/2/thresholds", [1], "level_thresholds_missing"),
    ("/levels/2/thresholds/1", -1, "level_threshold_invalid"),
    ("/levels/0/thresholds/1", 5, "level_thresholds_cross"),
    ("/levels/1/texts", spoken("x")[:2], "level_name_missing"),
    ("/levels/1/texts/1/name", " ", "level_name_missing"),
    ("/levels/1/texts/2/promise", "x" * 501, "text_too_long"),
    ("/levels/1/minimum_days", -1, "level_days_invalid"),
    ("/levels/1/color", "red", "level_color_invalid"),
    ("/levels/1/benefits/multiplier", "0.5", "level_multiplier_invalid"),
    ("/levels/1/benefits/discount", 10_001, "level_discount_invalid"),
    ("/levels/2/fee", {"sku": "A", "months": 1, "days": 1}, "level_fee_invalid"),
    ("/levels/2/fee/sku", "x" * 101, "text_too_long"),
    ("/levels/1/fee/sku", "fee-GOLD", "level_fee_taken"),
    ("/levels/2/rewards", [BODY["levels"][0]["rewards"][0]] * 11, "level_too_many_rewards"),
    ("/levels/2/rewards/0/texts", [], "level_reward_name_missing"),
    ("/levels/2/rewards/0/texts/1/name", "", "level_reward_name_missing"),
    ("/levels/2/rewards/0/texts/0/text", "x" * 301, "text_too_long"),
    ("/levels/2/rewards/0/ends_at", "2026-01-01T00:00:00Z", "level_reward_ends_early"),
]
"""What is put at which place, and the refusal that names that place, or one below it."""


def at(body: Any, pointer: str) -> Any:
    """What stands in a body at a JSON pointer. Raises LookupError where nothing does."""
    steps = pointer.split("/")[1:]
    return reduce(lambda found, step: found[int(step) if isinstance(found, list) else step], steps, body)


def with_wrong(pointer: str, value: Any) -> dict[str, Any]:
    above, _slash, last = pointer.rpartition("/")
    body = json.loads(json.dumps(BODY))
    parent = at(body, above)
    if isinstance(parent, list):
        parent[int(last) : int(last) + 1] = [value]
    else:
        parent[last] = value
    return body


def test_each_refusal_of_a_level_set_names_a_place_in_the_body_that_was_sent(api: ApiClient) -> None:
    assert api.post(f"{API}?dry_run=true", BODY).status_code == 200
    for place, value, code in WRONG:
        body = with_wrong(place, value)
        answer = api.post(f"{API}?dry_run=true", body)
        said = answer.json()
        assert (answer.status_code, said["code"]) == (422, f"earning.{code}"), (place, said)
        (fault,) = said["errors"]
        assert fault["pointer"].startswith(place), (place, fault)
        at(body, fault["pointer"])


def test_a_code_of_another_set_is_refused_at_its_level(api: ApiClient) -> None:
    api.post(API, BODY)
    other = {"name": "Others", "measures": [POINTS, MONEY], "levels": [level("vip", 9, 9), level("silver", 8, 8)]}
    assert [one["pointer"] for one in api.post(API, other).json()["errors"]] == ["/levels/1/code"]


IN_SET = [
    ({"kind_2": "", "kind_3": "amount", "window_3": "rolling_months", "months_3": ""}, "months_3"),
    ({"kind_3": "points"}, "kind_3"),
    ({"excluded_skus_1": "GC-1"}, "excluded_skus_1"),
    ({"downgrade": "after_days"}, "downgrade_days"),
    ({"called_pl": ""}, "called_pl"),
]
IN_LEVEL = [
    ({"code": "Silver"}, "code"),
    ({"code": "gold"}, "code"),
    ({"threshold_2": "5000"}, "threshold_2"),
    ({"name_pl": " "}, "name_pl"),
    ({"multiplier": "0.5"}, "multiplier"),
    ({"discount": "101"}, "discount"),
    ({"color": "red"}, "color"),
    ({"fee_days": "3"}, "fee_months"),
    ({"fee_sku": "FEE-gold"}, "fee_sku"),
]
IN_REWARDS = [
    ({"rewards_0_name_vi": "", "rewards_0_name_en": "", "rewards_0_name_pl": "", "rewards_0_since": "", "rewards_0_until": ""}
        | {f"rewards_1_name_{language}": "A" for language in ("vi", "en", "pl")} | {"rewards_1_text_en": "\x07"}, "rewards_1_text_en"),
]  # fmt: skip


def test_the_forms_show_each_refusal_at_its_field(tenant: Tenant, admin_site: Any, api: ApiClient) -> None:
    set_id = api.post(API, BODY).json()["set_id"]
    with reading(tenant.id):
        silver = Level.objects.get(tenant_id=tenant.id, code="silver").id
    pages = {f"{SETS}{set_id}/edit/": IN_SET, f"{LEVELS}{silver}/edit/": IN_LEVEL, f"{LEVELS}{silver}/special-rewards/": IN_REWARDS}
    for page, wrong in pages.items():
        shown = form_of(admin_site.get(page))
        for changes, field in wrong:
            answer = admin_site.post(page, shown | {name: [value] for name, value in changes.items()})
            assert answer.status_code == 422, (page, changes)
            assert list(answer.context["form"].errors) == [field], (page, changes, answer.context["form"].errors)
    with reading(tenant.id):
        assert LevelSet.objects.get(tenant_id=tenant.id, id=UUID(set_id)).version == 1
