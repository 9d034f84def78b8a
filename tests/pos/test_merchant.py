"""Merchants: given what happened, when somebody asks, then this or a refusal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from loyalty.domain.errors import Conflict, NotFound
from pos.domain.location import Location
from pos.domain.merchant import Merchant, MerchantDetails
from pos.events import MerchantActivated, MerchantAdded, MerchantDeactivated, MerchantDetailsChanged
from tests.pos.facts import LATER, NOW, refused

CAFE = MerchantDetails(name="Cà phê Sáng", phone="+842838234567", email="sang@example.com", location=Location(address="12 Lê Lợi"))


def merchant() -> Merchant:
    made = Merchant(uuid4())
    made.add(CAFE, "pos_day", NOW)
    return made


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
