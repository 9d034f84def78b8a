"""Where a coupon is taken, or points are redeemed."""

from __future__ import annotations

from uuid import UUID

from earning.permissions import RECORD_ANYWHERE
from loyalty.domain.errors import DomainError, NotFound
from loyalty.staff.principal import Principal
from loyalty.tenancy import reading
from pos.queries import SalePlace, place_with_code, places_of, sale_place
from rewards.permissions import ANYWHERE
from rewards.queries import BasketCard, basket


def place_named(principal: Principal, pos: str) -> SalePlace | None:
    """The point of sale with this code or id; None for "", which only they may leave out who may act anywhere. Otherwise it is one where
    they sell. Raises DomainError `rewards.place_missing`, `earning.place_unknown`, `earning.place_inactive`.
    """
    anywhere = principal.may(ANYWHERE)
    if not pos:
        if not anywhere:
            raise DomainError("rewards.place_missing", field="pos")
        return None
    with reading(principal.tenant_id):
        place = _found(pos)
    if not anywhere and place.pos_id not in _own(principal):
        raise DomainError("earning.place_unknown", field="pos")
    return _open(place)


def recording_place(principal: Principal, pos_id: UUID | None) -> SalePlace:
    """The point of sale, for somebody who makes a purchase there with its rewards. Raises DomainError `earning.place_unknown` and
    `earning.place_inactive`, of no field: nobody named it.
    """
    try:
        place = place_named(principal, str(pos_id))
    except DomainError as refusal:
        refusal.field = None
        raise
    if place is None or not (principal.may(RECORD_ANYWHERE) or pos_id in _own(principal)):
        raise DomainError("earning.place_unknown")
    return place


def basket_here(principal: Principal, basket_id: UUID, field: str = "basket_id") -> BasketCard:
    """A basket that staff may change: one of where they sell, or any for who may act anywhere. Raises NotFound
    `rewards.basket_unknown` for all others.
    """
    try:
        with reading(principal.tenant_id):
            found = basket(basket_id)
    except NotFound:
        found = None
    if found is None or not (principal.may(ANYWHERE) or found.pos_id in _own(principal)):
        raise NotFound("rewards.basket_unknown", field=field)
    return found


def any_place(pos: str, tenant_id: int) -> SalePlace:
    """The point of sale with this code or id, whoever asks. Raises DomainError `earning.place_unknown`, `earning.place_inactive`."""
    with reading(tenant_id):
        return _open(_found(pos))


def ids_of(place: SalePlace | None) -> tuple[UUID | None, UUID | None]:
    """Merchant and point of sale; nothing without a place."""
    return (place.merchant_id, place.pos_id) if place else (None, None)


def _own(principal: Principal) -> set[UUID]:
    """Where somebody sells; nowhere for a program, and for staff who are no sellers."""
    if principal.user_id is None:
        return set()
    with reading(principal.tenant_id):
        return {one.pos_id for one in places_of(principal.user_id) if one.pos_id}


def _found(pos: str) -> SalePlace:
    try:
        try:
            return sale_place(UUID(pos))
        except ValueError:
            return place_with_code(pos)
    except NotFound:
        raise DomainError("earning.place_unknown", field="pos") from None


def _open(place: SalePlace) -> SalePlace:
    if not place.active:
        raise DomainError("earning.place_inactive", field="pos", place=place.pos_name)
    return place
