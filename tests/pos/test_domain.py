"""Merchants, points of sale and sellers: given what happened, when somebody asks, then this or a refusal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.domain.errors import Conflict, DomainError, NotFound
from pos.domain.location import Location, degrees, microdegrees
from pos.domain.merchant import Merchant, MerchantDetails
from pos.domain.opening import OpenSpan, checked_hours
from pos.domain.point_of_sale import PointOfSale, PointOfSaleDetails, pos_id_for
from pos.domain.seller import MOST_PLACES, SellerAssignment
from pos.events import (
    MerchantActivated,
    MerchantAdded,
    MerchantDeactivated,
    MerchantDetailsChanged,
    PointOfSaleDetailsChanged,
    SellerAssigned,
    SellerDeactivated,
    SellerWithdrawn,
)

NOW = datetime(2026, 3, 7, 8, 5, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
CAFE = MerchantDetails(name="Cà phê Sáng", phone="+842838234567", email="sang@example.com", location=Location(address="12 Lê Lợi"))
SHOP = PointOfSaleDetails(
    name="Lê Lợi", location=Location(address="12 Lê Lợi"), opening_hours=(OpenSpan(weekday=1, opens=420, closes=1320),)
)


def merchant() -> Merchant:
    made = Merchant(uuid4())
    made.add(CAFE, "pos_day", NOW)
    return made


def place() -> PointOfSale:
    made = PointOfSale(uuid4())
    made.add(uuid4(), "ll-1", SHOP, NOW)
    return made


def refused(ask: Callable[[], object]) -> tuple[str, str | None]:
    with pytest.raises(DomainError) as caught:
        ask()
    return caught.value.code, caught.value.field


# -- merchants ----------------------------------------------------------------------------------


def test_a_merchant_joins_with_its_contact_and_sells_at_once() -> None:
    cafe = merchant()
    assert cafe.active
    assert cafe.pending == [
        MerchantAdded(
            merchant_id=cafe.id, name="Cà phê Sáng", document_scope="pos_day", phone="+842838234567", email="sang@example.com",
            address="12 Lê Lợi", latitude=None, longitude=None, added_at=NOW,
        )
    ]  # fmt: skip


def test_a_merchant_joins_once() -> None:
    cafe = merchant()
    with pytest.raises(Conflict, match=r"pos\.merchant_added_before"):
        cafe.add(CAFE, "pos", LATER)


def test_the_same_details_again_are_no_event() -> None:
    cafe = merchant()
    cafe.edit(MerchantDetails(name="  Cà  phê Sáng ", phone=CAFE.phone, email="SANG@example.com", location=CAFE.location), LATER)
    assert len(cafe.pending) == 1


def test_changed_details_are_one_event_with_all_of_them() -> None:
    cafe = merchant()
    cafe.edit(MerchantDetails(name="Cà phê Chiều"), LATER)
    assert cafe.pending[1] == MerchantDetailsChanged(
        merchant_id=cafe.id, name="Cà phê Chiều", phone=None, email=None, address="", latitude=None, longitude=None, changed_at=LATER
    )


def test_a_merchant_sells_until_deactivated_and_from_activation_on() -> None:
    cafe = merchant()
    cafe.activate(NOW)
    cafe.deactivate(NOW)
    cafe.deactivate(LATER)
    cafe.activate(LATER)
    assert cafe.pending[1:] == [
        MerchantDeactivated(merchant_id=cafe.id, deactivated_at=NOW),
        MerchantActivated(merchant_id=cafe.id, activated_at=LATER),
    ]


@pytest.mark.parametrize("ask", [lambda m: m.edit(CAFE, NOW), lambda m: m.activate(NOW), lambda m: m.deactivate(NOW)])
def test_nothing_can_be_done_to_a_merchant_that_never_joined(ask: Callable[[Merchant], None]) -> None:
    with pytest.raises(NotFound, match=r"pos\.merchant_not_found"):
        ask(Merchant(uuid4()))


@pytest.mark.parametrize(
    ("details", "code", "field"),
    [
        ({"name": "   "}, "pos.name_missing", "name"),
        ({"name": "a" * 101}, "pos.text_too_long", "name"),
        ({"name": "a\0b"}, "pos.unprintable_text", "name"),
        ({"name": "\u202eabc"}, "pos.unprintable_text", "name"),
        ({"phone": "0283823"}, "phone.invalid", "phone"),
        ({"email": "sang"}, "pos.email_invalid", "email"),
        ({"email": "a b@example.com"}, "pos.email_invalid", "email"),
        ({"email": "a@example..com"}, "pos.email_invalid", "email"),
        ({"location": Location(address="a" * 301)}, "pos.text_too_long", "address"),
        ({"location": Location(latitude=90_000_001, longitude=0)}, "pos.latitude_invalid", "latitude"),
        ({"location": Location(latitude=0, longitude=-180_000_001)}, "pos.longitude_invalid", "longitude"),
        ({"location": Location(latitude=1)}, "pos.position_incomplete", "longitude"),
        ({"location": Location(longitude=1)}, "pos.position_incomplete", "latitude"),
    ],
)
def test_a_wrong_detail_is_refused_by_its_field_and_leaves_no_event(details: dict[str, Any], code: str, field: str) -> None:
    cafe = Merchant(uuid4())
    assert refused(lambda: cafe.add(MerchantDetails(**{"name": "Quán", **details}), "pos", NOW)) == (code, field)
    assert not cafe.exists


def test_an_unknown_document_scope_is_refused() -> None:
    assert refused(lambda: Merchant(uuid4()).add(CAFE, "shop", NOW)) == ("pos.unknown_scope", "document_scope")  # type: ignore[arg-type]


# -- where it is --------------------------------------------------------------------------------


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


# -- points of sale -----------------------------------------------------------------------------


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


# -- sellers ------------------------------------------------------------------------------------

WHO, A, B, C = uuid4(), UUID(int=1), UUID(int=2), UUID(int=3)


def test_a_seller_sells_where_they_are_assigned_and_nowhere_else() -> None:
    seller = SellerAssignment(uuid4())
    seller.assign(WHO, [B, A, A], NOW)
    seller.assign(WHO, [B, C], LATER)
    assert seller.places == {B, C}
    assert seller.pending == [
        SellerAssigned(user_id=WHO, pos_id=A, assigned_at=NOW),
        SellerAssigned(user_id=WHO, pos_id=B, assigned_at=NOW),
        SellerWithdrawn(user_id=WHO, pos_id=A, withdrawn_at=LATER),
        SellerAssigned(user_id=WHO, pos_id=C, assigned_at=LATER),
    ]


def test_another_place_wakes_nobody_who_was_deactivated() -> None:
    seller = SellerAssignment(uuid4())
    seller.assign(WHO, [A], NOW)
    seller.deactivate(WHO, NOW)
    seller.deactivate(WHO, LATER)
    seller.assign(WHO, [A, B], LATER)
    assert seller.deactivated
    assert seller.pending.count(SellerDeactivated(user_id=WHO, deactivated_at=NOW)) == 1
    seller.activate(WHO, LATER)
    assert not seller.deactivated


def test_a_seller_has_at_least_one_place_and_not_endlessly_many() -> None:
    seller = SellerAssignment(uuid4())
    assert refused(lambda: seller.assign(WHO, [], NOW)) == ("pos.seller_without_place", "pos_ids")
    assert refused(lambda: seller.assign(WHO, [uuid4() for _ in range(MOST_PLACES + 1)], NOW)) == ("pos.too_many_places", "pos_ids")


@pytest.mark.parametrize("ask", [lambda s: s.activate(WHO, NOW), lambda s: s.deactivate(WHO, NOW)])
def test_somebody_who_never_sold_cannot_be_activated_or_deactivated(ask: Callable[[SellerAssignment], None]) -> None:
    with pytest.raises(NotFound, match=r"pos\.seller_not_found"):
        ask(SellerAssignment(uuid4()))


# -- every state is the fold of its events --------------------------------------------------------

NAMES = st.sampled_from(["", "Quán", "Sklep"])
STEPS: dict[type[Any], st.SearchStrategy[Callable[[Any], None]]] = {
    Merchant: st.one_of(
        st.builds(lambda n: lambda m: m.add(MerchantDetails(name=n), "pos", NOW), NAMES),
        st.builds(lambda n: lambda m: m.edit(MerchantDetails(name=n), NOW), NAMES),
        st.just(lambda m: m.activate(NOW)),
        st.just(lambda m: m.deactivate(NOW)),
    ),
    PointOfSale: st.one_of(
        st.builds(lambda n: lambda p: p.add(A, n, PointOfSaleDetails(name="x"), NOW), st.sampled_from(["", "a-1"])),
        st.builds(lambda n: lambda p: p.edit(PointOfSaleDetails(name=n), NOW), NAMES),
        st.just(lambda p: p.activate(NOW)),
        st.just(lambda p: p.deactivate(NOW)),
    ),
    SellerAssignment: st.one_of(
        st.builds(lambda places: lambda s: s.assign(WHO, places, NOW), st.lists(st.sampled_from([A, B, C]))),
        st.just(lambda s: s.activate(WHO, NOW)),
        st.just(lambda s: s.deactivate(WHO, NOW)),
    ),
}


@pytest.mark.parametrize("cls", STEPS)
@given(choices=st.data())
def test_live_state_is_replayed_state(cls: type[Any], choices: st.DataObject) -> None:
    live = cls(uuid4())
    for step in choices.draw(st.lists(STEPS[cls], max_size=12)):
        before = len(live.pending)
        try:
            step(live)
        except DomainError:
            assert len(live.pending) == before, "a refusal leaves no event"
    replayed = cls.replay(live.id, live.pending)
    assert {**vars(replayed), "version": 0, "pending": []} == {**vars(live), "pending": []}
