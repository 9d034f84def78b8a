"""`/api/v1/webhooks/deliveries`: what was told, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from loyalty.api.paging import LARGEST_PAGE, Page, opened_cursor, sealed_cursor
from loyalty.api.views import QueryView
from loyalty.webhooks import queries
from loyalty.webhooks.api.leaving import SendsDue
from loyalty.webhooks.commands import DropDelivery, ReplayDelivery, ReplayFailed, SendTestEvent
from loyalty.webhooks.event_types import readable
from loyalty.webhooks.models import Attempt, Delivery
from loyalty.webhooks.permissions import EDIT_WEBHOOKS, SEE_WEBHOOKS

LIST = "webhook_deliveries"
State = Literal["waiting", "sent", "failed", "dropped", "removed"]


class DeliveryAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One event on its way to one endpoint; `id` is the `webhook-id`. `status` was answered last, `failure` says why it was not taken."""

    id: UUID
    endpoint_id: UUID
    type: str
    event_id: UUID
    customer_id: UUID | None
    state: State
    failure: str
    status: int | None
    tries: int
    written_at: datetime
    due_at: datetime
    settled_at: datetime | None


class AttemptAnswer(msgspec.Struct, frozen=True):
    """One try: the status that came back, or why nothing did, and the beginning of what was answered."""

    began_at: datetime
    milliseconds: int
    status: int | None
    failure: str
    answer: str


class DeliveryDetails(msgspec.Struct, frozen=True):
    """A delivery with its tries and the very body that is sent: null for who may not see what it tells, and of who was erased."""

    delivery: DeliveryAnswer
    body: str | None
    attempts: list[AttemptAnswer]


class DeliveriesQuery(msgspec.Struct):
    """Deliveries of the last 30 days, the latest first."""

    endpoint_id: UUID | None = None
    type: str | None = None
    state: State | None = None
    customer_id: UUID | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=LARGEST_PAGE)] = 50
    cursor: str | None = None


class ReplayBody(msgspec.Struct, forbid_unknown_fields=True):
    """Since when deliveries were written that failed."""

    since: Annotated[datetime, msgspec.Meta(tz=True)]


class DeliveryToBeSent(msgspec.Struct, frozen=True):
    """The delivery that is sent, or was given up."""

    id: UUID


class Replayed(msgspec.Struct, frozen=True):
    """How many are sent again."""

    deliveries: int


class DeliveriesView(QueryView):
    """List deliveries."""

    permission = SEE_WEBHOOKS
    query = DeliveriesQuery
    answer = Page[DeliveryAnswer]

    def ask(self, query: DeliveriesQuery, **path: Any) -> Page[DeliveryAnswer]:
        tenant_id = self.principal.tenant_id
        after = opened_cursor(query.cursor, tenant_id, LIST)
        wanted = queries.DeliveryFilter(
            endpoint_id=query.endpoint_id,
            type=query.type,
            state=query.state,
            customer_id=query.customer_id,
            after=(datetime.fromisoformat(after[0]), UUID(after[1])) if after else None,
        )
        found = queries.deliveries(tenant_id, wanted, query.limit + 1)
        more, page = len(found) > query.limit, [shown(one) for one in found[: query.limit]]
        last = page[-1] if more else None
        return Page(page, sealed_cursor([last.written_at.isoformat(), str(last.id)], tenant_id, LIST) if last else None)


class DeliveryView(QueryView):
    """Show one delivery with its body and its tries."""

    permission = SEE_WEBHOOKS
    answer = DeliveryDetails

    def ask(self, query: None, **path: Any) -> DeliveryDetails:
        tenant_id, key = self.principal.tenant_id, path["delivery_id"]
        found = queries.delivery(tenant_id, key)
        body = (found.body or None) if readable(self.principal, found.type) else None
        return DeliveryDetails(shown(found), body, [_tried(one) for one in queries.attempts(tenant_id, key)])


class SendTestEventView(SendsDue):
    """Send an endpoint an event without content, `webhook.test.v1`."""

    permission = EDIT_WEBHOOKS
    answer = DeliveryToBeSent
    status = 202

    def command(self, body: None, **path: Any) -> SendTestEvent:
        return SendTestEvent(endpoint_id=path["endpoint_id"])

    def present(self, result: UUID) -> DeliveryToBeSent:
        return DeliveryToBeSent(result)


class ReplayFailedView(SendsDue):
    """Send all again that failed, or were given up, since a time."""

    permission = EDIT_WEBHOOKS
    body = ReplayBody
    answer = Replayed
    status = 202

    def command(self, body: ReplayBody, **path: Any) -> ReplayFailed:
        return ReplayFailed(endpoint_id=path["endpoint_id"], since=body.since)

    def present(self, result: int) -> Replayed:
        return Replayed(result)


class ReplayDeliveryView(SendsDue):
    """Send a delivery again, under the same `webhook-id`."""

    permission = EDIT_WEBHOOKS
    answer = DeliveryToBeSent
    status = 202

    def command(self, body: None, **path: Any) -> ReplayDelivery:
        return ReplayDelivery(delivery_id=path["delivery_id"])

    def present(self, result: UUID) -> DeliveryToBeSent:
        return DeliveryToBeSent(result)


class DropDeliveryView(SendsDue):
    """Give a delivery up that waits, so that those of the customer behind it can leave."""

    permission = EDIT_WEBHOOKS
    answer = DeliveryToBeSent

    def command(self, body: None, **path: Any) -> DropDelivery:
        return DropDelivery(delivery_id=path["delivery_id"])

    def present(self, result: UUID) -> DeliveryToBeSent:
        return DeliveryToBeSent(result)


def shown(one: Delivery) -> DeliveryAnswer:
    """A delivery as the API shows it."""
    return msgspec.convert(one, DeliveryAnswer, from_attributes=True)


def _tried(one: Attempt) -> AttemptAnswer:
    return msgspec.convert(one, AttemptAnswer, from_attributes=True)
