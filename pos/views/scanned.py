"""A coupon that was scanned, or claimed just now."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse

from loyalty.tenancy import reading
from pos.forms.rewards import BasketForm
from pos.views.access import Till
from pos.views.choosing import choosing
from rewards import queries


def coupon_panel(till: Till, coupon_id: UUID, *, claimed: bool = False) -> HttpResponse:
    """The customer of a coupon, with it chosen; the amount is asked first."""
    with reading(till.tenant.id):
        card = queries.coupon(coupon_id)
        (scanned,) = queries.said_coupons([card], till.tenant.currency)
    carried = [queries.choice_text(card.reward_id, coupon_id)] if card.state == "active" and not card.delivery else []
    form = BasketForm(currency=till.place.currency)
    return choosing(till, card.customer_id, form, carried=carried, scanned=scanned, claimed=claimed)
