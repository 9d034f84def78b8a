"""How lists are narrowed: purchases by merchant, point of sale and whose they are, rules by state and kind, all by their wallet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib.admin import SimpleListFilter
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from customers.queries import cards, search, sides, sides_of
from earning.access import merchants_seen
from earning.admin import shown
from earning.admin.shown import NOTHING
from earning.kinds import KINDS
from earning.level_wording import set_name
from earning.models import Account, Purchase, Rule, state_now
from earning.queries import level_sets, unit_of, wallets
from loyalty.search.fold import fold
from pos.queries import merchants, points_of_sale

MOST = FOUND_AT_MOST = 200


class KeyFilter(SimpleListFilter):
    """Narrows by the id of something of another context."""

    column: str

    def queryset(self, request: HttpRequest, queryset: QuerySet[Purchase]) -> QuerySet[Purchase]:
        if not self.value():
            return queryset
        key = _key(self.value())
        return queryset.filter(**{self.column: key}) if key else queryset.none()


class WalletFilter(SimpleListFilter):
    """Rows of one wallet: offered where there are several."""

    title = _("Wallet")
    parameter_name = "wallet"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        cards = wallets()
        return [(card.code, shown.wallet(unit_of(card))) for card in cards] if len(cards) > 1 else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return self.narrowed(queryset, self.value()) if self.value() else queryset

    def narrowed(self, rows: QuerySet[Any], code: str | None) -> QuerySet[Any]:
        """Those of one wallet."""
        return rows.filter(wallet=code)


class TransferWalletFilter(WalletFilter):
    """Transfers between accounts of one wallet."""

    def narrowed(self, rows: QuerySet[Any], code: str | None) -> QuerySet[Any]:
        accounts = Account.objects.filter(tenant_id=OuterRef("tenant_id"), id=OuterRef("account_id"), wallet=code)
        return rows.filter(Exists(accounts))


class KindFilter(SimpleListFilter):
    """Rules of one kind."""

    title = _("Kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [(code, str(kind.title)) for code, kind in KINDS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Rule]) -> QuerySet[Rule]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class StandingFilter(SimpleListFilter):
    """What time has made of the state of rules."""

    title = _("State")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [(str(value), str(label)) for value, label in Rule.State.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Rule]) -> QuerySet[Rule]:
        return queryset.annotate(state_now=state_now()).filter(state_now=self.value()) if self.value() else queryset


class MerchantFilter(KeyFilter):
    """The merchants whose purchases the user may see."""

    title = _("Merchant")
    parameter_name = "merchant"
    column = "merchant_id"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        seen = merchants_seen(request.user.principal)  # type: ignore[union-attr]
        return [(str(m.merchant_id), m.name) for m in merchants(limit=MOST) if seen is None or m.merchant_id in seen]


class PlaceFilter(KeyFilter):
    """The points of sale of those merchants."""

    title = _("Point of sale")
    parameter_name = "pos"
    column = "pos_id"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        seen = merchants_seen(request.user.principal)  # type: ignore[union-attr]
        return [(str(p.pos_id), p.name) for p in points_of_sale(limit=MOST) if seen is None or p.merchant_id in seen]


class CustomerFilter(KeyFilter):
    """One customer's purchases: offered only where a link chose them."""

    title = _("Customer")
    parameter_name = "customer"
    column = "customer_id"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        given = request.GET.get(self.parameter_name)
        key = _key(given)
        names = [card.name for card in cards([key] if key else [])]
        return [(given, names[0] if names else NOTHING)] if given else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        key = _key(self.value())
        return queryset.filter(customer_id__in=sides(key)) if key else super().queryset(request, queryset)


class LevelSetFilter(SimpleListFilter):
    """The levels of one set."""

    title = _("Level set")
    parameter_name = "set"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [(str(card.set_id), set_name(card.terms)) for card in level_sets()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(set_id=_key(self.value())) if self.value() else queryset


class MatchedFilter(SimpleListFilter):
    """Purchases with a customer, or without one."""

    title = _("Customer known")
    parameter_name = "matched"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [("yes", _("Yes")), ("no", _("No"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Purchase]) -> QuerySet[Purchase]:
        if self.value() not in {"yes", "no"}:
            return queryset
        return queryset.filter(customer_id__isnull=self.value() == "no")


def named_like(typed: str, named: Iterable[tuple[UUID, Iterable[str]]]) -> list[UUID]:
    """The keys of those that have all words of what was typed in one of their names, whatever the accents and capitals."""
    wanted = fold(typed).split()
    return [key for key, names in named if any(all(word in fold(name) for word in wanted) for name in names)]


def of_found_customers(rows: QuerySet[Any], typed: str) -> QuerySet[Any]:
    """Those rows whose `customer_id` is that of somebody who is found by what was typed; all of them where nothing was."""
    text = typed.strip()
    if not text:
        return rows
    found = sides_of([card.id for card in search(text, FOUND_AT_MOST)])
    return rows.filter(customer_id__in=[side for sides in found.values() for side in sides])


def _key(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
