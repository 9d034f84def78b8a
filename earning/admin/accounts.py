"""Points accounts: who holds how much, of which lots, and every movement with the balance that it left."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from earning import queries
from earning.access import merchants_seen
from earning.admin import account_lots, books, carried, level_tables, shown, tables, trial_balance
from earning.admin.axes import AXES, Axes, axes, held_then
from earning.admin.blocked import told as blocked_told
from earning.admin.exporting import STATEMENT, of_accounts, statement_page
from earning.admin.filters import WalletFilter, of_found_customers
from earning.forms.accounts import AdjustForm, BlockForm, CancelLotForm, TransferForm, UnblockForm
from earning.forms.levels.customers import GiveLevelForm, WithdrawLevelForm
from earning.forms.spending import ConfirmHoldForm, HoldForm, ReleaseHoldForm, SpendForm
from earning.models import Account
from earning.permissions import SEE_ACCOUNTS, SEE_BOOKS, SEE_LEVELS
from earning.queries.accounts import last_moved
from earning.streams import account_of
from earning.units import phrase
from loyalty.admin import navigation, related
from loyalty.admin.export import Column, streamed
from loyalty.admin.read_model import ReadModelAdmin
from loyalty.staff.permissions import EXPORT, SEE_HISTORY
from loyalty.tenancy.middleware import tenant_of_id

LINES, LOTS = 25, 20
HELD = ("balance_now", "available", "pending", "held", "debt")
TOTALS = ("earned", "clawed_back", "spent", "expired", "cancelled", "adjusted", "transferred")
FIELDS = ("person", "wallet_shown", "blocked_shown", *HELD, *(f"{name}_shown" for name in TOTALS), "movements_shown")
ALWAYS = ("person", "wallet_shown", "balance_now", "available", "earned_shown", "clawed_back_shown", "spent_shown", "movements_shown")


@admin.register(Account)
class AccountAdmin(ReadModelAdmin):
    """All accounts, what changed last first. Balances are sorted when they are asked for: no sale moves one in an index."""

    permission = SEE_ACCOUNTS
    list_display = ("holder", "wallet_shown", "balance_shown", "earned_here", "spent_here", "last_shown")
    figures = ("balance_shown", "earned_here", "spent_here")
    empty = _("An account begins with the first points of its customer.")
    list_filter = (WalletFilter, "blocked")
    ordering = ("-position", "-id")
    search_fields = ("customer_id",)
    search_help_text = _("The customer's name, phone, card or code")
    object_commands = {
        "spend": SpendForm, "hold": HoldForm, "confirm-hold": ConfirmHoldForm, "release-hold": ReleaseHoldForm,
        "adjust": AdjustForm, "transfer": TransferForm, "cancel-lot": CancelLotForm, "block": BlockForm, "unblock": UnblockForm,
        "give-level": GiveLevelForm, "withdraw-level": WithdrawLevelForm,
    }  # fmt: skip
    change_form_template = "earning/admin/account.html"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        return FIELDS

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """What is nothing, and mostly is, is not shown."""
        fields = [name for name in FIELDS if name in ALWAYS or (obj is not None and _is_something(obj, name))]
        return ((_("Points account"), {"fields": fields}),)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> tuple[QuerySet[Any], bool]:
        return of_found_customers(queryset, search_term), False

    def complete(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        known, wallets = shown.holders(row.customer_id for row in rows), queries.wallets_here()
        moved = last_moved([row.id for row in rows])
        for row in rows:
            row.unit, row.moved_at, row.told_why = wallets.unit(row.wallet), moved.get(row.id), request.user.has_perm(SEE_HISTORY)
            row.holder_card = card = known.get(row.customer_id)
            row.holder_name = card.name if card else shown.NOTHING
            row.holder_link = shown.customer(request, card)

    def export_columns(self, request: HttpRequest) -> Sequence[Column]:
        return of_accounts(request)

    def get_urls(self) -> list[URLPattern]:
        file = path("<path:object_id>/statement/", self.admin_site.admin_view(self.statement), name="earning_account_statement")
        balance = path("trial-balance/", self.admin_site.admin_view(trial_balance.page), name="earning_account_trial-balance")
        return [balance, file, *super().get_urls()]

    def statement(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """The whole statement of an account as a file; as of a day, as it was known on a day, where the address asks for that."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if (row := self.row(request, object_id)) is None:
            raise Http404
        when = axes(request, tenant_of_id(row.tenant_id).zone).when
        page = statement_page(row, merchants_seen(cast(Any, request.user).principal), shown.decimals_of(row), when)
        return streamed(request, "earning.statement", "statement", STATEMENT, page, row.id)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.row(request, object_id) if object_id else None
        more = {} if row is None else _told(request, row)
        return super().changeform_view(request, object_id, form_url, more | (extra_context or {}))

    @display(description=_("Customer"))
    def holder(self, row: Account) -> str:
        return str(row)

    @display(description=_("Customer"))
    def person(self, row: Account) -> str:
        return str(cast(Any, row).holder_link)

    @display(description=_("Balance"), ordering="balance")
    def balance_shown(self, row: Account) -> str:
        return phrase(shown.unit_of(row), row.balance, shown.language())

    @display(description=_("Earned"), ordering="earned")
    def earned_here(self, row: Account) -> str:
        return _points(row, row.earned)

    @display(description=_("Spent"), ordering="spent")
    def spent_here(self, row: Account) -> str:
        return _points(row, row.spent)

    @display(description=_("Earned"))
    def earned_shown(self, row: Account) -> str:
        return _points(row, shown.account_now(row).earned)

    @display(description=_("Clawed back"))
    def clawed_back_shown(self, row: Account) -> str:
        return _points(row, shown.account_now(row).clawed_back)

    @display(description=_("Spent"))
    def spent_shown(self, row: Account) -> str:
        return _points(row, shown.account_now(row).spent)

    @display(description=_("Last movement"), ordering="position")
    def last_shown(self, row: Account) -> str:
        return shown.moment(cast(Any, row).moved_at, row.tenant_id)

    @display(description=_("Expired"))
    def expired_shown(self, row: Account) -> str:
        return _points(row, shown.account_now(row).expired)

    @display(description=_("Cancelled"))
    def cancelled_shown(self, row: Account) -> str:
        return _points(row, shown.account_now(row).cancelled)

    @display(description=_("Corrected"))
    def adjusted_shown(self, row: Account) -> str:
        return _points(row, shown.account_now(row).adjusted)

    @display(description=_("Passed on and received"))
    def transferred_shown(self, row: Account) -> str:
        return _points(row, shown.account_now(row).transferred)

    @display(description=_("movements"))
    def movements_shown(self, row: Account) -> int:
        return shown.account_now(row).movements

    @display(description=_("Wallet"))
    def wallet_shown(self, row: Account) -> str:
        return shown.wallet(shown.unit_of(row))

    @display(description=_("Blocked"))
    def blocked_shown(self, row: Account) -> str:
        """Since when, by whom and why, also of those that it is one with."""
        return _blocked(row)

    @display(description=_("Balance"))
    def balance_now(self, row: Account) -> str:
        return phrase(shown.unit_of(row), shown.account_now(row).balance, shown.language())

    @display(description=_("Can be spent"))
    def available(self, row: Account) -> str:
        return _points(row, shown.account_now(row).available)

    @display(description=_("Not active yet"))
    def pending(self, row: Account) -> str:
        return _points(row, shown.account_now(row).pending)

    @display(description=_("Kept aside"))
    def held(self, row: Account) -> str:
        return _points(row, shown.account_now(row).held)

    @display(description=_("Debt"))
    def debt(self, row: Account) -> str:
        return _points(row, shown.account_now(row).debt)


