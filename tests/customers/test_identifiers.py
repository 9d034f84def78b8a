"""What points to a customer: the customer code, phones as people type them, emails, cards."""

from __future__ import annotations

import random
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.domain.code import ALPHABET, check_character, code_for, parse_code
from customers.domain.identifiers import KINDS, normal, normal_identifiers
from customers.phones import phone, region_of
from loyalty.domain.errors import DomainError, Refusals


def answer(read: Callable[..., str], *given: str) -> str | DomainError:
    """What was read, or the refusal to read it."""
    try:
        return read(*given)
    except DomainError as refused:
        return refused


# -- the code -----------------------------------------------------------------------------------

CODES = st.uuids().map(lambda i: code_for(7, i))


@given(CODES, st.integers(0, 7), st.sampled_from(ALPHABET))
def test_every_single_slip_is_noticed(code: str, place: int, other: str) -> None:
    wrong = code[:place] + other + code[place + 1 :]
    if wrong != code:
        with pytest.raises(DomainError, match=r"customers\.code_invalid"):
            parse_code(wrong)


@given(CODES, st.integers(0, 7), st.integers(0, 7))
def test_every_two_characters_that_changed_places_are_noticed(code: str, first: int, second: int) -> None:
    swapped = list(code)
    swapped[first], swapped[second] = swapped[second], swapped[first]
    if (wrong := "".join(swapped)) != code:
        with pytest.raises(DomainError, match=r"customers\.code_invalid"):
            parse_code(wrong)


@given(CODES)
def test_a_code_reads_the_same_however_it_is_written(code: str) -> None:
    spoken = code.lower().replace("0", "o").replace("1", "l")
    full_width = "".join(chr(ord(c) + 0xFEE0) for c in code)
    assert parse_code(code) == parse_code(f"{code[:4]}-{code[4:]}") == parse_code(f" {spoken} ") == parse_code(full_width) == code


def test_the_code_of_a_customer_is_always_the_same_and_another_for_another_try() -> None:
    somebody = UUID("018f0000-0000-7000-8000-000000000001")
    assert code_for(1, somebody) == code_for(1, somebody)
    assert len({code_for(1, somebody), code_for(2, somebody), code_for(1, somebody, 1), code_for(1, uuid4())}) == 4


@pytest.mark.parametrize("text", ["", "0000000", "000000000", "UUUUUUUU", "0000000-", "ĐĐĐĐĐĐĐĐ"])
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(DomainError, match=r"customers\.code_invalid"):
        parse_code(text)


def test_one_random_word_in_32_has_the_right_check_character() -> None:
    drawn = random.Random(5)
    right = sum(check_character("".join(drawn.choices(ALPHABET, k=7))) == drawn.choice(ALPHABET) for _ in range(32_000))
    assert 850 < right < 1150


# -- phones -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["0912345678", "+84 912 345 678", "0084912345678", "84912345678", "+84(0)912345678", "０９１２３４５６７８"]
)
def test_six_spellings_are_one_phone(typed: str) -> None:
    assert phone(typed) == "+84912345678"


@pytest.mark.parametrize(
    ("typed", "e164"),
    [
        ("01678123456", "+84378123456"),
        ("+84 167 812 3456", "+84378123456"),
        ("0120 123 4567", "+84701234567"),
        ("0199 123 4567", "+84591234567"),
        ("028 3823 4567", "+842838234567"),
        ("+48 601 123 456", "+48601123456"),
        (" 0912.345.678 ", "+84912345678"),
    ],
)
def test_retired_prefixes_landlines_and_foreign_numbers(typed: str, e164: str) -> None:
    assert phone(typed) == e164


def test_the_region_says_which_country_is_meant() -> None:
    assert phone("601 123 456", "PL") == "+48601123456"


@pytest.mark.parametrize(
    "typed", ["12345", "", "   ", "abc", "0912", "1900 1234", "0912345678 x5", "+84", "0" * 500, "09123456789012", "\0"]
)
def test_what_is_nobodys_phone_is_refused_by_field(typed: str) -> None:
    with pytest.raises(DomainError) as refused:
        phone(typed)
    assert (refused.value.code, refused.value.field) == ("phone.invalid", "phone")


@given(st.text(max_size=50))
def test_any_text_is_a_phone_or_a_refusal(typed: str) -> None:
    read = answer(phone, typed)
    assert read.field == "phone" if isinstance(read, DomainError) else phone(read) == read


def test_a_time_zone_says_which_country_is_meant() -> None:
    zones = ("Asia/Ho_Chi_Minh", "Europe/Warsaw", "Europe/London", "UTC")
    assert [region_of(zone) for zone in zones] == ["VN", "PL", "GB", "VN"]


# -- email, card, external id ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        (" Huong@Example.COM ", "huong@example.com"),
        ("a.b+c@sub.example.com.vn", "a.b+c@sub.example.com.vn"),
        ("x@xn--p1ai.xn--p1ai", "x@xn--p1ai.xn--p1ai"),
    ],
)
def test_emails_have_one_spelling(typed: str, address: str) -> None:
    assert normal("email", typed) == address


@pytest.mark.parametrize(
    "typed",
    ["", "huong", "@example.com", "huong@", "a b@example.com", "a@b", "a@-b.com", "a@b..com", ".a@b.com", "a..b@b.com", "a@b.com\0",
     "a@@b.com", "a@b.1", f"{'a' * 65}@b.com", f"a@{'b.' * 130}com"],
)  # fmt: skip
def test_what_is_no_email_is_refused_by_field(typed: str) -> None:
    with pytest.raises(DomainError) as refused:
        normal("email", typed)
    assert (refused.value.code, refused.value.field) == ("customers.email_invalid", "email")


def test_cards_are_read_without_blanks_and_hyphens() -> None:
    assert normal("card", " 9704 0000-1234 ") == normal("card", "９７０４００００１２３４") == "970400001234"
    assert normal("card", "vip-01") == "VIP01"


@pytest.mark.parametrize("typed", ["", "12", "1" * 41, "12_34", "thẻ1"])
def test_what_is_no_card_is_refused_by_field(typed: str) -> None:
    with pytest.raises(DomainError) as refused:
        normal("card", typed)
    assert (refused.value.code, refused.value.field) == ("customers.card_invalid", "card")


def test_empty_identifiers_are_none() -> None:
    assert normal_identifiers({"phone": None, "email": "  ", "card": "", "external_id": " 12346 "}, Refusals()) == {"external_id": "12346"}


@given(st.sampled_from(KINDS), st.text(max_size=60))
def test_a_normal_form_is_its_own_normal_form(kind: str, typed: str) -> None:
    once = answer(normal, kind, typed)
    assert once.field == kind if isinstance(once, DomainError) else normal(kind, once) == once  # type: ignore[arg-type]
