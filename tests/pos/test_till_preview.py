"""What a purchase would bring, shown at the till while the amount is typed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from earning.domain.levels.terms import Benefits
from tests.earning.counter import Counter
from tests.earning.levels_counted import active
from tests.earning.levels_given import level, terms
from tests.pos.counter import Till
from tests.rewards.given import RewardShop
from tests.support.client import visitor
from tests.support.pages import text_of


@pytest.mark.parametrize(
    ("typed", "points", "after"), [("250000", 25, 25), ("250.000", 25, 25), ("２５００００", 25, 25), ("9 999", 0, 0), ("10,000", 1, 1)]
)
def test_the_points_show_while_the_amount_is_typed(till: Till, typed: str, points: int, after: int) -> None:
    said = text_of(till.preview(typed))
    assert f"{'+' if points else ''}{points} point" in said
    assert f"New balance {after} point" in said
    assert till.sold() == [], "nothing is kept"


@pytest.mark.parametrize(
    ("typed", "said"),
    [("", "The points show here while you type."), ("0", "Enter an amount above zero."), ("9" * 401, "This amount is too large."),
     ("12,5", "Amounts in VND have no decimals.")]
    + [(rubbish, "Enter an amount, for example 250,000.") for rubbish in ("abc", "-1", "1e5", "1.2.3", "\0", "NaN")],
)  # fmt: skip
def test_what_is_no_amount_previews_what_is_wrong(till: Till, typed: str, said: str) -> None:
    page = till.preview(typed)
    assert page.status_code == 200
    assert said in text_of(page)


def test_a_preview_is_asked_for_by_a_form_only(till: Till) -> None:
    assert till.client.get(till.at("till-preview", till.customer_id)).status_code == 405


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "L1: 10% off, ₫1,235 of this purchase"), ("vi", "Hạng l1: giảm 10%, tức 1.235 ₫ của giao dịch này"),
     ("pl", "Poziom l1: rabat 10%, czyli 1 235 VND z tego zakupu")],
)  # fmt: skip
def test_what_a_level_takes_off_is_said_as_an_amount_of_this_purchase(till: Till, language: str, said: str) -> None:
    off = replace(level("l1", 20), benefits=Benefits(discount=1_000))
    active(Counter(till.tenant), terms(level("l0", 0), off))
    till.client = visitor(till.tenant, till.seller, language)
    assert said not in text_of(till.preview("12345")), "they do not have the level yet"
    till.record("250000")
    assert said in text_of(till.preview("12345")), "12,345 is typed, and half a đồng is rounded up"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("vi", "Sắp đổi được: Cà phê miễn phí, còn thiếu 90 điểm"),
        ("en", "Next in the catalogue: Free coffee, 90 points more"),
        ("pl", "Najbliższa nagroda: Darmowa kawa, brakuje 90 punktów"),
    ],
)
def test_what_points_could_buy_next_is_said_while_the_amount_is_typed(till: Till, language: str, said: str) -> None:
    RewardShop(till.tenant).reward(points=100)
    till.client = visitor(till.tenant, till.seller, language)
    assert said in text_of(till.preview("100000"))
