"""What other systems can be told of purchases. Amounts are minor units of their currency."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from earning.events import (
    GoodsReturned,
    PurchaseClaimed,
    PurchaseRecorded,
    PurchaseVoided,
)
from earning.permissions import SEE_ALL_PURCHASES
from loyalty.webhooks.event_types import published


@published("purchase.recorded.v1", _("Purchase recorded"), PurchaseRecorded, permission=SEE_ALL_PURCHASES)
class PurchaseRecordedHook(Struct, frozen=True, kw_only=True):
    """A sale document was recorded, for a customer or for nobody known; without `pos_id` it was online."""

    purchase_id: UUID
    customer_id: UUID | None
    merchant_id: UUID
    pos_id: UUID | None
    document_number: str
    currency: str
    total: int
    purchased_at: datetime


@published("purchase.claimed.v1", _("Purchase given to its customer"), PurchaseClaimed, permission=SEE_ALL_PURCHASES)
class PurchaseClaimedHook(Struct, frozen=True, kw_only=True):
    """A purchase that had been recorded for nobody known turned out to be a customer's. `amount` is what was kept of it then."""

    purchase_id: UUID
    customer_id: UUID
    currency: str
    amount: int
    purchased_at: datetime
    claimed_at: datetime


@published("purchase.returned.v1", _("Goods returned"), GoodsReturned, permission=SEE_ALL_PURCHASES)
class PurchaseReturnedHook(Struct, frozen=True, kw_only=True):
    """Goods of a purchase came back: so much, and so much is kept; `nothing_left` when that was the rest. A void is told as such, too."""

    return_id: UUID
    purchase_id: UUID
    customer_id: UUID | None
    merchant_id: UUID
    return_pos_id: UUID | None
    document_number: str
    currency: str
    amount: int
    amount_kept: int
    nothing_left: bool
    returned_at: datetime


@published("purchase.voided.v1", _("Purchase voided"), PurchaseVoided, permission=SEE_ALL_PURCHASES)
class PurchaseVoidedHook(Struct, frozen=True, kw_only=True):
    """A purchase should not have been recorded: everything of it came back as the return `return_id`."""

    purchase_id: UUID
    customer_id: UUID | None
    return_id: UUID
    voided_at: datetime
