"""Double entry: whatever moves points moves them between four books, and in each operation they add up to zero.

`member` is what customers hold, `issuer` what the tenant gave, `redemption` what was spent, `breakage` what ended unspent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from django.db import connection

from earning.queries.here import tenant_here

Book = Literal["member", "issuer", "redemption", "breakage"]
POSTINGS = """select m.operation_id, m.position, m.account_id, p.book, p.points from earning_movement m cross join lateral (values
        ('member', m.points),
        ('issuer', case when m.kind in ('earned', 'granted', 'deducted', 'cancelled') then -m.points
            when m.kind = 'clawed_back' then m.lapsed - m.points when m.kind = 'restored' then m.owed end),
        ('redemption', case when m.kind = 'spent' then -m.points when m.kind = 'restored' then -m.points - m.owed end),
        ('breakage', case when m.kind in ('expired', 'reset') then -m.points when m.kind = 'clawed_back' then -m.lapsed end)
        ) p (book, points)
    where m.tenant_id = %s and m.account_id = any (%s) and p.points <> 0 order by m.position, p.book"""


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
        cursor.execute(POSTINGS, [tenant_here(), list(account_ids)])
        return [
            Posting(operation_id=operation, position=position, account_id=account, book=book, points=points)
            for operation, position, account, book, points in cursor.fetchall()
        ]
