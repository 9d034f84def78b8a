"""Points for a custom event, as people and programs meet them."""

from __future__ import annotations

import msgspec
from django.utils.translation import gettext as _

from earning.domain.terms import CustomEventPoints
from earning.domain.wallets import Unit
from earning.kinds.points_per_amount import Points
from earning.kinds.values import event_name
from earning.kinds.words import ROUNDINGS, points_of
from loyalty.domain.points import Rounding


class CustomEventTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="custom_event"):
    """`points` for each custom event of a `type` (its code); with `attribute`, for each one of that number among its attributes. It asks
    nothing of purchases: no amounts, merchants, places or channels. Its condition may ask for `event.attribute.NAME`. Programs report the
    events; `by_customers`: customers may report them, too (`POST /api/v1/me/events`), which asks for a limit for each customer.
    """

    type: str
    points: Points
    attribute: str = ""
    rounding: Rounding = "floor"
    by_customers: bool = False


def sentence(terms: CustomEventPoints, unit: Unit) -> str:
    """“50 points for each event “App review”.”, or “2 points for each one of “bottles” of an event “Bottles back”, rounded down.”"""
    told = {"points": points_of(terms.points, unit), "type": event_name(terms.type), "attribute": terms.attribute}
    open_to_all = [_("Customers may report it themselves.")] if terms.by_customers else []
    if not terms.attribute:
        return " ".join([_("%(points)s for each event “%(type)s”.") % told, *open_to_all])
    words = _("%(points)s for each one of “%(attribute)s” of an event “%(type)s”, %(rounding)s.")
    return " ".join([words % (told | {"rounding": str(ROUNDINGS[terms.rounding])}), *open_to_all])
