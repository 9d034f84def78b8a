"""`/api/v1/trial-balance`: the books of a wallet over all accounts, before a period, in it, and after it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from earning import queries
from earning.api.books import InBooks
from earning.api.shapes import Kind, Moment, moment
from earning.permissions import SEE_BOOKS
from loyalty.api.views import QueryView
from loyalty.domain.errors import DomainError


class MovedByKind(msgspec.Struct, frozen=True):
    """So many `movements` of one kind, what they put into the books, and its `sum`: zero, but for points that were passed on, of which
    `sent` and `received` are zero together.
    """

    kind: Kind
    movements: int
    books: InBooks
    sum: int


class TrialBalance(msgspec.Struct, frozen=True, kw_only=True):
    """What all accounts of the wallet together put into each book: `opening` before `since`, what `moved` from then to `as_of`, and
    `closing` then, with its `sum`: zero. So is each operation: `unbalanced` is the number of those that are not, 0.

    Movements count when they take effect, whenever they were recorded. Points that have ended count as the members' until that is noted,
    within the hour.
    """

    wallet: str
    since: datetime | None
    as_of: datetime
    known_at: datetime | None
    opening: InBooks
    moved: list[MovedByKind]
    closing: InBooks
    sum: int
    unbalanced: int


class TrialBalanceQuery(msgspec.Struct):
    """Of what was in effect at `as_of` and recorded at `known_at`: now, when they are left out. The period begins with `since`, or with
    the first movement.
    """

    wallet: str = "points"
    since: Moment | None = None
    as_of: Moment | None = None
    known_at: Moment | None = None


class TrialBalanceView(QueryView):
    """Show the trial balance of a wallet: what all accounts together put into the books of members, issuer, redemption and breakage, which
    adds up to zero.
    """

    permission = SEE_BOOKS
    query = TrialBalanceQuery
    answer = TrialBalance

    def ask(self, query: TrialBalanceQuery, **path: Any) -> TrialBalance:
        as_of = moment(query.as_of, "as_of") if query.as_of else datetime.now(UTC)
        since, known_at = query.since and moment(query.since, "since"), query.known_at and moment(query.known_at, "known_at")
        if since is not None and since > as_of:
            raise DomainError("earning.period_backwards", field="since", as_of=as_of)
        found = queries.trial_balance(as_of, since, known_at, queries.wallet(query.wallet).code)
        return TrialBalance(
            wallet=found.wallet,
            since=since,
            as_of=as_of,
            known_at=known_at,
            opening=InBooks(**found.opening),
            moved=[MovedByKind(one.kind, one.movements, InBooks(**one.into), one.sum) for one in found.moved],  # type: ignore[arg-type]
            closing=InBooks(**found.closing),
            sum=found.sum,
            unbalanced=found.unbalanced,
        )
