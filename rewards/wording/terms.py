"""The content of a reward, field by field: for its page, for its form while it is typed, and for what changed between two versions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any

from django.utils.translation import get_language_info, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from loyalty.admin.changes import NONE, Difference, Said, changed
from loyalty.house import formats
from loyalty.house.periods import PERIODS
from loyalty.house.templatetags.house import language
from rewards.called import Called, named
from rewards.domain.kinds import Cashback, kind_of
from rewards.domain.terms import CustomerLimit, RewardContent, RewardTerms
from rewards.domain.windows import ALWAYS, MINUTES_OF_A_DAY, RewardWindow
from rewards.kinds import CODE_TITLES, KIND_TITLES, TEXT_TITLES
from rewards.queries.said import price_said
from rewards.wording.gives import gives_sentence

TITLES: dict[str, Any] = {
    "name": _("Name"),
    "kind": _("Kind"),
    "gives": _("What it gives"),
    "price": _("Price"),
    "prices_for_some": _("Price for some"),
    "sold": _("Sold for points"),
    "cost": _("Cost to the company"),
    "tax_rate": _("Tax rate"),
    "stock": _("Stock"),
    "limits": _("Limits of a customer"),
    "daily_budget": _("Budget of a day"),
    "active": _("Can be had"),
    "visible": _("Seen by customers"),
    "levels": _("Only for these levels"),
    "segments": _("Only for these segments"),
    "early_access": _("Earlier for some"),
    "merchants": _("Merchants"),
    "points_of_sale": _("Points of sale"),
    "minimum_basket": _("Purchases of at least"),
    "skus": _("Only with these SKUs"),
    "categories": _("Only with goods of these categories"),
    "alone": _("Not beside other rewards"),
    "exclusive_group": _("Exclusive group"),
    "valid_after_days": _("Usable after days"),
    "valid_days": _("Usable for days"),
    "codes": _("Codes"),
    "code_prefix": _("Prefix of codes"),
    "public": _("Seen without signing in"),
    "featured": _("Featured"),
    "category": _("Category"),
    "sort_order": _("Place in the list"),
    "labels": _("Labels"),
    "more_at": _("More information at"),
    "photos": _("Photos"),
    "icon": _("Icon of the brand"),
}
HEAD = frozenset({"name", "kind", "gives", "price", "stock", "photos", "icon"})
"""What a page shows by itself."""


def said(content: RewardContent, around: Called) -> dict[str, Said]:
    """All fields by their paths, what each holds, and how that reads."""
    terms = content.terms
    plain: dict[str, Any] = {"name": content.name, "kind": kind_of(terms.benefit), "gives": terms.benefit}
    plain |= {name: getattr(terms, name) for name in TITLES if hasattr(terms, name) and name not in plain}
    plain |= {"photos": content.photos, "icon": content.icon}
    told = {name: Said(str(title), plain[name], _words(name, terms, plain[name], around)) for name, title in TITLES.items()}
    return told | dict(_texts(content))


def beside(content: RewardContent, around: Called, *, leaving: Collection[str] = ()) -> list[Said]:
    """What is said of a reward beside what it gives, its price and its stock: only what somebody chose, `leaving` out some fields."""
    usual = RewardTerms(gives=content.terms.gives)
    found = said(content, around)
    return [found[name] for name in TITLES if name not in {*HEAD, *leaving} and getattr(content.terms, name) != getattr(usual, name)]


def differences(before: RewardContent, after: RewardContent, around: Called) -> list[Difference]:
    """What `after` says otherwise."""
    return changed(said(before, around), said(after, around))


def price_text(terms: RewardTerms, around: Called) -> str:
    """“100 points + ₫20,000”, “from 1 point”, or that it is free."""
    price, benefit = terms.price, terms.benefit
    points = benefit.least_points if isinstance(benefit, Cashback) else price.points
    told = price_said(kind_of(benefit), points, around.points(points, price.wallet), price.amount, around.tenant.currency)
    return told or gettext("free")


def _words(name: str, terms: RewardTerms, value: Any, around: Called) -> str:
    """How a field reads; “–” for nothing."""
    if name in ALWAYS_SAID:
        return ALWAYS_SAID[name](terms, value, around)
    if value in (None, (), ""):
        return NONE
    return (SAID[name](terms, value, around) if name in SAID else _plain(name, value, around)) or NONE


def _plain(name: str, value: Any, around: Called) -> str:
    if isinstance(value, bool):
        return _yes(value)
    if name in {"cost", "daily_budget", "minimum_basket"}:
        return _money(value, around)
    if name == "tax_rate":
        return formats.percent(value, language())
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _texts(content: RewardContent) -> Iterator[tuple[str, Said]]:
    for text in content.texts:
        spoken = get_language_info(text.language)["name_translated"]
        for field, title in TEXT_TITLES.items():
            words = getattr(text, field)
            yield f"texts.{text.language}.{field}", Said(f"{title}, {spoken}", words, words or NONE)


def _window(window: RewardWindow, around: Called) -> str:
    if window == ALWAYS:
        return gettext("always")
    zone, spoken = around.tenant.zone, language()
    told = [
        gettext("from %(start)s") % {"start": formats.day_and_clock(window.starts, zone, spoken)} if window.starts else "",
        gettext("until %(end)s") % {"end": formats.until(window.ends, zone, spoken)} if window.ends else "",
        ", ".join(formats.weekday(day, spoken) for day in window.weekdays),
        f"{_clock(window.opens)}–{_clock(window.closes)}" if (window.opens, window.closes) != (0, MINUTES_OF_A_DAY) else "",
    ]
    return "; ".join(filter(None, told))


def _clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02}"


def limit_text(limit: CustomerLimit) -> str:
    """“3 times a week”."""
    told = {"number": limit.most, "period": str(PERIODS[limit.period])}
    return ngettext("%(number)s time %(period)s", "%(number)s times %(period)s", limit.most) % told


def _whom(price: Any, around: Called) -> str:
    return named(around.levels, [price.level]) if price.level else named(around.segments, [price.segment])


def _hours(hours: int) -> str:
    return ngettext("%(number)s hour earlier", "%(number)s hours earlier", hours) % {"number": hours}


def _money(minor: int, around: Called) -> str:
    return formats.money(minor, around.tenant.currency, language())


def _yes(value: bool) -> str:
    return gettext("yes") if value else gettext("no")


Words = Callable[[RewardTerms, Any, Called], str]
ALWAYS_SAID: dict[str, Words] = {
    "kind": lambda _terms, kind, _around: str(KIND_TITLES[kind]),
    "gives": lambda terms, _benefit, around: gives_sentence(terms, around),
    "price": lambda terms, _price, around: price_text(terms, around),
    "stock": lambda _terms, stock, _around: gettext("as many as are wanted") if stock is None else formats.number(stock, language()),
    "photos": lambda _terms, photos, _around: str(len(photos)) if photos else NONE,
    "icon": lambda _terms, icon, _around: _yes(bool(icon)),
}
"""How fields are said that say something also where they hold nothing."""
SAID: dict[str, Words] = {
    "active": lambda _terms, window, around: _window(window, around),
    "visible": lambda _terms, window, around: _window(window, around),
    "limits": lambda _terms, limits, _around: "; ".join(map(limit_text, limits)),
    "prices_for_some": lambda terms, prices, around: "; ".join(
        f"{_whom(one, around)}: {around.points(one.points, terms.price.wallet)}" for one in prices
    ),
    "early_access": lambda _terms, early, around: "; ".join(f"{named(around.levels, [one.level])}: {_hours(one.hours)}" for one in early),
    "levels": lambda _terms, codes, around: named(around.levels, codes),
    "segments": lambda _terms, codes, around: named(around.segments, codes),
    "merchants": lambda _terms, ids, around: named(around.merchants, ids),
    "points_of_sale": lambda _terms, ids, around: named(around.places, ids),
    "codes": lambda _terms, codes, _around: str(CODE_TITLES[codes]),
}
"""How other fields are said; the rest is plain."""
