"""Double entry: whatever moves points moves them between four books, and in each operation they add up to zero.

`member` is what customers hold, `issuer` what the tenant gave, `redemption` what was spent, `breakage` what ended unspent.
Movements count when they take effect, which is not always when they are recorded: a sale when it was made, an end when it was due.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args
from uuid import UUID

from django.db import connection
from django.db.backends.utils import CursorWrapper

from earning.queries.here import tenant_here
from earning.queries.pooled import within

Book = Literal["member", "issuer", "redemption", "breakage"]
BOOKS: tuple[Book, ...] = get_args(Book)
SEEN = """ and (%(as_of)s::timestamptz is null or m.effective_at <= %(as_of)s)
    and (%(known_at)s::timestamptz is null or m.recorded_at <= %(known_at)s)"""
"""Of a movement `m`: whether it was in effect at one time, and known at another (null: now)."""
INTO: dict[Book, str] = {
    "member": "m.points",
    "issuer": """case when m.kind in ('earned', 'granted', 'deducted', 'cancelled') then -m.points
            when m.kind = 'clawed_back' then m.lapsed - m.points when m.kind = 'restored' then m.owed else 0 end""",
    "redemption": "case when m.kind = 'spent' then -m.points when m.kind = 'restored' then -m.points - m.owed else 0 end",
    "breakage": "case when m.kind in ('expired', 'reset') then -m.points when m.kind = 'clawed_back' then -m.lapsed else 0 end",
}
"""What a movement `m` puts into each book."""
VALUES = ", ".join(f"('{book}', {points})" for book, points in INTO.items())
POSTED = f"""select m.operation_id, m.position, m.account_id, p.book, p.points, m.effective_at
    from earning_movement m cross join lateral (values {VALUES}) p (book, points)
    where m.tenant_id = %(tenant)s and m.account_id = any (%(accounts)s) and p.points <> 0{SEEN}"""
IN_ORDER, OF_OPERATIONS = " order by m.position, p.book", " and m.operation_id = any (%(operations)s)"
TOTALS = f"select book, sum(points) from ({POSTED}) posted group by book"
OPERATIONS = f"""select m.operation_id, max(m.position), max(m.recorded_at), (array_agg(m.effective_at order by m.position desc))[1],
        array_agg(m.kind order by m.position)
    from earning_movement m where m.tenant_id = %(tenant)s and m.account_id = any (%(accounts)s)
        and m.kind not in ('held', 'released', 'debt_paid', 'prolonged') and m.operation_id is not null
        and m.position <> all (%(within)s::bigint[])
        and (%(operation)s::uuid is null or m.operation_id = %(operation)s){SEEN}
    group by m.operation_id having max(m.position) < %(before)s order by 2 desc limit %(limit)s"""
OTHERS = """with passed as (
        select distinct operation_id, reference_id, effective_at from earning_movement where tenant_id = %(tenant)s
            and account_id = any (%(accounts)s) and operation_id = any (%(operations)s) and kind in ('sent', 'received', 'pooled'))
    select reference_id from passed
    union select m.account_id from earning_movement m join passed b on b.effective_at = m.effective_at and b.operation_id = m.operation_id
    where m.tenant_id = %(tenant)s and m.kind = 'pooled'"""
"""Accounts to or from which these moved points. When a merge of several is undone, they name one of those that they passed them on to."""
LAST = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """`points` (signed) that a movement put into a book, and when it took effect; all postings with one `operation_id` add up to zero
    over all accounts.
    """

    operation_id: UUID | None
    position: int
    account_id: UUID
    book: Book
    points: int
    effective_at: datetime


def postings(account_ids: Iterable[UUID], as_of: datetime | None = None, known_at: datetime | None = None) -> list[Posting]:
    """The postings of these accounts, in the order in which they were recorded: of what was in effect at `as_of` and recorded at
    `known_at`, like everything here (None: now).
    """
    asked = _asked(as_of, known_at) | {"accounts": list(account_ids)}
    with connection.cursor() as cursor:
        cursor.execute(POSTED + IN_ORDER, asked)
        return _postings(cursor.fetchall())


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedOperation:
    """What one order moved between the books, over all accounts that it touched: those of both customers where points were passed on.

    `kinds` are those of its movements in the accounts that were asked for, `effective_at` is when the last of them took effect, `position`
    is where the next page begins.
    """

    operation_id: UUID
    position: int
    effective_at: datetime
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


def booked(
    account_ids: Sequence[UUID],
    before: int | None = None,
    limit: int = 50,
    operation_id: UUID | None = None,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
) -> list[BookedOperation]:
    """The operations of accounts of one person that moved points, the latest first, or one of them; `before` is the position of the last
    one seen. An order that only moved points between these accounts is not there.
    """
    hidden = within(account_ids, as_of, known_at)
    asked = _asked(as_of, known_at) | {"accounts": list(account_ids), "operation": operation_id, "within": hidden}
    with connection.cursor() as cursor:
        cursor.execute(OPERATIONS, asked | {"before": LAST if before is None else before, "limit": limit})
        rows = cursor.fetchall()
        posted = _of_operations(cursor, asked | {"operations": [row[0] for row in rows]})
    return [
        BookedOperation(
            operation_id=key,
            position=position,
            effective_at=effective_at,
            recorded_at=recorded_at,
            kinds=tuple(dict.fromkeys(kinds)),
            postings=tuple(posted[key]),
        )
        for key, position, recorded_at, effective_at, kinds in rows
    ]


def book_totals(account_ids: Sequence[UUID], as_of: datetime | None = None, known_at: datetime | None = None) -> dict[Book, int]:
    """What all operations of accounts of one person put into each book: their own part of what was passed on."""
    with connection.cursor() as cursor:
        cursor.execute(TOTALS, _asked(as_of, known_at) | {"accounts": list(account_ids)})
        found = dict(cursor.fetchall())
    return {book: int(found.get(book, 0)) for book in BOOKS}


def _asked(as_of: datetime | None, known_at: datetime | None) -> dict[str, Any]:
    return {"tenant": tenant_here(), "as_of": as_of, "known_at": known_at}


def _of_operations(cursor: CursorWrapper, asked: dict[str, Any]) -> dict[UUID | None, list[Posting]]:
    """The postings of operations, with those of the other accounts that they moved points to or from, and so on."""
    accounts, others = set[UUID](), set(asked["accounts"])
    while others - accounts:
        accounts |= others
        cursor.execute(OTHERS, asked | {"accounts": list(accounts)})
        others = {key for (key,) in cursor.fetchall()}
    cursor.execute(POSTED + OF_OPERATIONS + IN_ORDER, asked | {"accounts": list(accounts)})
    found: defaultdict[UUID | None, list[Posting]] = defaultdict(list)
    for posting in _postings(cursor.fetchall()):
        found[posting.operation_id].append(posting)
    return found


def _postings(rows: Iterable[tuple[Any, ...]]) -> list[Posting]:
    return [
        Posting(operation_id=operation, position=position, account_id=account, book=book, points=points, effective_at=at)
        for operation, position, account, book, points, at in rows
    ]
