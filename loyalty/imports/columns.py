"""What a cell says: text, numbers, days and times in the forms that shops write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from loyalty.domain.errors import DomainError
from loyalty.domain.labels import each_once, with_two_values
from loyalty.house.labels import IN_FILES, UnclosedQuote, pairs
from loyalty.imports.csv_file import Row
from loyalty.search.fold import words

MOST_DIGITS = 20
EARLIEST_YEAR = 1900
TIME_FORMATS = (
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%d.%m.%Y %H:%M",
    "%d-%m-%Y %H:%M",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%Y",
)
"""The forms of a time beside ISO 8601 that people may choose; any other of `strptime` can be typed."""
WIDE_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")


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
            return _told(text, self.time_format).date()
        except (ValueError, OverflowError):
            raise DomainError("imports.no_day", field=field) from None


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
        at = _told(text, form)
        return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise DomainError("imports.no_time", field=field) from None


def _told(text: str, form: str) -> datetime:
    plain = text if text.isascii() else text.translate(WIDE_DIGITS)
    at = datetime.strptime(plain, form) if form else datetime.fromisoformat(plain)  # noqa: DTZ007 - the zone follows
    if at.year < EARLIEST_YEAR:
        raise ValueError(at.year)
    return at


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
