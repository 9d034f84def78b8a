"""What can be asked of merchants, points of sale and sellers."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from loyalty.domain.command import Command, command
from pos.domain.location import Microdegrees, microdegrees
from pos.domain.opening import OpeningHours, OpenSpan
from pos.domain.point_of_sale import pos_id_for
from pos.domain.scope import SCOPES, DocumentScope
from pos.domain.unchanged import UNCHANGED, Unchanged

__all__ = [
    "SCOPES", "UNCHANGED", "ActivateMerchant", "ActivatePointOfSale", "ActivateSeller", "AddMerchant", "AddPointOfSale", "AssignSeller",
    "DeactivateMerchant", "DeactivatePointOfSale", "DeactivateSeller", "DocumentScope", "EditMerchant", "EditPointOfSale",
    "MerchantAnswer", "Microdegrees", "OpenSpan", "OpeningHours", "PointOfSaleAnswer", "Unchanged", "microdegrees", "pos_id_for",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class MerchantAnswer:
    """Which merchant it was."""

    merchant_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PointOfSaleAnswer:
    """Which point of sale it was."""

    pos_id: UUID
    code: str


@command
class AddMerchant(Command[MerchantAnswer]):
    """Let a business join. It may sell at once; its id is `merchant_id`, or that of the command.

    `document_scope` ("merchant", "pos", "pos_year", "pos_day") never changes afterwards: it is part of every purchase's
    identity. `phone` is E.164, `latitude` and `longitude` are millionths of a degree (`microdegrees("10.776889", …)`).
    Refused with the field at fault: pos.name_missing, pos.text_too_long, pos.email_invalid, phone.invalid,
    pos.latitude_invalid, pos.longitude_invalid, pos.position_incomplete, pos.unknown_scope; pos.merchant_added_before.
    """

    name: str
    document_scope: DocumentScope = "pos_day"
    phone: str | None = None
    email: str | None = None
    address: str = ""
    latitude: Microdegrees | None = None
    longitude: Microdegrees | None = None
    merchant_id: UUID | None = None


@command
class EditMerchant(Command[MerchantAnswer]):
    """Correct a merchant; fields left UNCHANGED stay, None or "" empties one.

    Refused as `AddMerchant` is, and with NotFound pos.merchant_not_found.
    """

    merchant_id: UUID
    name: str | Unchanged = UNCHANGED
    phone: str | Unchanged | None = UNCHANGED
    email: str | Unchanged | None = UNCHANGED
    address: str | Unchanged = UNCHANGED
    latitude: Microdegrees | Unchanged | None = UNCHANGED
    longitude: Microdegrees | Unchanged | None = UNCHANGED


@command
class ActivateMerchant(Command[MerchantAnswer]):
    """Let a merchant sell again. Harmless when it does. Refused with NotFound pos.merchant_not_found."""

    merchant_id: UUID


@command
class DeactivateMerchant(Command[MerchantAnswer]):
    """Let a merchant sell nowhere. Harmless when it does not. Refused with NotFound pos.merchant_not_found."""

    merchant_id: UUID


@command
class AddPointOfSale(Command[PointOfSaleAnswer]):
    """Open a place of a merchant. `code` (A–Z, digits, hyphens, up to 20) names it for ever; its id is `pos_id_for(tenant_id, code)`.

    Refused with the field at fault: pos.code_invalid, pos.code_taken, pos.merchant_not_found, pos.name_missing,
    pos.text_too_long, what `AddMerchant` refuses of a location, pos.opening_hours_invalid, pos.opening_hours_overlap.
    """

    merchant_id: UUID
    code: str
    name: str
    description: str = ""
    address: str = ""
    latitude: Microdegrees | None = None
    longitude: Microdegrees | None = None
    opening_hours: OpeningHours = ()


@command
class EditPointOfSale(Command[PointOfSaleAnswer]):
    """Correct a point of sale; fields left UNCHANGED stay, None or "" empties one.

    Refused as `AddPointOfSale` is, and with NotFound pos.point_of_sale_not_found.
    """

    pos_id: UUID
    name: str | Unchanged = UNCHANGED
    description: str | Unchanged = UNCHANGED
    address: str | Unchanged = UNCHANGED
    latitude: Microdegrees | Unchanged | None = UNCHANGED
    longitude: Microdegrees | Unchanged | None = UNCHANGED
    opening_hours: OpeningHours | Unchanged = UNCHANGED


@command
class ActivatePointOfSale(Command[PointOfSaleAnswer]):
    """Let purchases be recorded again. Harmless when they are. Refused with NotFound pos.point_of_sale_not_found."""

    pos_id: UUID


@command
class DeactivatePointOfSale(Command[PointOfSaleAnswer]):
    """Close a point of sale. Harmless when it is closed. Refused with NotFound pos.point_of_sale_not_found."""

    pos_id: UUID


@command
class AssignSeller(Command[None]):
    """Let a member of staff sell at these points of sale and nowhere else; the first time makes them a seller.

    Refused: pos.staff_unknown, pos.point_of_sale_not_found, pos.seller_without_place, pos.too_many_places.
    """

    user_id: UUID
    pos_ids: tuple[UUID, ...]


@command
class ActivateSeller(Command[None]):
    """Let a seller sell again where they are assigned. Harmless when they do. Refused with NotFound pos.seller_not_found."""

    user_id: UUID


@command
class DeactivateSeller(Command[None]):
    """Let a seller sell nowhere. Their places are kept. Harmless when they do not. Refused with NotFound pos.seller_not_found."""

    user_id: UUID
