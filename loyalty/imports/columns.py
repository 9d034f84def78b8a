"""What a cell says: text, numbers, days and times in the forms that shops write them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from difflib import SequenceMatcher
from functools import lru_cache
from zoneinfo import ZoneInfo

from loyalty.domain.errors import DomainError, Refusals
from loyalty.domain.labels import each_once, with_two_values
from loyalty.house.labels import IN_FILES, UnclosedQuote, pairs
from loyalty.imports.csv_file import Row
from loyalty.imports.times import TIME_FORMATS, WIDE_DIGITS, example, told_time
from loyalty.search.fold import words

MOST_DIGITS = 20
SUCH = TIME_FORMATS[0]
MOST_ALIKE = 0.8
"""How alike a name must be to a word for it to look like it."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Where the fields stand, and how days and numbers are written. `time_format` is one of `strptime`; "" for ISO 8601.

    Every method raises DomainError `imports.…` with the field at fault, and never what stood there: where cells are shifted,
    any of them may hold a name or a phone, and reports are kept in clear.
    """

    places: Mapping[str, int]
    time_format: str = ""
    decimal_comma: bool = False

    def text(self, row: Row, field: str, longest: int) -> str:
        """The cell; "" where there is none."""
        place = self.places.get(field)
        text = row.cells[place] if place is not None and place < len(row.cells) else ""
        if len(text) > longest:
            raise DomainError("imports.too_long", field=field, longest=longest)
        return text

    def needed(self, row: Row, field: str, longest: int) -> str:
        """The cell, which must not be empty."""
        text = self.text(row, field, longest)
        if not text:
            raise DomainError("imports.empty", field=field)
        return text

    def number(self, row: Row, field: str) -> Decimal | None:
        """An exact number; None for an empty cell."""
        text = self.text(row, field, 100)
        return _number(text, field, self.decimal_comma) if text else None

    def labels(self, row: Row, field: str, longest: int) -> dict[str, str]:
        """`vip; tier=gold`: parts between semicolons, commas or bars, each a name with or without a value; quoted as exports do it."""
        try:
            found = list(pairs(self.text(row, field, longest), IN_FILES))
        except UnclosedQuote:
            raise DomainError("imports.quote_unclosed", field=field) from None
        if with_two_values(found):
            raise DomainError("imports.label_twice", field=field)
        return each_once(found)

    def moment(self, row: Row, field: str, zone: ZoneInfo) -> datetime:
        """An instant (UTC); a time without an offset is one of `zone`."""
        return _moment(self.needed(row, field, 100), self.time_format, zone, field)

    def day(self, row: Row, field: str) -> date | None:
        """A calendar day; None for an empty cell."""
        text = self.text(row, field, 100)
        if not text:
            return None
        try:
            return told_time(text, self.time_format).date()
        except (ValueError, OverflowError):
            raise DomainError("imports.no_day", field=field, example=example(self.time_format)[:10], form=SUCH) from None


def everything_wrong(first: DomainError, readers: Iterable[Callable[[], object]]) -> DomainError:
    """All that `readers` of one row refuse, each fault once, beside the `first` that was met: whoever mends the row mends it once."""
    refusals = Refusals()
    for read in readers:
        with refusals:
            read()
    found = {(one.field, one.code): one for one in (*refusals.found, *first.all)}
    problem, *others = found.values()
    problem.others = tuple(others)
    return problem


@lru_cache(maxsize=4096)
def _number(text: str, field: str, decimal_comma: bool) -> Decimal:
    plain = text if text.isascii() else text.translate(WIDE_DIGITS)
    if decimal_comma:
        plain = plain.replace(".", "").replace(",", ".")
    try:
        number = Decimal(plain)
    except ArithmeticError:
        raise DomainError("imports.no_number", field=field) from None
    if not number.is_finite() or "_" in plain:
        raise DomainError("imports.no_number", field=field)
    if number and abs(number.adjusted()) > MOST_DIGITS:
        raise DomainError("imports.number_too_large", field=field)
    return number


@lru_cache(maxsize=4096)
def _moment(text: str, form: str, zone: ZoneInfo, field: str) -> datetime:
    try:
        at = told_time(text, form)
        return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise DomainError("imports.no_time", field=field, example=example(form), form=SUCH) from None


def guessed(header: Sequence[str], known: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Field → column name for each field that a column seems to hold: `known` has the words by which a field goes.

    A column with exactly those words comes before one that only holds them; no column is taken twice.
    """
    folded = {name: " ".join(words(name)) for name in header}
    found: dict[str, str] = {}
    for exact in (True, False):
        for field, names in known.items():
            taken = set(found.values())
            free = [n for n in header if n not in taken and folded[n]]
            hit = next((n for wanted in names for n in free if _means(folded[n], wanted, exact)), None)
            if field not in found and hit is not None:
                found[field] = hit
    return found


def _means(column: str, wanted: str, exact: bool) -> bool:
    return column == wanted if exact else f" {wanted} " in f" {column} "


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A column that no field is read from, and the field whose column it looks like, if any; `is_free` when that has none."""

    column: str
    looks_like: str = ""
    is_free: bool = False


def left_out(header: Sequence[str], mapping: Mapping[str, str], known: Mapping[str, Sequence[str]]) -> list[LeftOut]:
    """The columns of a file that are not used, in its order: `mapping` is field → column name, `known` as for `guessed`."""
    used = {column.casefold() for column in mapping.values()}
    return [_left_out(column, mapping, known) for column in header if column and column.casefold() not in used]


def _left_out(column: str, mapping: Mapping[str, str], known: Mapping[str, Sequence[str]]) -> LeftOut:
    name = " ".join(words(column))
    alike = {field: max(_alike(name, wanted) for wanted in names) for field, names in known.items()}
    best = max(alike, key=lambda field: (alike[field], field not in mapping))
    return LeftOut(column, best, best not in mapping) if alike[best] >= MOST_ALIKE else LeftOut(column)


def _alike(column: str, wanted: str) -> float:
    return 1.0 if _means(column, wanted, exact=False) else SequenceMatcher(None, column, wanted).ratio()