def _is_something(row: Account, name: str) -> bool:
    if name == "blocked_shown":
        return bool(_blocked(row))
    return bool(getattr(shown.account_now(row), name.removesuffix("_shown"), None))


def _blocked(row: Account) -> str:
    """Asked once for a row."""
    if "blockings" not in row.__dict__:
        row.__dict__["blockings"] = blocked_told(row)
    return str(row.__dict__["blockings"])


def _points(row: Account, amount: int) -> str:
    return shown.points(amount, decimals=shown.decimals_of(row))


def _told(request: HttpRequest, row: Account) -> dict[str, Any]:
    """The tables of an account's page: lots, and the page of the statement that `before` asks for."""
    asked = request.GET.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else None
    then = axes(request, tenant_of_id(row.tenant_id).zone)
    lines = queries.statement(row.customer_id, before, LINES + 1, row.wallet, *then.when)
    seen = merchants_seen(cast(Any, request.user).principal)
    levels = queries.customer_levels(row.customer_id) if request.user.has_perm(SEE_LEVELS) else []
    ending, currency = queries.endings(row.customer_id, timezone.now(), row.wallet), tenant_of_id(row.tenant_id).currency
    return (
        _lots_told(request, row, seen)
        | _books_told(request, row, then)
        | {
            "statement_file": _file(request, row) if request.user.has_perm(EXPORT) else "",
            "then": then,
            "then_held": _then(row, then) if then.given else None,
            "statement": tables.statement(lines[:LINES], row.tenant_id, seen, shown.decimals_of(row)),
            "levels": level_tables.of_customer(levels, row.tenant_id),
            "remainders": carried.of_account(queries.remainders(row.customer_id, currency), currency, shown.unit_of(row)),
            "endings": tables.endings(ending, shown.decimals_of(row)) if ending.days else None,
            "next_month": _points(row, ending.next_month),
            "earlier": _turned(request, "statement", before=lines[LINES - 1].position) if len(lines) > LINES else "",
            "later": _turned(request, "statement", before=None) if before is not None else "",
        }
    )


