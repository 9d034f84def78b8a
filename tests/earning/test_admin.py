"""Transactions, points accounts and rules in the administration: lists, pages, forms, what they confirm and refuse."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from earning import queries
from earning.models import Purchase, Rule
from loyalty.staff.models import Role, User
from loyalty.staff.tenants import add_user
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.admin_kit.test_export import rows_of
from tests.earning.given import line
from tests.earning.shops import Shops
from tests.pos.given import a_customer, a_seller
from tests.support.client import visitor
from tests.support.pages import field_of, text_of
from tests.support.people import PASSWORD

SALES, ACCOUNTS, RULES = (f"/admin/earning/{part}/" for part in ("purchase", "account", "rule"))
PEOPLE = "/admin/customers/customer/"


def purchase(tenant: Tenant, purchase_id: UUID) -> Purchase:
    with reading(tenant.id):
        return Purchase.objects.get(id=purchase_id)


# -- transactions -------------------------------------------------------------------------------


def test_the_list_has_its_columns_and_finds_by_document_and_customer(
    tenant: Tenant, admin_site: Any, sold: Callable[..., UUID], shops: Shops
) -> None:
    sold("HD-17")
    lan = a_customer(tenant, "Lan", "Trần", phone="+84987654321")
    sold("HD-18", line(5_000), customer_id=lan, store=True)
    sold("HD-19", customer_id=None)
    sold("LONG" * 16, customer_id=None)
    page = admin_site.get(SALES)
    assert f'title="{"LONG" * 16}"' in page.content.decode(), "cut where the list shows it, and whole below the mouse"
    said = text_of(page)
    columns = ("Document", "Purchased", "Customer", "Point of sale", "Total", "Points", "State")
    cells = ("HD-17", "Nguyễn Thị Đường", "Trần Lan", "Lê Lợi Cà phê Sáng", "Hàng Bài Điện Máy", "₫120,000", " 12 ", "Recorded")
    for shown in (*columns, *cells):
        assert shown in said, shown
    for typed, found, hidden in (
        ("hd-17", "HD-17", "HD-18"), ("ＨＤ－17", "HD-17", "HD-18"), ("tran lan", "HD-18", "HD-17"), ("0912345678", "HD-17", "HD-18"),
        ("lon", "LONG", "HD-18"),
    ):  # fmt: skip
        said = text_of(admin_site.get(SALES, {"q": typed}))
        assert found in said, typed
        assert hidden not in said, typed
    assert "HD-17" not in text_of(admin_site.get(SALES, {"q": "nobody"}))
    for strange in ("a\0b", "x" * 3000, "%' or 1=1 --", "\ud800".encode("utf-8", "surrogatepass")):
        assert admin_site.get(SALES, {"q": strange}).status_code in {200, 302}


def test_the_list_is_narrowed_and_sorted(tenant: Tenant, admin_site: Any, sold: Callable[..., UUID], shops: Shops) -> None:
    sold("HD-1")
    sold("HD-2", line(250_000), store=True)
    sold("HD-3", customer_id=None, pos_id=None)
    for narrowed, found, hidden in (
        ({"merchant": str(shops.tech)}, "HD-2", "HD-1"),
        ({"pos": str(shops.corner)}, "HD-1", "HD-2"),
        ({"matched": "no"}, "HD-3", "HD-1"),
        ({"customer": str(shops.customer)}, "HD-1", "HD-3"),
        ({"state__exact": "recorded"}, "HD-1", "HD-9"),
    ):
        said = text_of(admin_site.get(SALES, narrowed))
        assert found in said, narrowed
        assert hidden not in said, narrowed
    assert "HD-1" not in text_of(admin_site.get(SALES, {"customer": "x"}))
    for order in range(1, 8):
        assert admin_site.get(SALES, {"o": f"-{order}"}).status_code == 200
    said = text_of(admin_site.get(SALES, {"o": "-5"}))
    assert said.index("HD-2") < said.index("HD-1")


def test_a_purchase_says_what_was_bought_and_why_it_brought_its_points(
    tenant: Tenant, admin_site: Any, sold: Callable[..., UUID], shops: Shops
) -> None:
    page = admin_site.get(f"{SALES}{sold('HD-17', labels={'table': '5'}, payment_method='card')}/change/")
    assert page.status_code == 200
    assert "Thẻ" in text_of(admin_site.get(page.request["PATH_INFO"], headers={"Accept-Language": "vi"}))
    said = text_of(page)
    (taken_away,) = rows_of(admin_site.get(f"{SALES}export/"))[1:]
    assert "Card" in taken_away
    bought = ("HD-17", "Cà phê sữa", "CF-1", "Bánh mì", "₫90,000", "₫120,000", "table: 5", "Card", "System")
    why = ("Một điểm mỗi 10.000 ₫, version 1", "1 point for each ₫10,000 spent, in proportion, rounded down.", "+12")
    for shown in (*bought, "Why these points", *why):
        assert shown in said, shown
    assert re.search(r"Một điểm mỗi 10.000 ₫, version 1 System, \d+ \w+ \d{4}, \d+:\d\d", said), "who made the rule's version, and when"
    assert "('recorded'" not in said
    assert f"{PEOPLE}{shops.customer}/change/" in page.content.decode()
    assert "Account: 12 points" in said
    nobody = text_of(admin_site.get(f"{SALES}{sold('HD-18', customer_id=None)}/change/"))
    assert "No customer was named, so nobody earned points." in nobody


def test_everything_is_taken_back(tenant: Tenant, admin_site: Any, sold: Callable[..., UUID]) -> None:
    bought = sold("HD-17")
    where = f"{SALES}{bought}/take-back/"
    form = admin_site.get(where)
    assert "Goods worth ₫120,000 come back, and 12 points with them." in text_of(form)
    assert 'value="HD-17-R1"' in field_of(form, "document_number")
    given = {"document_number": "HD-17-R1", "pos_id": str(purchase(tenant, bought).pos_id)}
    done = admin_site.post(where, given, follow=True)
    said = text_of(done)
    assert "Goods worth ₫120,000 came back from HD-17, and 12 points with them." in said
    for shown in ("Returned", "HD-17-R1", "line 1: 2", "line 2: 1", f"{chr(0x2212)}12"):
        assert shown in said, shown
    assert (purchase(tenant, bought).state, purchase(tenant, bought).points) == ("returned", 0)
    assert admin_site.get(where).status_code == admin_site.post(where, given).status_code == 404


def test_some_lines_are_taken_back(tenant: Tenant, admin_site: Any, sold: Callable[..., UUID]) -> None:
    bought = sold("HD-17", line(90_000, 2, name="Cà phê sữa"), line(30_000))
    where, here = f"{SALES}{bought}/take-back-lines/", {"pos_id": str(purchase(tenant, bought).pos_id)}
    form = admin_site.get(where)
    assert "1. Cà phê sữa" in field_of(form, "line_1")
    assert "2 left" in field_of(form, "line_1")
    assert "₫30,000 left" in field_of(form, "line_2")
    assert "at least one line" in text_of(admin_site.post(where, here | {"document_number": "R-1"}))
    too_much = admin_site.post(where, here | {"document_number": "R-1", "line_1": "2,5"})
    assert too_much.status_code == 422
    assert "Only 2 of line 1 is left to return." in field_of(too_much, "line_1")
    for typed, field, sentence in (
        ("x", "line_1", "Enter a number"),
        ("1.0005", "line_1", "at most three decimals"),
        ("x", "line_2", "Enter an amount"),
    ):
        assert sentence in field_of(admin_site.post(where, here | {"document_number": "R-1", field: typed}), field)
    done = text_of(admin_site.post(where, here | {"document_number": "R-1", "line_1": "１,5", "line_2": "10.000"}, follow=True))
    assert "Goods worth ₫77,500 came back" in done
    assert "line 1: 1.5, line 2: ₫10,000" in done
    assert (purchase(tenant, bought).state, purchase(tenant, bought).kept) == ("partly_returned", 42_500)
    assert "0.5 left" in field_of(admin_site.get(where), "line_1")


def test_a_discount_comes_back_with_its_goods_and_is_not_asked_for(tenant: Tenant, admin_site: Any, sold: Callable[..., UUID]) -> None:
    off = line(-18_000, kind="discount", name="Sinh nhật", line_shares=(18_000,))
    bought = sold("HD-17", line(90_000, 2, name="Cà phê sữa"), off)
    where, here = f"{SALES}{bought}/take-back-lines/", {"pos_id": str(purchase(tenant, bought).pos_id)}
    form = admin_site.get(where)
    assert 'name="line_2"' not in form.content.decode()
    assert "discounts come back with their goods" in text_of(form)
    assert "2. Sinh nhật − ₫ 18,000 · comes back with its goods" in text_of(form)
    typed = admin_site.post(where, here | {"document_number": "R-1", "line_1": "1"}, headers={"HX-Request": "true"})
    assert "Comes back ₫ 36,000 · points taken back: 4 points" in text_of(typed)
    nothing = admin_site.post(where, here | {"document_number": "R-1", "line_1": "3"}, headers={"HX-Request": "true"})
    assert text_of(nothing).strip() == "What goes with the goods shows here while you type."
    done = text_of(admin_site.post(where, here | {"document_number": "R-1", "line_1": "1"}, follow=True))
    assert "Goods worth ₫36,000 came back" in done
    assert (purchase(tenant, bought).kept, purchase(tenant, bought).points) == (36_000, 3)


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"document_number": " "}, "document_number", "This field is required."),
        ({"document_number": "HD-17"}, "document_number", "was used for a sale"),
        ({"document_number": "x" * 65}, "document_number", "at most 64 characters"),
        ({"document_number": "a\0b"}, "document_number", "Null characters are not allowed."),
        ({"returned_at": "2020-01-01T08:00"}, "returned_at", "The return lies before the sale, which was on"),
        ({"returned_at": "2999-01-01T08:00"}, "returned_at", "The time lies in the future: the latest possible is"),
        ({"returned_at": "9999-12-31T23:59"}, "returned_at", "Enter a valid date/time."),
        ({"returned_at": "0001-01-01T00:00"}, "returned_at", "Enter a valid date/time."),
        ({"returned_at": "soon"}, "returned_at", "Enter a valid date/time."),
        ({"pos_id": "x"}, "pos_id", "Select a valid choice."),
    ],
)
def test_a_wrong_return_is_said_at_its_field(
    tenant: Tenant, admin_site: Any, sold: Callable[..., UUID], shops: Shops, changes: dict[str, str], field: str, sentence: str
) -> None:
    bought = sold("HD-17")
    page = admin_site.post(f"{SALES}{bought}/take-back/", {"document_number": "R-1", "pos_id": str(shops.corner)} | changes)
    assert page.status_code == 422
    assert "The information entered is not correct." in text_of(page)
    assert sentence in field_of(page, field)
    assert purchase(tenant, bought).state == "recorded"


def test_a_double_click_takes_back_once(tenant: Tenant, admin_site: Any, sold: Callable[..., UUID], shops: Shops) -> None:
    bought = sold("HD-17")
    given = {"document_number": "R-1", "pos_id": str(shops.corner), "line_1": "1", "command_id": "01900000-0000-7000-8000-000000000001"}
    for _ in range(2):
        assert admin_site.post(f"{SALES}{bought}/take-back-lines/", given).status_code == 302
    assert purchase(tenant, bought).kept == 75_000


def test_the_history_of_a_purchase(admin_site: Any, sold: Callable[..., UUID], shops: Shops) -> None:
    bought = sold("HD-17")
    admin_site.post(f"{SALES}{bought}/take-back/", {"document_number": "R-1", "pos_id": str(shops.corner)})
    said = text_of(admin_site.get(f"{SALES}{bought}/history/"))
    assert said.index("Goods came back") < said.index("Purchase recorded")
    assert "Administrator, Administration" in said


# -- who may ------------------------------------------------------------------------------------


def test_who_may(tenant: Tenant, other_tenant: Tenant, marketer_user: User, admin_site: Any, sold: Callable[..., UUID]) -> None:
    bought, marketer = sold("HD-17"), visitor(tenant, marketer_user)
    assert [marketer.get(path).status_code for path in (SALES, ACCOUNTS, RULES, f"{RULES}add-rule/")] == [200] * 4
    assert "Take back" not in text_of(marketer.get(f"{SALES}{bought}/change/"))
    assert marketer.post(f"{SALES}{bought}/take-back/", {"document_number": "R-1"}).status_code == 403
    theirs = Shops.of(other_tenant)
    with reading(other_tenant.id):
        foreign = Rule.objects.get().id
    assert admin_site.post(f"{RULES}{foreign}/pause/", {}).status_code == 404
    assert admin_site.get(f"{RULES}{foreign}/edit/").status_code == 404
    assert text_of(admin_site.get(SALES, {"customer": str(theirs.customer)})).count("HD-") == 0
    with reading(tenant.id):
        Role.objects.create(tenant=tenant, code="guest", name="Guest", permissions=["staff.enter_admin"])
    guest = visitor(tenant, add_user(tenant.id, "guest@example.com", PASSWORD, role_code="guest"))
    assert [guest.get(path).status_code for path in (SALES, ACCOUNTS, RULES, f"{SALES}{bought}/change/")] == [403] * 4


def test_who_sells_at_one_merchant_sees_no_other(tenant: Tenant, sold: Callable[..., UUID], shops: Shops) -> None:
    own, theirs = sold("HD-17"), sold("HD-18", store=True)
    with reading(tenant.id):
        wanted = ["staff.enter_admin", "earning.see_purchases", "earning.return_goods", "earning.see_accounts"]
        Role.objects.create(tenant=tenant, code="keeper", name="Shopkeeper", permissions=wanted)
    keeper = add_user(tenant.id, "keeper@example.com", PASSWORD, role_code="keeper")
    a_seller(tenant, keeper, shops.corner)
    site = visitor(tenant, keeper)
    said = text_of(site.get(SALES))
    assert "HD-17" in said
    assert "HD-18" not in said
    assert "Điện Máy" not in said
    assert site.get(f"{SALES}{theirs}/take-back/").status_code == 404
    with reading(tenant.id):
        account = queries.account(shops.customer).account_id
    statement = text_of(site.get(f"{ACCOUNTS}{account}/change/"))
    assert "HD-17" in statement
    assert "HD-18" not in statement
    form = field_of(site.get(f"{SALES}{own}/take-back/"), "pos_id")
    assert "Lê Lợi" in form
    assert "Hàng Bài" not in form
    assert site.post(f"{SALES}{own}/take-back/", {"document_number": "R-1", "pos_id": str(shops.store)}).status_code == 422
    assert site.post(f"{SALES}{own}/take-back/", {"document_number": "R-1", "pos_id": str(shops.corner)}).status_code == 302


def test_the_navigation_leads_there(admin_site: Any) -> None:
    home = admin_site.get("/admin/").content.decode()
    for title, url in (("All transactions", SALES), ("Points accounts", ACCOUNTS), ("Earning rules", RULES)):
        assert title in home
        assert f'href="{url}"' in home
