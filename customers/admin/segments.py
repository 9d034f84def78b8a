"""Segments in the administration, and who is in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from customers import queries
from customers.domain.criteria import Criteria
from customers.domain.memberships import memberships_id
from customers.forms import segments as forms
from customers.imports.forms import MemberColumnsForm, MembersFileForm
from customers.models import Member, Segment
from customers.permissions import EDIT_SEGMENTS, SEE, SEE_SEGMENTS
from customers.queries.merging import themselves
from customers.stored import criteria_of
from customers.wording import criteria_sentences, said_customers
from loyalty.admin import naming, navigation, related
from loyalty.admin.export import Column
from loyalty.admin.facts import actor_title, name_codes, name_facts
from loyalty.admin.history import name_events, read_part
from loyalty.admin.read_model import ReadModelAdmin
from loyalty.admin.related import Link
from loyalty.house import formats
from loyalty.jobs.admin import offer
from loyalty.staff.actors import actors
from loyalty.tenancy.middleware import tenant_of_id

FOUND_AT_MOST = 200
MEMBERS = "admin:customers_member_changelist"


@admin.register(Segment)
class SegmentAdmin(ReadModelAdmin):
    """All segments."""

    permission = SEE_SEGMENTS
    list_display = ("name", "code", "people", "filled", "active_shown", "changed")
    figures = ("people",)
    unbroken = ("code", "active_shown", "changed")
    empty = _("A segment is a group of customers, such as regular guests or staff, for which rules can count.")
    list_filter = ("active",)
    search_fields = ("name", "code")
    ordering = ("name", "code")
    fields = ("name", "code", "description", "people", "asked", "in_words", "changed")
    commands = {"create": forms.CreateSegmentForm, "create-dynamic": forms.CreateDynamicForm}
    object_commands = {
        "criteria": forms.CriteriaForm,
        "list": forms.ListForm,
        "edit": forms.EditSegmentForm,
        "activate": forms.ActivateSegmentForm,
        "deactivate": forms.DeactivateSegmentForm,
    }

    def complete(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        counts = queries.members_of(row.id for row in rows)
        for row in rows:
            row.members = counts.get(row.id, 0)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        return list(super().get_fields(request, obj))

    @display(description=_("Customers"))
    def people(self, row: Segment) -> str:
        return formats.number(row.members or 0, _language())

    @display(description=_("Filled"))
    def filled(self, row: Segment) -> str:
        return gettext("by criteria") if row.criteria is not None else gettext("by hand")

    @display(description=_("Criteria"))
    def asked(self, row: Segment) -> str:
        criteria = criteria_of(row.criteria)
        return "–" if criteria is None else format_html_join(mark_safe("<br>"), "{}", ((one,) for one in criteria_sentences(criteria)))

    @display(description=_("State"), ordering="active", label={"active": "success", "inactive": "warning"})
    def active_shown(self, row: Segment) -> tuple[str, str]:
        return ("active" if row.active else "inactive"), self.in_words(row)

    @display(description=_("State"))
    def in_words(self, row: Segment) -> str:
        return pgettext("segment", "Active") if row.active else pgettext("segment", "Inactive")

    @display(description=_("Last changed"), ordering="changed_at")
    def changed(self, row: Segment) -> str:
        return formats.day_and_clock(row.changed_at, tenant_of_id(row.tenant_id).zone, _language())


class SegmentFilter(admin.SimpleListFilter):
    """One segment."""

    title = _("Segment")
    parameter_name = "segment"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(one.segment_id), one.name) for one in queries.segments()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = chosen_segment(request)
        return queryset if chosen is None else queryset.filter(segment_id=chosen)


def chosen_segment(request: HttpRequest) -> UUID | None:
    """The segment that the list of members is narrowed to."""
    try:
        return UUID(request.GET.get(SegmentFilter.parameter_name, ""))
    except ValueError:
        return None


@admin.register(Member)
class MemberAdmin(ReadModelAdmin):
    """Who is in which segment, the latest first."""

    permission = SEE_SEGMENTS
    list_display = ("who", "code", "phone_end", "of_segment", "way_shown", "since", "by")
    unbroken = ("code", "phone_end", "since")
    empty = _("Put customers into a segment on their own pages, or by a list on the page of the segment.")
    list_filter = (SegmentFilter, "way")
    list_select_related = ("customer", "segment")
    ordering = ("-entered_at", "-id")
    fields = ("who", "code", "of_segment", "way_shown", "since", "by")
    object_commands = {"remove": forms.RemoveMemberForm}
    search_help_text = _("Name, phone, last 4 digits, code, card, email or external id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(themselves("customer_id")).select_related("customer", "segment")

    def find(self, request: HttpRequest, text: str) -> Sequence[UUID]:
        return queries.find_memberships(chosen_segment(request), text, FOUND_AT_MOST)

    def complete(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        known = actors(row.entered_by for row in rows)
        for row in rows:
            row.entered_by_name = known.get(row.entered_by) or actor_title(row.entered_by)

    def streams(self, row: Member) -> Sequence[UUID]:
        return [memberships_id(row.tenant_id, row.customer_id)]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        return list(super().get_fields(request, obj))

    def export_columns(self, request: HttpRequest) -> Sequence[Column]:
        return [
            Column(_("Segment"), lambda row: row.segment.name),
            Column(_("Code"), lambda row: row.customer.code),
            Column(_("Last name"), lambda row: row.customer.last_name),
            Column(_("First name"), lambda row: row.customer.first_name),
            Column(_("How"), lambda row: row.get_way_display()),
            Column(_("Since"), lambda row: row.entered_at),
        ]

    @display(description=_("Customer"))
    def who(self, row: Member) -> str:
        return str(row.customer)

    @display(description=_("Code"))
    def code(self, row: Member) -> str:
        return row.customer.code

    @display(description=_("Phone"))
    def phone_end(self, row: Member) -> str:
        return f"••• {row.customer.phone_last4}" if row.customer.phone_last4 else "–"

    @display(description=_("Segment"), ordering="segment__name")
    def of_segment(self, row: Member) -> str:
        return row.segment.name

    @display(description=_("How"), ordering="way")
    def way_shown(self, row: Member) -> str:
        return str(row.get_way_display())

    @display(description=_("Since"), ordering="entered_at")
    def since(self, row: Member) -> str:
        return formats.day_and_clock(row.entered_at, tenant_of_id(row.tenant_id).zone, _language())

    @display(description=_("Put in by"))
    def by(self, row: Member) -> str:
        return row.entered_by_name


def _language() -> str:
    return get_language() or formats.FALLBACK


def _members(row: Segment) -> Link:
    """“12 customers”: who is in it."""
    return Link(f"{reverse(MEMBERS)}?{SegmentFilter.parameter_name}={row.id}", said_customers(row.members or 0))


def _file(row: Segment) -> Link | None:
    if row.criteria is not None:
        return None
    return Link(reverse("admin:jobs_jobrun_import-members"), gettext("Put in or out by a file"))


def _customer(row: Member) -> Link:
    return Link(reverse("admin:customers_customer_change", args=[row.customer_id]), str(row.customer))


def _names(request: HttpRequest, ids: naming.Ids) -> dict[UUID, str]:
    found = naming.rows(request, Segment, ids["segment_id"])
    return {row.id: naming.named(request, row.name, "admin:customers_segment_change", row.id, SEE_SEGMENTS) for row in found}


naming.name_ids(_names, "segment_id")
related.register("customers.segment", _members, SEE_SEGMENTS, icon="group", order=10)
related.register("customers.segment", _file, EDIT_SEGMENTS, icon="upload_file", order=20)
related.register("customers.member", _customer, SEE, icon="person", order=10)
navigation.register(_("Customer"), _("Segments"), "admin:customers_segment_changelist", SEE_SEGMENTS, icon="groups", order=23)
offer({"import-members": MembersFileForm}, {"member-columns": MemberColumnsForm})
read_part(Criteria, lambda criteria, _currency: criteria_sentences(criteria))
name_codes("way", dict(Member.Way.choices) | {"erased": _("The customer was erased")})
name_facts(
    {
        "erased_at": _("Erased"),
        "created_at": _("Made"),
        "criteria": _("Criteria"),
        "entered_at": _("Came in"),
        "left_at": _("Went out"),
        "segment_id": _("Segment"),
        "way": _("How"),
    }
)
name_events(
    {
        "customers.segment_created": pgettext_lazy("segment", "Made"),
        "customers.segment_changed": pgettext_lazy("segment", "Changed"),
        "customers.segment_criteria_changed": _("Criteria changed"),
        "customers.segment_activated": pgettext_lazy("segment", "Activated"),
        "customers.segment_deactivated": pgettext_lazy("segment", "Deactivated"),
        "customers.segment_entered": _("Came into a segment"),
        "customers.segment_left": _("Went out of a segment"),
    }
)
