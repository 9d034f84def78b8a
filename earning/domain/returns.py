"""What comes back of a purchase."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from earning.domain.lines import Line, Thousandths, quantity_text
from loyalty.domain.errors import DomainError
from loyalty.domain.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnLine:
    """So much of line number `line` (from 1) comes back: its `quantity`, or an `amount` (minor units, positive) of a line
    that was sold by amount.
    """

    line: int
    quantity: Thousandths | None = None
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class Bringing:
    """Where goods came back, by which document ("": by none of their own), and when."""

    pos_id: UUID | None
    document_number: str
    returned_at: datetime


def measures(wanted: Iterable[ReturnLine], sold: Sequence[Line]) -> dict[int, int]:
    """How much of the measure of each line number is meant. Raises DomainError for what the document does not have."""
    meant: dict[int, int] = {}
    for place, line in enumerate(wanted):
        if not 0 < line.line <= len(sold):
            raise DomainError("earning.line_unknown", field=f"lines.{place}.line", line=line.line, most=len(sold))
        if sold[line.line - 1].line_shares:
            raise DomainError("earning.discount_follows_goods", field=f"lines.{place}.line", line=line.line)
        meant[line.line] = meant.get(line.line, 0) + _measure(line, sold[line.line - 1], f"lines.{place}.")
    return meant


def check_left(wanted: Sequence[ReturnLine], back: Mapping[int, int], sold: Sequence[Line], kept: Sequence[int], currency: str) -> None:
    """Raises DomainError when more is to come back than the customer still has: `back` of each line number, `wanted` as it was told."""
    for number, measure in back.items():
        if measure > (left := kept[number - 1]):
            line, place = sold[number - 1], max(place for place, one in enumerate(wanted) if one.line == number)
            field = f"lines.{place}.{'amount' if line.quantity is None else 'quantity'}"
            raise DomainError("earning.returned_too_much", field=field, line=number, left=_shown(line, left, currency))


def cheaper_by(sold: Sequence[Line], kept: Sequence[int], back: Mapping[int, int]) -> int:
    """The first line that took something off and would stay, where what comes `back` leaves less than nothing."""
    lines = enumerate(zip(sold, kept, strict=True), 1)
    return next(n for n, (line, left) in lines if line.total < 0 and not line.line_shares and left > back.get(n, 0))


def _measure(line: ReturnLine, sold: Line, where: str) -> int:
    by, given, other = ("amount", line.amount, line.quantity) if sold.quantity is None else ("quantity", line.quantity, line.amount)
    if given is None and other is None:
        raise DomainError("earning.returned_nothing", field=where + by, line=line.line)
    if given is None or other is not None:
        told = by if other is None else "amount" if by == "quantity" else "quantity"
        raise DomainError(f"earning.returned_by_{by}", field=where + told, line=line.line)
    if given <= 0:
        raise DomainError("earning.returned_nothing", field=where + by, line=line.line)
    return given


def _shown(sold: Line, left: int, currency: str) -> str | Money:
    """What is left of a line: a quantity as a person writes it, or an amount."""
    return Money(left, currency) if sold.quantity is None else quantity_text(left)
