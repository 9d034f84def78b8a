"""How codes and figures in the events of levels are read in a history."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from earning.level_wording import MATCHES, WINDOWS
from loyalty.admin.facts import name_codes, name_facts

name_facts(
    {
        "after": _("Level afterwards"),
        "before": _("Level before"),
        "benefits": _("What it brings"),
        "birthday_gift": _("Gift on the birthday"),
        "color": _("Color"),
        "counts": _("Counts towards levels"),
        "discount": _("Discount"),
        "excluded_categories": _("Categories that do not count"),
        "excluded_skus": _("Articles that do not count"),
        "free_delivery": _("Free delivery"),
        "lost_at": _("Level lost"),
        "match": _("A level is reached when"),
        "measures": _("What qualifies"),
        "minimum_days": _("Kept for so many days at least"),
        "promise": _("Also promised"),
        "purchases": _("Number of purchases"),
        "reached_at": _("Level reached"),
        "set_id": _("Level set"),
        "texts": _("Names and descriptions"),
        "thresholds": _("What it asks for"),
        "window": _("When"),
        "with_delivery": _("Delivery counts"),
    }
)
name_codes("match", MATCHES)
name_codes("window", WINDOWS)
