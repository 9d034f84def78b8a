"""What a list says when it is empty, how many rows it counts, and where its figures stand."""

from __future__ import annotations

import re

import pytest

from tests.pos.given import a_customer
from tests.support.client import visitor
from tests.support.pages import text_of

BOXES, JOBS = "/admin/toy/boxrow/", "/admin/jobs/jobrun/"


@pytest.mark.parametrize(
    ("language", "nothing", "what"),
    [
        ("en", "Nothing is here yet.", "Imports and other work that takes a while stand here"),
        ("vi", "Chưa có gì ở đây.", "Việc nhập dữ liệu và các việc lâu khác sẽ có ở đây"),
        ("pl", "Jeszcze nic tu nie ma.", "Tu widać importy i inne dłuższe zadania"),
    ],
)
def test_an_empty_list_says_what_fills_it(tenant, admin_user, language, nothing, what):
    said = text_of(visitor(tenant, admin_user, language).get(JOBS))
    assert nothing in said
    assert what in said


def test_an_empty_list_offers_what_can_be_done(admin_site):
    page = admin_site.get(BOXES).content.decode()
    assert page.count(f'href="{BOXES}open/"') == 2


def test_a_search_without_a_match_says_so_and_leads_back(admin_site, tenant, put_box):
    put_box(tenant, "blue")
    page = admin_site.get(BOXES, {"q": "green"})
    assert "Nothing matches. Check the spelling, or search for something else. Show everything" in text_of(page)
    assert "Nothing is here yet." not in text_of(page)


@pytest.mark.parametrize(("language", "count"), [("en", "1,234 results"), ("vi", "1.234 kết quả"), ("pl", "1\u00a0234 wyniki")])
def test_the_number_of_rows_is_grouped(tenant, admin_user, monkeypatch, language, count):
    monkeypatch.setattr("loyalty.admin.read_model.CappedPaginator.count", 1234)
    assert (
        count in text_of(visitor(tenant, admin_user, language).get(BOXES))
        or count in visitor(tenant, admin_user, language).get(BOXES).content.decode()
    )


def test_columns_of_figures_stand_at_the_right(admin_site):
    page = admin_site.get("/admin/earning/purchase/").content.decode()
    assert 'data-figures="total_shown points_shown" data-unbroken="number_in_list when state_shown"' in page


def test_filters_open_by_a_button(admin_site):
    assert re.search(
        r'<button type="button" class="kit-filters[^>]*aria-controls="changelist-filter"', admin_site.get(JOBS).content.decode()
    )


@pytest.mark.browser
def test_figures_stand_below_each_other_in_a_browser(open_page, tenant, admin_user):
    a_customer(tenant)
    page = open_page(admin_user, viewport={"width": 1366, "height": 800})
    page.goto("/admin/customers/customer/")
    look = "(cell) => getComputedStyle(cell).textAlign + ' ' + getComputedStyle(cell).fontVariantNumeric"
    assert page.locator("td.field-total").evaluate(look) == "end tabular-nums"
    assert page.locator("th.column-total > div").evaluate("(head) => getComputedStyle(head).justifyContent") == "flex-end"


NUL_FILTERS = [
    "earning/rule/?state",
    "earning/purchase/?state__exact",
    "customers/customer/?state",
    "customers/customer/?gender__exact",
    "jobs/jobrun/?state__exact",
    "loyalty_messages/message/?state__exact",
]


@pytest.mark.parametrize("asked", NUL_FILTERS)
def test_a_filter_that_no_text_can_match_leads_back_to_the_whole_list(admin_site, asked):
    answer = admin_site.get(f"/admin/{asked}=a%00")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/admin/{asked.partition('?')[0]}?e=1")


def test_an_export_by_such_a_filter_leads_back_to_the_list(admin_site):
    answer = admin_site.get("/admin/earning/purchase/export/?state__exact=%00")
    assert (answer.status_code, answer.headers["Location"]) == (302, "../")
