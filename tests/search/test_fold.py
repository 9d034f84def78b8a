"""Folding: the same for every way to write a name, never an exception, done when done once."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.search.fold import LONGEST_WORD, clean, fold, mistakes, words
from tests.search.oracle import plain_words

ANYTHING = st.text(st.characters(), max_size=60)
LETTERS = "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệghiìíỉĩịklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvxyỳýỷỹỵąćęłńóśźżwzjf"
NAMES = st.text(st.sampled_from(LETTERS + LETTERS.upper() + " -.'0123456789"), max_size=40)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Nguyễn Thị Đường", "nguyen thi duong"),
        ("ĐƯƠNG", "duong"),
        ("Łukasz ŻÓŁĆ", "lukasz zolc"),
        ("Ðặng", "dang"),  # the Icelandic letter, from old keyboards
        ("Straße", "strasse"),
        ("Ærø", "aero"),
        ("İstanbul ISPARTA ısı", "istanbul isparta isi"),
        ("０９１２　３４５", "0912 345"),
        ("ﬁx", "fix"),
        ("Οδυσσεύς", "οδυσσευσ"),
        ("한국", "한국"),
        ("a\0b\u200bc\u00add\ud800e", "abcde"),
        ("a\tb\nc", "a b c"),
        ("", ""),
    ],
)
def test_folding(written: str, folded: str) -> None:
    assert fold(written) == folded


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("Nowak-Kowalska, Anna", ["nowak", "kowalska", "anna"]),
        ("D'Arc  d’Arc", ["d", "arc"]),
        ("An an AN ấn", ["an"]),
        ("_a_b", ["a", "b"]),
        ("C-12.5", ["c", "12", "5"]),
        ("!?*", []),
        ("x" * 100, ["x" * LONGEST_WORD]),
    ],
)
def test_words(written: str, found: list[str]) -> None:
    assert words(written) == found


@given(ANYTHING)
def test_any_text_folds_and_folding_again_changes_nothing(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    folded.encode()
    assert "\0" not in folded
    assert words(folded) == words(text)


@given(ANYTHING)
def test_words_are_letters_and_digits_that_can_stand_in_any_query(text: str) -> None:
    for word in words(text):
        assert 1 <= len(word) <= LONGEST_WORD
        assert all(c.isalnum() for c in word)
        assert fold(word) == word


@given(NAMES, st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_every_way_to_write_a_name_folds_to_the_same(name: str, form: str) -> None:
    for written in (name, name.upper(), name.lower(), name.title(), name.swapcase()):
        assert fold(unicodedata.normalize(form, written)) == fold(name)
    assert fold(name).isascii()


@given(NAMES)
def test_names_have_the_words_that_a_plain_table_gives(name: str) -> None:
    assert words(name) == list(dict.fromkeys(plain_words(name)))


@given(ANYTHING, ANYTHING)
def test_a_space_between_keeps_words_apart(one: str, other: str) -> None:
    assert set(words(f"{one} {other}")) == set(words(one)) | set(words(other))


@given(ANYTHING)
def test_cleaning_leaves_nothing_that_a_database_refuses(text: str) -> None:
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs"} for c in clean(text))
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize(("letters", "allowed"), [(1, 0), (3, 0), (4, 1), (7, 1), (8, 2), (64, 2)])
def test_how_many_mistakes_are_forgiven(letters: int, allowed: int) -> None:
    assert mistakes("x" * letters) == allowed
