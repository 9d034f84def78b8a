"""`/api/v1/customers/{id}/account`: what a customer holds, of which lots, and every movement with the balance it left."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from customers.queries import customer
from earning import queries
from earning.access import merchants_seen
from earning.api.shapes import Limit, Movement, movement
from earning.permissions import SEE_ACCOUNTS
from loyalty.api.paging import Page, opened_cursor, sealed_cursor
from loyalty.api.views import QueryView

LOTS, STATEMENT = "lots", "statement"


class Account(msgspec.Struct, frozen=True):
    """A points account, in the smallest unit of its wallet: `balance` = `earned` − `clawed_back` − `spent`."""

    customer_id: UUID
    wallet: str
    balance: int
    earned: int
    clawed_back: int
    spent: int
    movements: int


class Lot(msgspec.Struct, frozen=True):
    """Points that came in together, by a purchase or otherwise (`source`), and what remains of them.

    They may be spent from `active_from` until `expires_at` (null: no limit).
    """

    lot_id: UUID
    source: str
    purchase_id: UUID | None
    points: int
    remaining: int
    earned_at: datetime
    active_from: datetime | None
    expires_at: datetime | None


class PageQuery(msgspec.Struct):
    """One page."""

    limit: Limit = 50
    cursor: str | None = None


class AccountView(QueryView):
    """Show a customer's points account; zeros when nothing ever happened to it."""

    permission = SEE_ACCOUNTS
    answer = Account

    def ask(self, query: None, **path: Any) -> Account:
        found = queries.account(customer(path["customer_id"]).id)
        return Account(**{name: getattr(found, name) for name in Account.__struct_fields__})


class LotsView(QueryView):
    """List of what a balance is made: lots with something left, the oldest first."""

    permission = SEE_ACCOUNTS
    query = PageQuery
    answer = Page[Lot]

    def ask(self, query: PageQuery, **path: Any) -> Page[Lot]:
        whose = customer(path["customer_id"]).id
        name = f"{LOTS}/{whose}"
        after = opened_cursor(query.cursor, self.tenant.id, name)
        found = queries.lots(whose, after and (datetime.fromisoformat(after[0]), UUID(after[1])), query.limit + 1)
        page, more = found[: query.limit], len(found) > query.limit
        following = sealed_cursor([page[-1].earned_at.isoformat(), str(page[-1].lot_id)], self.tenant.id, name) if more else None
        return Page([Lot(**{field: getattr(lot, field) for field in Lot.__struct_fields__}) for lot in page], following)


class StatementView(QueryView):
    """List the movements of an account with the balance that each left, the latest first."""

    permission = SEE_ACCOUNTS
    query = PageQuery
    answer = Page[Movement]

    def ask(self, query: PageQuery, **path: Any) -> Page[Movement]:
        whose, seen = customer(path["customer_id"]).id, merchants_seen(self.principal)
        name = f"{STATEMENT}/{whose}"
        found = queries.statement(whose, opened_cursor(query.cursor, self.tenant.id, name), query.limit + 1)
        page = found[: query.limit]
        following = sealed_cursor(page[-1].position, self.tenant.id, name) if len(found) > query.limit else None
        return Page([movement(line, seen) for line in page], following)
