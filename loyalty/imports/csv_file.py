"""A CSV file as rows of cleaned cells with their line numbers."""

from __future__ import annotations

import csv
import gzip
import io
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from loyalty.domain.errors import DomainError

LONGEST_CELL = 10_000
SAMPLE = 65_536
ENCODINGS = ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp1258", "cp1252", "cp1250", "latin-1")
MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
SEPARATORS = ",;\t|"


class UnreadableFile(DomainError):
    """The file as a whole cannot be read; nothing of it was taken in."""


@dataclass(frozen=True, slots=True)
class Row:
    """One data row. `line` is the number of its last line in the file, from 1; cells are trimmed NFC text."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A CSV file on disk, plain or gzip. `encoding` None: recognized by its mark, or UTF-8, or refused with advice.

    Raises UnreadableFile for an encoding that does not fit, no header, or a cell over 10,000 characters.
    """

    path: Path
    encoding: str | None = None

    def header(self) -> tuple[str, ...]:
        """The names in the first row."""
        with self._text() as text:
            return self._header(self._reader(text))

    def rows(self, limit: int | None = None) -> Iterator[Row]:
        """The data rows in file order, at most `limit` of them; blank rows are passed over."""
        with self._text() as text:
            reader = self._reader(text)
            self._header(reader)
            given = 0
            for cells in self._cells(reader):
                if limit is not None and given >= limit:
                    return
                if any(cells):
                    given += 1
                    yield Row(reader.line_num, cells)

    def _cells(self, reader: csv._reader) -> Iterator[tuple[str, ...]]:  # type: ignore[name-defined]
        try:
            for cells in reader:
                yield tuple(clean(c) for c in cells)
        except UnicodeDecodeError as wrong:
            raise UnreadableFile("imports.wrong_encoding", field="file", encoding=wrong.encoding) from wrong
        except csv.Error as wrong:
            raise UnreadableFile("imports.not_csv", field="file", line=reader.line_num) from wrong

    def _header(self, reader: csv._reader) -> tuple[str, ...]:  # type: ignore[name-defined]
        header = next(self._cells(reader), ())
        if not any(header):
            raise UnreadableFile("imports.no_header", field="file")
        return header

    @staticmethod
    def _reader(text: TextIO) -> csv._reader:  # type: ignore[name-defined]
        csv.field_size_limit(LONGEST_CELL)
        first = text.readline(SAMPLE)
        text.seek(0)
        separator = max(SEPARATORS, key=first.count)
        return csv.reader(text, delimiter=separator, strict=False)

    @contextmanager
    def _text(self) -> Iterator[TextIO]:
        with self._bytes() as raw:
            encoding = self.encoding or recognized(raw)
            if encoding not in (*ENCODINGS, "utf-8-sig"):
                raise UnreadableFile("imports.unknown_encoding", field="encoding", encoding=encoding, known=", ".join(ENCODINGS))
            try:
                yield io.TextIOWrapper(raw, encoding=encoding, newline="")
            except UnicodeDecodeError as wrong:
                raise UnreadableFile("imports.wrong_encoding", field="file", encoding=encoding) from wrong

    @contextmanager
    def _bytes(self) -> Iterator[BinaryIO]:
        try:
            with self.path.open("rb") as plain:
                packed = plain.read(2) == b"\x1f\x8b"
                plain.seek(0)
                if not packed:
                    yield plain
                    return
                with gzip.open(plain) as unpacked:
                    yield cast(BinaryIO, unpacked)
        except FileNotFoundError as missing:
            raise UnreadableFile("imports.no_such_file", field="file", name=self.path.name) from missing
        except (gzip.BadGzipFile, EOFError) as broken:
            raise UnreadableFile("imports.broken_archive", field="file") from broken


def recognized(raw: BinaryIO) -> str:
    """The encoding that a byte order mark names, else UTF-8 if the beginning is that. Raises UnreadableFile otherwise."""
    sample = raw.read(SAMPLE)
    raw.seek(0)
    for mark, encoding in MARKS.items():
        if sample.startswith(mark):
            return encoding
    if b"\x00" in sample[:200]:
        return "utf-16-le" if sample[1:2] == b"\x00" else "utf-16-be"
    try:
        sample[: sample.rfind(b"\n") + 1 or None].decode("utf-8")
    except UnicodeDecodeError:
        raise UnreadableFile("imports.ask_encoding", field="encoding", known=", ".join(ENCODINGS)) from None
    return "utf-8"


def clean(cell: str) -> str:
    """Trimmed NFC text without NUL and other control characters; CP1258 writes Vietnamese tones apart, NFC joins them."""
    joined = cell if cell.isascii() else unicodedata.normalize("NFC", cell)
    if not joined.isprintable():
        joined = "".join(c for c in joined if c.isprintable() or c in "\n\t")
    return joined.strip()


def columns_by_name(header: Sequence[str], mapping: Mapping[str, str], required: Sequence[str]) -> dict[str, int]:
    """Where each wanted field stands in a row: `mapping` is field → column name of this file.

    Raises UnreadableFile naming a column that is not there, or a required field without one.
    """
    at = {name.casefold(): n for n, name in reversed(list(enumerate(header)))}
    for field, name in mapping.items():
        if name.casefold() not in at:
            raise UnreadableFile("imports.no_column", field=field, column=name, columns=", ".join(header))
    found = {field: at[name.casefold()] for field, name in mapping.items()}
    if missing := [field for field in required if field not in found]:
        raise UnreadableFile("imports.unmapped", field=missing[0], fields=", ".join(missing), columns=", ".join(header))
    return found
