"""What is told to a person of what other systems were told of them."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from loyalty.disclosure import Row, discloses
from loyalty.webhooks.event_types import EVENT_TYPES
from loyalty.webhooks.models import Delivery, Endpoint


@discloses("webhooks.deliveries", _("What other systems were told"), "webhooks_delivery")
def deliveries(customer_id: UUID) -> Iterator[Row]:
    """What the last 30 days brought, the oldest first."""
    names = {endpoint.id: str(endpoint) for endpoint in Endpoint.objects.all()}
    for one in Delivery.objects.filter(customer_id=customer_id).order_by("written_at", "id"):
        title = EVENT_TYPES[one.type].title if one.type in EVENT_TYPES else one.type
        yield {"what": str(title), "told_to": names.get(one.endpoint_id, ""), "sent_at": one.settled_at if one.state == "sent" else None}
