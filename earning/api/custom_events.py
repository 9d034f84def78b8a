"""`/api/v1/customers/{id}/events`: what a customer did beside buying."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from customers.queries import customer
from earning import queries
from earning.api.shapes import Limit, Moment, exact_json, moment
from earning.commands import CustomEventAnswer, ReportCustomEvent
from earning.permissions import REPORT_EVENTS, SEE_ACCOUNTS
from loyalty.api.own import OwnView
from loyalty.api.paging import Page, opened_cursor, sealed_cursor
from loyalty.api.views import CommandView, QueryView
from loyalty.tenancy import reading


class ReportCustomEventBody(msgspec.Struct, forbid_unknown_fields=True):
    """What the customer did: the code of its `type`, and `attributes` as the type's schema says.

    `reference_id` (at most 100 characters, and nothing by which somebody can be reached) tells it from others of its type: the same one
    again changes nothing, another one under it is refused, however long ago that was. Without `occurred_at` it was now; it may be 90 days
    back.
    """

    type: str
    reference_id: str
    attributes: dict[str, Any] = {}
    occurred_at: Moment | None = None


class CustomEventShown(msgspec.Struct, frozen=True, kw_only=True):
    """What a customer did, and when that was reported."""

    custom_event_id: UUID
    type: str
    reference_id: str
    attributes: dict[str, Any]
    occurred_at: datetime
    reported_at: datetime


class CustomEventsQuery(msgspec.Struct):
    """The latest first."""

    limit: Limit = 50
    cursor: str | None = None


class ReportCustomEventView(CommandView):
    """Report what a customer did beside buying. The same event again changes nothing and answers with `duplicate`."""

    permission = REPORT_EVENTS
    body = ReportCustomEventBody
    answer = CustomEventAnswer
    status = 201
    dry_runs = True

    def command(self, body: ReportCustomEventBody, **path: Any) -> ReportCustomEvent:
        with reading(self.tenant.id):
            customer_id = customer(path["customer_id"]).side
        return ReportCustomEvent(
            customer_id=customer_id,
            type=body.type,
            reference_id=body.reference_id,
            attributes=body.attributes,
            occurred_at=body.occurred_at and moment(body.occurred_at, "occurred_at"),
        )


class CustomEventsView(QueryView):
    """List what a customer did beside buying."""

    permission = SEE_ACCOUNTS
    query = CustomEventsQuery
    answer = Page[CustomEventShown]

    def ask(self, query: CustomEventsQuery, **path: Any) -> Page[CustomEventShown]:
        whose = customer(path["customer_id"]).id
        name = f"custom_events:{whose}"
        opened = opened_cursor(query.cursor, self.tenant.id, name)
        after = opened and (datetime.fromisoformat(opened[0]), UUID(opened[1]))
        found = queries.custom_events(whose, after, query.limit + 1)
        page = found[: query.limit]
        following = None
        if len(found) > query.limit:
            following = sealed_cursor([page[-1].occurred_at.isoformat(), str(page[-1].custom_event_id)], self.tenant.id, name)
        return Page([_shown(card) for card in page], following)


def _shown(card: queries.CustomEventCard) -> CustomEventShown:
    return CustomEventShown(
        custom_event_id=card.custom_event_id,
        type=card.type,
        reference_id=card.reference,
        attributes=exact_json(card.attributes),
        occurred_at=card.occurred_at,
        reported_at=card.reported_at,
    )


class OwnEventBody(msgspec.Struct, forbid_unknown_fields=True):
    """What the customer did now: the code of its `type`, and `attributes` as the type's schema says. `reference_id` tells it from their
    others of its type: the same one again changes nothing.
    """

    type: str
    reference_id: str
    attributes: dict[str, Any] = {}


class OwnEventView(OwnView, CommandView):
    """Report what one did oneself, where a rule that is open to customers gives points for it. What brings none is refused."""

    body = OwnEventBody
    answer = CustomEventAnswer
    status = 201
    dry_runs = True

    def command(self, body: OwnEventBody, **path: Any) -> ReportCustomEvent:
        return ReportCustomEvent(
            customer_id=self.side_id, type=body.type, reference_id=body.reference_id, attributes=body.attributes, own=True
        )
