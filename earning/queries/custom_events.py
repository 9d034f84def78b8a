"""Custom events of customers, and which types of them there are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import Q

from customers.queries import sides
from earning.domain.attributes import value_of
from earning.domain.custom_event_type import schema_in
from earning.domain.rule_texts import RuleText, called
from earning.events import CustomEventReported
from earning.models import CustomEvent, CustomEventType
from earning.queries.here import tenant_here
from loyalty.domain.errors import NotFound
from loyalty.domain.event import ERASED
from loyalty.eventstore import store

Place = tuple[datetime, UUID]
"""Where a page of events ends: time and id of its last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomEventTypeCard:
    """A type as it stands: programs report it by `code`; `schema` is the JSON Schema of its attributes."""

    type_id: UUID
    code: str
    texts: tuple[RuleText, ...]
    schema: dict[str, Any]
    version: int
    active: bool
    changed_at: datetime

    def name(self, language: str) -> str:
        """What it is called; by its code where nobody said so."""
        return called(self.code, self.texts, language).name


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomEventCard:
    """What a customer did, when, and when it was reported; of who was erased there are no attributes."""

    custom_event_id: UUID
    customer_id: UUID
    type: str
    reference: str
    attributes: dict[str, Any]
    occurred_at: datetime
    reported_at: datetime


def custom_event_types() -> list[CustomEventTypeCard]:
    """All types of the tenant, by code."""
    return [type_of_row(row) for row in CustomEventType.objects.filter(tenant_id=tenant_here()).order_by("code")]


def custom_event_type(code: str) -> CustomEventTypeCard:
    """Raises NotFound `earning.custom_event_type_unknown`."""
    row = CustomEventType.objects.filter(tenant_id=tenant_here(), code=code).first()
    if row is None:
        raise NotFound("earning.custom_event_type_unknown")
    return type_of_row(row)


def custom_events(customer_id: UUID, after: Place | None = None, limit: int = 50) -> list[CustomEventCard]:
    """What a customer did, and those who are one with them, the latest first; `after` is the place of the last one seen."""
    rows = CustomEvent.objects.filter(tenant_id=tenant_here(), customer_id__in=sides(customer_id))
    if after is not None:
        rows = rows.filter(Q(occurred_at__lt=after[0]) | Q(occurred_at=after[0], id__lt=after[1]))
    return with_attributes(list(rows.order_by("-occurred_at", "-id")[:limit]))


def with_attributes(rows: list[CustomEvent]) -> list[CustomEventCard]:
    """Rows with what the log says of them."""
    said = _attributes(row.id for row in rows)
    return [
        CustomEventCard(
            custom_event_id=row.id,
            customer_id=row.customer_id,
            type=row.type,
            reference=row.reference,
            attributes=said.get(row.id, {}),
            occurred_at=row.occurred_at,
            reported_at=row.reported_at,
        )
        for row in rows
    ]


def _attributes(ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    wanted = list(ids)
    found = [one.event for one in store.first(wanted) if isinstance(one.event, CustomEventReported)] if wanted else []
    return {one.custom_event_id: value_of(one.attributes) for one in found if one.attributes is not ERASED}


def type_of_row(row: CustomEventType) -> CustomEventTypeCard:
    """What a row of the list says."""
    return CustomEventTypeCard(
        type_id=row.id,
        code=row.code,
        texts=msgspec.convert(row.texts, tuple[RuleText, ...]),
        schema=schema_in(row.schema),
        version=row.version,
        active=row.active,
        changed_at=row.changed_at,
    )
