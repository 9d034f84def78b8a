"""A CSV file as rows of cleaned cells with their line numbers."""

from __future__ import annotations

import csv
import gzip
import io
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol, TextIO, cast

from loyalty.domain.errors import DomainError

LONGEST_CELL = 10_000
LONGEST_LINE = 1_000_000
SAMPLE = 65_536
ENCODINGS = ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp1258", "cp1252", "cp1250", "latin-1")
MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
SEPARATORS = ",;\t|"
OFTEN = 4
"""At least one letter of so many is of the first 256 in UTF-16: its other byte is 0."""


class UnreadableFile(DomainError):
    """The file as a whole cannot be read; nothing of it was taken in."""


class Source(Protocol):
    """Where the bytes are: a path on disk, or an upload."""

    @property
    def name(self) -> str: ...

    def open(self, mode: Any) -> Any: ...


@dataclass(frozen=True, slots=True)
class Row:
    """One data row. `line` is the number of its last line in the file, from 1; cells are trimmed NFC text. `has_nul`: a NUL stood in it,
    which no text has.
    """

    line: int
    cells: tuple[str, ...]
    has_nul: bool = False

    def refuse_nul(self) -> None:
        """Raises DomainError `imports.nul`: a row that was damaged is not taken in."""
        if self.has_nul:
            raise DomainError("imports.nul", line=self.line)


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A CSV file, plain or gzip. `encoding` empty: recognized by its mark, or UTF-8, or refused with advice.

    Raises UnreadableFile for an encoding that does not fit, no header or a NUL in it, a cell over 10,000 characters, or, unpacked, more
    bytes than `largest`.
    """

    source: Source
    encoding: str | None = None
    largest: int | None = None

    def header(self) -> tuple[str, ...]:
        """The names in the first row."""
        with self._text() as text:
            return self._header(_Reader(text))

    def rows(self, limit: int | None = None) -> Iterator[Row]:
        """The data rows in file order, at most `limit` of them; blank rows are passed over."""
        with self._text() as text:
            reader = _Reader(text)
            self._header(reader)
            given = 0
            for cells in reader:
                if limit is not None and given >= limit:
                    return
                if any(cells) or reader.has_nul:
                    given += 1
                    yield Row(reader.line, cells, reader.has_nul)

    @staticmethod
    def _header(reader: _Reader) -> tuple[str, ...]:
        header = next(reader, ())
        if reader.has_nul:
            raise UnreadableFile("imports.nul", field="file", line=reader.line)
        if not any(header):
            raise UnreadableFile("imports.no_header", field="file")
        names = Counter(name.casefold() for name in header if name)
        if twice := next((name for name in header if names[name.casefold()] > 1), None):
            raise UnreadableFile("imports.column_twice", field="file", column=twice)
        return header

    @contextmanager
    def _text(self) -> Iterator[TextIO]:
        with self._bytes() as packed:
            raw: BinaryIO = packed if self.largest is None else io.BufferedReader(_Limited(packed, self.largest))
            encoding = self.encoding or recognized(raw)
            if encoding not in (*ENCODINGS, "utf-8-sig"):
                raise UnreadableFile("imports.unknown_encoding", field="encoding", encoding=encoding, known=", ".join(ENCODINGS))
            try:
                yield io.TextIOWrapper(raw, encoding=encoding, newline="")
            except UnicodeError as wrong:
                raise UnreadableFile("imports.wrong_encoding", field="encoding", encoding=encoding) from wrong

    @contextmanager
    def _bytes(self) -> Iterator[BinaryIO]:
        try:
            with self.source.open("rb") as plain:
                packed = plain.read(2) == b"\x1f\x8b"
                plain.seek(0)
                if not packed:
                    yield plain
                    return
                with gzip.open(plain) as unpacked:
                    yield cast(BinaryIO, unpacked)
        except (FileNotFoundError, IsADirectoryError, PermissionError) as missing:
            raise UnreadableFile("imports.no_such_file", field="file", name=self.source.name) from missing
        except (gzip.BadGzipFile, EOFError, zlib.error) as broken:
            raise UnreadableFile("imports.broken_archive", field="file") from broken


class _Reader:
    """Rows of cleaned cells; no line is read further than it may be long, whatever the file holds."""

    def __init__(self, text: TextIO) -> None:
        csv.field_size_limit(LONGEST_CELL)
        first = text.readline(SAMPLE)
        text.seek(0)
        self.has_nul = False
        """Whether a NUL stood in the row that was read last."""
        self._rows = csv.reader(self._lines(text), delimiter=max(SEPARATORS, key=first.count), strict=False)

    @property
    def line(self) -> int:
        return self._rows.line_num

    def __iter__(self) -> _Reader:
        return self

    def __next__(self) -> tuple[str, ...]:
        try:
            cells = next(self._rows)
            self.has_nul = any("\0" in cell for cell in cells)
            return tuple([clean(c) for c in cells])
        except csv.Error as wrong:
            raise UnreadableFile("imports.not_csv", field="file", line=self.line) from wrong

    @staticmethod
    def _lines(text: TextIO) -> Iterator[str]:
        while line := text.readline(LONGEST_LINE):
            if len(line) == LONGEST_LINE:
                raise csv.Error("a line is too long")
            yield line


class _Limited(io.RawIOBase):
    """Bytes of another stream, and a refusal where they pass a limit: a small archive may unpack to a huge file."""

    def __init__(self, raw: BinaryIO, largest: int) -> None:
        self._raw, self._largest = raw, largest

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._raw.seek(offset, whence)

    def readinto(self, buffer: Any) -> int:
        read = self._raw.read(len(buffer))
        if self._raw.tell() > self._largest:
            raise UnreadableFile("imports.file_too_large", field="file", most=self._largest // 2**20)
        buffer[: len(read)] = read
        return len(read)


def recognized(raw: BinaryIO) -> str:
    """The encoding that a byte order mark names, else UTF-16 or UTF-8 if the beginning is that. Raises UnreadableFile otherwise."""
    sample = raw.read(SAMPLE)
    raw.seek(0)
    for mark, encoding in MARKS.items():
        if sample.startswith(mark):
            return encoding
    for first, encoding in enumerate(("utf-16-be", "utf-16-le")):
        high, low = sample[first::2], sample[1 - first :: 2]
        if low and not low.count(0) and high.count(0) * OFTEN > len(high):
            return encoding
    try:
        sample[: sample.rfind(b"\n") + 1 or None].decode("utf-8")
    except UnicodeDecodeError:
        raise UnreadableFile("imports.ask_encoding", field="encoding", known=", ".join(ENCODINGS)) from None
    return "utf-8"


def clean(cell: str) -> str:
    """Trimmed NFC text without control characters; CP1258 writes Vietnamese tones apart, NFC joins them."""
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
