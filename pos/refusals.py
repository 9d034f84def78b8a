"""The sentences of the refusals about merchants, points of sale, sellers and the till."""

from django.utils.translation import gettext_lazy as _

from loyalty.messages import refusals

refusals.register_all(
    {
        "pos.merchant_not_found": _("There is no such merchant. Choose one from the list."),
        "pos.merchant_added_before": _("This merchant was added before."),
        "pos.point_of_sale_not_found": _("There is no such point of sale. Choose one from the list."),
        "pos.seller_not_found": _("This member of staff is not a seller. Assign a point of sale first."),
        "pos.staff_unknown": _("There is no such member of staff. Add the account first."),
        "pos.seller_without_place": _("Choose at least one point of sale. To take all away, deactivate the seller."),
        "pos.too_many_places": _("A seller has at most %(most)s points of sale."),
        "pos.code_taken": _("The code %(code)s belongs to another point of sale. Choose another code."),
        "pos.code_invalid": _("A code has up to 20 letters A to Z, digits and hyphens, such as CAFE-1."),
        "pos.name_missing": _("Enter a name."),
        "pos.unprintable_text": _("This text holds characters that cannot be shown. Type it again."),
        "pos.text_too_long": _("This text has %(length)s characters; at most %(longest)s are possible."),
        "pos.email_invalid": _("Enter a complete email address, such as shop@example.com."),
        "pos.phone_invalid": _("Enter a complete phone number, such as 028 3823 4567 or +84 28 3823 4567."),
        "pos.position_incomplete": _("Enter latitude and longitude together, or neither."),
        "pos.latitude_invalid": _("Enter a latitude between -90 and 90 with at most six decimals, such as 10.776889."),
        "pos.longitude_invalid": _("Enter a longitude between -180 and 180 with at most six decimals, such as 106.700806."),
        "pos.opening_hours_invalid": _("Opening hours need a weekday from 1 to 7 and a closing time within 24 hours of opening."),
        "pos.opening_hours_overlap": _("Two of the opening hours overlap. Correct one of them."),
        "pos.unknown_scope": _("This document scope is not known. Choose one of %(known)s."),
        "pos.not_selling": _("No purchases can be recorded here: the point of sale or its merchant is inactive. Ask an administrator."),
    }
)
