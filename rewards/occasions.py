"""What a decision sees of the customer who asks: whether they take part, who they are one with, their levels and segments."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from customers.queries import may_earn, segments_read, standing_read
from earning.queries import counted_points, level_naming, levels_of
from loyalty.bus import Read, Unit
from loyalty.domain.errors import DomainError
from loyalty.tenancy.middleware import tenant_of_id
from rewards.domain.offer import Occasion


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who gets something: they, and all who turned out to be them."""

    customer_id: UUID
    sides: tuple[UUID, ...]


def reads_of_buyer(customer_id: UUID) -> list[Read]:
    """What `buyer_of` and `occasion_of` ask, to be declared."""
    return [standing_read(customer_id), segments_read(customer_id)]


def buyer_of(unit: Unit, customer_id: UUID) -> Buyer:
    """The customer, who takes part. Raises DomainError `earning.customer_unknown` and `earning.customer_not_active`."""
    rows = unit.rows(*standing_read(customer_id))
    state = str(rows[0][0]) if rows else None
    if state in {None, "erased"}:
        raise DomainError("earning.customer_unknown", field="customer_id")
    if not may_earn(state):
        raise DomainError("earning.customer_not_active", field="customer_id")
    return Buyer(customer_id, (rows[0][1], *rows[0][2]))


def occasion_of(unit: Unit, customer_id: UUID, merchant_id: UUID | None = None, pos_id: UUID | None = None) -> Occasion:
    """Who asks, when and where; in a handler that declares `reads_of_buyer`."""
    tenant = tenant_of_id(unit.tenant_id)
    return Occasion(
        now=unit.now,
        zone=tenant.zone,
        currency=tenant.currency,
        language=tenant.default_language,
        levels=frozenset(level.code for level in levels_of([customer_id])[customer_id]),
        level_called=level_naming(),
        counted=counted_points,
        segments=frozenset(code for (code,) in unit.rows(*segments_read(customer_id))),
        merchant_id=merchant_id,
        pos_id=pos_id,
    )


def occasion_at(unit: Unit, merchant_id: UUID | None, pos_id: UUID | None) -> Occasion:
    """When and where, whoever asks."""
    tenant = tenant_of_id(unit.tenant_id)
    return Occasion(now=unit.now, zone=tenant.zone, currency=tenant.currency, merchant_id=merchant_id, pos_id=pos_id)
