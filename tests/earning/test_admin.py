"""Transactions, points accounts and rules in the administration: lists, pages, forms, what they confirm and refuse."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from earning import queries
from earning.commands import RecordPurchase
from earning.models import Purchase, Rule
from loyalty.staff.models import Role, User
from loyalty.staff.tenants import add_user
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.given import line
from tests.earning.shops import Shops
from tests.pos.given import a_customer, a_seller, say
from tests.support.client import visitor
from tests.support.pages import field_of
from tests.support.people import PASSWORD

SALES, ACCOUNTS, RULES, PEOPLE = (
    f"/admin/{part}/" for part in ("earning/purchase", "earning/account", "earning/rule", "customers/customer")
)


def text_of(page: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


@pytest.fixture
def sold(shops: Shops, tenant: Tenant) -> Callable[..., UUID]:
    """`sold("A-1", line(…), …)`: the id of a purchase of a minute ago in the café, of coffee and bread unless told otherwise."""

    def sell(number: str, *lines: Any, store: bool = False, **changes: Any) -> UUID:
        made = lines or (line(90_000, 2, sku="CF-1", name="Cà phê sữa"), line(30_000, 1, name="Bánh mì"))
        plain = {
            "customer_id": shops.customer,
            "merchant_id": shops.tech if store else shops.cafe,
            "pos_id": shops.store if store else shops.corner,
            "document_scope": "merchant" if store else "pos",
            "purchased_at": datetime.now(UTC) - timedelta(minutes=1),
        }
        command = RecordPurchase(
            document_number=number, zone=tenant.time_zone, currency="VND", total=sum(made_line.total for made_line in made), lines=made,
            **plain | changes,
        )  # fmt: skip
        return say(tenant, command).purchase_id

    return sell


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
    said = text_of(admin_site.get(SALES))
    columns = ("Document", "Purchased", "Customer", "Point of sale", "Total", "Points", "State")
    cells = ("HD-17", "Nguyễn Thị Đường", "Trần Lan", "Lê Lợi Cà phê Sáng", "Hàng Bài Điện Máy", "₫120,000", " 12 ", "Recorded")
    for shown in (*columns, *cells):
        assert shown in said, shown
    for typed, found, hidden in (
        ("hd-17", "HD-17", "HD-18"), ("ＨＤ－17", "HD-17", "HD-18"), ("tran lan", "HD-18", "HD-17"), ("0912345678", "HD-17", "HD-18"),
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
    page = admin_site.get(f"{SALES}{sold('HD-17', labels={'table': '5'}, payment_method='cash')}/change/")
    assert page.status_code == 200
    said = text_of(page)
    bought = ("HD-17", "Cà phê sữa", "CF-1", "Bánh mì", "₫90,000", "₫120,000", "table: 5", "cash", "System")
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


# -- accounts -----------------------------------------------------------------------------------


def test_accounts_are_listed_found_and_shown(tenant: Tenant, admin_site: Any, sold: Callable[..., UUID], shops: Shops) -> None:
    sold("HD-17")
    lan = a_customer(tenant, "Lan", "Trần", phone=None)
    sold("HD-18", line(5_000_000), customer_id=lan, store=True)
    said = text_of(admin_site.get(ACCOUNTS))
    for shown in ("Customer", "Balance", "Earned", "Spent", "Nguyễn Thị Đường", " 12 ", "Trần Lan", " 500 "):
        assert shown in said, shown
    largest_first = text_of(admin_site.get(ACCOUNTS, {"o": "-2"}))
    assert largest_first.index("Trần Lan") < largest_first.index("Nguyễn Thị Đường")
    found = text_of(admin_site.get(ACCOUNTS, {"q": "duong"}))
    assert "Nguyễn Thị Đường" in found
    assert "Trần Lan" not in found
    for order in range(1, 5):
        assert admin_site.get(ACCOUNTS, {"o": f"-{order}"}).status_code == 200
    with reading(tenant.id):
        account = queries.account(shops.customer).account_id
    page = text_of(admin_site.get(f"{ACCOUNTS}{account}/change/"))
    for shown in ("Nguyễn Thị Đường", "What the balance is made of", "Statement", "HD-17", "+12", "Một điểm mỗi 10.000 ₫", "no end"):
        assert shown in page, shown
    assert "HD-18" not in page
    assert "Purchases: 1" in page
    assert "Points earned" in text_of(admin_site.get(f"{ACCOUNTS}{account}/history/"))
    for strange in ("x", "9" * 40, "-1", "１"):
        assert admin_site.get(f"{ACCOUNTS}{account}/change/", {"before": strange}).status_code == 200


def test_a_long_statement_has_pages(tenant: Tenant, admin_site: Any, sold: Callable[..., UUID], shops: Shops) -> None:
    for n in range(55):
        sold(f"N-{n:02}", line(10_000))
    with reading(tenant.id):
        account = queries.account(shops.customer).account_id
    pages = leafed(admin_site, f"{ACCOUNTS}{account}/change/", "Earlier movements", "statement")
    assert [sorted(page) for page in pages] == [[f"N-{n:02}" for n in some] for some in (range(30, 55), range(5, 30), range(5))]


def leafed(site: Any, where: str, further: str, part: str) -> list[set[str]]:
    """The documents that a part of a page shows, from page to page, as the links `further` lead."""
    pages, query = [], ""
    while True:
        page = site.get(f"{where}{query}").content.decode()
        shown = page.split(f'id="{part}"')[1].split("<section")[0]
        pages.append(set(re.findall(r"N-\d\d", shown)))
        found = re.findall(rf'href="([^"#]*)#{part}">{further}<', page)
        if not found:
            return pages
        query = html.unescape(found[0])


def test_all_lots_of_an_account_are_shown_the_latest_first(
    tenant: Tenant, admin_site: Any, sold: Callable[..., UUID], shops: Shops
) -> None:
    for n in range(45):
        sold(f"N-{n:02}", line(10_000))
    with reading(tenant.id):
        where = f"{ACCOUNTS}{queries.account(shops.customer).account_id}/change/"
    pages = leafed(admin_site, where, "Earlier lots", "lots")
    assert [sorted(page) for page in pages] == [[f"N-{n:02}" for n in some] for some in (range(25, 45), range(5, 25), range(5))]
    first = admin_site.get(where).content.decode().split('id="lots"')[1]
    assert first.index("N-44") < first.index("N-43") < first.index("N-25")
    assert "Latest lots" not in first


def test_each_part_of_an_account_is_leafed_by_itself(tenant: Tenant, admin_site: Any, sold: Callable[..., UUID], shops: Shops) -> None:
    for n in range(30):
        sold(f"N-{n:02}", line(10_000))
    with reading(tenant.id):
        where = f"{ACCOUNTS}{queries.account(shops.customer).account_id}/change/"
    (older,) = re.findall(r'href="([^"#]*)#lots">Earlier lots<', admin_site.get(where).content.decode())
    page = admin_site.get(f"{where}{older}").content.decode()
    (earlier,) = re.findall(r'href="([^"#]*)#statement">Earlier movements<', page)
    both = admin_site.get(f"{where}{html.unescape(earlier)}").content.decode()
    lots, statement = both.split('id="lots"')[1].split('id="statement"')
    assert ("N-09" in lots, "N-10" in lots) == (True, False)
    assert ("N-04" in statement, "N-05" in statement) == (True, False)
    for strange in ("x", "0" * 32, str(shops.customer), "\0"):
        assert admin_site.get(where, {"lots": strange, "before": strange}).status_code == 200


def test_a_customers_page_leads_to_account_and_purchases(tenant: Tenant, admin_site: Any, sold: Callable[..., UUID], shops: Shops) -> None:
    before = admin_site.get(f"{PEOPLE}{shops.customer}/change/").content.decode()
    assert f"?customer={shops.customer}" not in before
    sold("HD-17")
    page = admin_site.get(f"{PEOPLE}{shops.customer}/change/")
    assert "Account: 12 points" in text_of(page)
    assert "Purchases: 1" in text_of(page)
    (there,) = re.findall(rf'href="({SALES}\?customer={shops.customer})"', page.content.decode())
    assert "HD-17" in text_of(admin_site.get(there))


# -- rules --------------------------------------------------------------------------------------

COFFEE = {"name": "Cà phê", "points": "2,5", "per": "10.000", "rounding": "floor"}


def test_a_rule_is_added_activated_edited_and_paused(tenant: Tenant, admin_site: Any) -> None:
    assert "Add earning rule" in text_of(admin_site.get(RULES))
    assert admin_site.get(f"{RULES}add-rule/").status_code == 200
    answer = admin_site.post(f"{RULES}add-rule/", COFFEE, follow=True)
    with reading(tenant.id):
        rule = Rule.objects.get()
    page = f"{RULES}{rule.id}/"
    assert answer.redirect_chain == [(f"{page}change/", 302)]
    for shown in ("Cà phê is added as a draft.", "2.5 points for each ₫10,000 spent, in proportion, rounded down.", "Draft", "never"):
        assert shown in text_of(answer), shown
    assert "Cà phê is active." in text_of(admin_site.post(f"{page}activate/", {}, follow=True))
    assert admin_site.get(f"{page}activate/").status_code == 404
    form = admin_site.get(f"{page}edit/").content.decode()
    for value in ('value="2.5"', 'value="10,000"', 'value="1"'):
        assert value in form, value
    said = text_of(admin_site.post(f"{page}edit/", COFFEE | {"points": "3", "whole_steps": "on", "seen_version": "1"}, follow=True))
    for shown in ("Cà phê is changed.", "3 points for each full ₫10,000 spent.", "since", "Administrator"):
        assert shown in said, shown
    stale = admin_site.post(f"{page}edit/", COFFEE | {"seen_version": "1"})
    assert stale.status_code == 422
    assert "it is at version 2, you saw version 1" in text_of(stale)
    assert "Cà phê is paused." in text_of(admin_site.post(f"{page}pause/", {}, follow=True))
    said = text_of(admin_site.get(RULES))
    assert "3 points for each full ₫10,000 spent." in said
    assert "Paused" in said
    history = text_of(admin_site.get(f"{page}history/"))
    assert history.index("Paused") < history.index("Changed") < history.index("Drafted")


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"name": " "}, "name", "This field is required."),
        ({"name": "x" * 121}, "name", "at most 120 characters"),
        ({"points": ""}, "points", "This field is required."),
        ({"points": "many"}, "points", "Enter a number without separators of thousands"),
        ({"points": "1.000"}, "points", "Enter a number without separators of thousands"),
        ({"points": "0"}, "points", "above zero"),
        ({"points": "9" * 12}, "points", "at most 1,000,000"),
        ({"per": "0"}, "per", "Enter an amount above zero."),
        ({"per": "9" * 40}, "per", "This amount is too large."),
        ({"per": "ten"}, "per", "Enter an amount, for example"),
        ({"rounding": "x"}, "rounding", "Select a valid choice"),
    ],
)
def test_a_wrong_rule_is_said_at_its_field(tenant: Tenant, admin_site: Any, changes: dict[str, str], field: str, sentence: str) -> None:
    page = admin_site.post(f"{RULES}add-rule/", COFFEE | changes)
    assert page.status_code == 422
    assert "The information entered is not correct." in text_of(page)
    assert sentence in field_of(page, field)
    with reading(tenant.id):
        assert not Rule.objects.exists()


def test_full_width_digits_are_numbers_too(tenant: Tenant, admin_site: Any) -> None:
    admin_site.post(f"{RULES}add-rule/", COFFEE | {"points": "２", "per": "１０．０００"})
    with reading(tenant.id):
        assert Rule.objects.get().terms["points_per_amount"]["per"] == 10_000


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
