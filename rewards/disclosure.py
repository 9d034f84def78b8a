"""What rewards tells a person of everything that it keeps of them."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from loyalty.disclosure import Row, discloses
from rewards.models import Basket, Coupon, Gift, Reward
from rewards.queries.gifts import card_of
from rewards.queries.here import tenant_here


@discloses("rewards.coupons", _("Coupons"), "rewards_coupon")
def coupons(customer_id: UUID) -> Iterator[Row]:
    """What they got of rewards, the oldest first."""
    names = dict(Reward.objects.filter(tenant_id=tenant_here()).values_list("id", "name"))
    for one in Coupon.objects.filter(tenant_id=tenant_here(), customer_id=customer_id).order_by("issued_at", "id"):
        yield {
            "reward": names.get(one.reward_id, ""),
            "standing": str(one.get_state_display()),
            "points": one.points,
            "wallet": one.wallet,
            "issued_at": one.issued_at,
            "expires_at": one.expires_at,
            "used_at": one.used_at,
        }


@discloses("rewards.gifts", _("Gifts that are sent"), "rewards_gift")
def gifts(customer_id: UUID) -> Iterator[Row]:
    """Where gifts go, and how far they are, the oldest first."""
    found = {one.id: one for one in Gift.objects.filter(tenant_id=tenant_here(), customer_id=customer_id)}
    for one in Coupon.objects.filter(tenant_id=tenant_here(), id__in=[*found]).order_by("issued_at", "id"):
        card = card_of(found[one.id])
        yield {
            "standing": str(one.get_delivery_display()),
            "recipient": card.recipient,
            "phone": card.phone,
            "address": card.address,
            "carrier": card.carrier,
            "tracking_number": card.tracking_number,
            "ordered_at": one.ordered_at,
            "shipped_at": one.shipped_at,
            "delivered_at": one.delivered_at,
        }


@discloses("rewards.baskets", _("Baskets with rewards"), "rewards_basket")
def baskets(customer_id: UUID) -> Iterator[Row]:
    """What was kept for purchases, the oldest first."""
    for one in Basket.objects.filter(tenant_id=tenant_here(), customer_id=customer_id).order_by("held_at", "id"):
        yield {"standing": str(one.get_state_display()), "total": one.total, "reserved_at": one.held_at, "until": one.ends_at}