def _file(request: HttpRequest, row: Account) -> str:
    """The address of the statement as a file, of the days that are shown."""
    days = {name: request.GET[name] for name in AXES if name in request.GET}
    return f"{reverse('admin:earning_account_statement', args=[row.id])}?{urlencode(days)}"


def _then(row: Account, then: Axes) -> shown.Table:
    """What the account held at the time that was asked for."""
    return held_then(queries.balance_at(row.customer_id, then.as_of, then.known_at, row.wallet), shown.decimals_of(row))


def _books_told(request: HttpRequest, row: Account, then: Axes) -> dict[str, Any]:
    """The page of the books that `booked` asks for, for those who may see them."""
    if not request.user.has_perm(SEE_BOOKS):
        return {}
    table, following = books.told(row, asked := request.GET.get("booked", ""), then.when)
    return {
        "books": table,
        "earlier_booked": _turned(request, "books", booked=following) if following is not None else "",
        "latest_booked": _turned(request, "books", booked=None) if asked else "",
    }


def _lots_told(request: HttpRequest, row: Account, seen: frozenset[UUID] | None) -> dict[str, Any]:
    """The page of lots, the latest first, that `lots` asks for: those that came in before that one."""
    asked = request.GET.get("lots")
    lots = account_lots.page(row, asked, LOTS + 1)
    return {
        "lots": account_lots.table(request, row, lots[:LOTS], seen) if lots else None,
        "older_lots": _turned(request, "lots", lots=lots[LOTS - 1].id) if len(lots) > LOTS else "",
        "newest_lots": _turned(request, "lots", lots=None) if asked else "",
    }


def _turned(request: HttpRequest, place: str, **changes: Any) -> str:
    """The address of this page with one of its tables turned to another page; the others stay where they are."""
    query = {name: request.GET[name] for name in ("lots", "before", "booked", *AXES) if name in request.GET} | changes
    return f"?{urlencode({name: value for name, value in query.items() if value is not None})}#{place}"


def _account_of(tenant_id: int, customer_id: UUID | None) -> related.Link | None:
    """The customer's account, with its balance."""
    row = customer_id and Account.objects.filter(tenant_id=tenant_id, id=account_of(customer_id, tenant_id)).first()
    if not row:
        return None
    balance = phrase(shown.unit_of(row), shown.account_now(row).balance, shown.language())
    return related.Link(reverse("admin:earning_account_change", args=[row.id]), str(_("Account: %(balance)s")) % {"balance": balance})


navigation.register(
    _("Earning"), _("Points accounts"), "admin:earning_account_changelist", SEE_ACCOUNTS, icon="account_balance_wallet", order=30
)
for model, key in (("customers.customer", "id"), ("earning.purchase", "customer_id")):
    link = partial(lambda row, key: _account_of(row.tenant_id, getattr(row, key)), key=key)
    related.register(model, link, SEE_ACCOUNTS, icon="account_balance_wallet", order=10)
