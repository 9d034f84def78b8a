"""Every screen of the till in a real browser: everybody can use it, on a phone and at a desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.pos.counter import Till
from tests.pos.given import a_place, a_seller
from tests.pos.keys import find, focused, open_first

pytestmark = pytest.mark.browser
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], "resultTypes": ["violations"]}


def screens(page: Any, till: Till) -> Iterator[str]:
    """Every screen of the till, one after the other."""
    page.goto("/till/LL-1/")
    yield "waiting"
    find(page, "duong")
    page.keyboard.press("ArrowDown")
    yield "found"
    page.keyboard.press("Enter")
    focused(page, "id_amount")
    page.keyboard.type("250000")
    page.locator(".till-gain").wait_for()
    yield "sale"
    page.keyboard.press("Enter")
    page.locator("#done-title").wait_for()
    yield "done"
    page.keyboard.press("F4")
    page.get_by_role("heading", name="Sale without a customer").or_(page.locator(".till-nobody-mark")).first.wait_for()
    focused(page, "id_amount")
    yield "anonymous"
    page.locator(".till-also a[href$='/enter/']").click()
    focused(page, "id_customer")
    yield "enter"
    page.keyboard.press("F8")
    focused(page, "id_number")
    yield "documents"
    page.locator("#latest .till-number").first.click()
    page.locator("#document-title").wait_for()
    page.locator(".till-void > summary").click()
    page.locator(".till-lines input").first.fill("100000")
    page.locator("#return-preview .till-loss").wait_for()
    yield "document"
    page.locator(".till-lines input").first.press("Enter")
    page.locator("#counter .banner").first.wait_for()
    yield "returned"
    page.goto("/till/LL-1/")
    focused(page, "q")
    page.keyboard.type("nobody-at-all")
    page.locator(".till-nobody").wait_for()
    yield "nobody"
    page.keyboard.press("F2")
    focused(page, "id_phone")
    page.keyboard.press("Enter")
    page.locator("#id_phone_error").wait_for()
    yield "enrol"
    page.goto("/till/")
    yield "choose"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1366])
def test_everybody_can_use_it(till: Till, quiet_page: Callable[..., Any], width: int, scheme: str) -> None:
    a_seller(till.tenant, till.seller, till.pos_id, a_place(till.tenant, "BT-1", "Bến Thành"))
    page = quiet_page(till.seller, viewport={"width": width, "height": 768}, color_scheme=scheme, reduced_motion="reduce")
    for screen in screens(page, till):
        found = Axe().run(page, options=RULES)
        assert found.violations_count == 0, f"{screen}: {found.generate_report()}"


@pytest.mark.parametrize("language", ["vi", "en", "pl"])
def test_nothing_is_wider_than_a_small_phone(till: Till, quiet_page: Callable[..., Any], language: str) -> None:
    a_seller(till.tenant, till.seller, till.pos_id, a_place(till.tenant, "BT-1", "Bến Thành"))
    page = quiet_page(till.seller, language=language, viewport={"width": 320, "height": 640})
    for screen in screens(page, till):
        assert page.evaluate("document.documentElement.scrollWidth") == 320, screen


def test_at_a_desk_the_whole_purchase_is_seen_without_scrolling(till: Till, quiet_page: Callable[..., Any]) -> None:
    page = quiet_page(till.seller, viewport={"width": 1366, "height": 768})
    page.goto("/till/LL-1/")
    open_first(page)
    box = page.get_by_role("button", name="Record purchase").bounding_box()
    assert box["y"] + box["height"] <= 768
    sizes = page.evaluate("[...document.querySelectorAll('main *')].map(e => [parseFloat(getComputedStyle(e).fontSize), e.className])")
    largest = {name for size, name in sizes if size == max(sizes)[0]}
    assert largest == {"stat-value", "amount"}, "the balance is the largest thing on the screen"
