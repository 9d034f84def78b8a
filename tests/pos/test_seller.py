"""Sellers: given what happened, when somebody asks, then this or a refusal."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest

from loyalty.domain.errors import NotFound
from pos.domain.seller import MOST_PLACES, SellerAssignment
from pos.events import SellerAssigned, SellerDeactivated, SellerWithdrawn
from tests.pos.facts import LATER, NOW, refused

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
