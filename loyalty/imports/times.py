"""How days and times are written in a file: as ISO 8601 has it, or in a form of `strptime` that is told or found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from loyalty.imports.csv_file import CsvFile, UnreadableFile

EARLIEST_YEAR = 1900
TIME_FORMATS: tuple[str, ...] = (
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%d.%m.%Y %H:%M",
    "%d-%m-%Y %H:%M",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%Y",
    "%d-%m-%Y",
    "%Y/%m/%d",
)
"""The forms of a time beside ISO 8601 that people may choose; any other of `strptime` can be typed."""
WIDE_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")
EXAMPLE = datetime(2026, 1, 31, 8, 30, tzinfo=UTC)


def example(form: str) -> str:
    """How a time looks in a form; "" is ISO 8601."""
    return EXAMPLE.strftime(form or "%Y-%m-%d %H:%M")


def told_time(text: str, form: str) -> datetime:
    """What a cell says, without an offset where it has none. Raises ValueError or OverflowError."""
    plain = text if text.isascii() else text.translate(WIDE_DIGITS)
    at = datetime.strptime(plain, form) if form else datetime.fromisoformat(plain)  # noqa: DTZ007 - the zone follows
    if at.year < EARLIEST_YEAR:
        raise ValueError(at.year)
    return at


def written_as(file: CsvFile, columns: Sequence[str], limit: int | None = None) -> str:
    """The one of TIME_FORMATS in which the cells of `columns` are written; "" where they are ISO 8601, or in no known form.

    Raises UnreadableFile `imports.day_or_month` when they can be read in two ways, to which all cells fit.
    """
    left, seen = TIME_FORMATS, set[str]()
    for text in _cells(file, columns, limit):
        if text in seen:
            continue
        if _fits(text, ""):
            return ""
        seen.add(text)
        left = tuple(form for form in left if _fits(text, form)) or left
        if len(left) == 1:
            return left[0]
    if not seen or left == TIME_FORMATS:
        return ""
    raise UnreadableFile("imports.day_or_month", field="time_format", one=left[0], other=left[1])


def _cells(file: CsvFile, columns: Sequence[str], limit: int | None) -> Iterator[str]:
    wanted = {name.casefold() for name in columns}
    places = [place for place, name in enumerate(file.header()) if name.casefold() in wanted] if wanted else []
    for row in file.rows(limit) if places else ():
        yield from (row.cells[place] for place in places if place < len(row.cells) and row.cells[place])


def _fits(text: str, form: str) -> bool:
    try:
        told_time(text, form)
    except (ValueError, OverflowError):
        return False
    return True
