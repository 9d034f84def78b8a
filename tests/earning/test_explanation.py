"""Why a purchase brought its points: over HTTP and in the administration, for every lot and for a purchase that earned nothing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given

from earning.commands import Line, Multiplier
from earning.domain.rule_set import RuleSet
from loyalty.domain.points import rounded
from tests.earning.given import sale
from tests.earning.shops import PURCHASES, RULES, Shops, recorded
from tests.earning.test_returns_by_chance import baskets, rule_sets
from tests.support.client import ApiClient


def rule(api: ApiClient, **told: Any) -> str:
    made = api.post(RULES, {"name": "Tết", "terms": {"kind": "points_per_amount", "points": "1", "per": 1000}} | told).json()["rule_id"]
    api.post(f"{RULES}/{made}/activate", {"effective_at": "2020-01-01T00:00:00Z"})
    return str(made)


def explained(api: ApiClient, purchase: str) -> dict[str, Any]:
    answer = api.get(f"{PURCHASES}/{purchase}/explanation")
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def test_a_lot_is_explained_and_its_explanation_gives_the_lot(api: ApiClient, shops: Shops) -> None:
    asked = {
        "minimum": 100_000,
        "condition": {
            "op": "and",
            "parts": [
                {"op": "ge", "field": "purchase.total", "values": [200_000]},
                {"op": "in", "field": "line.sku", "values": ["CF-1", "X"]},
            ],
        },
    }
    rule(api, scope=asked)
    rule(api, terms={"kind": "multiplier", "factor": "2", "only": {"skus": ["cf-1"]}})
    sold = recorded(api, shops.sale())
    told = explained(api, sold["purchase_id"])
    assert (told["points"], told["earns"]) == (sold["points"], True)
    base, unmet, doubled = told["rules"]
    assert (base["outcome"], base["points"], base["exact"], base["rounding"], base["amounts"]) == (
        "gave",
        12,
        "12",
        "floor",
        [90_000, 30_000],
    )
    assert (doubled["outcome"], doubled["points"], doubled["amounts"], doubled["exact"]) == ("gave", 9, [90_000, 0], None)
    assert (unmet["outcome"], unmet["points"], unmet["version"]) == ("not_met", 0, 1)
    assert [(c["name"], c["met"], c["asked"], c["seen"]) for c in unmet["checks"]] == [
        ("minimum", True, "Purchases of at least ₫100,000.", "₫120,000"),
        (
            "condition", False, "If total of the purchase is at least ₫200,000 and SKU of some line is one of CF-1, X.",
            "total of the purchase: ₫120,000; SKU of some line: cf-1, bm-1",
        ),
    ]  # fmt: skip
    assert unmet["changed_by"] == api.get(f"{RULES}/{unmet['rule_id']}/versions").json()["items"][0]["changed_by"]


@given(baskets, rule_sets)
def test_recomputing_an_explanation_gives_the_lot(basket: tuple[Line, ...], rule_set: RuleSet) -> None:
    bought = sale(*basket) if sum(item.total for item in basket) >= 0 else sale(100_000)
    given_then = rule_set.worth(bought)
    told = rule_set.explain(bought, given_then)
    assert {(o.rule.rule_id, o.points) for o in told if o.points} == {(c.rule_id, c.points) for c in given_then}
    for one in told:
        terms, met = one.rule.terms, all(check.met for check in one.checks)
        assert met == (one.outcome != "not_met")
        if not isinstance(terms, Multiplier) and one.exact is not None:
            assert one.points == (rounded(one.exact, terms.rounding) if met else 0)


def test_a_limit_that_left_no_room_is_said(api: ApiClient, shops: Shops) -> None:
    rule(api, scope={"limits": [{"of": "times", "most": 1, "period": "day"}]})
    recorded(api, shops.sale())
    told = explained(api, recorded(api, shops.sale())["purchase_id"])
    assert told["order_sentence"].startswith("Points per amount come first")
    assert [(one["outcome"], one["beside"]) for one in told["rules"]][-1] == ("limit_reached", ["1 time for each customer, a day."])
    limited = told["rules"][-1]
    assert (limited["points"], limited["cut"]) == (0, 120)
    assert limited["enough"][0] == "It was worth 120 points here; its own limits had no room left."


def test_a_purchase_that_earned_nothing_is_explained_too(api: ApiClient, shops: Shops) -> None:
    sold = recorded(api, shops.sale(lines=None, total=9_999))
    assert sold["points"] == 0
    told = explained(api, sold["purchase_id"])
    assert [(one["outcome"], one["exact"]) for one in told["rules"]] == [("too_little", "9999/10000")]


def test_where_nobody_earned_each_rule_says_what_it_would_give(api: ApiClient, shops: Shops) -> None:
    rule(api, scope={"limits": [{"of": "points", "most": 20, "period": "day"}]})
    limited = explained(api, recorded(api, shops.sale())["purchase_id"])["rules"][1]
    assert (limited["points"], limited["exact"], limited["cut"]) == (20, "120", 100)
    nobody = recorded(api, shops.sale(customer_id=None))
    told = explained(api, nobody["purchase_id"])
    assert (told["earns"], told["points"], told["wallets"]) == (False, 0, [])
    assert [(one["outcome"], one["points"], one["would_give"]) for one in told["rules"]] == [("would_give", 0, 12), ("would_give", 0, 20)]
    assert told["rules"][0]["outcome_sentence"] == "It would give 12 points to a customer who earns."
    assert told["rules"][0]["enough"] == []


def test_a_rule_that_was_back_dated_since_is_not_part_of_the_explanation(api: ApiClient, shops: Shops) -> None:
    sold = recorded(api, shops.sale())
    rule(api)
    assert len(explained(api, sold["purchase_id"])["rules"]) == 1
    assert len(explained(api, recorded(api, shops.sale())["purchase_id"])["rules"]) == 2


def test_who_does_not_see_the_purchase_gets_no_explanation(api: ApiClient, shops: Shops) -> None:
    missing = api.get(f"{PURCHASES}/{UUID(int=5)}/explanation")
    assert (missing.status_code, missing.json()["code"]) == (404, "earning.purchase_unknown")


@pytest.mark.parametrize(("language", "said"), [("vi", "từ"), ("pl", "co najmniej")])
def test_explanations_are_in_the_readers_language(api: ApiClient, shops: Shops, language: str, said: str) -> None:
    rule(api, scope={"minimum": 500_000, "weekdays": [0], "hours": [{"opens": 0, "closes": 1440}], "channels": ["pos"]})
    told = explained(api.speaking(language), recorded(api, shops.sale())["purchase_id"])
    assert said in told["rules"][1]["checks"][0]["asked"]
    assert told["rules"][1]["outcome_sentence"] != "Not all it asks for was met."


def test_the_page_of_a_purchase_shows_each_rule(api: ApiClient, shops: Shops, admin_site: Any) -> None:
    rule(api, scope={"minimum": 500_000})
    sold = recorded(api, shops.sale())
    page = admin_site.get(f"/admin/earning/purchase/{sold['purchase_id']}/change/").content.decode()
    for said in ("Rules that were in force", "✗ Purchases of at least ₫500,000. Seen: ₫120,000", "Not all it asks for was met."):
        assert said in page, said
