"""The books of an account on its page: what each operation moved between members, issuer, redemption and breakage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from earning import queries
from earning.admin import shown
from earning.models import Account, Movement

OPERATIONS = 10


def told(row: Account, asked: str, when: tuple[datetime | None, datetime | None]) -> tuple[shown.Table | None, int | None]:
    """The page of operations that moved points below the position that is `asked` for, as of `when` and as it was known when (None: now),
    and where the next page begins.
    """
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else None
    then = min((at for at in when if at is not None), default=None)
    accounts = queries.accounts_joined(row.customer_id, row.wallet, then)
    found = queries.booked(accounts, before, OPERATIONS + 1, as_of=when[0], known_at=when[1])
    page = found[:OPERATIONS]
    return _table(page, row) if page else None, page[-1].position if len(found) > OPERATIONS else None


def _table(operations: Iterable[queries.BookedOperation], row: Account) -> shown.Table:
    kinds: Mapping[str, Any] = dict(Movement.Kind.choices)
    return {
        "headers": [_("When"), _("What"), _("Members"), _("Issuer"), _("Redeemed"), _("Ended unspent"), _("Sum")],
        "figures": [2, 3, 4, 5, 6],
        "rows": [
            [
                shown.counted(one.effective_at, one.recorded_at, row.tenant_id),
                ", ".join(str(kinds[kind]) for kind in one.kinds),
                *(_points(one.of(book), row) for book in queries.BOOKS),
                shown.points(one.sum, decimals=shown.decimals_of(row)),
            ]
            for one in operations
        ],
    }


def _points(amount: int, row: Account) -> str:
    return shown.points(amount, signed=True, decimals=shown.decimals_of(row)) if amount else shown.NOTHING
