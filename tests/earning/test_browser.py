"""Transactions, accounts and rules in a real browser: everybody can read and use them, on wide and narrow screens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from earning import queries
from earning.domain.personal import ATTRIBUTE
from earning.forms.rules.conditions import NAMED
from earning.models import Rule
from loyalty.staff.models import User
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.shops import Shops
from tests.pos.given import say, sold

pytestmark = pytest.mark.browser
NARROW, WIDE = {"width": 390, "height": 844}, {"width": 1366, "height": 900}


@pytest.fixture
def pages(tenant: Tenant, shops: Shops) -> list[str]:
    """Every page of earning, with a purchase that came back in part."""
    now = datetime.now(UTC)
    bought = sold(tenant, shops.tech, shops.store, "HD-2026-0000000017", 250_000, now - timedelta(minutes=5), shops.customer)
    sold(tenant, shops.tech, shops.store, "HD-18", 5_000, now - timedelta(minutes=4))
    with reading(tenant.id):
        back = queries.goods_return(bought, document_number="R-1", returned_at=now - timedelta(minutes=1))
        account, rule = queries.account(shops.customer).account_id, Rule.objects.get().id
    again = sold(tenant, shops.tech, shops.store, "HD-19", 90_000, now - timedelta(minutes=3), shops.customer)
    say(tenant, back)
    rows = [f"purchase/{bought}/change", f"purchase/{again}/take-back", f"purchase/{again}/take-back-lines", f"account/{account}/change"]
    rows += [
        f"rule/{rule}/change",
        f"rule/{rule}/edit",
        f"rule/{rule}/pause",
        "rule/add-rule",
        "purchase",
        "account",
        "rule",
        "account/trial-balance",
        "levelset/add-set",
    ]
    return [f"/admin/earning/{row}/" for row in rows] + [f"/admin/customers/customer/{shops.customer}/change/"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everybody_can_use_them(open_page: Callable[..., Any], admin_user: User, pages: list[str], theme: str) -> None:
    page = open_page(admin_user, color_scheme=theme, viewport=WIDE)
    said: list[str] = []
    page.on("console", lambda m: said.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: said.append(str(e)))
    for url in pages:
        page.goto(url)
        page.wait_for_load_state("networkidle")
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa"], "resultTypes": ["violations"]})
        assert [(v["id"], [n["html"][:150] for n in v["nodes"]]) for v in found.response["violations"]] == [], url
    assert said == []


def test_a_level_set_is_asked_for_no_more_than_its_choices_need(open_page: Callable[..., Any], admin_user: User) -> None:
    page = open_page(admin_user, viewport=WIDE)
    page.goto("/admin/earning/levelset/add-set/")
    for chooser, choices in {
        "kind_1": {"points": [], "amount": ["with_delivery_1", "excluded_skus_1"], "visits": ["excluded_skus_1"]},
        "window_1": {"rolling_months": ["months_1"], "lifetime": []},
        "downgrade": {"after_days": ["downgrade_days", "reset"], "period_end": ["reset"], "never": []},
    }.items():
        asked = {name for names in choices.values() for name in names}
        for choice, expected in choices.items():
            page.select_option(f"[name={chooser}]", choice)
            assert {name for name in asked if page.locator(f"[data-field={name}]").is_visible()} == set(expected), (chooser, choice)


def test_a_condition_asks_for_a_name_where_its_field_has_one(open_page: Callable[..., Any], admin_user: User) -> None:
    page = open_page(admin_user, viewport=WIDE)
    page.goto("/admin/earning/rule/add-rule/")
    page.locator("details", has=page.locator("[name=conditions_0_field]")).locator("summary").click()
    for field in ["purchase.total", *(NAMED.keys() - {ATTRIBUTE}), "customer.level"]:
        page.select_option("[name=conditions_0_field]", field)
        assert page.locator("[name=conditions_0_label]").is_visible() == (field in NAMED), field


@pytest.mark.parametrize("language", ["vi", "en", "pl"])
def test_a_narrow_screen_shows_everything(open_page: Callable[..., Any], admin_user: User, pages: list[str], language: str) -> None:
    page = open_page(admin_user, viewport=NARROW, language=language)
    for url in pages:
        page.goto(url)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), url


def test_a_time_is_chosen_and_taken_back_at(open_page: Callable[..., Any], admin_user: User, tenant: Tenant, pages: list[str]) -> None:
    page = open_page(admin_user, viewport=WIDE)
    page.goto(next(url for url in pages if "take-back-lines" in url))
    page.get_by_label("1. Goods").fill("10.000")
    at = datetime.now(tenant.zone) - timedelta(minutes=2)
    page.get_by_label("When").fill(at.strftime("%Y-%m-%dT%H:%M"))
    page.get_by_role("button", name="Take back").click()
    page.get_by_text("Goods worth ₫10,000 came back from HD-19").wait_for()
    assert page.locator("#returns ~ div", has_text="line 1: ₫10,000").count() == 1
