"""What tests of the register say again and again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connections, transaction

from customers import queries
from customers.commands import DeactivateCustomer
from customers.domain.customer import Customer
from customers.domain.profile import Profile
from earning.commands import Line, RecordPurchase
from loyalty.bus import dispatch
from loyalty.projections.projection import PROJECTIONS
from loyalty.projections.runner import ensure_checkpoints, project_once
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant

NOW = datetime(2025, 3, 1, 9, 30, tzinfo=UTC)
LATER = datetime(2025, 3, 2, 10, 0, tzinfo=UTC)


def profile(**facts: Any) -> Profile:
    return Profile(**({"first_name": "Hương", "last_name": "Đỗ"} | facts)).checked(NOW.date())


def a_customer(customer_id: UUID | None = None, *, active: bool = True, **identifiers: str) -> Customer:
    """Somebody who joined, as their events tell."""
    customer = Customer(customer_id or uuid4())
    customer.register("0000000A", profile(), identifiers or {"phone": "+84912345678"}, pos_id=None, active=active, now=NOW)  # type: ignore[arg-type]
    return Customer.replay(customer.id, customer.pending)


def a_minute_later() -> None:
    """As if a minute had gone since the last code left: another one may go to the same phone. Nobody else writes there meanwhile."""
    for table, moment in (("customers_code_budget", "since"), ("customers_challenge", "sent_at")):
        with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
            cursor.execute(f"lock table {table} in share row exclusive mode")
            cursor.execute(f"update {table} set {moment} = {moment} - interval '61 seconds'")


MERCHANT = uuid4()


def buy(tenant: Tenant, customer_id: UUID | None, number: str, total: int, at: datetime = NOW) -> UUID:
    """The id of a recorded purchase of two lines, the second of 1,000."""
    command = RecordPurchase(
        customer_id=customer_id, merchant_id=MERCHANT, pos_id=None, document_scope="merchant", document_number=number, purchased_at=at,
        zone="Asia/Ho_Chi_Minh", currency=tenant.currency, total=total, lines=(Line(total=total - 1000), Line(total=1000)),
    )  # fmt: skip
    return dispatch(command, tenant_id=tenant.id, actor="staff:1", channel="test", at=NOW + timedelta(days=1)).purchase_id


def bring_level(projection: str) -> None:
    """Let a projection take in the log up to its end."""
    ensure_checkpoints()
    while project_once(PROJECTIONS[projection]):
        pass


Register = Callable[..., Any]


def found(tenant: Tenant, text: str, **asked: Any) -> list[str]:
    with reading(tenant.id):
        return [card.name for card in queries.search(text, **asked)]


def two_asleep(tenant: Tenant, register: Register) -> None:
    """Twelve of one name and one end of the phone, of whom the first and the last are inactive."""
    for n in range(12):
        somebody = register(first_name="An", last_name=f"Số {n}", phone=f"+8491{n:02}35678", language="pl").customer_id
        if n in {0, 11}:
            dispatch(DeactivateCustomer(customer_id=somebody, reason="asked"), tenant_id=tenant.id, actor="system", channel="test")
