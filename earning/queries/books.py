"""Double entry: whatever moves points moves them between four books, and in each operation they add up to zero.

`member` is what customers hold, `issuer` what the tenant gave, `redemption` what was spent, `breakage` what ended unspent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args
from uuid import UUID

from django.db import connection
from django.db.backends.utils import CursorWrapper

from earning.queries.here import tenant_here

Book = Literal["member", "issuer", "redemption", "breakage"]
BOOKS: tuple[Book, ...] = get_args(Book)
POSTED = """select m.operation_id, m.position, m.account_id, p.book, p.points from earning_movement m cross join lateral (values
        ('member', m.points),
        ('issuer', case when m.kind in ('earned', 'granted', 'deducted', 'cancelled') then -m.points
            when m.kind = 'clawed_back' then m.lapsed - m.points when m.kind = 'restored' then m.owed end),
        ('redemption', case when m.kind = 'spent' then -m.points when m.kind = 'restored' then -m.points - m.owed end),
        ('breakage', case when m.kind in ('expired', 'reset') then -m.points when m.kind = 'clawed_back' then -m.lapsed end)
        ) p (book, points)
    where m.tenant_id = %s and m.account_id = any (%s) and p.points <> 0"""
IN_ORDER, OF_OPERATIONS = " order by m.position, p.book", " and m.operation_id = any (%s)"
TOTALS = f"select book, sum(points) from ({POSTED}) posted group by book"
OPERATIONS = """select operation_id, max(position), max(recorded_at), array_agg(kind order by position)
    from earning_movement where tenant_id = %s and account_id = %s and kind not in ('held', 'released', 'debt_paid')
        and operation_id is not null and (%s::uuid is null or operation_id = %s)
    group by operation_id having max(position) < %s order by 2 desc limit %s"""
OTHERS = """select distinct reference_id from earning_movement where tenant_id = %s and account_id = %s and operation_id = any (%s)
    and kind in ('sent', 'received')"""
LAST = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """`points` (signed) that a movement put into a book; all postings with one `operation_id` add up to zero over all accounts."""

    operation_id: UUID | None
    position: int
    account_id: UUID
    book: Book
    points: int


def postings(account_ids: Iterable[UUID]) -> list[Posting]:
    """The postings of these accounts, in the order in which they were recorded."""
    with connection.cursor() as cursor:
        cursor.execute(POSTED + IN_ORDER, [tenant_here(), list(account_ids)])
        return _postings(cursor.fetchall())


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedOperation:
    """What one order moved between the books, over all accounts that it touched: those of both customers where points were passed on.

    `kinds` are those of its movements in the account that was asked for, `position` is where the next page begins.
    """

    operation_id: UUID
    position: int
    recorded_at: datetime
    kinds: tuple[str, ...]
    postings: tuple[Posting, ...]

    def of(self, book: Book) -> int:
        """What it put into a book (signed)."""
        return sum(one.points for one in self.postings if one.book == book)

    @property
    def sum(self) -> int:
        """Zero: what went out of one book came into others."""
        return sum(one.points for one in self.postings)


def booked(account_id: UUID, before: int | None = None, limit: int = 50, operation_id: UUID | None = None) -> list[BookedOperation]:
    """The operations of an account that moved points, the latest first, or one of them; `before` is the position of the last one seen."""
    asked: list[Any] = [tenant_here(), account_id, operation_id, operation_id, LAST if before is None else before, limit]
    with connection.cursor() as cursor:
        cursor.execute(OPERATIONS, asked)
        rows = cursor.fetchall()
        posted = _of_operations(cursor, account_id, [row[0] for row in rows])
    return [
        BookedOperation(operation_id=key, position=position, recorded_at=at, kinds=tuple(dict.fromkeys(kinds)), postings=tuple(posted[key]))
        for key, position, at, kinds in rows
    ]


def book_totals(account_id: UUID) -> dict[Book, int]:
    """What all operations of an account put into each book: its own part of what was passed on."""
    with connection.cursor() as cursor:
        cursor.execute(TOTALS, [tenant_here(), [account_id]])
        found = dict(cursor.fetchall())
    return {book: int(found.get(book, 0)) for book in BOOKS}


def _of_operations(cursor: CursorWrapper, account_id: UUID, ids: list[UUID]) -> dict[UUID | None, list[Posting]]:
    """The postings of operations, with those of the other accounts that they moved points to or from."""
    cursor.execute(OTHERS, [tenant_here(), account_id, ids])
    accounts = [account_id, *(key for (key,) in cursor.fetchall())]
    cursor.execute(POSTED + OF_OPERATIONS + IN_ORDER, [tenant_here(), accounts, ids])
    found: defaultdict[UUID | None, list[Posting]] = defaultdict(list)
    for posting in _postings(cursor.fetchall()):
        found[posting.operation_id].append(posting)
    return found


def _postings(rows: Iterable[tuple[Any, ...]]) -> list[Posting]:
    return [
        Posting(operation_id=operation, position=position, account_id=account, book=book, points=points)
        for operation, position, account, book, points in rows
    ]
