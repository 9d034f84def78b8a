"""Types of custom events in the administration, and how events of them are read in a history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy
from unfold.decorators import display

from earning import queries
from earning.admin import shown
from earning.admin.filters import named_like
from earning.forms.custom_events import (
    ActivateCustomEventTypeForm,
    AddCustomEventTypeForm,
    DeactivateCustomEventTypeForm,
    EditCustomEventTypeForm,
    SchemaForm,
    indented,
)
from earning.models import CustomEvent, CustomEventType
from earning.permissions import SEE_ACCOUNTS, SEE_RULES
from loyalty.admin import navigation
from loyalty.admin.export import Column
from loyalty.admin.facts import name_facts
from loyalty.admin.history import name_events
from loyalty.admin.naming import Ids, name_ids, named, rows
from loyalty.admin.read_model import ReadModelAdmin

FIELDS = ("called", "code", "names", "asked", "state_told", "version", "changed")


@admin.register(CustomEventType)
class CustomEventTypeAdmin(ReadModelAdmin):
    """All types of custom events."""

    permission = SEE_RULES
    list_display = ("called", "code", "state_shown", "version", "changed")
    figures = ("version",)
    unbroken = ("code", "state_shown", "changed")
    empty = _("Customers do more than buy: they review, come to events, finish a course. Add what your programs shall report.")
    list_filter = ("active",)
    ordering = ("code", "id")
    commands = {"add-type": AddCustomEventTypeForm}
    object_commands = {
        "edit": EditCustomEventTypeForm,
        "schema": SchemaForm,
        "activate": ActivateCustomEventTypeForm,
        "deactivate": DeactivateCustomEventTypeForm,
    }
    fieldsets = ((_("Custom event"), {"fields": FIELDS}),)

    def find(self, request: HttpRequest, text: str) -> Sequence[Any]:
        """By code, and by name in any language."""
        known = CustomEventType.objects.filter(tenant_id=request.tenant.id).values_list("id", "code", "texts")  # type: ignore[attr-defined]
        return named_like(text, ((key, [code, *(said["name"] for said in texts)]) for key, code, texts in known))

    def export_columns(self, request: HttpRequest) -> Sequence[Column]:
        return [
            Column(_("Code"), lambda row: row.code),
            Column(_("Name"), str),
            Column(_("State"), self.state_told),
            Column(_("Attributes (JSON Schema)"), lambda row: row.schema),
            Column(_("Version"), lambda row: row.version),
            Column(_("Changed"), lambda row: row.changed_at),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        return FIELDS

    @display(description=_("Name"))
    def called(self, row: CustomEventType) -> str:
        return str(row)

    @display(description=_("Names and descriptions"))
    def names(self, row: CustomEventType) -> str:
        told = queries.type_of_row(row).texts
        return format_html_join(mark_safe("<br>"), "{}", ((": ".join(filter(None, (one.name, one.description))),) for one in told))

    @display(description=_("Attributes (JSON Schema)"))
    def asked(self, row: CustomEventType) -> str:
        written = indented(queries.type_of_row(row).schema)
        return format_html('<pre class="whitespace-pre-wrap break-words">{}</pre>', written)

    @display(description=_("State"), ordering="active", label={"active": "success", "inactive": "warning"})
    def state_shown(self, row: CustomEventType) -> tuple[str, str]:
        return ("active" if row.active else "inactive"), self.state_told(row)

    @display(description=_("State"))
    def state_told(self, row: CustomEventType) -> str:
        return pgettext("custom event", "Active") if row.active else pgettext("custom event", "Inactive")

    @display(description=_("Changed"), ordering="changed_at")
    def changed(self, row: CustomEventType) -> str:
        return shown.moment(row.changed_at, row.tenant_id)


def of_types(request: HttpRequest, ids: Ids) -> dict[UUID, str]:
    """What they are called."""
    found = rows(request, CustomEventType, ids["type_id"])
    return {row.id: named(request, str(row), "admin:earning_customeventtype_change", row.id, SEE_RULES) for row in found}


def of_events(request: HttpRequest, ids: Ids) -> dict[UUID, str]:
    """Their references."""
    if not request.user.has_perm(SEE_ACCOUNTS):
        return {}
    return dict(rows(request, CustomEvent, ids["custom_event_id"]).values_list("id", "reference"))


name_ids(of_types, "type_id")
name_ids(of_events, "custom_event_id")
name_facts(
    {
        "attributes": _("Attributes"),
        "custom_event_id": _("Custom event"),
        "occurred_at": _("Happened"),
        "own": _("Reported by the customer"),
        "reference": _("Reference"),
        "schema": _("Attributes (JSON Schema)"),
        "type": _("Code"),
        "type_id": _("Type of custom event"),
        "type_version": _("Version"),
    }
)
name_events(
    {
        "earning.custom_event_counted": _("Points for a custom event"),
        "earning.custom_event_reported": _("Custom event"),
        "earning.deed_rewarded": _("Points for a custom event"),
        "earning.custom_event_type_created": pgettext_lazy("custom event", "Added"),
        "earning.custom_event_type_changed": pgettext_lazy("custom event", "Changed"),
        "earning.custom_event_type_activated": pgettext_lazy("custom event", "Activated"),
        "earning.custom_event_type_deactivated": pgettext_lazy("custom event", "Deactivated"),
    }
)
navigation.register(_("Earning"), _("Custom events"), "admin:earning_customeventtype_changelist", SEE_RULES, icon="bolt", order=36)
