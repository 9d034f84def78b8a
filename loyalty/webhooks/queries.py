"""What can be asked of webhooks. Needs an open `reading`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from loyalty.domain.errors import NotFound
from loyalty.webhooks.models import Attempt, Delivery, Endpoint

WAITING, FAILED = Delivery.State.WAITING, Delivery.State.FAILED


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFilter:
    """Which deliveries: `after` (time, id) are those that were written before it."""

    endpoint_id: UUID | None = None
    type: str | None = None
    state: str | None = None
    customer_id: UUID | None = None
    after: tuple[datetime, UUID] | None = None


def endpoints(tenant_id: int) -> list[Endpoint]:
    """All endpoints, the oldest first."""
    return list(Endpoint.objects.filter(tenant_id=tenant_id).order_by("created_at", "id"))


def endpoint(tenant_id: int, endpoint_id: UUID) -> Endpoint:
    """One endpoint. Raises NotFound."""
    found = Endpoint.objects.filter(tenant_id=tenant_id, id=endpoint_id).first()
    if found is None:
        raise NotFound("request.not_found")
    return found


def types_sent_to(endpoint: Endpoint, url: str) -> set[str]:
    """What an address is told from now on that takes the place of an endpoint's: also what waits, or may be sent again."""
    if url == endpoint.url:
        return set()
    kept = Delivery.objects.filter(tenant_id=endpoint.tenant_id, endpoint_id=endpoint.id).exclude(body="")
    return {*endpoint.types, *kept.order_by().values_list("type", flat=True).distinct()}


def standing(tenant_id: int, endpoint_ids: Iterable[UUID]) -> dict[UUID, tuple[int, int]]:
    """How many deliveries of each endpoint wait, and have failed."""
    asked = [*endpoint_ids]
    waiting, failed = (_counted(tenant_id, asked, state) for state in (WAITING, FAILED))
    return {key: (waiting.get(key, 0), failed.get(key, 0)) for key in asked}


def _counted(tenant_id: int, endpoint_ids: Sequence[UUID], state: str) -> dict[UUID, int]:
    found = Delivery.objects.filter(tenant_id=tenant_id, endpoint_id__in=endpoint_ids, state=state)
    return dict(found.values_list("endpoint_id").annotate(Count("id")).order_by())


def deliveries(tenant_id: int, wanted: DeliveryFilter, limit: int) -> list[Delivery]:
    """So many deliveries at most, the latest first."""
    given: dict[str, Any] = {name: getattr(wanted, name) for name in ("endpoint_id", "type", "state", "customer_id")}
    found = Delivery.objects.filter(tenant_id=tenant_id, **{name: value for name, value in given.items() if value is not None})
    if wanted.after is not None:
        at, last = wanted.after
        found = found.filter(Q(written_at__lt=at) | Q(written_at=at, id__lt=last))
    return list(found.order_by("-written_at", "-id")[:limit])


def delivery(tenant_id: int, delivery_id: UUID) -> Delivery:
    """One delivery. Raises NotFound."""
    found = Delivery.objects.filter(tenant_id=tenant_id, id=delivery_id).first()
    if found is None:
        raise NotFound("request.not_found")
    return found


def held_up(delivery: Delivery) -> bool:
    """Whether a delivery that waits does so for an earlier one of the same customer."""
    lane = Delivery.objects.filter(tenant_id=delivery.tenant_id, endpoint_id=delivery.endpoint_id, lane=delivery.lane, state=WAITING)
    return lane.filter(position__lt=delivery.position).exists()


def attempts(tenant_id: int, delivery_id: UUID) -> Sequence[Attempt]:
    """The tries of a delivery, the first one first."""
    return list(Attempt.objects.filter(tenant_id=tenant_id, delivery_id=delivery_id).order_by("began_at", "id"))
