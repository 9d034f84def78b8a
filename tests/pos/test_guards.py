"""`verify_guards` on the slips of the till."""

from __future__ import annotations

import pytest
from django.db import connections

from loyalty.guards import disagreements
from loyalty.staff.models import User
from loyalty.tenancy.models import Tenant
from tests.pos.counter import Till

pytestmark = pytest.mark.usefixtures("own_log_of_module")


@pytest.mark.parametrize("change", ["number = number || 'x'", "at = at + interval '1 second'"])
def test_a_slip_that_says_something_else_than_what_was_recorded_is_found(tenant: Tenant, seller_user: User, change: str) -> None:
    till = Till(tenant, seller_user)
    till.record("100000")
    till.record("250000", document_number=" HD-7 ")

    def found() -> list[tuple[str, str]]:
        return [(guard, one.what) for guard, one in disagreements() if one.tenant_id == tenant.id]

    assert found() == []
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"update pos_till_slip set {change} where tenant_id = %s and number like 'TILL-%%'", [tenant.id])
        assert cursor.rowcount == 1
    assert found() == [("pos.slips", "has a slip of another number or time")]
