"""Which sale goods come back from, when a file of past sales does not say: the same customer and SKU, newest first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class SoldLine:
    """Line number `line` of the sale `document`, with `quantity` thousandths left, or minor units if it was sold `by_amount`.

    `purchase_id` is not looked at. Goods come back in the `currency` that they were sold in.
    """

    document: str
    at: datetime
    line: int
    sku: str
    quantity: int
    by_amount: bool = False
    purchase_id: UUID | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class ComingBack:
    """A row of a file that says: `quantity` thousandths of `sku` came back at `at` by return document `document`."""

    document: str
    at: datetime
    row: int
    sku: str
    quantity: int
    by_amount: bool = False
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """`quantity` (thousandths, or minor units) of the returned row come off that sale line."""

    back: ComingBack
    sold: SoldLine
    quantity: int


@dataclass(frozen=True, slots=True)
class Matched:
    """All matches, and of each row that is not wholly matched what is left over (thousandths)."""

    matches: tuple[Match, ...]
    left_over: tuple[tuple[ComingBack, int], ...]


def match_returns(sold: Iterable[SoldLine], coming_back: Sequence[ComingBack]) -> Matched:
    """Match one customer's returns in order of time to sale lines that are not later, newest first, splitting where needed.

    At the same instant the higher document number counts as newer, then the later line; returns go by document and row.
    """
    shelf: dict[tuple[str, bool, str], list[SoldLine]] = defaultdict(list)
    for line in sorted(sold, key=lambda s: (s.at, s.document, s.line)):
        shelf[line.sku, line.by_amount, line.currency].append(line)
    left = {id(line): line.quantity for lines in shelf.values() for line in lines}
    matches, left_over = [], []
    for back in sorted(coming_back, key=lambda b: (b.at, b.document, b.row)):
        wanted = back.quantity
        for line in reversed(shelf[back.sku, back.by_amount, back.currency]):
            if not wanted:
                break
            taken = min(wanted, left[id(line)]) if line.at <= back.at else 0
            if taken:
                left[id(line)] -= taken
                wanted -= taken
                matches.append(Match(back, line, taken))
        if wanted:
            left_over.append((back, wanted))
    return Matched(tuple(matches), tuple(left_over))
