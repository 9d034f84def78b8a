"""Who looked at what: seen by who may, in words, and of the own tenant only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from customers.commands import RegisterCustomer
from loyalty.bus import dispatch
from loyalty.staff.looks import looked_at
from loyalty.staff.models import User
from loyalty.tenancy.models import Tenant
from tests.support.client import ApiClient, visitor
from tests.support.pages import text_of

LOOKS = "/admin/staff/look/"


def test_a_look_is_told_with_who_it_was_whom_it_was_at_and_why(
    tenant: Tenant, other_tenant: Tenant, admin_site: Any, api: ApiClient, make_user: Callable[..., User], marketer_user: User
) -> None:
    made = dispatch(RegisterCustomer(first_name="Đường", phone="+84912345678"), tenant_id=tenant.id, actor="system", channel="test")
    api.get(f"/api/v1/customers/{made.customer_id}/export", {"reason": "authority"})
    admin_site.get(f"/admin/customers/customer/{made.customer_id}/change/")
    page = text_of(admin_site.get(LOOKS))
    for said in ("An authority asked for it", "See whole phone numbers", "Administrator", f"Đường · {made.code}"):
        assert said in page, said
    assert "Đường" not in text_of(visitor(other_tenant, make_user(other_tenant, "administrator")).get(LOOKS))
    assert visitor(tenant, marketer_user).get(LOOKS).status_code == 403


def test_a_right_that_nobody_knows_any_more_is_told_as_it_is() -> None:
    assert looked_at("gone.right:why") == "gone.right: why"
