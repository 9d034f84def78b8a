"""What the endpoints of earning share: exact numbers, moments, and why points came or went."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
import orjson

from earning import queries
from earning.domain.attributes import json_of
from earning.domain.dates import NEWEST, OLDEST
from earning.domain.lines import check_price
from loyalty.api.paging import LARGEST_PAGE
from loyalty.api.problems import of_faults
from loyalty.api.shapes import Fault

Limit = Annotated[int, msgspec.Meta(ge=1, le=LARGEST_PAGE)]
Moment = Annotated[datetime, msgspec.Meta(tz=True, description="Date and time with time zone, such as 2026-01-31T08:00:00+07:00.")]
Quantity = Annotated[Decimal, msgspec.Meta(description='Above zero, with at most three decimals: "2" or "0.125".')]
Price = Annotated[Decimal, msgspec.Meta(description='In whole units of the currency, exact: "45000" or "12.50". Only shown.')]
Rate = Annotated[Decimal, msgspec.Meta(description='Units of one currency for one of another, exact: "25400" or "0.0000394".')]
Minor = Annotated[int, msgspec.Meta(description="Minor units of the currency.")]
Kind = Literal[
    "earned", "clawed_back", "spent", "held", "released", "restored", "expired", "reset", "debt_paid", "granted", "deducted", "cancelled",
    "sent", "received", "pooled", "parted",
]  # fmt: skip


class Reason(msgspec.Struct, frozen=True):
    """What one rule gave, or no longer gives: on `amount` (minor units) of the purchase it made `points`."""

    rule_id: UUID
    version: int
    name: str
    amount: int
    points: int


class Movement(msgspec.Struct, frozen=True):
    """One line of a statement: signed `points`, the `balance` that it left, less what was owed then (below zero where that was more), and
    the `amount` it was about, also where the balance stays.

    `effective_at` is when it took effect: for a sale or return the time of it. `reference_id` is what points were spent on, or the
    other account. `parted` moves nothing: the merge with another customer was undone, whose movements stood here before.

    Who does not see the purchases of all merchants gets those of others without `document_number` and `reasons`.
    """

    wallet: str
    kind: Kind
    points: int
    amount: int
    balance: int
    lot_id: UUID | None
    reference_id: UUID | None
    purchase_id: UUID | None
    document_number: str | None
    return_id: UUID | None
    reasons: list[Reason]
    effective_at: datetime
    recorded_at: datetime


def movement(line: queries.StatementLine, seen: frozenset[UUID] | None) -> Movement:
    """A line of a statement as the API shows it to somebody who sees purchases of the merchants `seen` (None: of all)."""
    known = seen is None or line.merchant_id in seen
    return Movement(
        wallet=line.wallet,
        kind=line.kind,  # type: ignore[arg-type]
        points=line.points,
        amount=line.amount,
        balance=line.balance,
        lot_id=line.lot_id,
        reference_id=line.reference_id,
        purchase_id=line.purchase_id,
        document_number=line.document_number if known else None,
        return_id=line.return_id,
        reasons=reasons(line.reasons) if known or line.purchase_id is None else [],
        effective_at=line.effective_at,
        recorded_at=line.recorded_at,
    )


def reasons(given: Iterable[queries.Reason]) -> list[Reason]:
    """Why, as the API says it."""
    return [Reason(r.rule_id, r.version, r.name, r.amount, r.points) for r in given]


def exact_json(value: Any) -> Any:
    """JSON as it was given, for an answer: its exact numbers stay numbers."""
    return orjson.Fragment(json_of(value, as_written=True))


def moment(at: datetime, field: str) -> datetime:
    """`at` in UTC. Raises Problem 400 for years that are out of range."""
    if not OLDEST <= at < NEWEST:
        raise of_faults([Fault(f"/{field}", "field.year")])
    return at.astimezone(UTC)


def price(typed: Decimal | None, field: str) -> Decimal | None:
    """Raises DomainError `earning.price_invalid` for what is no price."""
    if typed is None:
        return None
    check_price(typed, field)
    return typed
