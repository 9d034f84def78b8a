"""What kinds of rewards are called, and what each says of itself."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rewards.domain.kinds import KINDS

KIND_TITLES: dict[str, Any] = {
    "discount_amount": _("Discount of an amount"),
    "discount_percent": _("Discount in percent"),
    "value_code": _("Gift code"),
    "free_delivery": _("Free delivery"),
    "event_access": _("Access to an event or offer"),
    "material_gift": _("Gift to take or have sent"),
    "cashback": _("Points pay for the purchase"),
    "free_product": _("Free product"),
    "lucky_draw": _("Lucky draw"),
    "custom": _("Own kind"),
}
assert list(KIND_TITLES) == list(KINDS.values())
WAY_TITLES: dict[str, Any] = {
    "bought": _("Redeemed for points"),
    "given": _("Given by staff"),
    "rule": _("Given by a rule"),
    "voucher": _("From a voucher offer"),
    "imported": pgettext_lazy("coupon", "Imported"),
    "campaign": _("Given by a campaign"),
}
"""How somebody came to a coupon."""
CODE_TITLES: dict[str, Any] = {
    "generated": _("made for each coupon"),
    "stock": _("taken from codes that were added"),
    "shared": _("one code for all"),
}
"""Where the codes of coupons come from."""
SOURCE_TITLES: dict[str, Any] = {
    "generated": pgettext_lazy("codes", "made here"),
    "uploaded": pgettext_lazy("codes", "from a file"),
    "shared": _("one code for all"),
}
"""Where the codes of a batch come from."""
TEXT_TITLES: dict[str, Any] = {
    "name": _("Name"),
    "short": _("In short"),
    "conditions": _("Conditions"),
    "how_to_use": _("How to use it"),
    "brand": _("Brand"),
}
"""What the parts of the texts of a reward are called."""
