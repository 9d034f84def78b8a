"""What tests of dynamic segments say again and again."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

from customers.audiences import Asking, matching
from customers.commands import (
    Criteria,
    Criterion,
    Group,
)
from customers.domain.criteria import checked
from customers.refreshing import differing, dynamic_segments, refresh, stretches
from earning.commands import Line, RecordPurchase, ReturnGoods, ReturnLine
from loyalty.bus import dispatch
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.customers.given import MERCHANT, NOW

SHOP, OTHER_SHOP = uuid4(), uuid4()
FILLED: dict[str, Any] = {
    "places": (SHOP,), "what": "sku", "values": ("CF-1",), "name": "tier", "wallet": "points", "customers": (SHOP,), "at_least": 2,
    "at_most": 5, "days": 30, "first": date(2025, 1, 1), "last": date(2025, 1, 31),
}  # fmt: skip


def ask(*criteria: Criterion) -> Criteria:
    return Criteria(groups=(Group(any=criteria),))


def one(kind: str, **fields: Any) -> Criterion:
    return Criterion(kind=kind, **fields)  # type: ignore[arg-type]


REGULARS = ask(one("purchases", at_least=2))


def do(tenant: Tenant, command: Any, at: datetime = NOW) -> Any:
    return dispatch(command, tenant_id=tenant.id, actor="staff:1", channel="test", at=at)


def buy(tenant: Tenant, customer: UUID, number: str, at: datetime, *lines: Line, place: UUID | None = SHOP) -> UUID:
    sold = lines or (Line(total=50_000),)
    command = RecordPurchase(
        customer_id=customer, merchant_id=MERCHANT, pos_id=place, document_scope="merchant", document_number=number, purchased_at=at,
        zone="Asia/Ho_Chi_Minh", currency=tenant.currency, total=sum(line.total for line in sold), lines=sold,
    )  # fmt: skip
    return do(tenant, command, at + timedelta(minutes=1)).purchase_id


def met_by(tenant: Tenant, asked: Criteria, now: datetime = NOW, among: Any = None) -> set[UUID]:
    with reading(tenant.id), connection.cursor() as cursor:
        cursor.execute(*matching(checked(asked), Asking(tenant.id, tenant.zone, now, among)))
        found = [row[0] for row in cursor.fetchall()]
    assert len(found) == len(set(found))
    return set(found)


class Silent:
    """Long work whose words nobody keeps."""

    def __init__(self, tenant_id: int) -> None:
        self.tenant_id, self.summary = tenant_id, Counter[str]()

    def expect(self, total: int) -> None: ...

    def count(self, name: str, by: int = 1) -> None:
        self.summary[name] += by

    def advance(self, rows: int) -> None: ...


def night(tenant: Tenant, *segments: UUID, now: datetime = NOW) -> Counter[str]:
    """Bring these segments level (none: all); what was counted."""
    work: Any = Silent(tenant.id)
    for segment in segments or (None,):
        refresh(work, segment and str(segment), now)
    return work.summary


def differing_now(tenant: Tenant, now: datetime = NOW) -> list[UUID]:
    """Who should be elsewhere than they are."""
    with reading(tenant.id):
        asked = dynamic_segments(tenant.id)
    return [customer for stretch, _ in stretches(tenant.id) for customer in differing(tenant.id, asked, stretch, now)]


def bring_back(tenant: Tenant, customer: UUID, purchase: UUID, number: str, at: datetime, line: int, amount: int) -> None:
    command = ReturnGoods(
        purchase_id=purchase, customer_id=customer, merchant_id=MERCHANT, pos_id=None, document_scope="merchant", document_number=number,
        returned_at=at, zone="Asia/Ho_Chi_Minh", lines=(ReturnLine(line=line, amount=amount),),
    )  # fmt: skip
    do(tenant, command, at)


def days_ago(days: int) -> datetime:
    return NOW - timedelta(days=days)
