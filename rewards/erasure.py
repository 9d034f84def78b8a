"""What somebody loses of rewards who is erased."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.utils.translation import get_language, ngettext

from customers.queries import sides
from loyalty.erasure import loses
from loyalty.house import formats
from rewards.models import Coupon
from rewards.queries.here import tenant_here


@loses("rewards.gifts")
def gifts(customer_id: UUID) -> Iterator[str]:
    """Gifts that are not on their way yet."""
    if waiting := Coupon.objects.filter(tenant_id=tenant_here(), customer_id__in=[*sides(customer_id)], delivery="ordered").count():
        number = formats.number(waiting, get_language() or formats.FALLBACK)
        told = ngettext(
            "%(number)s gift that is not shipped: it is cancelled", "%(number)s gifts that are not shipped: they are cancelled", waiting
        )
        yield told % {"number": number}
