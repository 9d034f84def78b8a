"""Earning rules over HTTP: draft, change, activate, pause, versions; and what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from loyalty.tenancy.models import Tenant
from tests.earning.counter import rows
from tests.earning.shops import PURCHASES, RULES, Shops, ago, recorded, refusal
from tests.support.client import ApiClient

COFFEE_TERMS = {"kind": "points_per_amount", "points": "1", "per": 10_000}
COFFEE_RULE = {"name": "Cà phê", "terms": COFFEE_TERMS}
NO_LINES = {"skus": [], "categories": [], "makers": [], "labels": []}


def drafted(api: ApiClient, name: str = "Cà phê", **terms: Any) -> str:
    answer = api.post(RULES, {"name": name, "terms": COFFEE_TERMS | terms})
    assert answer.status_code == 201, answer.content
    assert answer.json() | {"rule_id": ""} == {
        "rule_id": "",
        "version": 1,
        "state": "draft",
        "effective_at": None,
        "warnings": answer.json()["warnings"],
    }
    return str(answer.json()["rule_id"])


def test_a_rule_is_drafted_shown_activated_changed_and_paused(api: ApiClient) -> None:
    rule = f"{RULES}/{drafted(api, rounding='half_up')}"
    shown = api.get(rule).json()
    assert {k: shown[k] for k in ("name", "wallet", "kind", "terms", "sentence", "version", "state", "effective_at")} == {
        "name": "Cà phê", "wallet": "points", "kind": "points_per_amount",
        "terms": {
            "kind": "points_per_amount", "points": "1", "per": 10_000, "currency": "VND", "rounding": "half_up", "whole_steps": False,
            "carry": False, "only": NO_LINES, "never": NO_LINES, "delivery": True, "rewards": "net",
        },
        "sentence": "1 point for each ₫10,000 spent, in proportion, rounded to the nearest whole number.",
        "version": 1, "state": "draft", "effective_at": None,
    }  # fmt: skip
    active = api.post(f"{rule}/activate").json()
    assert (active["state"], active["effective_at"]) == ("active", api.get(rule).json()["effective_at"])
    assert refusal(api.post(f"{rule}/activate", {}))[:2] == (409, "earning.rule_is_active")
    changed = api.patch(rule, {"terms": shown["terms"] | {"points": "2.50", "whole_steps": True}, "seen_version": 1})
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    assert changed.json()["effective_at"] == api.get(rule).json()["effective_at"] > active["effective_at"]
    assert refusal(api.patch(rule, {"name": "x", "seen_version": 1}))[:2] == (409, "earning.rule_changed_meanwhile")
    paused = api.post(f"{rule}/pause").json()
    assert (paused["state"], paused["effective_at"]) == ("paused", None)
    assert refusal(api.post(f"{rule}/pause"))[:2] == (409, "earning.rule_is_not_active")
    now = api.get(rule).json()
    assert (now["name"], now["version"], now["state"], now["terms"]["rounding"]) == ("Cà phê", 2, "paused", "half_up")
    assert now["sentence"] == "2.5 points for each full ₫10,000 spent, rounded to the nearest whole number."
    newest, first = api.get(f"{rule}/versions").json()["items"]
    assert (newest["version"], newest["terms"]["points"], first["version"], first["terms"]["points"]) == (2, "2.50", 1, "1")
    assert first["periods"][0]["end"] == newest["periods"][0]["start"]
    assert newest["periods"][0]["end"] is not None


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
@pytest.mark.parametrize("end", ["starts", "ends"])
def test_a_period_in_a_year_that_no_zone_can_reckon_is_refused_so_that_lists_can_always_be_read(api: ApiClient, at: str, end: str) -> None:
    answer = api.post(RULES, COFFEE_RULE | {"scope": {"windows": [{}, {end: at}]}})
    assert refusal(answer) == (400, "field.year", f"/scope/windows/1/{end}")
    assert drafted(api)
    assert api.get(RULES).status_code == 200


def test_what_says_the_same_as_before_makes_no_version_and_a_scope_is_said_whole(api: ApiClient) -> None:
    rule = f"{RULES}/{drafted(api)}"
    first = api.patch(rule, {"scope": {"minimum": 5_000, "weekdays": [0]}}).json()
    api.post(f"{rule}/activate")
    for same in ({}, {"name": "Cà phê"}, {"terms": COFFEE_TERMS, "scope": {"weekdays": [0], "minimum": 5_000}, "seen_version": 2}):
        again = api.patch(rule, same)
        assert (again.status_code, again.json()["version"], first["version"]) == (200, 2, 2)
    assert [one["step"] for one in api.get(f"{rule}/changes").json()["items"]] == ["activated", "changed", "created"]
    assert api.patch(rule, {"scope": {"minimum": 6_000}}).json()["version"] == 3
    scope = api.get(rule).json()["scope"]
    assert (scope["minimum"], scope["weekdays"]) == (6_000, [])


def test_a_rule_gives_points_from_when_it_is_activated(api: ApiClient, shops: Shops) -> None:
    rule = drafted(api, points="0.5", per=1000, whole_steps=True)
    assert recorded(api, shops.sale())["points"] == 12
    api.post(f"{RULES}/{rule}/activate", {"effective_at": ago(days=2)})
    assert recorded(api, shops.sale(purchased_at=ago(days=1)))["points"] == 12 + 60
    assert recorded(api, shops.sale(purchased_at=ago(days=3)))["points"] == 12


def test_a_rule_is_scheduled_ends_and_gives_points_only_between(api: ApiClient, shops: Shops) -> None:
    rule = f"{RULES}/{drafted(api, points='0.5', per=1000, whole_steps=True)}"
    assert api.post(f"{rule}/activate", {"effective_at": ago(days=-2)}).json()["state"] == "scheduled"
    assert api.get(RULES, {"state": "scheduled"}).json()["items"][0]["active_from"] is not None
    assert api.post(f"{rule}/activate", {"effective_at": ago(days=2)}).json()["state"] == "active"
    assert recorded(api, shops.sale(purchased_at=ago(days=1)))["points"] == 12 + 60
    assert refusal(api.post(f"{rule}/end", {"ends_at": ago(days=1)}))[:2] == (422, "earning.rule_end_is_over")
    assert api.post(f"{rule}/end", {"ends_at": ago(days=-1)}).json()["state"] == "active"
    assert api.post(f"{rule}/end").json()["state"] == "ended"
    assert recorded(api, shops.sale(purchased_at=ago(minutes=-1)))["points"] == 12
    assert recorded(api, shops.sale(purchased_at=ago(days=1)))["points"] == 12 + 60
    assert refusal(api.post(f"{rule}/activate"))[:2] == (409, "earning.rule_is_ended")
    assert [r["name"] for r in api.get(RULES, {"state": "ended"}).json()["items"]] == ["Cà phê"]


def test_a_pause_calls_off_a_change_that_would_only_come(api: ApiClient, shops: Shops) -> None:
    rule = f"{RULES}/{drafted(api, points='0.5', per=1000, whole_steps=True)}"
    api.post(f"{rule}/activate", {"effective_at": ago(days=2)})
    api.patch(rule, {"terms": COFFEE_TERMS, "effective_at": ago(days=-1)})
    api.post(f"{rule}/pause")
    assert recorded(api, shops.sale(purchased_at=ago(minutes=-1)))["points"] == 12
    coming, running = api.get(f"{rule}/versions").json()["items"]
    assert (coming["periods"], len(running["periods"])) == ([], 1)


def test_what_would_be_done_with_half_of_what_is_said_is_refused(api: ApiClient) -> None:
    rule = f"{RULES}/{drafted(api)}"
    assert refusal(api.patch(rule, {"effective_at": ago(days=-1)}))[:2] == (422, "earning.rule_change_has_no_start")
    api.post(f"{rule}/activate")
    assert refusal(api.post(f"{rule}/end", {"never": True, "ends_at": ago(days=-1)}))[:2] == (422, "earning.rule_ends_or_never")
    told = api.get(rule).json()
    assert (told["version"], told["ends_at"]) == (1, None)
    assert api.patch(rule, {"effective_at": ago(days=-1)}).json()["version"] == 2


def test_a_kind_that_is_unknown_is_told_those_that_are_known(api: ApiClient) -> None:
    answer = api.post(RULES, {"name": "A", "terms": {"kind": "magic"}})
    (fault,) = answer.json()["errors"]
    assert (fault["pointer"], fault["code"]) == ("/terms/kind", "field.choice")
    assert all(kind in fault["detail"] for kind in ("points_per_amount", "product_points", "multiplier"))


def test_the_list_has_pages_and_states(api: ApiClient) -> None:
    ids = [drafted(api, name=name) for name in ("Bánh", "Cà phê", "Đồ uống", "Áo", "Cà phê")]
    api.post(f"{RULES}/{ids[2]}/activate")
    names: list[str] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        page = api.get(RULES, query).json()
        names += [r["name"] for r in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert names[0] == "Đồ uống"
    assert sorted(names) == sorted(["Bánh", "Cà phê", "Đồ uống", "Áo", "Cà phê"])
    assert [r["id"] for r in api.get(RULES, {"state": "active"}).json()["items"]] == [ids[2]]
    assert api.get(RULES, {"state": "gone"}).status_code == 400


TEXTS = [
    {"language": "vi", "name": "Điểm cà phê", "description": "Mỗi ly một điểm"},
    {"language": "en", "name": "Coffee points", "description": "One point a cup"},
    {"language": "pl", "name": "Punkty za kawę", "description": ""},
]


def test_customers_are_told_of_a_rule_in_their_language(api: ApiClient, shops: Shops) -> None:
    rule = api.post(RULES, COFFEE_RULE | {"texts": TEXTS}).json()["rule_id"]
    api.post(f"{RULES}/{rule}/activate", {"effective_at": ago(days=2)})
    shown = replace(api, language="pl").get(f"{RULES}/{rule}").json()
    assert (shown["name"], shown["title"], shown["description"], shown["texts"]) == ("Cà phê", "Punkty za kawę", "", TEXTS)
    bought = recorded(api, shops.sale())["purchase_id"]
    explained = replace(api, language="vi").get(f"{PURCHASES}/{bought}/explanation").json()["rules"]
    assert "Điểm cà phê" in {one["name"] for one in explained}
    api.patch(f"{RULES}/{rule}", {"name": "Kawa"})
    assert api.get(f"{RULES}/{rule}").json()["title"] == "Coffee points"
    assert refusal(api.patch(f"{RULES}/{rule}", {"texts": TEXTS[:2]}))[:2] == (422, "earning.rule_texts_incomplete")


def test_each_step_of_a_rule_says_who_changed_what(api: ApiClient) -> None:
    rule = f"{RULES}/{drafted(api)}"
    api.post(f"{rule}/activate")
    scope = {"minimum": 300_000, "limits": [{"of": "times", "most": 2, "period": "day"}], "stops": True}
    api.patch(
        rule, {"name": "Cà phê sữa", "terms": COFFEE_TERMS | {"points": "2", "only": {"skus": ["CF"]}}, "scope": scope, "texts": TEXTS}
    )
    api.post(f"{rule}/end", {"never": True})
    api.post(f"{rule}/pause")
    newest, changed, activated, created = api.get(f"{rule}/changes").json()["items"]
    assert [one["step"] for one in (created, activated, changed, newest)] == ["created", "activated", "changed", "paused"]
    assert {one["changed_by"].partition(":")[0] for one in (created, changed)} == {"token"}
    assert {d["field"]: (d["old"], d["new"]) for d in changed["differences"] if not d["field"].startswith("texts.")} == {
        "name": ("Cà phê", "Cà phê sữa"), "terms.points": ("1", "2"), "terms.only": ("–", "SKU CF"),
        "scope.minimum": ("–", "Purchases of at least ₫300,000."), "scope.limits": ("–", "2 times for each customer, a day."),
        "scope.stops": ("no", "yes"),
    }  # fmt: skip
    assert created["differences"] == activated["differences"] == []
    in_polish = replace(api, language="pl").get(f"{rule}/changes", {"limit": 2}).json()
    assert {d["field"]: d["title"] for d in in_polish["items"][1]["differences"]}["texts.pl.name"] == "Nazwa, polski"
    assert [one["step"] for one in api.get(f"{rule}/changes", {"cursor": in_polish["next"]}).json()["items"]] == ["activated", "created"]


def test_another_kind_of_terms_is_told_field_by_field(api: ApiClient) -> None:
    rule = f"{RULES}/{drafted(api)}"
    api.patch(rule, {"terms": {"kind": "multiplier", "by_level": [{"level": "gold", "factor": "2"}]}})
    told = {d["field"]: (d["old"], d["new"]) for d in api.get(f"{rule}/changes").json()["items"][0]["differences"]}
    assert told["terms.kind"] == ("Points per amount", "Multiplier of points per amount")
    assert told["terms.per"] == ("₫10,000", "–")
    assert told["terms.by_level"] == ("–", "gold ×2")


def test_a_rule_is_saved_with_what_looks_wrong_about_it(api: ApiClient) -> None:
    first = drafted(api, name="Trà")
    assert api.post(f"{RULES}/{first}/activate").json()["warnings"] == []
    second = replace(api, language="vi").post(RULES, COFFEE_RULE).json()
    assert second["warnings"] == [
        {
            "code": "overlaps",
            "message": "Quy tắc “Trà” tính cho cùng các giao dịch: khách hàng nhận điểm của cả hai.",
            "rule_id": first,
        }
    ]
    never = {"op": "lt", "field": "purchase.total", "values": [0]}
    changed = api.patch(f"{RULES}/{second['rule_id']}", {"scope": {"group": "x", "minimum": 0, "condition": never}}).json()
    assert [one["code"] for one in changed["warnings"]] == ["never_met"]
    assert api.get(f"{RULES}/{second['rule_id']}/warnings").json() == changed["warnings"]
    assert api.post(f"{RULES}/{second['rule_id']}/end").json()["warnings"] == []
    assert api.get(f"{RULES}/{second['rule_id']}/warnings").json() == []


def test_a_rule_for_a_place_that_is_not_open_is_warned_of_and_says_so(api: ApiClient, shops: Shops) -> None:
    def closed(warnings: list[dict[str, Any]]) -> list[str]:
        return [one["code"] for one in warnings if one["code"].startswith("no_such")]

    rule = f"{RULES}/{drafted(api, name='Trà')}"
    open_now = {"merchants": [str(shops.cafe)], "places": [str(shops.corner)]}
    assert closed(api.patch(rule, {"scope": open_now}).json()["warnings"]) == []
    nowhere = {"merchants": [str(uuid4())], "places": [str(shops.corner), str(uuid4())]}
    warned = api.patch(rule, {"scope": nowhere}).json()["warnings"]
    assert closed(warned) == ["no_such_merchant", "no_such_place"]
    assert nowhere["merchants"][0] in warned[0]["message"]
    assert nowhere["places"][1] in warned[1]["message"]
    assert nowhere["places"][0] not in warned[1]["message"]
    said = api.get(rule).json()["scope_sentence"]
    assert "Bought from a merchant that does not exist." in said
    assert "a point of sale that does not exist" in said
    api.patch(rule, {"scope": open_now})
    api.post(f"/api/v1/points-of-sale/{shops.corner}/deactivate")
    assert closed(api.get(f"{rule}/warnings").json()) == ["no_such_place"]


def test_a_draft_whose_periods_are_over_is_warned_of_when_it_is_saved_and_overlaps_nothing(api: ApiClient) -> None:
    api.post(f"{RULES}/{drafted(api, name='Trà')}/activate")
    over = {"windows": [{"starts": ago(days=20), "ends": ago(days=10)}]}
    draft = api.post(RULES, COFFEE_RULE | {"scope": over}).json()
    assert [one["code"] for one in draft["warnings"]] == ["never_in_time"]
    assert api.get(f"{RULES}/{draft['rule_id']}/warnings").json() == draft["warnings"]
    lasting = {"windows": [{"starts": ago(days=20)}]}
    assert [one["code"] for one in api.patch(f"{RULES}/{draft['rule_id']}", {"scope": lasting}).json()["warnings"]] == ["overlaps"]


def test_a_rule_from_a_time_that_is_over_is_warned_of(api: ApiClient) -> None:
    rule = f"{RULES}/{drafted(api)}"
    told = api.post(f"{rule}/activate?dry_run=true", {"effective_at": ago(days=900)}).json()["warnings"]
    assert [(one["code"], "imported" in one["message"]) for one in told] == [("since_past", True)]
    assert api.post(f"{rule}/activate").json()["warnings"] == []


def test_versions_in_pages(api: ApiClient) -> None:
    rule = f"{RULES}/{drafted(api)}"
    for n in range(2, 6):
        assert api.patch(rule, {"name": f"V{n}"}).json()["version"] == n
    first = api.get(f"{rule}/versions", {"limit": 3}).json()
    rest = api.get(f"{rule}/versions", {"limit": 3, "cursor": first["next"]}).json()
    assert [v["version"] for v in [*first["items"], *rest["items"]]] == [5, 4, 3, 2, 1]
    assert rest["next"] is None


def test_a_dry_run_keeps_nothing(api: ApiClient, tenant: Tenant) -> None:
    assert api.post(f"{RULES}?dry_run=true", COFFEE_RULE).json()["state"] == "draft"
    rule = f"{RULES}/{drafted(api)}"
    assert api.post(f"{rule}/activate?dry_run=true", {}).json()["state"] == "active"
    assert rows("earning_rule", tenant, "state") == [("draft",)]


LEAF = {"op": "eq", "field": "line.sku", "values": ["x"]}
NODE = "/scope/condition/parts/1/parts/0"
LIMIT = {"of": "times", "most": 1, "period": "day", "whose": "customer"}
LATER = "2030-01-01T00:00:00Z"


def within(node: dict[str, Any]) -> dict[str, Any]:
    """A rule with the node at `NODE`."""
    return {"scope": {"condition": {"op": "and", "parts": [LEAF, {"op": "not", "parts": [node]}]}}}


@pytest.mark.parametrize(
    ("changes", "status", "code", "pointer"),
    [
        ({"name": "  "}, 422, "earning.rule_name_invalid", "/name"),
        ({"name": "x" * 121}, 422, "earning.rule_name_invalid", "/name"),
        ({"name": "a\0"}, 400, "json.nul", "/name"),
        ({"terms": COFFEE_TERMS | {"points": "0"}}, 422, "earning.rule_points_invalid", "/terms/points"),
        ({"terms": COFFEE_TERMS | {"points": "NaN"}}, 422, "earning.rule_points_invalid", "/terms/points"),
        ({"terms": COFFEE_TERMS | {"points": "1e999999"}}, 422, "earning.rule_points_invalid", "/terms/points"),
        ({"terms": COFFEE_TERMS | {"points": "0.0000001"}}, 422, "earning.rule_points_too_exact", "/terms/points"),
        ({"terms": COFFEE_TERMS | {"points": "1e-999999"}}, 422, "earning.rule_points_too_exact", "/terms/points"),
        ({"terms": COFFEE_TERMS | {"points": "many"}}, 400, "field.decimal", "/terms/points"),
        ({"terms": COFFEE_TERMS | {"per": 0}}, 422, "earning.rule_amount_invalid", "/terms/per"),
        ({"terms": COFFEE_TERMS | {"per": 10**18}}, 422, "earning.rule_amount_invalid", "/terms/per"),
        ({"terms": COFFEE_TERMS | {"per": 10**30}}, 400, "json.number_too_large", "/terms/per"),
        ({"terms": COFFEE_TERMS | {"currency": "EUR"}}, 422, "earning.rule_currency_invalid", "/terms/currency"),
        ({"terms": COFFEE_TERMS | {"rounding": "up"}}, 400, "field.choice", "/terms/rounding"),
        ({"terms": {"kind": "coffee"}}, 400, "field.choice", "/terms/kind"),
        ({"terms": {"kind": "multiplier"}}, 422, "earning.rule_factor_missing", "/terms/factor"),
        ({"terms": {"kind": "multiplier", "factor": "0"}}, 422, "earning.rule_factor_invalid", "/terms/factor"),
        ({"terms": {"kind": "product_points", "points": "1", "per": 1}}, 400, "field.unknown", "/terms/per"),
        ({"terms": COFFEE_TERMS | {"only": {"skus": [""]}}}, 422, "earning.selection_empty", "/terms/only/skus/0"),
        (within({"op": "eq", "field": "line.skus", "values": ["x"]}), 422, "earning.condition_field_unknown", f"{NODE}/field"),
        (within({"op": "eq", "field": "line.sku", "values": [5]}), 422, "earning.condition_text_needed", f"{NODE}/values/0"),
        (
            within({"op": "in", "field": "line.total", "values": [5, "x"]}),
            422,
            "earning.condition_number_needed",
            f"{NODE}/values/1",
        ),
        (within({"op": "contains", "field": "line.total", "values": [5]}), 422, "earning.condition_number_needed", f"{NODE}/op"),
        (within({"op": "eq", "field": "line.kind", "values": ["x"]}), 422, "earning.condition_value_unknown", f"{NODE}/values/0"),
        (within({"op": "eq", "field": "line.sku", "values": ["x", "y"]}), 422, "earning.condition_values_invalid", f"{NODE}/values"),
        (within({"op": "eq", "field": "purchase.day", "values": ["x"]}), 422, "earning.condition_day_invalid", f"{NODE}/values/0"),
        (within({"op": "in", "field": "line.sku", "values": ["x", "y" * 201]}), 422, "earning.text_too_long", f"{NODE}/values/1"),
        (within({"op": "and"}), 422, "earning.condition_parts_invalid", f"{NODE}/parts"),
        (within({"op": "not", "field": "line.sku", "parts": [LEAF]}), 422, "earning.condition_parts_invalid", f"{NODE}/field"),
        (within(LEAF | {"parts": [LEAF]}), 422, "earning.condition_joins_nothing", f"{NODE}/parts"),
        ({"scope": {"limits": [LIMIT, LIMIT]}}, 422, "earning.rule_too_many_limits", "/scope/limits/1"),
        ({"scope": {"limits": [LIMIT, LIMIT | {"of": "points", "most": 0}]}}, 422, "earning.rule_limit_invalid", "/scope/limits/1/most"),
        (
            {"scope": {"hours": [{"opens": 480, "closes": 540}, {"opens": 480, "closes": 480}]}},
            422,
            "earning.rule_hours_invalid",
            "/scope/hours/1",
        ),
        ({"scope": {"windows": [{"ends": LATER}, {}]}}, 422, "earning.rule_window_empty", "/scope/windows/1"),
        (
            {"scope": {"windows": [{"ends": LATER}, {"starts": LATER, "ends": LATER}]}},
            422,
            "earning.rule_window_invalid",
            "/scope/windows/1/ends",
        ),
        ({"scope": {"segments": {"none": ["a", " "]}}}, 422, "earning.selection_empty", "/scope/segments/none/1"),
        ({"scope": {"condition": {"op": "eval"}}}, 400, "field.choice", "/scope/condition/op"),
        (
            {"scope": {"condition": {"op": "eq", "field": "event.view_menu", "values": ["y"]}}},
            422,
            "earning.condition_field_unknown",
            "/scope/condition/field",
        ),
        ({"scope": {"zone": "Mars"}}, 422, "earning.rule_zone_invalid", "/scope/zone"),
        ({"scope": {"weekdays": [7]}}, 400, "field.out_of_range", "/scope/weekdays/0"),
        ({"scope": {"priority": 1001}}, 422, "earning.rule_priority_invalid", "/scope/priority"),
        ({"scope": {"minimum": 5, "maximum": 4}}, 422, "earning.rule_basket_impossible", "/scope/maximum"),
        ({"wallet": "coffee"}, 422, "earning.wallet_unknown", "/wallet"),
    ],
)
def test_wrong_input_is_answered_with_its_field(
    api: ApiClient, tenant: Tenant, changes: dict[str, Any], status: int, code: str, pointer: str
) -> None:
    assert refusal(api.post(RULES, COFFEE_RULE | changes)) == (status, code, pointer)
    assert rows("earning_rule", tenant, "id") == []


def test_each_kind_says_what_it_does_and_for_which_purchases(api: ApiClient) -> None:
    scope = {"priority": 5, "stops": True, "group": "tet", "minimum": 200_000}
    kinds = [
        {"kind": "product_points", "points": "100", "each": "line", "only": {"skus": ["CF-1"], "labels": [{"label": "hot"}]}},
        {"kind": "multiplier", "factor": "1.5", "by_level": [{"level": "gold", "factor": "2"}], "combine": "best"},
        COFFEE_TERMS | {"never": {"categories": ["Thuốc lá"]}, "delivery": False, "rewards": "gross"},
    ]
    said = [api.get(f"{RULES}/{api.post(RULES, {'name': 'x', 'terms': k, 'scope': scope}).json()['rule_id']}").json() for k in kinds]
    assert [one["sentence"] for one in said] == [
        "100 points for each matching line. Only SKU CF-1; label hot.",
        "Points per amount ×1.5. By level: gold ×2. Of several best multipliers the largest counts.",
        "1 point for each ₫10,000 spent, in proportion, rounded down. Not category Thuốc lá. Delivery does not count. "
        "Discounts are not taken off.",
    ]
    assert {one["scope_sentence"] for one in said} == {
        "Purchases of at least ₫200,000. Priority 5. After it no other rule of its kind and wallet counts. "
        "Only one rule of the group “tet” counts."
    }
    assert said[0]["scope"] | scope == said[0]["scope"]
    assert (said[0]["scope"]["maximum"], said[0]["scope"]["zone"]) == (None, "Asia/Ho_Chi_Minh")


def test_full_width_digits_are_read(api: ApiClient) -> None:
    assert api.get(f"{RULES}/{drafted(api, points='２.５')}").json()["terms"]["points"] == "2.5"


def test_a_change_must_be_a_change_of_something_there(api: ApiClient) -> None:
    assert refusal(api.patch(f"{RULES}/{uuid4()}", {"name": "x"}))[:2] == (404, "earning.rule_unknown")
    rule = f"{RULES}/{drafted(api)}"
    assert refusal(api.patch(rule, {"wallet": "coffee"})) == (400, "field.unknown", "/wallet")
    assert refusal(api.post(f"{rule}/activate", {"effective_at": "9999-12-31T23:59:59Z"})) == (400, "field.year", "/effective_at")
    assert refusal(api.post(f"{rule}/pause", {"reason": "x"})) == (400, "field.unknown", "/reason")


def test_a_rule_speaks_the_callers_language(api: ApiClient) -> None:
    rule = drafted(api)
    assert "₫10,000" in api.get(f"{RULES}/{rule}").json()["sentence"]
    assert "10.000" in api.speaking("vi").get(f"{RULES}/{rule}").json()["sentence"]


def test_every_operation_is_described_with_its_roles(api: ApiClient) -> None:
    document = api.send("GET", "/api/schema/", query={"format": "json"}).json()
    mine = {
        (path, method): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if "earning" in operation.get("tags", ())
    }
    assert {(PURCHASES, "post"), (RULES, "post"), (RULES, "get")} <= mine.keys()
    for (path, method), operation in mine.items():
        assert "Roles: Owner, Administrator" in operation["description"], path
        keyed = "Idempotency-Key" in {p["name"] for p in operation.get("parameters", ())}
        assert keyed == (method != "get" and not path.endswith("/try")), (path, method)
    record = mine[PURCHASES, "post"]
    assert {p["name"] for p in record["parameters"]} == {"Idempotency-Key", "dry_run"}
    roles = record["description"].partition("Roles: ")[2]
    assert "Seller" in roles
    assert "Marketer" not in roles
