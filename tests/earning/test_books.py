"""The books of an account, over HTTP and in the administration."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from earning import queries
from loyalty.staff.models import User
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.shops import CUSTOMERS, Shops, ago, recorded
from tests.earning.test_api_accounts import all_pages
from tests.pos.given import a_customer
from tests.support.client import ApiClient, visitor

BOOKS = ("member", "issuer", "redemption", "breakage")


def test_each_operation_of_an_account_adds_up_to_zero_also_over_two_customers(
    api: ApiClient, api_as: Callable[..., ApiClient], make_user: Callable[..., User], shops: Shops, tenant: Tenant
) -> None:
    where = f"{CUSTOMERS}/{shops.customer}/account"
    recorded(api, shops.sale())
    api.post(f"{where}/spend", {"points": 5})
    friend = a_customer(tenant, "Lan", "Trần", phone="+84912345679")
    api.post(f"{where}/transfer", {"points": 3, "phone": "0912345679"})
    reporter = api_as(user=make_user(tenant, "reporter"))
    shown = all_pages(reporter, f"{where}/books", 2)
    assert [(one["kinds"], [one["books"][book] for book in BOOKS], one["sum"]) for one in shown] == [
        (["sent"], [0, 0, 0, 0], 0),
        (["spent"], [-5, 0, 5, 0], 0),
        (["earned"], [12, -12, 0, 0], 0),
    ]
    assert [posting["points"] for posting in shown[0]["postings"]] == [-3, 3]
    answer = reporter.get(f"{where}/books", {"operation_id": shown[1]["operation_id"]}).json()
    assert (answer["items"], answer["next"]) == ([shown[1]], None)
    assert answer["totals"] == {"member": 4, "issuer": -12, "redemption": 5, "breakage": 0}
    assert reporter.get(f"{CUSTOMERS}/{friend}/account/books").json()["items"] == [shown[0] | {"kinds": ["received"]}]
    assert api_as(user=make_user(tenant, "seller")).get(f"{where}/books").status_code == 403


def test_the_books_follow_both_axes_of_time_and_say_when_a_sale_counts(
    api: ApiClient, admin_site: Any, tenant: Tenant, shops: Shops
) -> None:
    where = f"{CUSTOMERS}/{shops.customer}/account"
    long_ago = ago(days=40)
    recorded(api, shops.sale(purchased_at=long_ago))
    api.post(f"{where}/spend", {"points": 5})
    (spent, sold) = api.get(f"{where}/books").json()["items"]
    assert sold["effective_at"] == sold["postings"][0]["effective_at"] == long_ago.replace("+00:00", "Z")
    assert sold["effective_at"] < sold["recorded_at"] <= spent["recorded_at"]
    then = api.get(f"{where}/books", {"as_of": ago(days=1)}).json()
    assert (then["items"], then["totals"]) == ([sold], {"member": 12, "issuer": -12, "redemption": 0, "breakage": 0})
    assert then["totals"]["member"] == api.get(f"{where}/balance", {"as_of": ago(days=1)}).json()["balance"]
    unknown = api.get(f"{where}/books", {"known_at": ago(days=1)}).json()
    assert (unknown["items"], set(unknown["totals"].values())) == ([], {0})
    with reading(tenant.id):
        page = f"/admin/earning/account/{queries.account(shops.customer).account_id}/change/"
    books = admin_site.get(page, {"as_of": str(datetime.now(UTC).date() - timedelta(days=2))}).content.decode().split('id="books"')[1]
    assert ("(recorded " in books, "+12" in books, "−5" in books) == (True, True, False)


def test_the_books_stand_on_the_page_of_an_account_for_those_who_may_see_them(
    api: ApiClient, admin_site: Any, tenant: Tenant, shops: Shops, make_user: Callable[..., User]
) -> None:
    where = f"{CUSTOMERS}/{shops.customer}/account"
    for _ in range(11):
        recorded(api, shops.sale())
    api.post(f"{where}/spend", {"points": 5})
    with reading(tenant.id):
        page = f"/admin/earning/account/{queries.account(shops.customer).account_id}/change/"
    text = admin_site.get(page).content.decode()
    books = text.split('id="books"')[1]
    for part in ("Issuer", "Redeemed", "−5", "+5", "+12", "−12", "Earlier operations"):
        assert part in books, part
    assert 'id="books"' not in visitor(tenant, make_user(tenant, "support")).get(page).content.decode()
    assert admin_site.get(page, {"booked": "9" * 40}).status_code == 200
    (further,) = re.findall(r'href="([^"#]*)#books">Earlier operations<', books)
    last = admin_site.get(page + html.unescape(further)).content.decode().split('id="books"')[1]
    assert (last.count("+12"), "Latest operations" in last, "Earlier operations" in last) == (2, True, False)
