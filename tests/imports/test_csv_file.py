"""Shops send files as their tills make them: any of them is read as it was meant, or refused with advice."""

from __future__ import annotations

import gzip
import unicodedata
from pathlib import Path

import pytest

from loyalty.domain.errors import DomainError
from loyalty.imports import CsvFile, Row, UnreadableFile, columns_by_name
from loyalty.imports.columns import LeftOut, guessed, left_out
from loyalty.imports.times import written_as

TEXT = "mã,tên\n1,Đường Nguyễn\n\n2,Łukasz Żółć\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_files_are_recognized_by_themselves(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(TEXT.encode(encoding))
    assert CsvFile(path).header() == ("mã", "tên")
    assert list(CsvFile(path).rows()) == [Row(2, ("1", "Đường Nguyễn")), Row(4, ("2", "Łukasz Żółć"))]


def test_a_utf_16_file_without_a_mark_is_recognized(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("code,name\n1,Đường\n".encode("utf-16-le"))
    assert list(CsvFile(path).rows()) == [Row(2, ("1", "Đường"))]


def test_cp1258_is_asked_for_and_then_read_with_its_tones_joined(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    apart = "tên\nNguye\u0302\u0303n\n"
    spelled = "".join(unicodedata.normalize("NFC", c) for c in ["tên\nNguy", "ê", "\u0303", "n\n"])
    assert unicodedata.normalize("NFC", apart) == unicodedata.normalize("NFC", spelled)
    path.write_bytes(spelled.encode("cp1258"))
    with pytest.raises(UnreadableFile) as asked:
        CsvFile(path).header()
    assert (asked.value.code, asked.value.field) == ("imports.ask_encoding", "encoding")
    assert "cp1258" in asked.value.params["known"]
    assert list(CsvFile(path, "cp1258").rows()) == [Row(2, ("Nguyễn",))]


def test_every_vietnamese_letter_is_read_from_cp1258(tmp_path: Path) -> None:
    """That writes the tone behind the letter; read, it is the one letter that search and comparisons know."""
    letters = [unicodedata.normalize("NFC", vowel + tone) for vowel in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY" for tone in TONES] + ["đ", "Đ"]
    path = tmp_path / "a.csv"
    path.write_bytes(("name\n" + "\n".join(in_cp1258(letter) for letter in letters) + "\n").encode("cp1258"))
    read = [row.cells[0] for row in CsvFile(path, "cp1258").rows()]
    assert read == letters
    assert all(len(letter) == 1 for letter in read)


TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")


def in_cp1258(letter: str) -> str:
    """The letter as CP1258 has it: the vowel, then its tone."""
    marks = unicodedata.normalize("NFD", letter)
    tones = [mark for mark in marks if mark in TONES]
    return unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in TONES)) + "".join(tones)


def test_gzip_semicolons_quotes_and_a_limit(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b'a;b\n1;"x;y"\n2;z\n3;w\n'))
    assert list(CsvFile(path).rows(limit=2)) == [Row(2, ("1", "x;y")), Row(3, ("2", "z"))]


def test_control_characters_do_not_get_in(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"name,code\nA\x07n\x1b ,\xe2\x80\x8b7\n")
    assert list(CsvFile(path).rows()) == [Row(2, ("An", "7"))]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"name,code\nA\x00n,7\n", 2),
        ("tên,mã\nĐường\nA\x00n,7\n".encode(), 3),
        (b"name\n" + b"An\n" * 50_000 + b"\x00\n", 50_002),
    ],
)
def test_one_nul_does_not_make_it_utf_16_but_marks_its_row(tmp_path: Path, content: bytes, line: int) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    (damaged,) = (row for row in CsvFile(path).rows() if row.has_nul)
    with pytest.raises(DomainError) as refused:
        damaged.refuse_nul()
    assert (refused.value.code, refused.value.params) == ("imports.nul", {"line": line})


@pytest.mark.parametrize("content", [b"name,\x00code\nAn,7\n", b"\x00"])
def test_a_nul_among_the_titles_is_told_of_the_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile) as refused:
        list(CsvFile(path).rows())
    assert (refused.value.code, refused.value.params) == ("imports.nul", {"line": 1})


def test_a_column_that_is_given_twice_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("phone,name,,Phone,\n1,a,,2,\n")
    with pytest.raises(UnreadableFile) as refused:
        CsvFile(path).header()
    assert (refused.value.code, refused.value.params) == ("imports.column_twice", {"column": "phone"})


@pytest.mark.parametrize(
    ("cells", "form"),
    [
        (["2026-01-05", "2026-01-31 08:30"], ""),
        (["05/01/2026", "", "31/12/2025"], "%d/%m/%Y"),
        (["01/05/2026", "12/31/2025"], "%m/%d/%Y"),
        (["1/2/2026 8:05", "13/2/2026 17:40"], "%d/%m/%Y %H:%M"),
        (["1.2.2026"], "%d.%m.%Y"),
        (["2026/02/01"], "%Y/%m/%d"),
        (["n/a", "３1/01/2026"], "%d/%m/%Y"),
        (["soon", "-"], ""),
        ([], ""),
    ],
)
def test_how_dates_are_written_is_found(tmp_path: Path, cells: list[str], form: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,Ngày\n" + "".join(f"1,{cell}\n" for cell in cells))
    assert written_as(CsvFile(path), ["ngày", "elsewhere"]) == form


def test_dates_that_can_be_read_in_two_ways_are_asked_about(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("d\n01/02/2026\n12/11/2025\n")
    with pytest.raises(UnreadableFile) as refused:
        written_as(CsvFile(path), ["d"])
    assert refused.value.code == "imports.day_or_month"
    assert refused.value.params == {"one": "%d/%m/%Y", "other": "%m/%d/%Y"}


def test_what_is_not_used_is_told_with_what_it_looks_like() -> None:
    known = {"phone": ("phone", "sdt"), "email": ("email",), "name": ("ho ten",)}
    header = ("Họ tên", "SĐT", "Phone at work", "Ghi chú", "e-maill", "")
    mapping = guessed(header, known)
    assert mapping == {"name": "Họ tên", "phone": "SĐT"}
    assert left_out(header, mapping, known) == [
        LeftOut("Phone at work", "phone"), LeftOut("Ghi chú"), LeftOut("e-maill", "email", is_free=True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "imports.no_header"), (b"\x1f\x8bbroken", "imports.broken_archive"), (b"a\n" + b"x" * 10_001, "imports.not_csv")],
)
def test_what_cannot_be_read_is_refused_whole(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile) as refused:
        list(CsvFile(path).rows())
    assert refused.value.code == code


def test_a_missing_file_is_named() -> None:
    with pytest.raises(UnreadableFile) as refused:
        CsvFile(Path("nowhere.csv")).header()
    assert refused.value.params == {"name": "nowhere.csv"}


def test_columns_are_found_by_name_and_a_missing_one_is_named() -> None:
    assert columns_by_name(("Invoice", "ts", "qty"), {"document": "invoice", "quantity": "QTY"}, ["document"]) == {
        "document": 0,
        "quantity": 2,
    }
    with pytest.raises(UnreadableFile) as missing:
        columns_by_name(("a", "b"), {"document": "invoice"}, ["document"])
    assert missing.value.code == "imports.no_column"
    with pytest.raises(UnreadableFile) as unmapped:
        columns_by_name(("a", "b"), {"document": "a"}, ["document", "purchased_at"])
    assert unmapped.value.params["fields"] == "purchased_at"
