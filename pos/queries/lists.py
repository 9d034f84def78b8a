"""Merchants, points of sale and sellers as lists show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar, cast
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Model, OuterRef, Q, QuerySet

from loyalty.domain.errors import NotFound
from loyalty.tenancy.middleware import tenant_of_id
from pos.domain.location import degrees
from pos.domain.opening import OpenSpan
from pos.domain.scope import DocumentScope
from pos.models import Merchant, PointOfSale
from pos.queries.places import rows_of, tenant_here

M = TypeVar("M", bound=Model)
LARGEST_PAGE = 201
"""One more than a page of the API, which tells whether there is another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MerchantCard:
    """A merchant as a list shows it: `points_of_sale` are names, `phone` is E.164 or "", degrees are exact or None."""

    merchant_id: UUID
    name: str
    phone: str
    email: str
    points_of_sale: tuple[str, ...]
    address: str
    latitude: Decimal | None
    longitude: Decimal | None
    document_scope: DocumentScope
    active: bool
    added_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PointOfSaleCard:
    """A point of sale as a list shows it.

    `purchases` counts its sale documents, `undone` those that came back entirely; `revenue` is what was kept of them, in
    minor units of `currency`. They follow the log a moment later.
    """

    pos_id: UUID
    merchant_id: UUID
    merchant_name: str
    code: str
    name: str
    description: str
    address: str
    latitude: Decimal | None
    longitude: Decimal | None
    opening_hours: tuple[OpenSpan, ...]
    active: bool
    added_at: datetime
    purchases: int
    undone: int
    revenue: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SellerCard:
    """A member of staff as a seller: when `active`, they may sell at `pos_ids`, whose names are `points_of_sale`."""

    user_id: UUID
    name: str
    email: str
    pos_ids: tuple[UUID, ...]
    points_of_sale: tuple[str, ...]
    active: bool
    since: datetime


SELLER = """select s.id, u.display_name, u.email, s.pos_ids, array(select p.name from pos_point_of_sale p
        where p.tenant_id = s.tenant_id and p.id = any (s.pos_ids) order by p.name, p.id), s.active, s.since
    from pos_seller s join staff_user u on u.tenant_id = s.tenant_id and u.id = s.id where s.tenant_id = %s"""
ONE_SELLER = f"{SELLER} and s.id = %s"
SELLERS = f"""{SELLER} and (u.display_name, u.email) > (%s, %s) order by u.display_name, u.email limit %s"""


def merchant(merchant_id: UUID) -> MerchantCard:
    """One merchant. Raises NotFound `pos.merchant_not_found`."""
    found = _merchants().filter(id=merchant_id).first()
    if found is None:
        raise NotFound("pos.merchant_not_found")
    return _merchant_card(found)


def merchants(*, after: tuple[str, UUID] | None = None, limit: int = 50) -> list[MerchantCard]:
    """Merchants by name; `after` is name and id of the last one that was seen."""
    return [_merchant_card(m) for m in _page(_merchants(), after, limit)]


def point_of_sale(pos_id: UUID) -> PointOfSaleCard:
    """One point of sale. Raises NotFound `pos.point_of_sale_not_found`."""
    found = _points_of_sale().filter(id=pos_id).first()
    if found is None:
        raise NotFound("pos.point_of_sale_not_found")
    return _point_of_sale_card(found)


def points_of_sale(*, merchant_id: UUID | None = None, after: tuple[str, UUID] | None = None, limit: int = 50) -> list[PointOfSaleCard]:
    """Points of sale by name, of one merchant or of all; `after` is name and id of the last one that was seen."""
    asked = _points_of_sale() if merchant_id is None else _points_of_sale().filter(merchant_id=merchant_id)
    return [_point_of_sale_card(p) for p in _page(asked, after, limit)]


def seller(user_id: UUID) -> SellerCard:
    """One seller, by their staff account. Raises NotFound `pos.seller_not_found`."""
    rows = rows_of(ONE_SELLER, tenant_here(), user_id)
    if not rows:
        raise NotFound("pos.seller_not_found")
    return _seller_card(rows[0])


def sellers(*, after: tuple[str, str] | None = None, limit: int = 50) -> list[SellerCard]:
    """Sellers by name and email; `after` is both of the last one that was seen."""
    return [_seller_card(row) for row in rows_of(SELLERS, tenant_here(), *(after or ("", "")), min(limit, LARGEST_PAGE))]


def _merchants() -> QuerySet[Merchant]:
    places = PointOfSale.objects.filter(tenant_id=tenant_here(), merchant_id=OuterRef("id")).order_by("name", "id")
    return Merchant.objects.filter(tenant_id=tenant_here()).annotate(place_names=ArraySubquery(places.values("name")))


def _points_of_sale() -> QuerySet[PointOfSale]:
    return PointOfSale.objects.filter(tenant_id=tenant_here()).select_related("merchant", "takings")


def _page(asked: QuerySet[M], after: tuple[str, UUID] | None, limit: int) -> QuerySet[M]:
    if after is not None:
        name, last = after
        asked = asked.filter(Q(name__gt=name) | Q(name=name, id__gt=last))
    return asked.order_by("name", "id")[: min(limit, LARGEST_PAGE)]


def _merchant_card(m: Merchant) -> MerchantCard:
    return MerchantCard(
        merchant_id=m.id,
        name=m.name,
        phone=m.phone,
        email=m.email,
        points_of_sale=tuple(cast(Any, m).place_names),
        address=m.address,
        latitude=degrees(m.latitude),
        longitude=degrees(m.longitude),
        document_scope=cast(DocumentScope, m.document_scope),
        active=m.active,
        added_at=m.added_at,
    )


def _point_of_sale_card(p: PointOfSale) -> PointOfSaleCard:
    takings = getattr(p, "takings", None)
    return PointOfSaleCard(
        pos_id=p.id,
        merchant_id=p.merchant_id,
        merchant_name=p.merchant.name,
        code=p.code,
        name=p.name,
        description=p.description,
        address=p.address,
        latitude=degrees(p.latitude),
        longitude=degrees(p.longitude),
        opening_hours=tuple(OpenSpan(**span) for span in p.opening_hours),
        active=p.active,
        added_at=p.added_at,
        purchases=takings.purchases if takings else 0,
        undone=takings.undone if takings else 0,
        revenue=takings.revenue if takings else 0,
        currency=tenant_of_id(tenant_here()).currency,
    )


def _seller_card(row: tuple[Any, ...]) -> SellerCard:
    user_id, name, email, pos_ids, names, active, since = row
    return SellerCard(
        user_id=user_id, name=name, email=email, pos_ids=tuple(pos_ids), points_of_sale=tuple(names), active=active, since=since
    )
