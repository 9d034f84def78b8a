"""`/api/v1/transfers`: points that customers passed on to each other."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from earning import queries
from earning.api.shapes import Limit
from earning.permissions import SEE_ACCOUNTS
from loyalty.api.paging import Page, opened_cursor, sealed_cursor
from loyalty.api.views import QueryView

TRANSFERS = "transfers"


class Transfer(msgspec.Struct, frozen=True, kw_only=True):
    """Points (smallest unit of the wallet) that the customer `sender_id` passed on to `recipient_id`; the books of both have it under
    `operation_id`.
    """

    operation_id: UUID | None
    sender_id: UUID | None
    recipient_id: UUID | None
    wallet: str
    points: int
    transferred_at: datetime
    recorded_at: datetime


class TransfersQuery(msgspec.Struct):
    """Those in one wallet, or of one customer, who passed points on or got them."""

    wallet: str | None = None
    customer_id: UUID | None = None
    limit: Limit = 50
    cursor: str | None = None


class TransfersView(QueryView):
    """List points that customers passed on to each other, the latest first."""

    permission = SEE_ACCOUNTS
    query = TransfersQuery
    answer = Page[Transfer]

    def ask(self, query: TransfersQuery, **path: Any) -> Page[Transfer]:
        wallet = None if query.wallet is None else queries.wallet(query.wallet).code
        name = f"{TRANSFERS}/{wallet}/{query.customer_id}"
        found = queries.transfers(wallet, query.customer_id, opened_cursor(query.cursor, self.tenant.id, name), query.limit + 1)
        page = found[: query.limit]
        following = sealed_cursor(page[-1].position, self.tenant.id, name) if len(found) > query.limit else None
        return Page([shown(card) for card in page], following)


def shown(card: queries.TransferCard) -> Transfer:
    """A transfer as the API shows it."""
    return Transfer(**{name: getattr(card, name) for name in Transfer.__struct_fields__})
