"""Who may have a reward, when, where, how often and at what price: the fields of its form, and the terms that they stand for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from loyalty.domain.period import LimitPeriod
from loyalty.house import formats
from loyalty.house.fields import AmountField
from loyalty.house.lists import ListField
from loyalty.house.typed import CountField, MomentField
from rewards.called import Called
from rewards.commands import CustomerLimit, RewardPrice
from rewards.domain.terms import RewardTerms
from rewards.domain.windows import RewardWindow
from rewards.forms.rewards.fields import MinuteField, ShareField, many, offer
from rewards.forms.rewards.kinds import WITH_COMMAS
from rewards.kinds import CODE_TITLES

WINDOWS = ("active", "visible")
SPAN = ("starts", "ends", "weekdays", "opens", "closes")
PLAIN = (
    "tax_rate", "stock", "daily_budget", "valid_days", "merchants", "points_of_sale", "skus", "categories", "alone", "exclusive_group",
    "levels", "segments", "code_prefix", "public", "featured", "category", "labels", "more_at",
)  # fmt: skip
"""Fields that are called as in the terms, and hold what these hold."""
NUMBERS = ("cost", "minimum_basket", "valid_after_days", "sort_order")
"""The same, where nothing means 0."""
MONEY = ("cost", "daily_budget", "minimum_basket", "price_amount", "amount", "most")
LIMITS: dict[LimitPeriod, Any] = {
    "ever": _("In all"),
    "day": _("A day"),
    "week": _("A week"),
    "month": _("A month"),
    "quarter": _("A quarter"),
    "half_year": _("Half a year"),
    "year": _("A year"),
}


class TermFields(forms.Form):
    """All that decides who may have a reward and what for."""

    price_points = CountField(label=_("Price in points"), help_text=_("Leave it empty where it costs no points."))
    wallet = forms.ChoiceField(label=_("Wallet"), required=False, help_text=_("Of which it costs points. It stays once activated."))
    stock = CountField(label=_("Stock"), help_text=_("Leave it empty where there are as many as are wanted."))
    price_amount = AmountField(label=_("To be paid beside the points"), required=False, zero=True)
    free_only = forms.BooleanField(label=_("Never for points: only given"), required=False)
    cost = AmountField(label=_("Cost to the company"), required=False, zero=True, help_text=_("Of one. It counts towards the budget."))
    tax_rate = ShareField(label=_("Tax rate in percent"), required=False)
    daily_budget = AmountField(label=_("Budget of a day"), required=False)
    active_starts = MomentField(label=_("Can be had from"), widget=forms.DateTimeInput)
    active_ends = MomentField(label=_("Can be had until"), widget=forms.DateTimeInput)
    active_weekdays = many(_("Weekdays"), coerce=int)
    active_opens = MinuteField(label=_("From the hour"))
    active_closes = MinuteField(label=_("Until the hour"), closes=True)
    visible_starts = MomentField(label=_("Seen from"), widget=forms.DateTimeInput)
    visible_ends = MomentField(label=_("Seen until"), widget=forms.DateTimeInput)
    visible_weekdays = many(_("Weekdays"), coerce=int)
    visible_opens = MinuteField(label=_("From the hour"))
    visible_closes = MinuteField(label=_("Until the hour"), closes=True)
    levels = many(_("Only for these levels"))
    segments = many(_("Only for these segments"))
    merchants = many(_("Merchants"), coerce=UUID)
    points_of_sale = many(_("Points of sale"), coerce=UUID)
    minimum_basket = AmountField(label=_("Purchases of at least"), required=False, zero=True)
    skus = ListField(label=_("Only with these SKUs"), help_text=WITH_COMMAS)
    categories = ListField(label=_("Only with goods of these categories"), help_text=WITH_COMMAS)
    limit_ever, limit_day, limit_week, limit_month, limit_quarter, limit_half_year, limit_year = (
        CountField(label=title) for title in LIMITS.values()
    )
    alone = forms.BooleanField(label=_("Not beside other rewards"), required=False)
    exclusive_group = forms.CharField(
        label=_("Exclusive group"), required=False, max_length=40, help_text=_("Of the rewards in one group one is used at a time.")
    )
    valid_after_days = CountField(label=_("Usable after so many days"), help_text=_("Leave it empty for at once."))
    valid_days = CountField(label=_("Then usable for so many days"), help_text=_("Leave it empty for no end."))
    codes = forms.ChoiceField(label=_("Codes"), choices=list(CODE_TITLES.items()), initial="generated", required=False)
    code_prefix = forms.CharField(
        label=_("Prefix of codes"), required=False, max_length=8, help_text=_("Capital letters and digits, without I, L, O and U.")
    )
    category = forms.CharField(label=_("Category"), required=False, max_length=100, help_text=_("Under which customers find it."))
    sort_order = CountField(
        label=_("Place in the list"), help_text=_("Smaller numbers stand first, and a category where its first reward does.")
    )
    labels = ListField(label=_("Labels"), help_text=WITH_COMMAS)
    featured = forms.BooleanField(label=_("Featured: it stands first"), required=False)
    public = forms.BooleanField(label=_("Seen without signing in"), required=False)
    more_at = forms.CharField(
        label=_("More information at"), required=False, max_length=500, widget=forms.URLInput(), help_text=_("A link begins with https://.")
    )

    def offer(self, around: Called, before: RewardTerms | None) -> None:
        """What can be chosen by name, and what was chosen before."""
        chosen: Any = before or RewardTerms
        for name, offered in {"merchants": around.merchants, "points_of_sale": around.places}.items():
            offer(self.fields[name], offered, getattr(chosen, name) if before else ())
        for name, called in {"levels": around.levels, "segments": around.segments}.items():
            offer(self.fields[name], called, getattr(chosen, name) if before else ())
        days = {day: formats.weekday(day, get_language() or formats.FALLBACK) for day in range(1, 8)}
        for window in WINDOWS:
            offer(self.fields[f"{window}_weekdays"], days)
        offer(self.fields["wallet"], around.wallets, (before.price.wallet,) if before else ())

    def entered(self, told: Mapping[str, Any]) -> dict[str, Any]:
        """Names and values of terms behind cleaned values, as far as there are any."""
        found = {name: told[name] for name in PLAIN if told.get(name) not in (None, "", ())}
        found |= {name: tuple(value) for name, value in found.items() if isinstance(value, list)}
        found |= {name: told.get(name) or 0 for name in NUMBERS}
        found |= {window: _window(told, window) for window in WINDOWS}
        limits = ((period, told.get(f"limit_{period}")) for period in LIMITS)
        found["limits"] = tuple(CustomerLimit(most=most, period=period) for period, most in limits if most is not None)
        points = 0 if told.get("kind") == "cashback" else told.get("price_points") or 0
        found["price"] = RewardPrice(points=points, wallet=told.get("wallet") or "points", amount=told.get("price_amount") or 0)
        return found | {"codes": told.get("codes") or "generated", "sold": not told.get("free_only")}

    def terms_shown(self, terms: RewardTerms) -> dict[str, Any]:
        """The fields' values."""
        found = {name: getattr(terms, name) for name in PLAIN} | {name: getattr(terms, name) or None for name in NUMBERS}
        found |= {f"{window}_{part}": getattr(getattr(terms, window), part) for window in WINDOWS for part in SPAN}
        found |= {f"limit_{limit.period}": limit.most for limit in terms.limits}
        price = {"price_points": terms.price.points or None, "price_amount": terms.price.amount or None, "wallet": terms.price.wallet}
        return found | price | {"codes": terms.codes, "free_only": not terms.sold}


def _window(told: Mapping[str, Any], window: str) -> RewardWindow:
    held = {part: told.get(f"{window}_{part}") for part in SPAN}
    return RewardWindow(
        starts=held["starts"],
        ends=held["ends"],
        weekdays=tuple(held["weekdays"] or ()),
        opens=held["opens"] or 0,
        closes=held["closes"] or RewardWindow().closes,
    )


def term_field(field: str) -> str:
    """The field of the form for a field of the terms: `active.ends` is `active_ends`, `price.points` is `price_points`."""
    head, _dot, rest = field.partition(".")
    if head == "price":
        return "wallet" if rest == "wallet" else f"price_{rest}"
    return f"{head}_{rest}" if head in WINDOWS else head
