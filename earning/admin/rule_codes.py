"""How codes and figures in the events of rules are read in a history."""

from __future__ import annotations

from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from earning.admin import shown
from earning.admin.codes import unit_around
from earning.domain.facts import SEGMENT
from earning.domain.scope import RuleScope
from earning.domain.seen import CustomerSeen, EventsSeen, History, Visit
from earning.domain.terms import TermsOfKind
from earning.kinds.scopes import asked, beside, called
from earning.kinds.values import event_name
from earning.kinds.words import END_OF_DAY, clock, weekday
from earning.wording import sentence_of
from loyalty.admin.facts import Around, fact_title, name_codes, name_facts, read_as
from loyalty.admin.history import read_part
from loyalty.house import formats

name_facts(
    {
        "by_label": _("By the value of a label"),
        "by_level": _("By the customer's level"),
        "carry": _("What is left over counts with the next purchase"),
        "carried": _("Counted before"),
        "carry_id": _("Counted by"),
        "channels": _("Bought"),
        "combine": _("Beside other multipliers"),
        "delivery": _("Delivery counts too"),
        "condition": _("Condition"),
        "each": _("For each"),
        "factor": _("Factor"),
        "group": _("Exclusive group"),
        "attribute": _("For each one of the attribute"),
        "by_customers": _("Customers may report it themselves"),
        "custom_event": _("Points for a custom event"),
        "instant_reward": _("Instant reward"),
        "instant_rewards": _("Instant rewards"),
        "hours": _("Hours"),
        "level": _("Level"),
        "levels": _("Levels"),
        "limits": _("Limits"),
        "lost_at": _("Lost"),
        "maximum": _("Purchases of at most"),
        "merchants": _("Merchants"),
        "minimum": _("Purchases of at least"),
        "multiplier": _("Multiplier of points per amount"),
        "never": _("Never on"),
        "only": _("Only on"),
        "period": _("Period"),
        "places": _("Points of sale"),
        "points_per_amount": _("Points per amount"),
        "priority": _("Priority"),
        "product_points": _("Points for products"),
        "reward_id": _("Reward"),
        "rewards": _("Discounts"),
        "scope": pgettext_lazy("rule", "When"),
        "seen": _("Seen of the customer"),
        "history": _("Bought before"),
        "events": _("Custom events"),
        "visit": _("Visit"),
        "segments": _("Segments"),
        "stops": _("No other rule of its kind after it"),
        "weekdays": _("Weekdays"),
        "windows": _("Periods"),
        "met": _("Questions about the person answered by yes"),
    }
)
name_codes("rewards", {"net": _("are taken off first"), "gross": _("do not matter")})
name_codes("each", {"unit": _("unit bought"), "line": _("matching line")})
name_codes("combine", {"compound": _("they multiply each other"), "best": _("the largest counts")})
read_as(lambda day, _around: weekday(day), "weekdays")
read_as(lambda minute, _around: clock(minute if minute <= END_OF_DAY else minute - END_OF_DAY), "opens", "closes")
read_as(lambda exact, _around: formats.number(exact, shown.language()), "factor", "priority")


def _scope(scope: RuleScope, around: Around) -> list[str]:
    """Its sentences."""
    return [*(said for _name, said in asked(scope, around.currency)), *beside(scope, unit_around(around))] or [gettext("Every purchase.")]


def _seen(seen: CustomerSeen, around: Around) -> list[str]:
    """What there was to see, a line each."""
    currency = around.currency
    told = {
        "levels": ", ".join(called(seen.levels, "customer.level")),
        "segments": ", ".join(called(seen.segments, SEGMENT)),
        "met": str(len(seen.met) or ""),
        "carried": ", ".join(shown.money(one.total, currency) for one in seen.carried),
        "history": _history(seen.history, currency) if seen.history else "",
        "visit": _visit(seen.visit) if seen.visit else "",
        "events": "; ".join(map(_events, seen.events)),
    }
    return [f"{fact_title(name)}: {said}" for name, said in told.items() if said]


def _history(history: History, currency: str) -> str:
    told = {"number": history.purchases, "spent": shown.money(history.spent, currency)}
    return ngettext("%(number)s purchase, %(spent)s", "%(number)s purchases, %(spent)s", history.purchases) % told


def _visit(visit: Visit) -> str:
    told = {"number": visit.number, "purchase": visit.purchases}
    return gettext("visit no. %(number)s, purchase no. %(purchase)s of it") % told


def _events(seen: EventsSeen) -> str:
    """“Review: 3, in 30 days 1”"""
    told = {"type": event_name(seen.type), "times": seen.times, "lately": seen.times_30_days}
    return gettext("%(type)s: %(times)s, in 30 days %(lately)s") % told


read_part(RuleScope, _scope)
read_part(TermsOfKind, lambda terms, around: sentence_of(terms.terms, unit_around(around)))
read_part(CustomerSeen, _seen)
