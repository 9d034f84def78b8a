"""The trial balance of a wallet: what all accounts together put into each book, before a period, in it by kind of movement, and after."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from earning.domain.dates import OLDEST
from earning.queries.books import BOOKS, INTO, Book
from earning.queries.here import tenant_here
from earning.streams import WALLET

ALL, SUMS = " + ".join(BOOKS), ", ".join(f"sum({book}) as {book}" for book in BOOKS)
BY_KIND = f"""with seen as (
        select account_id, operation_id, kind, points, lapsed, owed, effective_at from earning_movement
        where tenant_id = %(tenant)s and effective_at <= %(as_of)s and kind not in ('held', 'released', 'debt_paid', 'prolonged')
            and (%(known_at)s::timestamptz is null or recorded_at <= %(known_at)s) offset 0),
    told as (
        select m.kind, m.effective_at < %(since)s as before, case when {" + ".join(f"({points})" for points in INTO.values())} <> 0
                then m.operation_id end as passed_on, count(*) as movements,
            {", ".join(f"sum({points}) as {book}" for book, points in INTO.items())}
        from seen m join earning_account a on a.tenant_id = %(tenant)s and a.id = m.account_id and a.wallet = %(wallet)s group by 1, 2, 3)
    select kind, before, sum(movements)::bigint, {SUMS} from told
    group by grouping sets ((kind, before), (passed_on)) having grouping(kind) = 0 or sum({ALL}) <> 0 order by kind"""
"""One look at each movement: rows by kind, before the period and in it; and one without a kind for each operation that does not add up to
zero, of those with movements that do not by themselves. `offset 0` keeps them together: account by account they are not in one index.
"""
InBooks = dict[Book, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedByKind:
    """So many movements of one `kind` in the period, and what they put `into` the books (signed)."""

    kind: str
    movements: int
    into: InBooks

    @property
    def sum(self) -> int:
        """Zero, but for points that were passed on, of which `sent` and `received` are zero together."""
        return sum(self.into.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialBalance:
    """The books of a wallet over all accounts of the tenant: `opening` before `since`, what `moved` from then to `as_of`, and `closing`
    then; all in the wallet's smallest unit and signed. `unbalanced` operations until then do not add up to zero: there are none.

    Movements count when they take effect. What has ended counts as the members' until that is noted, within the hour.
    """

    wallet: str
    since: datetime | None
    as_of: datetime
    known_at: datetime | None
    opening: InBooks
    moved: tuple[MovedByKind, ...]
    closing: InBooks
    unbalanced: int

    @property
    def sum(self) -> int:
        """Zero: what went out of one book came into others."""
        return sum(self.closing.values())


def trial_balance(as_of: datetime, since: datetime | None = None, known_at: datetime | None = None, wallet: str = WALLET) -> TrialBalance:
    """Of what was in effect at `as_of` (inclusive) and recorded at `known_at` (None: now); without `since` everything is the period."""
    asked: dict[str, Any] = {"tenant": tenant_here(), "wallet": wallet, "as_of": as_of, "since": since or OLDEST, "known_at": known_at}
    with connection.cursor() as cursor:
        cursor.execute(BY_KIND, asked)
        rows = cursor.fetchall()
    unbalanced = sum(kind is None for kind, *_ in rows)
    opening, closing, moved = Counter[Book](), Counter[Book](), []
    for kind, before, movements, *points in (row for row in rows if row[0] is not None):
        into = dict(zip(BOOKS, map(int, points), strict=True))
        closing.update(into)
        if before:
            opening.update(into)
        else:
            moved.append(MovedByKind(kind=kind, movements=movements, into=into))
    return TrialBalance(
        wallet=wallet,
        since=since,
        as_of=as_of,
        known_at=known_at,
        opening={book: opening[book] for book in BOOKS},
        moved=tuple(moved),
        closing={book: closing[book] for book in BOOKS},
        unbalanced=unbalanced,
    )
