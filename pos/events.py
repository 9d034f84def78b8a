"""What happened to merchants, points of sale and the staff who sell there: nothing in it is about a private person."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from loyalty.domain.event import event
from pos.domain.location import Microdegrees
from pos.domain.opening import OpeningHours, OpenSpan
from pos.domain.scope import DocumentScope

__all__ = [
    "DocumentScope", "MerchantActivated", "MerchantAdded", "MerchantDeactivated", "MerchantDetailsChanged", "Microdegrees", "OpenSpan",
    "OpeningHours", "PointOfSaleActivated", "PointOfSaleAdded", "PointOfSaleDeactivated", "PointOfSaleDetailsChanged", "SellerActivated",
    "SellerAssigned", "SellerDeactivated", "SellerWithdrawn",
]  # fmt: skip


@event("pos.merchant_added", version=1)
class MerchantAdded:
    """A business joined the programme with its contact, and may sell from now on.

    `document_scope` says within what its document numbers are never used twice; `phone` is E.164.
    """

    merchant_id: UUID
    name: str
    document_scope: DocumentScope
    phone: str | None
    email: str | None
    address: str
    latitude: Microdegrees | None
    longitude: Microdegrees | None
    added_at: datetime


@event("pos.merchant_details_changed", version=1)
class MerchantDetailsChanged:
    """A business has another name, contact or location than before: all of them as they are from now on."""

    merchant_id: UUID
    name: str
    phone: str | None
    email: str | None
    address: str
    latitude: Microdegrees | None
    longitude: Microdegrees | None
    changed_at: datetime


@event("pos.merchant_activated", version=1)
class MerchantActivated:
    """A business may sell again."""

    merchant_id: UUID
    activated_at: datetime


@event("pos.merchant_deactivated", version=1)
class MerchantDeactivated:
    """A business sells no longer, at none of its points of sale."""

    merchant_id: UUID
    deactivated_at: datetime


@event("pos.point_of_sale_added", version=1)
class PointOfSaleAdded:
    """A merchant has a new place where purchases happen; its code stays with it for ever."""

    pos_id: UUID
    merchant_id: UUID
    code: str
    name: str
    description: str
    address: str
    latitude: Microdegrees | None
    longitude: Microdegrees | None
    opening_hours: OpeningHours
    added_at: datetime


@event("pos.point_of_sale_details_changed", version=1)
class PointOfSaleDetailsChanged:
    """A point of sale has another name, description, location or opening hours: all of them as they are from now on."""

    pos_id: UUID
    name: str
    description: str
    address: str
    latitude: Microdegrees | None
    longitude: Microdegrees | None
    opening_hours: OpeningHours
    changed_at: datetime


@event("pos.point_of_sale_activated", version=1)
class PointOfSaleActivated:
    """Purchases may be recorded at a point of sale again."""

    pos_id: UUID
    activated_at: datetime


@event("pos.point_of_sale_deactivated", version=1)
class PointOfSaleDeactivated:
    """A point of sale was closed: no purchases are recorded there any more."""

    pos_id: UUID
    deactivated_at: datetime


@event("pos.seller_assigned", version=1)
class SellerAssigned:
    """A member of staff may sell at a point of sale. `user_id` is their account."""

    user_id: UUID
    pos_id: UUID
    assigned_at: datetime


@event("pos.seller_withdrawn", version=1)
class SellerWithdrawn:
    """A member of staff sells no longer at a point of sale."""

    user_id: UUID
    pos_id: UUID
    withdrawn_at: datetime


@event("pos.seller_activated", version=1)
class SellerActivated:
    """A member of staff may sell again where they are assigned."""

    user_id: UUID
    activated_at: datetime


@event("pos.seller_deactivated", version=1)
class SellerDeactivated:
    """A member of staff may sell nowhere until they are activated again; where they belong is kept."""

    user_id: UUID
    deactivated_at: datetime
