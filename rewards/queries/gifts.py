"""Gifts that are sent: where they go, and how they are found at their carriers."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from customers.queries import sides
from loyalty.domain.errors import NotFound
from loyalty.domain.event import ERASED
from loyalty.eventstore import store
from rewards.events import CouponCancelled
from rewards.models import Gift
from rewards.queries.here import tenant_here
from rewards.sealing import opened


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftCard:
    """Of the gift of a coupon: to whom it goes, with phone and address ("": not said yet, or erased), its `carrier` and number there."""

    coupon_id: UUID
    recipient: str = ""
    phone: str = ""
    address: str = ""
    carrier: str = ""
    tracking_number: str = ""


def gift(coupon_id: UUID) -> GiftCard:
    """Where the gift of a coupon goes. Raises NotFound `rewards.gift_not_sent` for none, also where its person was erased."""
    row = Gift.objects.filter(tenant_id=tenant_here(), id=coupon_id).first()
    if row is None:
        raise NotFound("rewards.gift_not_sent")
    return card_of(row)


def is_addressed(coupon_id: UUID) -> bool:
    """Whether a coupon is a gift that is sent, to somebody who was not erased."""
    return Gift.objects.filter(tenant_id=tenant_here(), id=coupon_id).exists()


def has_gifts(customer_id: UUID) -> bool:
    """Whether something is, or was, sent to a customer, or to who is one with them."""
    return Gift.objects.filter(tenant_id=tenant_here(), customer_id__in=[*sides(customer_id)]).exists()


def cancelled_for(coupon_id: UUID) -> str:
    """Why staff cancelled a coupon of the tenant; "" where nobody said so, it is not cancelled, or its person was erased."""
    told = (one.event.reason for one in reversed(store.load(coupon_id)) if isinstance(one.event, CouponCancelled))
    reason = next(told, "")
    return "" if reason is ERASED else reason


def card_of(row: Gift) -> GiftCard:
    """A row in clear."""
    sealed = {name: getattr(row, name) for name in ("recipient", "phone", "address", "tracking_number")}
    told = {name: opened(found, name, row.tenant_id, row.id) for name, found in sealed.items()}
    return GiftCard(coupon_id=row.id, carrier=row.carrier, **told)
