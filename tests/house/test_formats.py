"""Money, points, dates and phones read as people of each language write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.domain.money import EXPONENTS, LARGEST
from loyalty.house import formats
from loyalty.house.fields import plain_amount
from loyalty.house.templatetags.house import own_language_names

SAIGON = ZoneInfo("Asia/Ho_Chi_Minh")
WARSAW = ZoneInfo("Europe/Warsaw")
EVENING = datetime(2026, 3, 7, 18, 5, tzinfo=UTC)
"""1:05 in the morning of 8 March in Saigon, 19:05 of 7 March in Warsaw."""


@pytest.mark.parametrize(
    ("minor", "currency", "locale", "text"),
    [
        (250000, "VND", "vi", "250.000\u00a0₫"),
        (250000, "VND", "en", "₫250,000"),
        (250000, "VND", "pl", "250\u00a0000\u00a0VND"),
        (125050, "PLN", "pl", "1\u00a0250,50\u00a0zł"),
        (125050, "GBP", "en", "£1,250.50"),
        (-120000, "VND", "vi", "−120.000\u00a0₫"),
        (-120000, "VND", "en", "−₫120,000"),
        (0, "EUR", "vi", "0,00\u00a0€"),
        (LARGEST, "VND", "vi", "1.000.000.000.000.000\u00a0₫"),
    ],
)
def test_money_reads_as_in_the_language(minor: int, currency: str, locale: str, text: str) -> None:
    assert formats.money(minor, currency, locale) == text


def test_a_gain_shows_its_plus_only_when_signs_are_asked_for() -> None:
    assert formats.money(1, "VND", "vi", signed=True) == "+1\u00a0₫"
    assert formats.money(0, "VND", "vi", signed=True) == "0\u00a0₫"
    assert formats.points(-12, "vi", signed=True) == "−12"


def test_a_currency_that_no_tenant_can_have_is_not_guessed() -> None:
    with pytest.raises(KeyError):
        formats.money(1, "XXX", "vi")


@pytest.mark.parametrize("locale", ["vi", "en", "pl"])
@pytest.mark.parametrize("currency", sorted(EXPONENTS))
@pytest.mark.parametrize("minor", [0, 7, 250000, -120050])
def test_parts_together_are_the_whole(minor: int, currency: str, locale: str) -> None:
    before, number, after = formats.money_parts(minor, currency, locale, signed=True)
    whole = formats.money(minor, currency, locale, signed=True)
    assert (before + number + after).replace("\u00a0", "") == whole.replace("\u00a0", "")
    assert any(digit in number for digit in "0123456789")
    assert bool(before.strip("+−")) != bool(after)


def test_points_come_with_their_word_in_the_right_plural() -> None:
    assert formats.points_phrase(1, "en") == "1 point"
    assert formats.points_phrase(1250, "en") == "1,250 points"
    assert formats.points(1250, "vi") == "1.250"
    assert formats.points(1250, "vi", decimals=2) == "12,5"


def test_an_unknown_language_reads_english() -> None:
    assert formats.number(1234567, "fr") == "1,234,567"
    assert formats.number(1234567, "vi-VN") == "1.234.567"


def test_a_moment_is_shown_on_the_day_that_its_place_has() -> None:
    assert formats.day(EVENING, SAIGON, "vi") == "08/03/2026"
    assert formats.day(EVENING, WARSAW, "pl") == "7.03.2026"
    assert formats.day(EVENING, WARSAW, "en") == "7 Mar 2026"
    assert formats.day(date(2026, 3, 7), SAIGON, "vi") == "07/03/2026"
    assert formats.clock(EVENING, SAIGON, "vi") == "01:05"
    assert formats.day_and_clock(EVENING, SAIGON, "vi") == "01:05 08/03/2026"
    assert formats.day_and_clock(EVENING, WARSAW, "en") == "7 Mar 2026, 7:05\u202fPM"


def test_a_statement_is_headed_by_its_month() -> None:
    assert formats.month(EVENING, SAIGON, "vi") == "tháng 3 năm 2026"
    assert formats.month(date(2026, 3, 1), WARSAW, "pl") == "marzec 2026"
    assert formats.month(EVENING, WARSAW, "en") == "March 2026"


def test_time_that_passed_is_told_in_words() -> None:
    assert formats.ago(EVENING - timedelta(minutes=5), EVENING, "vi") == "5 phút trước"
    assert formats.ago(EVENING + timedelta(days=2), EVENING, "en") == "in 2 days"
    assert formats.duration(timedelta(minutes=3), "pl") == "3 minuty"


def test_phones_are_written_as_at_home_and_foreign_ones_with_their_country() -> None:
    assert formats.phone("+84912345678") == "0912 345 678"
    assert formats.phone("+48512345678") == "+48 512 345 678"
    assert formats.phone("+48512345678", "PL") == "512 345 678"
    assert formats.phone("unreadable") == "unreadable"


def test_percentages_and_initials() -> None:
    assert formats.percent(1530, "vi") == "15,3%"
    assert formats.initials("Nguyễn Thị Đường") == "NĐ"
    assert formats.initials("Łucja") == "Ł"
    assert formats.initials("  ") == ""


@given(minor=st.integers(0, LARGEST), currency=st.sampled_from(sorted(EXPONENTS)), locale=st.sampled_from(["vi", "en", "pl"]))
def test_what_a_screen_shows_can_be_typed_back(minor: int, currency: str, locale: str) -> None:
    decimals = EXPONENTS[currency]
    typed = plain_amount(formats.scaled(minor, decimals, locale), decimals)
    assert int(typed.replace(".", "")) == minor


def test_each_language_is_called_as_it_writes_its_own_name() -> None:
    assert own_language_names() == [("vi", "Tiếng Việt"), ("en", "English"), ("pl", "polski")]


@pytest.mark.parametrize(("language", "last_day"), [("vi", "27/01/2027"), ("en", "27 Jan 2027"), ("pl", "27.01.2027")])
def test_what_ends_at_midnight_is_shown_with_its_last_day_in_the_zone(language: str, last_day: str) -> None:
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    end = datetime(2027, 1, 27, 17, tzinfo=UTC)
    assert formats.until(end, zone, language) == formats.day(date(2027, 1, 27), zone, language)
    assert formats.until(end, zone, language) == last_day
    assert formats.until(end, ZoneInfo("UTC"), language) == formats.day_and_clock(end, ZoneInfo("UTC"), language)
