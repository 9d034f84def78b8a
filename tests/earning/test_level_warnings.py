"""What looks wrong about level sets and their changes: told before they are saved, and when they are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from earning.domain.levels.downgrading import Downgrade
from earning.domain.levels.grants import Fee
from earning.domain.levels.measures import Measure
from earning.domain.levels.terms import Benefits, LevelTerms
from earning.domain.levels.warnings import warnings_of, warnings_of_change, warnings_of_stop
from loyalty.tenancy.models import Tenant
from tests.earning.levels_given import level, terms
from tests.earning.shops import CUSTOMERS, Shops
from tests.earning.test_admin import text_of
from tests.earning.test_levels_screens import API, LEVELS, SETS, level_id
from tests.support.client import ApiClient
from tests.support.pages import form_of

MEMBER, SILVER, GOLD = level("member", 0), level("silver", 20), level("gold", 200)
POINTS, MONEY = Measure(kind="points"), Measure(kind="amount")


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (terms(MEMBER, SILVER, GOLD), []),
        (terms(MEMBER, level("vip", None)), [("by_hand_only", ["vip"])]),
        (terms(MEMBER, level("vip", None, fee=Fee(sku="VIP", months=1))), []),
        (terms(level("a", 1, benefits=Benefits(discount=5)), level("b", 2)), [("brings_less", ["b", "a"])]),
        (terms(level("a", 1, benefits=Benefits(multiplier=Decimal(2))), level("b", 2, benefits=Benefits(multiplier=Decimal(2)))), []),
        (terms(level("a", 1, benefits=Benefits(free_delivery=True)), level("vip", None, fee=Fee(sku="V", days=1))), []),
        (terms(GOLD, downgrade=Downgrade(one_step=True)), [("losses_unused", [])]),
        (terms(GOLD, downgrade=Downgrade(reset="points", when="period_end")), []),
        (terms(GOLD, measures=(Measure(kind="points", months=3),)), [("months_unused", [])]),
        (terms(GOLD, measures=(Measure(kind="visits", with_delivery=True),)), [("delivery_unused", [])]),
    ],
)
def test_a_set_is_looked_at_as_it_stands(said: LevelTerms, found: list[Any]) -> None:
    assert [(one.code, [level.code for level in one.levels]) for one in warnings_of(said)] == found


YEARLY = Downgrade(when="period_end")


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (terms(MEMBER, SILVER, GOLD), terms(MEMBER, level("silver", 30), GOLD), []),
        (terms(MEMBER, SILVER, GOLD), terms(MEMBER, GOLD, level("silver", 5000)), [("order_changed", 0)]),
        (terms(MEMBER, SILVER, GOLD), terms(MEMBER, level("iron", 1), SILVER, GOLD), []),
        (terms(MEMBER, SILVER, GOLD), terms(MEMBER, GOLD), [("level_goes", 7)]),
        (terms(MEMBER, SILVER, GOLD), terms(MEMBER, SILVER), []),
        (terms(MEMBER, SILVER), terms(SILVER), [("level_for_all_goes", 0)]),
        (terms(SILVER, downgrade=YEARLY), terms(level("silver", 21), downgrade=YEARLY), [("asks_more", 7)]),
        (terms(SILVER, downgrade=YEARLY), terms(level("silver", 19), downgrade=YEARLY), []),
        (terms(SILVER, GOLD), terms(SILVER, GOLD, measures=(MONEY,)), [("counts_otherwise", 0)]),
        (terms(MEMBER), terms(MEMBER, measures=(MONEY,)), []),
        (terms(SILVER), terms(level("silver", 20_000), measures=(MONEY,)), []),
    ],
)
def test_a_change_is_looked_at_beside_what_was(before: LevelTerms, after: LevelTerms, found: list[Any]) -> None:
    told = warnings_of_change(before, after, {"silver": 7, "": 7})
    assert [(one.code, one.customers) for one in told] == found


def test_a_set_that_nobody_has_a_level_of_stops_without_a_word() -> None:
    assert list(warnings_of_stop({"": 0})) == []


def test_a_mistyped_threshold_and_a_level_that_customers_have_are_warned_of_before_and_after(
    tenant: Tenant, api: ApiClient, admin_site: Any, shops: Shops
) -> None:
    made = api.post(f"{API}/ready-made", {"starter": "classic"}).json()
    assert made["warnings"] == []
    it = f"{API}/{made['set_id']}"
    api.post(f"{it}/activate")
    gift = {"level": "silver", "ends_at": (datetime.now(UTC) + timedelta(days=9)).isoformat(), "reason": "A prize"}
    api.post(f"{CUSTOMERS}/{shops.customer}/levels", gift)
    shown = api.get(it).json()
    kept = {name: shown[name] for name in ("name", "measures", "match", "downgrade", "texts")}
    without = kept | {"levels": [one for one in shown["levels"] if one["code"] != "silver"]}
    tried = api.put(f"{it}?dry_run=true", without).json()["warnings"]
    assert [(one["code"], one["levels"], one["customers"]) for one in tried] == [("level_goes", ["silver"], 1)]
    assert tried[0]["message"].startswith("1 customer has the level “Silver”, which goes.")
    assert [one["code"] for one in api.post(f"{it}/deactivate?dry_run=true").json()["warnings"]] == ["set_stops"]

    bronze, silver = (f"{LEVELS}{level_id(tenant, code)}" for code in ("bronze", "silver"))
    assert "1 customer has the level “Silver”, which goes." in text_of(admin_site.get(f"{silver}/remove/"))
    told = form_of(admin_site.get(f"{bronze}/edit/")) | {"threshold_1": ["5000"]}
    order = "The order of the levels becomes Member, Silver, Gold, Bronze; until now it is Member, Bronze, Silver, Gold."
    assert order in text_of(admin_site.post(f"{bronze}/edit/", told, headers={"HX-Request": "true"}))
    saved = text_of(admin_site.post(f"{bronze}/edit/", told, follow=True))
    assert f"Look at this: {order}" in saved
    page = text_of(admin_site.get(f"{SETS}{made['set_id']}/change/"))
    assert "The level “Bronze” brings less than “Gold” below it." in page
