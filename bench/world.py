"""A tenant to measure on: shops, customers, a rule in force, and a program that may record purchases everywhere."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty.settings")
django.setup()

from django.db import connections  # noqa: E402

from customers.commands import RegisterCustomer  # noqa: E402
from earning.commands import ActivateRule, CreateRule, PointsPerAmount  # noqa: E402
from loyalty.bus import dispatch, dispatch_all  # noqa: E402
from loyalty.staff.models import ApiToken  # noqa: E402
from loyalty.staff.permissions import ADMINISTRATOR  # noqa: E402
from loyalty.staff.tenants import create_tenant, role  # noqa: E402
from loyalty.tenancy import reading  # noqa: E402
from pos.commands import AddMerchant, AddPointOfSale  # noqa: E402


@dataclass(frozen=True)
class World:
    """`places` are codes of points of sale; `token` is an administrator's program's."""

    tenant_id: int
    token: str
    places: list[str]
    customers: list[UUID]


def new_world(*, places: int = 10, customers: int = 200) -> World:
    """A committed tenant of its own, with fresh statistics of the planner."""
    tenant = create_tenant(f"bench-{uuid4().hex[:10]}", "Bench")
    by: dict[str, Any] = {"tenant_id": tenant.id, "actor": "system", "channel": "import"}
    merchant = dispatch(AddMerchant(name="Sen Vàng", document_scope="pos"), **by).merchant_id
    codes = [f"SV-{n:02}" for n in range(places)]
    for code in codes:
        dispatch(AddPointOfSale(merchant_id=merchant, code=code, name=f"Sen Vàng {code}"), **by)
    terms = PointsPerAmount(points=Decimal(1), per=10_000, currency=tenant.currency)
    rule = dispatch(CreateRule(name="1 per 10,000", terms=terms), **by)
    dispatch(ActivateRule(rule_id=rule.rule_id, effective_at=datetime(2020, 1, 1, tzinfo=UTC)), **by)
    joined = dispatch_all([RegisterCustomer(first_name="Đường", last_name=f"Nguyễn {n}") for n in range(customers)], **by)
    with reading(tenant.id):
        token = ApiToken.issue(tenant_id=tenant.id, name="bench", role=role(ADMINISTRATOR))[1]
    with connections["owner"].cursor() as cursor:
        cursor.execute("analyze")
    connections.close_all()
    return World(tenant.id, token, codes, [o.result.customer_id for o in joined])
