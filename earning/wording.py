"""What rules do, what lines are, and why a purchase brought nothing, in the reader's words."""

from __future__ import annotations

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from earning.commands import PointsPerAmount
from loyalty.house import formats

ROUNDINGS = {
    "floor": _("rounded down"),
    "ceil": _("rounded up"),
    "half_up": _("rounded to the nearest whole number"),
}
LINE_KINDS = {
    "goods": _("Goods"),
    "delivery": _("Delivery"),
    "fee": _("Fee"),
    "discount": _("Discount"),
    "rounding": _("Rounding"),
}
REFERENCES = {
    "card": _("Loyalty card"),
    "phone": _("Phone"),
    "email": _("Email"),
    "code": _("Customer code"),
    "external_id": _("External id"),
}
WHY_NOTHING = {
    "no_customer": _("No customer was named, so nobody earned points."),
    "inactive": _("The customer was not active, and inactive customers do not earn."),
    "no_rule": _("No earning rule was in force at that time."),
    "too_little": _("The amount was too small for a whole point."),
}


def sentence_of(terms: PointsPerAmount) -> str:
    """What a rule does: “1 point for each ₫10,000 spent, in proportion, rounded down.”"""
    told = {"points": points_of(terms), "amount": formats.money(terms.per, terms.currency, _language())}
    told["rounding"] = str(ROUNDINGS[terms.rounding])
    if not terms.whole_steps:
        return gettext("%(points)s for each %(amount)s spent, in proportion, %(rounding)s.") % told
    if terms.points == terms.points.to_integral_value():
        return gettext("%(points)s for each full %(amount)s spent.") % told
    return gettext("%(points)s for each full %(amount)s spent, %(rounding)s.") % told


def points_of(terms: PointsPerAmount) -> str:
    """“1 point”, “2.5 points”."""
    decimals = max(0, -int(terms.points.normalize().as_tuple().exponent))
    return formats.points_phrase(int(terms.points.scaleb(decimals)), _language(), decimals=decimals)


def _language() -> str:
    return get_language() or formats.FALLBACK
