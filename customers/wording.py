"""What the criteria of a segment ask, in the reader's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import reduce
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from customers import queries
from customers.domain.criteria import Article, Criteria, Criterion, CriterionKind, Group
from customers.models import Consent
from customers.queries.here import tenant_here
from earning.queries import custom_event_types, level_names, level_terms_now, said_points, wallets
from loyalty.house import formats
from loyalty.tenancy.middleware import tenant_of_id
from pos.queries import all_places

KIND_NAMES: Mapping[CriterionKind, Any] = {
    "bought_at": _("Bought at a point of sale"),
    "share_at": _("Share of purchases at a point of sale, in percent"),
    "purchases": _("Number of purchases"),
    "visits": _("Number of visits"),
    "total": _("Total of purchases"),
    "average": _("Average purchase"),
    "last_purchase": _("Days since the last purchase"),
    "overdue": _("Stays away, in percent of their usual time between visits"),
    "bought": _("Goods bought"),
    "favourite": _("Favourite goods"),
    "birthday": _("Birthday within days"),
    "anniversary": _("Anniversary of registration within days"),
    "registered": _("Registration"),
    "label": _("Label of the customer"),
    "level": _("Level"),
    "points": _("Balance of points"),
    "consent": _("Consent"),
    "customers": _("List of customers"),
    "custom_event": _("Number of custom events"),
}
ARTICLE_NAMES: Mapping[Article, Any] = {
    "sku": _("SKU"),
    "maker": _("Maker"),
    "category": _("Category"),
    "label": _("Label"),
}
CLOSED_PLACE = _("a point of sale that is closed")
MOST_NAMED = 5
"""Customers whom a sentence names; of longer lists it says how many there are."""


def criteria_sentences(criteria: Criteria) -> list[str]:
    """A sentence for each group; all of them are asked. Needs an open `reading`."""
    return [group_sentence(group) for group in criteria.groups]


def group_sentence(group: Group) -> str:
    """“Bought at Lê Lợi in the last 30 days, or has the level Gold.”"""
    said = [criterion_phrase(one) for one in group.any]
    text = gettext("not: %(criteria)s") % {"criteria": "; ".join(said)} if group.negated else reduce(_or, said)
    return f"{text[:1].upper()}{text[1:]}."


def _or(some: str, another: str) -> str:
    return gettext("%(some)s, or %(another)s") % {"some": some, "another": another}


def criterion_phrase(one: Criterion) -> str:
    """One question, without capital and point."""
    period = _period(one)
    return SAID[one.kind](one) + (f", {period}" if period else "")


def said_customers(count: int) -> str:
    """“12 customers”."""
    return ngettext("%(number)s customer", "%(number)s customers", count) % {"number": _number(count)}


def said_about(count: int) -> str:
    """“about 1,200 customers”."""
    return ngettext("about %(number)s customer", "about %(number)s customers", count) % {"number": _number(count)}


def level_choices(now: datetime) -> list[tuple[str, str]]:
    """Levels of the sets in force, by code."""
    codes = dict.fromkeys(level.code for terms in level_terms_now() for level in terms.levels)
    return [(code, next(iter(level_names((code,), now)), code)) for code in codes]


def custom_event_choices() -> list[tuple[str, str]]:
    """Types of custom events by code: “App review (app_review)”."""
    return [(card.code, f"{card.name(_language())} ({card.code})") for card in custom_event_types()]


def wallet_choices() -> list[tuple[str, str]]:
    """Wallets by code: “points (points)”."""
    return [(card.code, f"{card.unit(_language()).plural} ({card.code})") for card in wallets()]


def _period(one: Criterion) -> str:
    if one.kind in {"birthday", "anniversary"}:
        return ""
    if one.days is not None:
        return ngettext("in the last %(days)s day", "in the last %(days)s days", one.days) % {"days": _number(one.days)}
    first, last = (None if day is None else formats.day(day, _zone(), _language()) for day in (one.first, one.last))
    if first and last:
        return gettext("from %(first)s to %(last)s") % {"first": first, "last": last}
    if first:
        return gettext("since %(first)s") % {"first": first}
    return gettext("until %(last)s") % {"last": last} if last else ""


def _range(one: Criterion, said: Callable[[int], str]) -> str:
    """“at least 2”, “2 to 5”, “5”."""
    if one.at_most is None:
        return gettext("at least %(number)s") % {"number": said(one.at_least or 0)}
    if one.at_least is None:
        return gettext("at most %(number)s") % {"number": said(one.at_most)}
    if one.at_least == one.at_most:
        return said(one.at_most)
    return gettext("%(least)s to %(most)s") % {"least": said(one.at_least), "most": said(one.at_most)}


def _bought_at(one: Criterion) -> str:
    return gettext("bought at %(places)s") % {"places": _places(one)}


def _share_at(one: Criterion) -> str:
    told = {"percent": _number(one.at_least or 0), "places": _places(one)}
    return gettext("made at least %(percent)s%% of the purchases at %(places)s") % told


def _purchases(one: Criterion) -> str:
    return gettext("number of purchases: %(range)s") % {"range": _range(one, _number)}


def _visits(one: Criterion) -> str:
    return gettext("number of visits: %(range)s") % {"range": _range(one, _number)}


def _overdue(one: Criterion) -> str:
    return gettext("stays away for at least %(percent)s%% of their usual time between visits") % {"percent": _number(one.at_least or 0)}


def _total(one: Criterion) -> str:
    return gettext("total of purchases: %(range)s") % {"range": _range(one, _money)}


def _average(one: Criterion) -> str:
    return gettext("average purchase: %(range)s") % {"range": _range(one, _money)}


def _last_purchase(one: Criterion) -> str:
    return gettext("days since the last purchase: %(range)s") % {"range": _range(one, _number)}


def _bought(one: Criterion) -> str:
    told = {"what": ARTICLE_NAMES[one.what or "sku"], "values": _either(one.values)}
    return gettext("bought goods (%(what)s): %(values)s") % told


def _favourite(one: Criterion) -> str:
    told = {"what": ARTICLE_NAMES[one.what or "sku"], "values": _either(one.values)}
    return gettext("bought most often (%(what)s): %(values)s") % told


def _birthday(one: Criterion) -> str:
    if one.days == 0:
        return gettext("has birthday today")
    return ngettext("has birthday within %(days)s day", "has birthday within %(days)s days", one.days or 0) % {
        "days": _number(one.days or 0)
    }


def _anniversary(one: Criterion) -> str:
    if one.days == 0:
        return gettext("joined years ago today")
    return ngettext(
        "has the anniversary of registration within %(days)s day", "has the anniversary of registration within %(days)s days", one.days or 0
    ) % {"days": _number(one.days or 0)}


def _registered(one: Criterion) -> str:
    return gettext("joined at %(places)s") % {"places": _places(one)} if one.places else gettext("joined")


def _label(one: Criterion) -> str:
    if not one.values:
        return gettext("has the label %(name)s") % {"name": one.name}
    return gettext("has the label %(name)s: %(values)s") % {"name": one.name, "values": _either(one.values)}


def _level(one: Criterion) -> str:
    now = datetime.now(UTC)
    return gettext("has the level %(levels)s") % {
        "levels": _either([*(next(iter(level_names((code,), now)), code) for code in one.values)])
    }


def _points(one: Criterion) -> str:
    return gettext("has a balance of %(range)s") % {
        "range": _range(one, lambda amount: said_points([(one.wallet, amount)], signed=False)[0])
    }


def _consent(one: Criterion) -> str:
    return gettext("agrees to: %(purposes)s") % {"purposes": _either([str(Consent.Purpose(purpose).label) for purpose in one.values])}


def _customers(one: Criterion) -> str:
    if len(one.customers) > MOST_NAMED:
        return ngettext("is in a list of %(number)s customer", "is in a list of %(number)s customers", len(one.customers)) % {
            "number": _number(len(one.customers))
        }
    known = {card.side: card.name for card in queries.cards(list(one.customers))}
    return gettext("is %(names)s") % {"names": _either([known.get(customer, gettext("an erased customer")) for customer in one.customers])}


def _custom_event(one: Criterion) -> str:
    names = {card.code: card.name(_language()) for card in custom_event_types()}
    told = {"events": _either([names.get(code.casefold(), code) for code in one.values]), "range": _range(one, _number)}
    return gettext("number of events (%(events)s): %(range)s") % told


SAID: Mapping[CriterionKind, Callable[[Criterion], str]] = {
    "bought_at": _bought_at,
    "share_at": _share_at,
    "purchases": _purchases,
    "visits": _visits,
    "total": _total,
    "average": _average,
    "last_purchase": _last_purchase,
    "overdue": _overdue,
    "bought": _bought,
    "favourite": _favourite,
    "birthday": _birthday,
    "anniversary": _anniversary,
    "registered": _registered,
    "label": _label,
    "level": _level,
    "points": _points,
    "consent": _consent,
    "customers": _customers,
    "custom_event": _custom_event,
}


def _places(one: Criterion) -> str:
    known = {place.pos_id: place.pos_name for place in all_places()}
    return _either([known.get(place, str(CLOSED_PLACE)) for place in one.places])


def _either(names: Sequence[str]) -> str:
    """“A, B or C”."""
    if len(names) < 2:
        return "".join(names)
    return gettext("%(names)s or %(last)s") % {"names": ", ".join(names[:-1]), "last": names[-1]}


def _number(value: int) -> str:
    return formats.number(value, _language())


def _money(minor: int) -> str:
    return formats.money(minor, tenant_of_id(tenant_here()).currency, _language())


def _zone() -> ZoneInfo:
    return tenant_of_id(tenant_here()).zone


def _language() -> str:
    return get_language() or formats.FALLBACK
