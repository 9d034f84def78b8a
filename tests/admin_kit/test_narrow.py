"""Words are longer in other languages: the page of a row fits a narrow screen in each."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["vi", "en", "pl"])
def test_all_buttons_of_a_row_stand_on_a_narrow_screen(open_page, admin_user, language):
    page = open_page(admin_user, viewport={"width": 390, "height": 844}, language=language)
    page.goto(f"/admin/staff/user/{admin_user.pk}/change/")
    buttons = page.locator("#header-inner a:visible").all()
    assert len(buttons) >= 2
    for box in [button.bounding_box() for button in buttons]:
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        assert box["height"] < 50, "a button of one line"
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
