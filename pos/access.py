"""Whose takings somebody may see. Needs an open `reading`."""

from __future__ import annotations

from uuid import UUID

from earning.permissions import SEE_ALL_PURCHASES, SEE_PURCHASES
from loyalty.staff.principal import Principal
from pos.queries import places_of


def takings_seen(principal: Principal) -> frozenset[UUID] | None:
    """The merchants whose takings somebody may see, which are those whose purchases they may: None for all of them."""
    if principal.may(SEE_ALL_PURCHASES):
        return None
    if principal.user_id is None or not principal.may(SEE_PURCHASES):
        return frozenset()
    return frozenset(place.merchant_id for place in places_of(principal.user_id))
