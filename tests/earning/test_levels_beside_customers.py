"""Levels where customers are looked at: beside their names, found by, and what is promised them for a time."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from typing import Any

from customers.commands import RegisterCustomer
from customers.permissions import SEE
from earning import queries
from earning.models import Account, LevelSet
from loyalty.house import formats
from loyalty.staff.models import Role
from loyalty.staff.tenants import add_user
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.shops import CUSTOMERS, Shops, ago, recorded
from tests.earning.test_admin import text_of
from tests.earning.test_levels_screens import API, LEVELS, NAMES, SETS, classic, level_id
from tests.pos.given import say
from tests.support.client import ApiClient, visitor
from tests.support.people import PASSWORD

__all__ = ["classic"]


def test_customers_are_listed_with_their_levels_and_found_by_them(
    tenant: Tenant, admin_site: Any, api: ApiClient, shops: Shops, classic: LevelSet
) -> None:
    admin_site.post(f"{SETS}{classic.id}/activate/", {"past": "none"})
    recorded(api, shops.sale(purchased_at=ago(seconds=0)))
    other = say(tenant, RegisterCustomer(first_name="Mai", last_name="Trần")).customer_id
    gift = {"ends_at": (datetime.now(UTC) + timedelta(days=9)).isoformat(), "reason": "A prize"}
    api.post(f"{CUSTOMERS}/{other}/levels", gift | {"level": "silver"})
    listed = "/admin/customers/customer/"
    shown = text_of(admin_site.get(listed))
    for said in ("Nguyễn Thị Đường", "Trần Mai", "Silver", "Member", "By Level (at most an hour behind)"):
        assert said in shown, said
    names = {"member": ["Nguyễn Thị Đường"], "bronze": [], "silver": ["Trần Mai"], "nonsense": []}
    for code, found in names.items():
        rows = admin_site.get(f"{listed}?level={code}").context["cl"].result_list
        assert [str(row) for row in rows] == found, code
    place = str(["code", "name", "phone", "state", "level"].index("level"))
    for order, first in ((place, "Nguyễn Thị Đường"), (f"-{place}", "Trần Mai")):
        assert str(admin_site.get(listed, {"o": order}).context["cl"].result_list[0]) == first, order
    assert "Silver" in text_of(admin_site.get(f"{listed}{other}/change/"))
    file = b"".join(admin_site.get(f"{listed}export/").streaming_content).decode("utf-8-sig")
    assert sorted(row["Level"] for row in csv.DictReader(file.splitlines())) == ["Member", "Silver"]


def test_who_may_not_see_levels_sees_none_beside_customers(tenant: Tenant, admin_site: Any, classic: LevelSet, shops: Shops) -> None:
    admin_site.post(f"{SETS}{classic.id}/activate/", {"past": "none"})
    with reading(tenant.id):
        Role.objects.create(tenant=tenant, code="guest", name="Guest", permissions=["staff.enter_admin", SEE])
    browser = visitor(tenant, add_user(tenant.id, "guest@example.com", PASSWORD, role_code="guest"))
    for page in ("", f"{shops.customer}/change/", "?level=member"):
        assert "Member" not in text_of(browser.get(f"/admin/customers/customer/{page}")), page


def test_special_rewards_have_dates_and_are_told_while_they_are_in_force(
    tenant: Tenant, admin_site: Any, api: ApiClient, shops: Shops, classic: LevelSet
) -> None:
    page, today = f"{LEVELS}{level_id(tenant, 'member')}", datetime.now(tenant.zone).date()
    names = {"name_vi": "Bánh trung thu", "name_en": "Moon cake", "name_pl": "Ciastko", "text_en": "one for two", "active": "on"}
    told = {f"rewards_0_{part}": value for part, value in names.items()} | {"seen_version": "1"}
    early = told | {
        "rewards_0_since": today.isoformat(),
        "rewards_0_until": (today - timedelta(days=1)).isoformat(),
        "rewards_0_name_pl": "",
    }
    refused = text_of(admin_site.post(f"{page}/special-rewards/", early))
    for said in ("The last day cannot be before the first.", "Name the special reward in Vietnamese, English and Polish."):
        assert said in refused, said
    last = {"rewards_0_until": today.isoformat(), "rewards_1_name_vi": "Cũ", "rewards_1_name_en": "Old", "rewards_1_name_pl": "Stare"}
    assert admin_site.get(f"{page}/special-rewards/").content.count(b"_name_vi") > 0
    admin_site.post(f"{page}/special-rewards/", told | last)
    admin_site.post(f"{page}/special-rewards/", told | last | {"seen_version": "2"})
    shown = text_of(admin_site.get(f"{page}/change/"))
    for said in ("Moon cake", "one for two", "Old", "Promised now", "Not promised now"):
        assert said in shown, said
    edited = NAMES | {"code": "member", "threshold_1": "0", "color": "#00aaff", "seen_version": "3"}
    admin_site.post(f"{page}/edit/", edited)
    assert len(api.get(f"{API}/{classic.id}").json()["levels"][0]["rewards"]) == 2
    admin_site.post(f"{SETS}{classic.id}/activate/", {"past": "none"})
    recorded(api, shops.sale(purchased_at=ago(seconds=0)))
    (mine,) = api.get(f"{CUSTOMERS}/{shops.customer}/levels").json()
    assert [one["texts"][1]["name"] for one in mine["level"]["rewards"]] == ["Moon cake"]
    with reading(tenant.id):
        account = f"/admin/earning/account/{Account.objects.get(tenant_id=tenant.id).id}"
        promised = f"Moon cake: one for two (until {formats.day(today, tenant.zone, 'en')})"
        assert queries.said_levels(shops.customer)[0].rewards == (promised,)
    for where in (f"{account}/change/", f"{SETS}{classic.id}/change/"):
        assert promised in text_of(admin_site.get(where)), where
