"""Which words find whom, asked of both engines."""

from __future__ import annotations

import pytest

from loyalty.search import CLOSENESS, Sort
from tests.search.conftest import People


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("duong", ["Nguyễn Văn Đường", "Trần đương", "DƯƠNG Thị Hoa"]),
        ("Đường", ["Nguyễn Văn Đường", "Trần đương", "DƯƠNG Thị Hoa"]),
        ("lukasz", ["Łukasz Żak"]),
        ("ZAK", ["Łukasz Żak"]),
        ("１２３", ["Sklep 1234"]),
        ("nguyen", ["Nguyễn Văn Đường"]),
    ],
)
def test_accents_case_and_width_do_not_matter(people: People, typed: str, names: list[str]) -> None:
    people.add("Nguyễn Văn Đường", "Trần đương", "DƯƠNG Thị Hoa", "Łukasz Żak", "Sklep 1234")
    assert sorted(people.found(typed)) == sorted(names)


def test_every_word_must_begin_a_word_of_the_name_in_any_order(people: People) -> None:
    people.add("Nguyễn Văn An", "Nguyễn Thị An", "Trần Văn An")
    assert people.found("an ng va") == ["Nguyễn Văn An"]
    assert people.found("ng an tran") == []
    assert sorted(people.found("a")) == ["Nguyễn Thị An", "Nguyễn Văn An", "Trần Văn An"]


def test_words_of_all_text_fields_count_together(people: People) -> None:
    people.add("Nguyễn Văn An", nickname="Tèo").add("Lê An", nickname="Tí")
    assert people.found("an teo") == ["Nguyễn Văn An"]


def test_a_word_inside_another_does_not_match(people: People) -> None:
    people.add("Kowalski Hoàng", "Nowakowska")
    assert people.found("owalski") == ["Kowalski Hoàng"]  # one letter of eight missing, not a word inside another
    assert people.found("walski") == []
    assert people.found("oang") == ["Kowalski Hoàng"]
    assert people.found("ang") == []
    assert people.found("kowska") == []


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("nguyem", True),  # one letter other
        ("nguye", True),
        ("ngueyn", False),  # transposed: distance 2, and six letters allow 1
        ("nguyemn", True),  # one letter too many
        ("nuyn", False),
        ("tha", False),  # shorter than 4 letters: as a beginning only
        ("thi", True),
        ("thin", True),
        ("tti", False),
        ("lewandowski", True),
        ("lewadnowski", True),  # transposed: distance 2, and eleven letters allow 2
        ("leawdnowski", False),  # twice transposed
        ("levandovski", True),
        ("levandofski", True),
        ("lavandofski", False),
        ("lewandov", False),  # a beginning must be right: 8 letters and distance 4
        ("xewandowskix", True),
    ],
)
def test_mistakes_are_forgiven_by_length_and_a_transposition_counts_two(people: People, typed: str, found: bool) -> None:
    people.add("Nguyễn Thị Lewandowski")
    assert people.found(typed) == (["Nguyễn Thị Lewandowski"] if found else [])


def test_the_closest_come_first(people: People) -> None:
    people.add("Trần Dung", "Lê Dươngx", "Bùi Dương", "An Dương")
    assert people.found("duong", sort=(Sort(CLOSENESS), Sort("name"))) == ["An Dương", "Bùi Dương", "Lê Dươngx", "Trần Dung"]


@pytest.mark.parametrize("blank", ["", "   ", "\t\n"])
def test_blank_text_matches_all(people: People, blank: str) -> None:
    people.add("Bình", "An")
    assert people.found(blank, sort=(Sort("name"),)) == ["An", "Bình"]


@pytest.mark.parametrize(
    "typed",
    [
        "*",
        "%",
        "_",
        "?",
        "'",
        '"',
        "\\",
        "\\'",
        "';--",
        "(",
        "((((",
        "&|!",
        ":*",
        "\0",
        "\ud800",
        "~",
        "{}",
        "[",
        "/.*/",
        "$1",
        "%s",
        "<->",
    ],
)
def test_text_without_a_letter_finds_nothing(people: People, typed: str) -> None:
    people.add("Nguyễn Văn An")
    assert people.found(typed) == []


@pytest.mark.parametrize(
    "typed",
    ["an' or 1=1 --", "an*", "an:*", "%an%", "a\0n", "an\ud800", "\u202ean", "a\u00adn", "(an", "an\\", "an &", "!an", "an~", "-an"],
)
def test_signs_beside_letters_are_no_commands(people: People, typed: str) -> None:
    people.add("Nguyễn Văn An", "Or Bình")
    assert people.found(typed) == ([] if "or" in typed else ["Nguyễn Văn An"])


@pytest.mark.parametrize(
    "typed", ["a" * 10_000, "an " * 3_000, " ".join(f"w{i}" for i in range(3_000)), "ạ" * 10_000, "*" * 10_000, "\0" * 10_000]
)
def test_ten_thousand_characters_are_answered(people: People, typed: str) -> None:
    people.add("Nguyễn Văn An")
    assert people.found(typed) == (["Nguyễn Văn An"] if typed.startswith("an ") else [])


def test_longer_words_than_any_name_has_are_cut_alike(people: People) -> None:
    people.add("x" * 100)
    assert people.found("x" * 90) == people.found("x" * 5) == ["x" * 100]
