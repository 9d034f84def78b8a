"""Whose purchases somebody may see, and where they may record them. Works within an open `reading` and without."""

from __future__ import annotations

from uuid import UUID

from earning.permissions import RECORD_ANYWHERE, SEE_ALL_PURCHASES
from loyalty.domain.errors import DomainError, NotFound
from loyalty.staff.principal import Principal
from loyalty.tenancy import reading
from pos.queries import SalePlace, online_place, place_with_code, places_of, sale_place


def merchants_seen(principal: Principal) -> frozenset[UUID] | None:
    """The merchants whose purchases somebody may see: None for all, otherwise those of the places where they sell.

    A customer is asked for their own purchases only, wherever these were made.
    """
    if principal.kind == "customer" or principal.may(SEE_ALL_PURCHASES):
        return None
    return frozenset(place.merchant_id for place in own_places(principal))


def own_places(principal: Principal) -> list[SalePlace]:
    """Where somebody sells; nowhere for a program, and for staff who are no sellers."""
    if principal.user_id is None:
        return []
    with reading(principal.tenant_id):
        return places_of(principal.user_id)


def place_named(principal: Principal, pos: str, merchant_id: UUID | None) -> SalePlace:
    """Where a purchase is recorded: `pos` is the code or id of a point of sale, `merchant_id` alone means an online sale.

    Without the right to record anywhere it must be one of the own places. Raises DomainError `earning.place_missing`,
    `earning.place_unknown` (not there, or not theirs), `earning.place_inactive`, and `earning.place_of_another` (of another merchant).
    """
    place, field = _found(pos, merchant_id)
    if not principal.may(RECORD_ANYWHERE) and (place.pos_id is None or place.pos_id not in {p.pos_id for p in own_places(principal)}):
        raise DomainError("earning.place_unknown", field=field)
    if not place.active:
        raise DomainError("earning.place_inactive", field=field, place=place.pos_name or place.merchant_name)
    _check_merchant(place, merchant_id)
    return place


def return_place(principal: Principal, pos: str, sold_at: UUID | None) -> SalePlace | None:
    """Where goods come back: the place that `pos` names, else None for where they were bought (`sold_at`).

    Raises DomainError `earning.place_unknown` for a place that is not there or not theirs, `earning.place_inactive` for another
    than where they were bought that has closed.
    """
    place = _found(pos, None)[0] if pos else None
    where = place.pos_id if place else sold_at
    if not principal.may(RECORD_ANYWHERE) and (where is None or where not in {p.pos_id for p in own_places(principal)}):
        raise DomainError("earning.place_unknown", field="pos")
    if place and not place.active and place.pos_id != sold_at:
        raise DomainError("earning.place_inactive", field="pos", place=place.pos_name)
    return place


def any_place(pos: str, merchant_id: UUID | None) -> SalePlace:
    """Where a purchase is only tried: everywhere, also at a place that has closed. Raises DomainError as `place_named` does."""
    place = _found(pos, merchant_id)[0]
    _check_merchant(place, merchant_id)
    return place


def _check_merchant(place: SalePlace, merchant_id: UUID | None) -> None:
    if merchant_id not in {None, place.merchant_id}:
        raise DomainError("earning.place_of_another", field="merchant_id", place=place.pos_name, merchant=place.merchant_name)


def _found(pos: str, merchant_id: UUID | None) -> tuple[SalePlace, str]:
    """The place, and the field that named it."""
    field = "pos" if pos else "merchant_id"
    if not pos and merchant_id is None:
        raise DomainError("earning.place_missing", field="pos")
    try:
        place = _at(pos) if pos else online_place(merchant_id)  # type: ignore[arg-type]
    except NotFound:
        raise DomainError("earning.place_unknown", field=field) from None
    return place, field


def _at(pos: str) -> SalePlace:
    try:
        return sale_place(UUID(pos))
    except ValueError:
        return place_with_code(pos)
