"""What the list of customers can be narrowed by."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from customers import queries
from customers.models import Consent, Customer
from loyalty.admin import beside
from loyalty.domain.money import EXPONENTS
from loyalty.house import formats

STATES: tuple[queries.State, ...] = ("new", "active", "inactive")
LEVELS = ("customers", "level")
"""What another context tells beside customers."""


class StateFilter(admin.SimpleListFilter):
    """Those states that the list shows."""

    title = _("State")
    parameter_name = "state__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(state, Customer.State(state).label) for state in STATES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(state=self.value()) if self.value() in STATES else queryset


class LanguageFilter(admin.SimpleListFilter):
    """Whose language it is: the customer's own or, where none is known, the tenant's."""

    title = _("Language")
    parameter_name = "language"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(settings.LANGUAGES)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in dict(settings.LANGUAGES):
            return queryset
        own = request.tenant.default_language  # type: ignore[attr-defined]
        return queryset.filter(language__in=[self.value(), ""] if self.value() == own else [self.value()])


class LevelFilter(admin.SimpleListFilter):
    """Who has a level, where somebody tells of levels."""

    title = _("Level (at most an hour behind)")
    parameter_name = "level"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        levels = beside.known(request, *LEVELS)
        return [*levels.choices()] if levels else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        levels, chosen = beside.known(request, *LEVELS), self.value()
        return levels.narrowed(queryset, chosen) if levels and chosen else queryset


class OneOf(admin.SimpleListFilter):
    """Narrows by one of some conditions, each with its name."""

    def kinds(self, request: HttpRequest) -> Iterable[tuple[str, Any, Q]]:
        """Value, title and condition of each."""
        raise NotImplementedError

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(value, title) for value, title, _condition in self.kinds(request)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = [condition for value, _title, condition in self.kinds(request) if value == self.value()]
        return queryset.filter(*chosen)


class SinceFilter(OneOf):
    """How long ago something was; `column` holds when."""

    column: str
    days = (7, 30, 90, 365)
    never: Any = ""

    def kinds(self, request: HttpRequest) -> Iterable[tuple[str, Any, Q]]:
        now = timezone.now()
        for days in self.days:
            title = ngettext("In the last %(days)s day", "In the last %(days)s days", days) % {"days": days}
            yield str(days), title, Q(**{f"{self.column}__gte": now - timedelta(days=days)})
        yield "longer", _("Longer ago"), Q(**{f"{self.column}__lt": now - timedelta(days=self.days[-1])})
        if self.never:
            yield "never", self.never, Q(**{f"{self.column}__isnull": True})


class RegisteredFilter(SinceFilter):
    """When they joined."""

    title, parameter_name, column = _("Registered"), "registered", "registered_at"


class LastPurchaseFilter(SinceFilter):
    """When they bought last."""

    title, parameter_name, column = _("Last purchase"), "last", "bought_last"
    never = _("Never")


class AgeFilter(OneOf):
    """How old they are, to the day, by the birth date."""

    title, parameter_name = _("Age"), "age"
    ages = (0, 18, 30, 45, 60, 200)

    def kinds(self, request: HttpRequest) -> Iterable[tuple[str, Any, Q]]:
        today = timezone.localdate()
        for start, end in zip(self.ages, self.ages[1:], strict=False):
            title = f"{start}–{end - 1}" if end < self.ages[-1] else f"{start}+"
            born = {"birth_date__lte": _years_before(today, start), "birth_date__gt": _years_before(today, end)}
            yield str(start), title, Q(**born)
        yield "unknown", _("Not known"), Q(birth_date__isnull=True)


class PurchasesFilter(OneOf):
    """How often they bought, with those who were merged into them."""

    title, parameter_name = _("Purchases"), "purchases"
    bands = ((1, 1), (2, 5), (6, 20), (21, None))

    def kinds(self, request: HttpRequest) -> Iterable[tuple[str, Any, Q]]:
        yield "0", "0", Q(bought_purchases__lte=0)
        for least, most in self.bands:
            title = str(least) if least == most else f"{least}–{most}" if most else f"{least}+"
            yield str(least), title, _between("bought_purchases", least, most and most + 1)


class TotalFilter(OneOf):
    """What they spent, likewise, in bands that suit the currency."""

    title, parameter_name = _("Total"), "total"
    bands = ((0, 1), (1, 5), (5, 20), (20, None))

    def kinds(self, request: HttpRequest) -> Iterable[tuple[str, Any, Q]]:
        currency, language = request.tenant.currency, get_language() or formats.FALLBACK  # type: ignore[attr-defined]
        decimals = EXPONENTS[currency]
        unit = 10**6 if not decimals else 100 * 10**decimals
        yield "none", formats.money(0, currency, language), Q(bought_total__lte=0)
        for least, most in self.bands:
            ends = [formats.money(end * unit, currency, language) for end in (least, most) if end is not None]
            title = " – ".join(ends) if most else f"{ends[0]} +"
            yield str(least), title, _between("bought_total", max(least * unit, 1), most and most * unit)


class ContactFilter(OneOf):
    """By what they can be reached."""

    title, parameter_name = _("Contact"), "contact"

    def kinds(self, request: HttpRequest) -> Iterable[tuple[str, Any, Q]]:
        yield "phone", _("With a phone number"), ~Q(phone_last4="")
        yield "no_phone", _("Without a phone number"), Q(phone_last4="")
        yield "email", _("With an email address"), Q(email_sealed__isnull=False)
        yield "no_email", _("Without an email address"), Q(email_sealed__isnull=True)


class ConsentFilter(OneOf):
    """What they agree to."""

    title, parameter_name = _("Agrees to"), "consent"

    def kinds(self, request: HttpRequest) -> Iterable[tuple[str, Any, Q]]:
        for purpose, title in Consent.Purpose.choices:
            agreed = Consent.objects.filter(tenant_id=request.tenant.id, purpose=purpose, given=True)  # type: ignore[attr-defined]
            yield purpose, title, Q(id__in=agreed.values("customer_id"))


def _between(column: str, start: int, end: int | None) -> Q:
    return Q(**{f"{column}__gte": start}) & (Q() if end is None else Q(**{f"{column}__lt": end}))


def _years_before(day: date, years: int) -> date:
    """The same day so many years before; 29 February becomes 1 March."""
    try:
        return day.replace(year=max(day.year - years, 1))
    except ValueError:
        return day.replace(year=day.year - years, month=3, day=1)
