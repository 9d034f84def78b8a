"""The register in the administration: who there is, what they bought, and what can be done about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from customers import queries
from customers.admin import saved_filters
from customers.admin.disclosure import disclosure
from customers.admin.exporting import columns
from customers.admin.filters import (
    LEVELS,
    STATES,
    AgeFilter,
    ConsentFilter,
    ContactFilter,
    LanguageFilter,
    LastPurchaseFilter,
    LevelFilter,
    PurchasesFilter,
    RegisteredFilter,
    StateFilter,
    TotalFilter,
)
from customers.admin.ordering import CustomerList
from customers.admin.shown import NOTHING, consent_said, language, moment, note_contacts, opened_of, tenant_of
from customers.admin.together import TogetherColumns, bought_together
from customers.forms.consents import CardStateForm, ConsentsForm
from customers.forms.customers import ActivateForm, ConfirmForm, DeactivateForm, EditForm, RegisterForm
from customers.forms.disclosure import DiscloseForm
from customers.forms.erasing import EraseForm
from customers.forms.merging import MergeForm, UnmergeForm
from customers.forms.segments import EnterForm, LeaveForm
from customers.models import Customer
from customers.permissions import CONTACTS, SEE, SEE_CONTACTS, SEE_SEGMENTS
from customers.phones import region_of
from customers.streams import streams_about
from loyalty.admin import beside, timeline
from loyalty.admin.export import Column
from loyalty.admin.facts import actor_title
from loyalty.admin.forms import CommandForm
from loyalty.admin.read_model import ReadModelAdmin, link
from loyalty.domain.errors import NotFound
from loyalty.house import formats
from loyalty.staff.actors import actors
from loyalty.staff.models import User
from pos.queries import sale_place

FOUND_AT_MOST = 200
BY_WHAT_WAS_BOUGHT = {"o", "_facets", *(one.parameter_name for one in (PurchasesFilter, TotalFilter, LastPurchaseFilter))}
"""What of an address may sort or narrow by purchases."""
OF_MERGED = ("edit", "unmerge", "disclose")
"""What can be done about somebody who was merged."""
SHOWN = ("code", "state_said", "last_name", "first_name", "gender", "born", "spoken", "labels_shown", "card_state")
PERSON = (_("Person"), {"fields": (*SHOWN, "in_segments")})
WITHOUT_SEGMENTS = (_("Person"), {"fields": SHOWN})
WHOLE = (_("Contact"), {"fields": CONTACTS})
MASKED = (_("Contact"), {"fields": ("phone_end",)})
BOUGHT = (_("Purchases"), {"fields": ("purchases", "total", "last_purchase")})
CONSENTS = (_("Consents"), {"fields": ("agrees_to",)})
JOINED = (_("Joined"), {"fields": ("one_with", "registered", "joined_at", "brought_by", "sold_by", "referred_by", "changed")})


@admin.register(Customer)
class CustomerAdmin(TogetherColumns, ReadModelAdmin):
    """All customers."""

    permission = SEE
    list_display = (
        "code", "whole_name", "phone_listed", "state_shown", "level", "purchases", "total", "last_purchase", "email_listed", "gender",
        "born", "registered",
    )  # fmt: skip
    list_display_links = ("code", "whole_name")
    figures = ("purchases", "total")
    unbroken = ("code", "whole_name", "phone_listed", "level", "born", "state_shown", "last_purchase", "registered")
    change_list_template = "customers/admin/list.html"
    empty = _("Customers come from the till, from a program, from an import, or you add them by hand.")
    list_filter = (
        StateFilter, LevelFilter, PurchasesFilter, TotalFilter, LastPurchaseFilter, RegisteredFilter, "gender", AgeFilter, LanguageFilter,
        ContactFilter, "card_state", ConsentFilter,
    )  # fmt: skip
    list_select_related = ("spending",)
    ordering = ("-registered_at", "-id")
    commands = {"register": RegisterForm}
    object_commands = {
        "edit": EditForm,
        "consents": ConsentsForm,
        "card": CardStateForm,
        "enter-segment": EnterForm,
        "leave-segment": LeaveForm,
        "confirm": ConfirmForm,
        "activate": ActivateForm,
        "deactivate": DeactivateForm,
        "merge": MergeForm,
        "unmerge": UnmergeForm,
        "disclose": DiscloseForm,
        "erase": EraseForm,
    }
    search_help_text = _("Name, phone, last 4 digits, code, card, email or external id")

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(lambda request, object_id: disclosure(self, request, object_id))
        told = self.admin_site.admin_view(lambda request, object_id: timeline.timeline_page(self, request, object_id))
        own = [path("<path:object_id>/disclosure/", page, name="customers_customer_disclosure")]
        own += [path("<path:object_id>/timeline/", told, name="customers_customer_timeline")]
        own += [path(at, self.admin_site.admin_view(view), name=f"customers_customer_{name}") for at, name, view in saved_filters.views()]
        return [*own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Whole numbers and addresses are shown to who may see them; that they looked is noted."""
        note_contacts(request, "list")
        narrowed = [(name, value) for name, value in parse_qsl(saved_filters.narrowing(request.GET))]
        more = {"saved_filters": saved_filters.offered(request), "narrowed": narrowed}
        return super().changelist_view(request, more | (extra_context or {}))

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        shown = super().changeform_view(request, object_id, form_url, extra_context)
        note_contacts(request, object_id or "")
        return shown

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[CustomerList]:
        return CustomerList

    def find(self, request: HttpRequest, text: str) -> Sequence[UUID]:
        chosen = request.GET.get(StateFilter.parameter_name)
        states = [state for state in STATES if state == chosen]
        return [card.id for card in queries.search(text, FOUND_AT_MOST, states=states)]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        there = super().get_queryset(request).exclude(state="erased")
        if not BY_WHAT_WAS_BOUGHT.isdisjoint(request.GET):
            there = there.alias(**bought_together(request.tenant.id))  # type: ignore[attr-defined]
        levels = beside.known(request, *LEVELS)
        return there.annotate(level_rank=levels.rank()) if levels else there

    def streams(self, row: Customer) -> Sequence[UUID]:
        return streams_about(row.tenant_id, row.id)

    def _offered(self, request: HttpRequest, forms: dict[str, type[CommandForm]], row: Any = None) -> list[dict[str, Any]]:
        """Of somebody who was merged only what is their own can be changed."""
        merged = row is not None and row.absorbed is not None
        return super()._offered(request, {key: forms[key] for key in OF_MERGED} if merged else forms, row)

    def get_list_display(self, request: HttpRequest) -> Sequence[Any]:
        hidden = set() if beside.known(request, *LEVELS) else {"level"}
        return [name for name in self.list_display if name not in hidden]

    def complete(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        levels = beside.known(request, *LEVELS)
        told = levels.told([row.id for row in rows]) if levels else {}
        whole = request.user.has_perm(SEE_CONTACTS)
        survivors = queries.survivors([row.id for row in rows])
        more = queries.spending_of_absorbed([row.id for row in rows])
        for row in rows:
            row.level, row.whole = told.get(row.id, ""), whole
            row.absorbed = survivors[row.id] if survivors[row.id] != row.id else None
            row.more = more.get(row.id)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        contact = WHOLE if request.user.has_perm(SEE_CONTACTS) else MASKED
        person = PERSON if request.user.has_perm(SEE_SEGMENTS) else WITHOUT_SEGMENTS
        bought = (BOUGHT[0], {"fields": ("level", *BOUGHT[1]["fields"])}) if beside.known(request, *LEVELS) else BOUGHT
        return (person, contact, CONSENTS, bought, JOINED)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        return [name for _title, section in self.get_fieldsets(request, obj) for name in section["fields"]]

    def export_columns(self, request: HttpRequest) -> Sequence[Column]:
        return columns(request.user.has_perm(SEE_CONTACTS), levels=beside.known(request, *LEVELS) is not None)

    @display(description=pgettext_lazy("person", "Name"), ordering="last_name")
    def whole_name(self, row: Customer) -> str:
        return str(row) if row.first_name or row.last_name else NOTHING

    @display(description=_("Phone"))
    def phone_listed(self, row: Any) -> str:
        return str(self.phone(row) if row.whole else self.phone_end(row))

    @display(description=_("Email"))
    def email_listed(self, row: Any) -> str:
        if row.whole:
            return str(self.email(row))
        return "•••" if row.email_sealed else NOTHING

    @display(description=_("Phone"))
    def phone_end(self, row: Customer) -> str:
        return f"••• {row.phone_last4}" if row.phone_last4 else NOTHING

    @display(description=_("State"), ordering="state", label={"new": "info", "active": "success", "inactive": "warning", "merged": "info"})
    def state_shown(self, row: Customer) -> tuple[str, str]:
        if getattr(row, "absorbed", None) is not None:
            return "merged", gettext("Merged")
        return row.state, row.get_state_display()

    @display(description=_("Level"), ordering="level_rank")
    def level(self, row: Any) -> str:
        return row.level or NOTHING

    @display(description=_("Birth date"), ordering="birth_date")
    def born(self, row: Customer) -> str:
        return formats.day(row.birth_date, tenant_of(row).zone, language()) if row.birth_date else NOTHING

    @display(description=_("Language"))
    def spoken(self, row: Customer) -> str:
        return dict(settings.LANGUAGES).get(row.language, NOTHING)

    @display(description=_("Registered"), ordering="registered_at")
    def registered(self, row: Customer) -> str:
        return moment(row, row.registered_at)

    @display(description=_("Last changed"))
    def changed(self, row: Customer) -> str:
        return moment(row, row.changed_at)

    @display(description=_("Labels"))
    def labels_shown(self, row: Customer) -> str:
        return ", ".join(f"{key}: {value}" if value else key for key, value in row.labels.items()) or NOTHING

    @display(description=_("Segments"))
    def in_segments(self, row: Customer) -> str:
        return ", ".join(one.name for one in queries.segments_of(row.id)) or NOTHING

    @display(description=_("Phone"))
    def phone(self, row: Customer) -> str:
        number = opened_of(row, "phone")
        return formats.phone(number, region_of(tenant_of(row).time_zone)) if number else NOTHING

    @display(description=_("Email"))
    def email(self, row: Customer) -> str:
        return opened_of(row, "email") or NOTHING

    @display(description=_("Loyalty card"))
    def card(self, row: Customer) -> str:
        return opened_of(row, "card") or NOTHING

    @display(description=_("External id"))
    def external_id(self, row: Customer) -> str:
        return opened_of(row, "external_id") or NOTHING

    @display(description=_("Address"))
    def address(self, row: Customer) -> str:
        return opened_of(row, "address") or NOTHING

    @display(description=_("Company"))
    def company(self, row: Customer) -> str:
        return opened_of(row, "company") or NOTHING

    @display(description=_("Tax number"))
    def tax_number(self, row: Customer) -> str:
        return opened_of(row, "tax_number") or NOTHING

    @display(description=_("Agrees to"))
    def agrees_to(self, row: Customer) -> str:
        return format_html_join(mark_safe("<br>"), "{}", ((consent_said(row, one),) for one in queries.consents(row.id))) or NOTHING

    @display(description=_("Brought by"))
    def sold_by(self, row: Customer) -> str:
        user = User.objects.filter(pk=row.seller_id).first() if row.seller_id else None
        return str(user) if user else NOTHING

    @display(description=_("Referred by"))
    def referred_by(self, row: Customer) -> str:
        found = queries.cards([row.referrer_id]) if row.referrer_id else []
        return link(Customer(id=found[0].id), "change", f"{found[0].name} · {found[0].code}") if found else NOTHING

    @display(description=_("Point of sale"))
    def joined_at(self, row: Customer) -> str:
        if row.pos_id is None:
            return NOTHING
        try:
            place = sale_place(row.pos_id)
        except NotFound:
            return NOTHING
        return f"{place.merchant_name} · {place.pos_name}"

    @display(description=_("Registered by"))
    def brought_by(self, row: Customer) -> str:
        return actors([row.registered_by]).get(row.registered_by) or actor_title(row.registered_by)
