"""What brought each lot: over HTTP and on the page of the account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from customers.queries import customer
from earning import queries
from loyalty.staff.models import User
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.shops import CUSTOMERS, Shops, recorded
from tests.pos.given import a_customer
from tests.support.client import ApiClient
from tests.support.pages import text_of


def test_every_lot_says_what_brought_it_and_computing_it_anew_gives_the_same(
    api: ApiClient, api_as: Callable[..., ApiClient], make_user: Callable[..., User], admin_site: Any, shops: Shops, tenant: Tenant
) -> None:
    mine = f"{CUSTOMERS}/{shops.customer}/account"
    friend = a_customer(tenant, "Lan", "Trần", phone="+84912345679")
    theirs = f"{CUSTOMERS}/{friend}/account"
    recorded(api, shops.sale())
    api.post(f"{mine}/transfer", {"points": 5, "phone": "0912345679"})
    api.post(f"{theirs}/adjust", {"points": 30, "reason": "xin lỗi vì chờ lâu"})
    passed_on, given = api.get(f"{theirs}/lots").json()["items"]
    assert (given["source"], given["source_sentence"], given["reason"], given["rules"]) == (
        "manual",
        "Correction",
        "xin lỗi vì chờ lâu",
        [],
    )
    assert given["given_by"].startswith("token:")
    with reading(tenant.id):
        code = customer(shops.customer).code
    assert (passed_on["source"], passed_on["from_customer"], passed_on["purchase_id"]) == ("transfer", code, None)
    [bought] = api.get(f"{mine}/lots").json()["items"]
    assert [(rule["version"], rule["points"]) for rule in bought["rules"]] == [(1, 12)]
    assert passed_on["rules"] == bought["rules"], "the rules that gave them in the beginning"
    for where, lot, points in ((mine, bought, 12), (theirs, passed_on, 5), (theirs, given, 30)):
        anew = api.get(f"{where}/lots/{lot['lot_id']}/recomputed").json()
        assert anew == {"lot_id": lot["lot_id"], "points": points, "recomputed": points, "equal": True}
    assert api.get(f"{mine}/lots/{given['lot_id']}/recomputed").status_code == 404, "it is of another account"
    seller = api_as(user=make_user(tenant, "seller")).get(f"{theirs}/lots").json()["items"]
    assert [lot["reason"] for lot in seller] == [None, None], "who may not see a history reads no reasons"
    with reading(tenant.id):
        page = text_of(admin_site.get(f"/admin/earning/account/{queries.account(friend).account_id}/change/"))
    for part in ("What brought them", "xin lỗi vì chờ lâu", f"from {code}", "version 1"):
        assert part in page, part
