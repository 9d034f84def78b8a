"""What tests of merchants, points of sale and tills say again and again."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from customers.commands import RegisterCustomer
from earning.commands import ActivateRule, CreateRule, Line, PointsPerAmount, RecordPurchase
from loyalty.bus import dispatch
from loyalty.domain.command import Command
from loyalty.domain.identity import new_id
from loyalty.projections.projection import PROJECTIONS
from loyalty.projections.runner import ensure_checkpoints, project_once
from loyalty.tenancy.models import Tenant
from pos.commands import AddMerchant, AddPointOfSale, AssignSeller
from pos.queries import forget_places

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def say(tenant: Tenant, command: Command[Any], **given: Any) -> Any:
    """Have a command carried out for the tenant, and let nothing remembered hide it."""
    answer = dispatch(command, tenant_id=tenant.id, actor="system", channel="admin", **given)
    forget_places()
    return answer


def a_merchant(tenant: Tenant, name: str = "Cà phê Sáng", **details: Any) -> UUID:
    return say(tenant, AddMerchant(name=name, **details)).merchant_id


def a_place(tenant: Tenant, code: str = "LL-1", name: str = "Lê Lợi", *, merchant_id: UUID | None = None, **details: Any) -> UUID:
    return say(tenant, AddPointOfSale(merchant_id=merchant_id or a_merchant(tenant), code=code, name=name, **details)).pos_id


def a_seller(tenant: Tenant, user: Any, *places: UUID) -> Any:
    """The user, who may sell at `places` from now on."""
    say(tenant, AssignSeller(user_id=user.id, pos_ids=places))
    return user


def a_customer(tenant: Tenant, first_name: str = "Đường", last_name: str = "Nguyễn Thị", phone: str | None = "+84912345678") -> UUID:
    return say(tenant, RegisterCustomer(first_name=first_name, last_name=last_name, phone=phone, language="vi")).customer_id


def a_rule(tenant: Tenant, amount: int = 10_000) -> None:
    """One point for each `amount` spent, since ever."""
    rule = say(
        tenant, CreateRule(name="Một điểm mỗi 10.000 ₫", terms=PointsPerAmount(points=Decimal(1), per=amount, currency=tenant.currency))
    )
    say(tenant, ActivateRule(rule_id=rule.rule_id, effective_at=LONG_AGO))


def sold(
    tenant: Tenant, merchant_id: UUID, pos_id: UUID | None, number: str, total: int, at: datetime, customer_id: UUID | None = None
) -> UUID:
    """The id of a recorded purchase of two lines, the second of 1,000."""
    command = RecordPurchase(
        customer_id=customer_id, merchant_id=merchant_id, pos_id=pos_id, document_scope="merchant", document_number=number,
        purchased_at=at, zone=tenant.time_zone, currency=tenant.currency, total=total, lines=(Line(total=total - 1000), Line(total=1000)),
    )  # fmt: skip
    return say(tenant, command, at=at).purchase_id


def bring_level(projection: str) -> None:
    """Let a projection take in the log up to its end."""
    ensure_checkpoints()
    while project_once(PROJECTIONS[projection]):
        pass


def nobody() -> UUID:
    """An id that belongs to nothing."""
    return new_id()
