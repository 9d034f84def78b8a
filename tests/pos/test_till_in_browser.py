"""The till in a real browser: from signing in to the new balance without a mouse, in three languages, for everybody, on any screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from loyalty.staff.models import User
from loyalty.tenancy.models import Tenant
from tests.customers.test_sign_in import last_code
from tests.pos.counter import Till
from tests.pos.given import a_customer
from tests.pos.keys import find, focused, open_first
from tests.support.people import PASSWORD

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("language", "amount"), [("vi", "250.000"), ("en", "250,000"), ("pl", "250\u00a0000")])
def test_from_signing_in_to_the_new_balance_by_keyboard(
    tenant: Tenant, seller_user: User, quiet_page: Callable[..., Any], language: str, amount: str
) -> None:
    till = Till(tenant, seller_user, language)
    page = quiet_page(language=language)
    page.goto("/till/")
    focused(page, "id_username")
    page.keyboard.type(seller_user.email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/till/LL-1/")
    assert page.get_attribute("html", "lang") == language
    open_first(page)
    assert page.url.endswith(till.at("till-customer", till.customer_id))
    page.keyboard.type("250000")
    assert page.locator("#id_amount").input_value() == amount
    expect(page.locator("#preview")).to_contain_text("+25")
    page.keyboard.press("Enter")
    page.locator("#done-title").wait_for()
    focused(page, "q")
    figures = page.locator(".till-done .stat-value")
    assert [figures.nth(n).inner_text().split()[0] for n in (0, 1)] == ["+25", "25"]
    expect(page.locator("#latest")).to_contain_text(amount)
    expect(page.locator("#said")).to_contain_text("25")
    assert page.url.endswith("/till/LL-1/")
    assert [row[1:] for row in till.sold()] == [(250_000, 25)]
    open_first(page)
    expect(page.locator(".till-customer .stat-value")).to_contain_text("25")


def test_arrow_keys_go_round_and_escape_goes_back_step_by_step(till: Till, at_the_till: Any) -> None:
    page = at_the_till
    for name in ("An", "Bình"):
        a_customer(till.tenant, first_name=name, last_name="Dương", phone=None)
    find(page, "duong")
    field = page.locator("#q")
    assert field.get_attribute("aria-expanded") == "true"
    seen = []
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp"):
        page.keyboard.press(key)
        seen.append(field.get_attribute("aria-activedescendant"))
    assert seen == ["hit-1", "hit-2", "hit-3", "hit-1", "hit-3"]
    assert page.locator("[aria-selected='true']").count() == 1
    page.keyboard.press("Escape")
    assert (field.input_value(), field.get_attribute("aria-expanded")) == ("", "false")
    assert page.locator("#hits").count() == 0
    open_first(page)
    page.keyboard.press("Escape")
    focused(page, "q")
    assert page.url.endswith("/till/LL-1/")


def test_enter_before_the_list_is_there_opens_a_single_match_and_marks_the_first_of_several(till: Till, at_the_till: Any) -> None:
    page = at_the_till
    focused(page, "q")
    page.keyboard.type("duong")
    page.keyboard.press("Enter")
    focused(page, "id_amount")
    page.wait_for_timeout(500)
    assert page.locator("#hits").count() == 0, "the search that waited for a pause does not come afterwards"
    a_customer(till.tenant, first_name="Đường", last_name="Lê", phone=None)
    page.keyboard.press("Escape")
    focused(page, "q")
    page.keyboard.type("duong")
    page.keyboard.press("Enter")
    page.locator("#hits [aria-selected='true']").wait_for()
    page.keyboard.press("Enter")
    focused(page, "id_amount")


def test_a_whole_phone_opens_at_once_and_an_enter_that_comes_late_does_no_harm(at_the_till: Any) -> None:
    page = at_the_till
    focused(page, "q")
    page.keyboard.type("0912345678")
    focused(page, "id_amount")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert page.locator(".field-error").count() == 0


def test_pressing_enter_twice_records_once(till: Till, at_the_till: Any) -> None:
    page = at_the_till
    open_first(page)
    page.keyboard.type("250000")
    page.evaluate("() => { const form = document.querySelector('.till-sale'); form.requestSubmit(); form.requestSubmit(); }")
    page.locator("#done-title").wait_for()
    page.wait_for_load_state("networkidle")
    assert len(till.sold()) == 1


def test_the_back_button_leads_to_a_new_form_and_records_nothing(till: Till, at_the_till: Any) -> None:
    page = at_the_till
    open_first(page)
    page.keyboard.type("250000")
    page.keyboard.press("Enter")
    page.locator("#done-title").wait_for()
    page.go_back()
    focused(page, "id_amount")
    assert page.locator("#id_amount").input_value() == ""
    expect(page.locator(".till-customer .stat-value")).to_contain_text("25")
    page.go_back()
    focused(page, "q")
    assert page.locator(".skip-link").count() == 1, "a whole page, once"
    assert len(till.sold()) == 1


def test_what_is_wrong_is_said_where_it_is_and_the_cursor_is_there(till: Till, at_the_till: Any) -> None:
    page = at_the_till
    open_first(page)
    page.get_by_role("button", name="Record purchase").click()
    error = page.locator("#id_amount_error")
    expect(error).to_have_text("Enter the amount.")
    focused(page, "id_amount")
    assert page.locator("#id_amount").get_attribute("aria-describedby") == "id_amount_error"
    page.keyboard.type("1000")
    page.keyboard.press("Tab")
    page.keyboard.type("TILL-1")
    page.keyboard.press("Enter")
    page.locator("#id_document_number_error").wait_for()
    focused(page, "id_document_number")
    assert page.locator("#id_amount").input_value() == "1,000"


@pytest.mark.parametrize(
    ("typed", "shown", "said"),
    [("12,5", "12,5", "have no decimals"), ("1e5", "1e5", "Enter an amount"), ("abc", "abc", "Enter an amount"),
     ("1234567", "1,234,567", "New balance"), ("12,500", "12,500", "New balance")],
)  # fmt: skip
def test_an_amount_is_never_made_another_than_was_typed(at_the_till: Any, typed: str, shown: str, said: str) -> None:
    open_first(at_the_till)
    at_the_till.keyboard.type(typed)
    expect(at_the_till.locator("#id_amount")).to_have_value(shown)
    expect(at_the_till.locator("#preview")).to_contain_text(said)


def test_digits_that_come_and_go_are_grouped_anew(at_the_till: Any) -> None:
    open_first(at_the_till)
    amount = at_the_till.locator("#id_amount")
    at_the_till.keyboard.type("12345")
    at_the_till.keyboard.press("Backspace")
    expect(amount).to_have_value("1,234")
    at_the_till.keyboard.press("Home")
    at_the_till.keyboard.type("9")
    expect(amount).to_have_value("91,234")


def test_everything_is_taken_back_only_when_asked_twice(till: Till, at_the_till: Any) -> None:
    open_first(at_the_till)
    at_the_till.keyboard.type("250000")
    at_the_till.keyboard.press("Enter")
    at_the_till.locator(".till-done").wait_for()
    at_the_till.locator(".till-latest .till-number").first.click()
    sure = at_the_till.get_by_role("button", name="Yes, take back everything")
    expect(sure).to_be_hidden()
    at_the_till.locator(".till-everything summary").click()
    sure.click()
    expect(at_the_till.locator("#counter")).to_contain_text("Taken back")


def test_a_minus_is_not_swallowed_and_what_follows_a_refusal_keeps_the_console_silent(till: Till, at_the_till: Any) -> None:
    open_first(at_the_till)
    at_the_till.keyboard.type("-5000")
    expect(at_the_till.locator("#id_amount")).to_have_value("-5,000")
    at_the_till.keyboard.press("Enter")
    expect(at_the_till.locator("#id_amount_error")).to_contain_text("Enter")
    at_the_till.locator("#id_amount").fill("250000")
    at_the_till.keyboard.press("Enter")
    at_the_till.locator(".till-done").wait_for()
    at_the_till.locator(".till-latest .till-number").first.click()
    at_the_till.locator(".till-void").wait_for()
    at_the_till.keyboard.press("F8")
    at_the_till.locator("#documents-title").wait_for()
    assert [points for _number, _total, points in till.sold()] == [25]


def test_somebody_new_is_enrolled_by_keyboard(till: Till, at_the_till: Any) -> None:
    page = at_the_till
    focused(page, "q")
    page.keyboard.type("0987654321")
    page.locator(".till-nobody").wait_for()
    page.keyboard.press("F2")
    focused(page, "id_last_name")
    assert page.locator("#id_phone").input_value() == "0987654321"
    page.keyboard.type("Trần")
    page.keyboard.press("Tab")
    page.keyboard.type("Bình")
    page.keyboard.press("Enter")
    focused(page, "id_code")
    page.keyboard.type(last_code(till.tenant))
    page.keyboard.press("Enter")
    focused(page, "id_amount")
    expect(page.locator("#who")).to_have_text("Trần Bình")
    assert "0987" not in page.url


def test_it_works_without_scripts(till: Till, quiet_page: Callable[..., Any]) -> None:
    page = quiet_page(till.seller, java_script_enabled=False)
    page.goto("/till/")
    page.get_by_role("combobox").fill("duong")
    page.get_by_role("button", name="Find").click()
    page.get_by_label("Amount").fill("250000")
    page.get_by_role("button", name="Record purchase").click()
    assert page.locator("#done-title").inner_text() == "Purchase recorded"
    assert page.locator(".till-done .stat-value").first.inner_text().startswith("+25")
    page.reload()
    assert len(till.sold()) == 1
    page.get_by_role("link", name="New customer").click()
    page.get_by_label("Phone").fill("0987654321")
    page.get_by_role("button", name="Add without a code").click()
    assert page.get_by_label("Amount").is_visible()


def test_a_session_that_ended_leads_to_the_sign_in_and_back(till: Till, at_the_till: Any) -> None:
    page = at_the_till
    page.context.clear_cookies()
    page.keyboard.type("duong")
    page.wait_for_url("**/login/?next=/till/LL-1/")
    page.get_by_label("Email").fill(till.seller.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/till/LL-1/")


def test_another_language_leaves_the_customer_at_the_counter(till: Till, at_the_till: Any) -> None:
    page = at_the_till
    open_first(page)
    there = till.at("till-customer", till.customer_id)
    page.wait_for_url(f"**{there}")
    page.get_by_label("Preferences and account").click()
    page.get_by_role("button", name="Polski").click()
    page.wait_for_url(f"**{there}")
    expect(page.locator("html")).to_have_attribute("lang", "pl")
    expect(page.locator("#counter")).to_contain_text("Nguyễn Văn Đường")
