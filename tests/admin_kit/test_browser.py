"""The administration in a real browser: the policy breaks nothing, the bar moves, everybody can use it."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from loyalty.jobs.work import begin, progress
from loyalty.staff.tenants import role
from loyalty.tenancy import reading
from tests.support.people import PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture
def complaints():
    """What the browser's console says about a page: `complaints(page)` begins to listen and answers with the list."""

    def listen(page):
        said = []
        page.on("console", lambda m: said.append(m.text) if m.type == "error" and "422" not in m.text else None)
        page.on("pageerror", lambda e: said.append(str(e)))
        return said

    return listen


def test_an_administrator_signs_in_and_adds_a_seller(page, tenant, admin_user, complaints):
    said = complaints(page)
    page.goto("/admin/staff/user/add-member/")
    page.get_by_label("Email").fill(admin_user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Email").fill("moi@example.com")
    page.get_by_role("button", name="Add", exact=True).click()
    assert page.get_by_role("alert").inner_text() == "The information entered is not correct."
    name = page.get_by_label("Name")
    assert name.get_attribute("aria-invalid") == "true"
    assert page.locator("#id_display_name_error").inner_text() == "This field is required."
    assert page.get_by_label("Email").input_value() == "moi@example.com"
    name.fill("Trần Mới")
    with reading(tenant.id):
        page.get_by_label("Role").select_option(label=role("seller").name)
    page.get_by_label("Password").fill("a fresh long secret")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_text("Trần Mới is added.").wait_for()
    assert page.get_by_role("link", name="Trần Mới").count() == 1
    assert said == []


def test_the_bar_moves_by_itself_and_stops_asking(open_page, tenant, admin_user, complaints):
    run_id = begin(tenant.id, "toy", "Purchases", "system")
    page = open_page(admin_user)
    said = complaints(page)
    with progress(tenant.id, run_id) as work:
        work.expect(200)
        page.goto(f"/admin/jobs/jobrun/{run_id}/change/")
        assert page.locator("#job-bar").get_attribute("value") == "0"
        work.done = 50
        work.tell()
        page.locator('#job-bar[value="50"]').wait_for(timeout=5000)
    page.locator('#job-progress[data-state="done"]').wait_for(timeout=5000)
    assert page.locator("#job-progress[hx-trigger]").count() == 0
    assert said == []


PAGES = ["/admin/", "/admin/staff/user/", "/admin/staff/user/add-member/", "/admin/staff/role/add-role/"]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("url", PAGES)
def test_everybody_can_use_it(open_page, admin_user, url, theme):
    page = open_page(admin_user, color_scheme=theme)
    page.goto(url)
    page.wait_for_load_state("networkidle")
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa"], "resultTypes": ["violations"]})
    assert [(v["id"], [n["html"][:150] for n in v["nodes"]]) for v in found.response["violations"]] == []


def test_a_narrow_screen_shows_everything(open_page, admin_user):
    page = open_page(admin_user, viewport={"width": 390, "height": 844})
    for url in PAGES:
        page.goto(url)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), url


def test_the_language_is_switched_from_the_page(open_page, admin_user):
    page = open_page(admin_user, language="en")
    page.goto("/admin/")
    page.get_by_text(admin_user.email).click()
    page.get_by_role("button", name="Polski").click()
    page.locator('html[lang="pl"]').wait_for()
