"""How codes and figures in the events of rules are read in a history."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from earning.admin import shown
from earning.kinds.scopes import COUNTED, PERIODS, WHOSE
from earning.kinds.words import END_OF_DAY, clock, weekday
from loyalty.admin.facts import name_codes, name_facts, read_as
from loyalty.house import formats

name_facts(
    {
        "by_label": _("By the value of a label"),
        "by_level": _("By the customer's level"),
        "all": _("All of"),
        "any": _("One of"),
        "carry": _("What is left over counts with the next purchase"),
        "carried": _("Counted before"),
        "carry_id": _("Counted together"),
        "categories": _("Categories"),
        "channels": _("Bought"),
        "combine": _("Beside other multipliers"),
        "delivery": _("Delivery counts too"),
        "condition": _("Condition"),
        "ends": _("Until"),
        "each": _("For each"),
        "factor": _("Factor"),
        "group": _("Exclusive group"),
        "field": _("Field"),
        "hours": _("Hours"),
        "label": _("Label"),
        "level": _("Level"),
        "levels": _("Levels"),
        "limits": _("Limits"),
        "makers": _("Makers"),
        "maximum": _("Purchases of at most"),
        "merchants": _("Merchants"),
        "minimum": _("Purchases of at least"),
        "most": _("At most"),
        "multiplier": _("Multiplier of points per amount"),
        "never": _("Never on"),
        "none": _("None of"),
        "op": _("Comparison"),
        "of": _("Counted in"),
        "only": _("Only on"),
        "parts": _("Parts"),
        "period": _("Period"),
        "places": _("Points of sale"),
        "points_per_amount": _("Points per amount"),
        "priority": _("Priority"),
        "product_points": _("Points for products"),
        "rewards": _("Discounts"),
        "scope": _("When"),
        "seen": _("Seen of the customer"),
        "segments": _("Segments"),
        "skus": _("SKUs"),
        "starts": _("From"),
        "stops": _("No other rule of its kind after it"),
        "values": _("Values"),
        "whose": _("For whom"),
        "weekdays": _("Weekdays"),
        "windows": _("Periods"),
        "met": _("Questions about the person answered by yes"),
    }
)
name_codes("rewards", {"net": _("are taken off first"), "gross": _("do not matter")})
name_codes("each", {"unit": _("unit bought"), "line": _("matching line")})
name_codes("combine", {"compound": _("they multiply each other"), "best": _("the largest counts")})
name_codes("of", COUNTED)
name_codes("whose", WHOSE)
name_codes("period", PERIODS)
read_as(lambda day, _currency: weekday(day), "weekdays")
read_as(lambda minute, _currency: clock(minute if minute <= END_OF_DAY else minute - END_OF_DAY), "opens", "closes")
read_as(shown.money, "minimum", "maximum")
read_as(lambda exact, _currency: formats.number(exact, shown.language()), "factor", "priority")
