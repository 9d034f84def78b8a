"""The house style in a real browser: it reads, fits, obeys the keyboard and the strict policy, and loads fast."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser

PHOTOGRAPHS = Path(__file__).resolve().parents[2] / ".local" / "photographs"
WIDTHS = {"phone": 390, "desk": 1366}
PAGES = {"styleguide": "/styleguide/?at=rest", "sign-in": "/login/", "nothing": "/there-is-nothing/"}
FIRST_LOAD = 150 * 1024


@pytest.fixture
def quiet_page(open_page: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    """Opens pages like `open_page`; at the end nothing may have been written to the console."""
    said: list[str] = []

    def make(**options: Any) -> Any:
        page = open_page(**options)
        page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        return page

    yield make
    assert [line for line in said if "status of 404" not in line] == []


def weight(answer: Any) -> int:
    """Bytes on the line: fonts as they are, text packed as the server in front of it packs."""
    body = answer.body()
    return len(body) if answer.request.resource_type == "font" else len(gzip.compress(body, 6))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_everybody_can_use_it(name: str, width: str, scheme: str, quiet_page: Callable[..., Any]) -> None:
    page = quiet_page(viewport={"width": WIDTHS[width], "height": 844}, color_scheme=scheme, reduced_motion="reduce")
    page.goto(PAGES[name], wait_until="networkidle")
    found = Axe().run(
        page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], "resultTypes": ["violations"]}
    )
    PHOTOGRAPHS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PHOTOGRAPHS / f"{name}-{width}-{scheme}.png", full_page=True)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("language", ["vi", "en", "pl"])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_wider_than_a_small_phone(name: str, language: str, quiet_page: Callable[..., Any]) -> None:
    page = quiet_page(language=language, viewport={"width": 320, "height": 640})
    page.goto(PAGES[name], wait_until="networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_the_policy_is_strict(quiet_page: Callable[..., Any]) -> None:
    page = quiet_page()
    answer = page.goto("/styleguide/", wait_until="networkidle")
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert re.search(r"script-src 'self'(;|$)", policy)
    assert page.evaluate("[typeof htmx, typeof house]") == ["object", "object"], "both scripts run under it"


def test_alpine_works_under_the_policy(quiet_page: Callable[..., Any]) -> None:
    page = quiet_page()
    page.goto("/styleguide/")
    page.evaluate(
        """() => {
          const part = document.createElement("div");
          part.innerHTML = `<div x-data="{ open: false }"><button type="button" x-on:click="open = !open">More of it</button>
            <p x-show="open" x-cloak>All of it</p></div>`;
          document.querySelector("main").prepend(part);
        }"""
    )
    page.add_script_tag(url="/static/vendor/js/alpine-csp.min.js")
    assert page.get_by_text("All of it").is_hidden()
    page.get_by_role("button", name="More of it").click()
    page.get_by_text("All of it").wait_for(state="visible")


def test_the_first_key_leads_to_the_content(quiet_page: Callable[..., Any]) -> None:
    page = quiet_page()
    page.goto("/styleguide/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_sheet_takes_the_focus_and_gives_it_back(quiet_page: Callable[..., Any]) -> None:
    page = quiet_page()
    page.goto("/styleguide/")
    opener = page.get_by_role("button", name="Open a sheet")
    opener.focus()
    page.keyboard.press("Enter")
    sheet = page.get_by_role("dialog", name="Undo this purchase?")
    assert sheet.is_visible()
    assert page.evaluate("document.activeElement.closest('dialog') !== null")
    page.evaluate("house.toast('Said above the sheet', 'positive')")
    assert sheet.get_by_text("Said above the sheet").is_visible()
    page.keyboard.press("Escape")
    assert sheet.is_hidden()
    assert page.locator("#toasts").get_by_text("Said above the sheet").is_visible(), "it outlives the sheet"
    assert opener.evaluate("button => button === document.activeElement")


def test_digits_are_grouped_while_they_are_typed(quiet_page: Callable[..., Any]) -> None:
    page = quiet_page(language="vi")
    page.goto("/styleguide/")
    amount = page.locator("#amount_amount")
    assert amount.input_value() == "250.000"
    amount.fill("")
    amount.press_sequentially("1234567")
    assert amount.input_value() == "1.234.567"
    amount.press("ArrowLeft")
    amount.press("Backspace")
    assert amount.input_value() == "123.457", "the caret stays beside the digit that it was beside"
    page.locator("[data-key='000']").click()
    page.locator("[data-key='back']").click()
    assert amount.input_value() == "12.345.700"
    page.locator("[data-amount-value='100000']").click()
    assert amount.input_value() == "100.000"


def test_keys_reach_what_they_name_but_not_from_within_a_text(quiet_page: Callable[..., Any]) -> None:
    page = quiet_page()
    page.goto("/styleguide/")
    page.keyboard.press("/")
    search = page.locator("#find")
    assert search.evaluate("field => field === document.activeElement")
    page.keyboard.type("a/b")
    assert search.input_value() == "a/b"


def test_a_message_of_the_server_is_shown_and_goes_by_itself_unless_it_is_bad_news(quiet_page: Callable[..., Any]) -> None:
    page = quiet_page()
    page.clock.install()
    page.goto("/styleguide/")
    say = "([text, kind]) => document.body.dispatchEvent(new CustomEvent('toast', {bubbles: true, detail: {text, kind}}))"
    page.evaluate(say, ["Recorded", "positive"])
    page.evaluate(say, ["<b>Refused</b>", "negative"])
    region = page.locator("#toasts")
    assert region.get_by_text("Recorded").is_visible()
    page.clock.run_for(7000)
    assert region.get_by_text("Recorded").count() == 0
    bad = region.get_by_text("<b>Refused</b>", exact=True)
    assert bad.is_visible(), "markup is shown as it is"
    region.get_by_role("button", name="Dismiss").click()
    assert bad.count() == 0


def test_the_reader_chooses_light_or_dark_for_good(quiet_page: Callable[..., Any]) -> None:
    page = quiet_page(color_scheme="light")
    page.goto("/styleguide/")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_label("Preferences and account").click()
    page.get_by_role("button", name="Dark").click()
    dark = page.evaluate(ground)
    assert dark != light
    page.reload()
    assert page.evaluate(ground) == dark
    assert page.get_attribute("html", "data-theme") == "dark"


def test_the_reader_changes_the_language_and_stays_on_the_page(quiet_page: Callable[..., Any]) -> None:
    page = quiet_page(language="en")
    page.goto("/login/?next=/till/")
    page.get_by_label("Preferences and account").click()
    page.get_by_role("button", name="Tiếng Việt").click()
    page.wait_for_load_state("networkidle")
    assert page.get_attribute("html", "lang") == "vi"
    assert page.url.endswith("/login/?next=/till/")


def test_digits_are_of_one_width(quiet_page: Callable[..., Any]) -> None:
    page = quiet_page()
    page.goto("/styleguide/", wait_until="networkidle")
    widths = page.evaluate(
        """async () => {
          await document.fonts.ready;
          const line = document.createElement("span");
          line.className = "figures";
          document.querySelector("main").append(line);
          const all = [];
          for (const weight of [400, 600, 700]) {
            await document.fonts.load(`${weight} 16px "House Figures"`, "0");
            line.setAttribute("class", "figures");
            line.style.setProperty("font-weight", weight);
            for (const digit of "0123456789") {
              line.textContent = digit.repeat(50);
              all.push([weight, line.getBoundingClientRect().width]);
            }
          }
          return all;
        }"""
    )
    for weight in (400, 600, 700):
        assert len({round(width, 1) for of, width in widths if of == weight}) == 1, weight


def test_motion_stops_for_those_who_ask_for_it(quiet_page: Callable[..., Any]) -> None:
    page = quiet_page(reduced_motion="reduce")
    page.goto("/styleguide/")
    moving = page.evaluate("document.getAnimations().filter(a => a.effect.getComputedTiming().duration > 1).length")
    assert moving == 0


@pytest.mark.parametrize("name", ["styleguide", "sign-in"])
def test_the_first_visit_in_vietnamese_is_light(name: str, quiet_page: Callable[..., Any]) -> None:
    page = quiet_page(language="vi")
    answers: list[Any] = []
    page.on("response", lambda answer: answers.insert(0, answer))
    page.goto(PAGES[name], wait_until="networkidle")
    if name == "styleguide":
        page.add_script_tag(url="/static/vendor/js/alpine-csp.min.js")
        page.wait_for_load_state("networkidle")
    # The page of components also shows Polish names, which a Vietnamese page does not.
    weights = {answer.url: weight(answer) for answer in answers if "latin-ext" not in answer.url}
    kinds = {answer.request.resource_type for answer in answers}
    assert kinds >= {"document", "stylesheet", "script", "font"}, kinds
    assert sum(weights.values()) <= FIRST_LOAD, weights
