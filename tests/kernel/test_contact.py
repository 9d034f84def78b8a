"""What reads like a phone or an email, in what people write, in what goods are called, and in article numbers."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.domain.contact import POLAND, code_reaches_somebody, name_reaches_somebody, reaches_somebody

RETAIL = Path(__file__).parents[3] / "shared" / "data" / "online_retail.csv.gz"
everywhere = pytest.mark.parametrize("currency", ["VND", POLAND, "EUR", ""])
REACHES = ["an@example.com", "Trà An+1@Example.com.vn", "+48 601-123-456", "+84 912 345 678", "gọi +1 (212) 555-0123"]
IN_VIETNAM = ["0912 345 678", "chị Lan 0912345678", "０９１２３４５６７８", "0912.345.678", "091-234-5678", "84912345678"]
IN_POLAND = ["512 345 678", "pani Ewa 601-123-456", "48 512 345 678", "0048512345678", "48512345678", "tel. 512345678", "Kom: 888123456"]
THINGS = [
    "8934673583350", "036000291452", "0360002914527", "96385074", "ISBN 0306406152", "ISBN-10: 0345391802", "0 986 494 123",
    "Pin 18650 3.7V 2600mAh", "iPhone 15 128GB 356938035643809", "SN-0912345678-X", "250 000 000", "Combo 1+1 2000000", "A4 80g 500 tờ",
    "Nakład 1 512 345 678", "512 345 678 900", "Rozmiar 45/46",
    "Szafka 500 600 700", "Rura 501 200 300 mm", "123456785", "512345678", "@home", "a@b", "0912", "ACME 100-200-300",
]  # fmt: skip


@everywhere
def test_an_email_and_a_phone_with_its_country_are_known_everywhere(currency: str) -> None:
    for text in REACHES:
        assert [known(text, currency) for known in (reaches_somebody, name_reaches_somebody, code_reaches_somebody)] == [True] * 3, text


@everywhere
def test_a_vietnamese_mobile_is_known_in_words_and_names(currency: str) -> None:
    for text in IN_VIETNAM:
        assert (reaches_somebody(text, currency), name_reaches_somebody(text, currency)) == (True, True), text


def test_a_polish_mobile_without_its_country_is_known_where_prices_are_in_zloty() -> None:
    for text in IN_POLAND:
        sizes = text in {"512 345 678", "pani Ewa 601-123-456", "48 512 345 678"}
        assert (reaches_somebody(text, POLAND), name_reaches_somebody(text, POLAND)) == (True, not sizes), text
        assert not reaches_somebody(text.replace("Kom", "").replace("tel", ""), "VND"), text


@everywhere
def test_what_goods_are_called_is_kept(currency: str) -> None:
    for text in THINGS:
        assert not name_reaches_somebody(text, currency), text
        assert not code_reaches_somebody(text, currency), text


@everywhere
def test_an_article_number_is_a_phone_only_as_nobody_writes_articles(currency: str) -> None:
    for text in ("0912 345 678", "091 234 5678", "0912 345678"):
        assert code_reaches_somebody(text, currency), text
    for text in (
        "0912345678",
        "0306406152",
        "84912345678",
        "512-345-678",
        "512 345 678",
        "0912.345.678",
        "0-912-345-678",
        "0912 345 6789",
        "CF 0912 345",
    ):
        assert not code_reaches_somebody(text, currency), text


@given(st.from_regex(r"[0-9]{8,14}", fullmatch=True), st.sampled_from(["VND", POLAND]))
def test_any_barcode_is_an_article_number(digits: str, currency: str) -> None:
    assert not code_reaches_somebody(digits, currency)
    assert not name_reaches_somebody(f"Kawa {digits}", currency) or len(digits) in {10, 11}


def test_no_article_of_a_real_shop_is_taken_for_somebody() -> None:
    with gzip.open(RETAIL, "rt", encoding="utf-8", newline="") as file:
        articles = {row["sku"] for row in csv.DictReader(file)}
    assert len(articles) > 3_000
    taken = [
        (one, c) for one in articles for c in ("GBP", POLAND) for known in (code_reaches_somebody, name_reaches_somebody) if known(one, c)
    ]
    assert taken == []
