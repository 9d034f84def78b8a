"""Points accounts in the administration: listed, found, shown in pages."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

from earning import queries
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.given import line
from tests.earning.shops import Shops
from tests.pos.given import a_customer
from tests.support.pages import text_of

SALES, ACCOUNTS = "/admin/earning/purchase/", "/admin/earning/account/"
PEOPLE = "/admin/customers/customer/"


def test_accounts_are_listed_found_and_shown(tenant: Tenant, admin_site: Any, sold: Callable[..., UUID], shops: Shops) -> None:
    sold("HD-17")
    lan = a_customer(tenant, "Lan", "Trần", phone=None)
    sold("HD-18", line(5_000_000), customer_id=lan, store=True)
    said = text_of(admin_site.get(ACCOUNTS))
    for shown in ("Customer", "Balance", "Earned", "Spent", "Nguyễn Thị Đường", " 12 ", "Trần Lan", " 500 "):
        assert shown in said, shown
    assert said.index("Trần Lan") < said.index("Nguyễn Thị Đường"), "what changed last stands first"
    largest_first = text_of(admin_site.get(ACCOUNTS, {"o": "-2"}))
    assert largest_first.index("Trần Lan") < largest_first.index("Nguyễn Thị Đường")
    sold("HD-19")
    said = text_of(admin_site.get(ACCOUNTS))
    assert said.index("Nguyễn Thị Đường") < said.index("Trần Lan")
    assert "Last movement" in said
    found = text_of(admin_site.get(ACCOUNTS, {"q": "duong"}))
    assert "Nguyễn Thị Đường" in found
    assert "Trần Lan" not in found
    for order in (*range(1, 5), 6):
        assert admin_site.get(ACCOUNTS, {"o": f"-{order}"}).status_code == 200
    with reading(tenant.id):
        account = queries.account(shops.customer).account_id
    page = text_of(admin_site.get(f"{ACCOUNTS}{account}/change/"))
    for shown in ("Nguyễn Thị Đường", "What the balance is made of", "Statement", "HD-17", "+12", "Một điểm mỗi 10.000 ₫", "no end"):
        assert shown in page, shown
    assert "HD-18" not in page
    assert "Purchases: 2" in page
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
