"""`/api/v1/customers/{id}/account/books`: what each operation moved between four books, in which it adds up to zero."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from customers.queries import customer
from earning import queries
from earning.api.shapes import Kind, Limit, Moment, moment
from earning.permissions import SEE_BOOKS
from earning.queries.books import Book
from loyalty.api.paging import opened_cursor, sealed_cursor
from loyalty.api.views import QueryView

BOOKS = "books"


class InBooks(msgspec.Struct, frozen=True, kw_only=True):
    """Signed points by book, in the smallest unit of the wallet: what customers hold (`member`), what the tenant gave (`issuer`), what was
    spent (`redemption`) and what ended unspent (`breakage`).
    """

    member: int
    issuer: int
    redemption: int
    breakage: int


class Posting(msgspec.Struct, frozen=True):
    """What an operation put into a `book` for one account, counting from `effective_at`."""

    account_id: UUID
    book: Book
    points: int
    effective_at: datetime


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One order, with all that it moved in all accounts that it touched; `sum` over the books is zero. `kinds` are those of its movements
    in this account, and in those of others who turned out to be one with the customer. It counts from `effective_at` (of the last of its
    movements), whenever it was recorded.
    """

    operation_id: UUID
    effective_at: datetime
    recorded_at: datetime
    kinds: list[Kind]
    books: InBooks
    sum: int
    postings: list[Posting]


class Books(msgspec.Struct, frozen=True, kw_only=True):
    """The operations of an account, the latest recorded first, the `next` cursor (null on the last page), and the `totals` of all
    operations.

    Of what was passed on the totals have the part of this account: they add up to what it passed on or received.
    """

    items: list[Operation]
    next: str | None
    totals: InBooks


class BooksQuery(msgspec.Struct):
    """One page, or one operation; of what was in effect at `as_of` and recorded at `known_at`: now, when they are left out."""

    wallet: str = "points"
    as_of: Moment | None = None
    known_at: Moment | None = None
    operation_id: UUID | None = None
    limit: Limit = 50
    cursor: str | None = None


class BooksView(QueryView):
    """Show the books of an account: every operation that moved points adds up to zero over members, issuer, redemption and breakage."""

    permission = SEE_BOOKS
    query = BooksQuery
    answer = Books

    def ask(self, query: BooksQuery, **path: Any) -> Books:
        whose, wallet = customer(path["customer_id"]).id, queries.wallet(query.wallet).code
        as_of, known_at = query.as_of and moment(query.as_of, "as_of"), query.known_at and moment(query.known_at, "known_at")
        then = min((at for at in (as_of, known_at) if at is not None), default=None)
        accounts, name = queries.accounts_joined(whose, wallet, then), f"{BOOKS}/{wallet}/{whose}/{as_of}/{known_at}"
        before = opened_cursor(query.cursor, self.tenant.id, name)
        found = queries.booked(accounts, before, query.limit + 1, query.operation_id, as_of, known_at)
        page, more = found[: query.limit], len(found) > query.limit
        return Books(
            items=[_shown(one) for one in page],
            next=sealed_cursor(page[-1].position, self.tenant.id, name) if more else None,
            totals=InBooks(**queries.book_totals(accounts, as_of, known_at)),
        )


def _shown(one: queries.BookedOperation) -> Operation:
    return Operation(
        operation_id=one.operation_id,
        effective_at=one.effective_at,
        recorded_at=one.recorded_at,
        kinds=list(one.kinds),  # type: ignore[arg-type]
        books=InBooks(**{book: one.of(book) for book in queries.BOOKS}),
        sum=one.sum,
        postings=[Posting(posted.account_id, posted.book, posted.points, posted.effective_at) for posted in one.postings],
    )
