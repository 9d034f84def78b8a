"""Points of sale, where they are and when they are open: given what happened, when somebody asks, then this or a refusal."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.location import Location, degrees, microdegrees
from pos.domain.opening import OpenSpan, checked_hours
from pos.domain.point_of_sale import PointOfSale, PointOfSaleDetails, pos_id_for
from pos.events import PointOfSaleDetailsChanged
from tests.pos.facts import LATER, NOW, refused

SHOP = PointOfSaleDetails(
    name="Lê Lợi", location=Location(address="12 Lê Lợi"), opening_hours=(OpenSpan(weekday=1, opens=420, closes=1320),)
)


def place() -> PointOfSale:
    made = PointOfSale(uuid4())
    made.add(uuid4(), "ll-1", SHOP, NOW)
    return made


def test_a_position_is_kept_in_whole_millionths_of_a_degree() -> None:
    assert microdegrees("10.776889", "latitude") == 10_776_889
    assert microdegrees("-0.5", "latitude") == -500_000
    assert degrees(106_700_806) == Decimal("106.700806")
    assert degrees(None) is None


@pytest.mark.parametrize("typed", ["", "abc", "10,5", "10.7768891", "181", "NaN", "1e999", "Infinity"])
def test_what_is_no_position_is_refused_by_field(typed: str) -> None:
    assert refused(lambda: microdegrees(typed, "longitude")) == ("pos.longitude_invalid", "longitude")


@given(st.integers(-180_000_000, 180_000_000))
def test_every_position_survives_being_shown(value: int) -> None:
    assert microdegrees(degrees(value) or 0, "longitude") == value


def test_an_address_of_several_lines_becomes_one() -> None:
    assert Location(address="12 Lê Lợi,\r\nQuận 1\n").checked().address == "12 Lê Lợi, Quận 1"


def test_a_point_of_sale_opens_with_a_code_in_capitals() -> None:
    shop = place()
    assert (shop.code, shop.active, shop.details) == ("LL-1", True, SHOP)


def test_a_code_is_one_place_however_it_is_typed() -> None:
    assert pos_id_for(1, "ll-1") == pos_id_for(1, " LL-1 ") == pos_id_for(1, "ＬＬ-1") != pos_id_for(2, "ll-1")


def test_a_code_is_never_used_twice() -> None:
    shop = place()
    assert refused(lambda: shop.add(uuid4(), "LL-1", SHOP, LATER)) == ("pos.code_taken", "code")


@pytest.mark.parametrize("code", ["", "  ", "-A", "quận", "A B", "A" * 21, "A/B", "A_B"])
def test_what_is_no_code_is_refused(code: str) -> None:
    assert refused(lambda: PointOfSale(uuid4()).add(uuid4(), code, SHOP, NOW)) == ("pos.code_invalid", "code")


def test_a_point_of_sale_is_edited_closed_and_opened() -> None:
    shop = place()
    shop.edit(SHOP, LATER)
    shop.edit(PointOfSaleDetails(name="Lê Lợi 2"), LATER)
    shop.deactivate(LATER)
    shop.deactivate(LATER)
    assert not shop.active
    shop.activate(LATER)
    assert [type(e).__name__ for e in shop.pending[1:]] == [
        "PointOfSaleDetailsChanged", "PointOfSaleDeactivated", "PointOfSaleActivated",
    ]  # fmt: skip
    assert isinstance(shop.pending[1], PointOfSaleDetailsChanged)
    assert shop.pending[1].opening_hours == ()


def span(weekday: int, opens: int, closes: int) -> OpenSpan:
    return OpenSpan(weekday=weekday, opens=opens, closes=closes)


def test_opening_hours_stand_in_the_order_of_the_week() -> None:
    assert checked_hours((span(2, 0, 60), span(1, 600, 700), span(1, 0, 60))) == (span(1, 0, 60), span(1, 600, 700), span(2, 0, 60))
    assert checked_hours((span(1, 0, 720), span(1, 720, 1440))), "one may begin where the other ends"
    assert checked_hours((span(7, 1200, 1560), span(1, 120, 600))), "Sunday night into Monday"


@pytest.mark.parametrize(
    "wrong",
    [span(0, 0, 60), span(8, 0, 60), span(1, -1, 60), span(1, 60, 60), span(1, 60, 30), span(1, 1440, 1500), span(1, 60, 1501)],
)
def test_impossible_hours_are_refused(wrong: OpenSpan) -> None:
    assert refused(lambda: checked_hours((wrong,))) == ("pos.opening_hours_invalid", "opening_hours")


@pytest.mark.parametrize(
    "two", [(span(1, 0, 61), span(1, 60, 120)), (span(1, 1200, 1560), span(2, 0, 60)), (span(7, 1200, 1561), span(1, 120, 600))]
)
def test_hours_that_overlap_are_refused(two: tuple[OpenSpan, ...]) -> None:
    assert refused(lambda: checked_hours(two)) == ("pos.opening_hours_overlap", "opening_hours")
