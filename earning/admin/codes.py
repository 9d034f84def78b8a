"""What codes in the events of earning are called in a history."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from earning.wording import ROUNDINGS
from loyalty.admin.facts import name_codes

name_codes("wallet", {"points": _("Points")})
name_codes("standing", {"new": _("New"), "active": _("Active"), "inactive": _("Inactive")})
name_codes("rounding", ROUNDINGS)
name_codes(
    "kind",
    {
        "points_per_amount": _("Points per amount"),
        "goods": _("Goods"),
        "delivery": _("Delivery"),
        "fee": _("Fee"),
        "discount": _("Discount"),
        "rounding": _("Rounding"),
    },
)
