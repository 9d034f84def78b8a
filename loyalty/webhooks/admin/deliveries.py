"""What endpoints were told, in the administration."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from loyalty.admin import naming, navigation, related
from loyalty.messages.kinds import recipients
from loyalty.webhooks import forms, queries
from loyalty.webhooks.admin.shown import NOTHING, WebhookAdmin, clock, moment, title_of
from loyalty.webhooks.event_types import EVENT_TYPES, TEST, readable
from loyalty.webhooks.models import Delivery, Endpoint
from loyalty.webhooks.permissions import SEE_WEBHOOKS

DELIVERY_STATES = {"waiting": "info", "sent": "success", "failed": "danger", "dropped": "warning", "removed": "warning"}
FAILURES = {
    "refused": _("the receiver refused it"),
    "redirect": _("it was redirected, which is not followed"),
    "gone": _("the receiver says that it is gone"),
    "timeout": _("no answer came in time"),
    "no_connection": _("no connection could be made"),
    "unknown_host": _("nobody knows the name of the address"),
    "private": _("the address leads to no public place"),
    "certificate": _("the certificate of the address is not valid"),
    "erased": _("the customer was erased"),
    "url": _("the address is not allowed any more"),
    "secret": _("the secret cannot be read: exchange it"),
    "broken": _("the connection broke off"),
    "broken_off": _("the worker broke off"),
}
"""Why nothing was taken, as a person reads it."""


class EndpointFilter(admin.SimpleListFilter):
    """Deliveries of one endpoint."""

    title = _("endpoint")
    parameter_name = "endpoint"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(one.pk), str(one)) for one in queries.endpoints(request.tenant.id)]  # type: ignore[attr-defined]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> QuerySet[Delivery]:
        return narrowed(queryset, "endpoint_id", self.value())


class CustomerFilter(admin.SimpleListFilter):
    """Deliveries about one customer: reached from the customer's page, and taken away here."""

    title = _("customer")
    parameter_name = "customer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        key = id_in(request.GET.get("customer", ""))
        return [(str(key), name_of_customer(key))] if key else []

    def has_output(self) -> bool:
        return bool(self.value())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> QuerySet[Delivery]:
        return narrowed(queryset, "customer_id", self.value())


class TypeFilter(admin.SimpleListFilter):
    """Deliveries of one type of events."""

    title = _("event")
    parameter_name = "event"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return sorted(((name, title_of(name)) for name in [*EVENT_TYPES, TEST]), key=lambda pair: pair[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> QuerySet[Delivery]:
        return queryset.filter(type=self.value()) if self.value() else queryset


@dataclass(frozen=True)
class _About:
    """Whom a delivery may be about."""

    customer_id: UUID


@admin.register(Delivery)
class DeliveryAdmin(WebhookAdmin):
    """What was told, the latest first."""

    list_display = ("written", "event", "endpoint_shown", "customer_shown", "state_shown", "answered", "tries")
    figures = ("answered", "tries")
    unbroken = ("written", "state_shown")
    list_filter = ("state", EndpointFilter, TypeFilter, CustomerFilter)
    ordering = ("-written_at", "-id")
    empty = _("What happens stands here as soon as an endpoint asks to be told of it.")
    fields = ("event", "endpoint_shown", "customer_shown", "state", "why", "written", "next_try", "settled", "tries")
    object_commands = {"replay": forms.ReplayDeliveryForm, "give-up": forms.DropDeliveryForm}
    change_form_template = "webhooks/admin/delivery.html"

    def complete(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        names = {one.pk: str(one) for one in Endpoint.objects.filter(pk__in={row.endpoint_id for row in rows})}
        people = naming.names_of(request, [_About(row.customer_id) for row in rows if row.customer_id])
        for row in rows:
            row.endpoint_name = names.get(row.endpoint_id, NOTHING)
            row.customer_name = people.get(("customer_id", row.customer_id), NOTHING) if row.customer_id else NOTHING

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.row(request, object_id) if object_id else None
        user: Any = request.user
        seen = row is not None and readable(user.principal, row.type)
        more = {} if row is None else {"sent_body": _spaced(row.body) if seen and row.body else "", "tried": _tried(row)}
        return super().changeform_view(request, object_id, form_url, more | (extra_context or {}))

    @display(description=_("Event"), ordering="type")
    def event(self, row: Delivery) -> str:
        return title_of(row.type)

    @display(description=_("Endpoint"))
    def endpoint_shown(self, row: Delivery) -> str:
        return row.endpoint_name

    @display(description=_("Customer"))
    def customer_shown(self, row: Any) -> str:
        return str(row.customer_name)

    @display(description=_("State"), ordering="state", label=DELIVERY_STATES)
    def state_shown(self, row: Delivery) -> tuple[str, str]:
        return row.state, row.get_state_display()

    @display(description=_("Why it was not taken"))
    def why(self, row: Delivery) -> str:
        return failure_in_words(row.failure)

    @display(description=_("Answer"), ordering="status")
    def answered(self, row: Delivery) -> str:
        return str(row.status or NOTHING)

    @display(description=_("Noted"), ordering="written_at")
    def written(self, row: Delivery) -> str:
        return moment(row, "written_at")

    @display(description=_("Next try"))
    def next_try(self, row: Delivery) -> str:
        if row.state != Delivery.State.WAITING:
            return NOTHING
        return gettext("after an earlier one of the same customer") if queries.held_up(row) else moment(row, "due_at")

    @display(description=_("Delivered, or given up"))
    def settled(self, row: Delivery) -> str:
        return moment(row, "settled_at")


def failure_in_words(failure: str) -> str:
    return str(FAILURES.get(failure, failure or NOTHING))


def narrowed(rows: QuerySet[Delivery], column: str, typed: str | None) -> QuerySet[Delivery]:
    """Those with this id, none where it is no id."""
    if not typed:
        return rows
    key = id_in(typed)
    return rows.filter(**{column: key}) if key else rows.none()


def id_in(typed: str) -> UUID | None:
    try:
        return UUID(typed)
    except ValueError:
        return None


def name_of_customer(key: UUID) -> str:
    found = recipients([key]).get(key)
    return found.name if found else str(key)


def _spaced(body: str) -> str:
    """The body as a person reads it; what is sent has no blanks."""
    return json.dumps(json.loads(body), indent=2, ensure_ascii=False)


def _tried(row: Delivery) -> dict[str, Any]:
    """The tries, each with what came back."""
    tried = queries.attempts(row.tenant_id, row.pk)
    cells = [
        [
            clock(one.tenant_id, one.began_at),
            f"{one.milliseconds} ms",
            str(one.status or NOTHING),
            failure_in_words(one.failure),
            one.answer or NOTHING,
        ]
        for one in tried
    ]
    headers = [_("When"), _("Took"), _("Status"), _("Why it was not taken"), _("Answer")]
    return {"headers": headers, "rows": cells, "figures": [1, 2]} if cells else {}


def _of_customer(customer: Any) -> related.Link | None:
    """What other systems were told of a customer."""
    if not Delivery.objects.filter(tenant_id=customer.tenant_id, customer_id=customer.pk).exists():
        return None
    return related.Link(f"{reverse('admin:webhooks_delivery_changelist')}?customer={customer.pk}", str(_("Webhook deliveries")))


related.register("customers.customer", _of_customer, SEE_WEBHOOKS, icon="webhook", order=90)
navigation.register(_("Webhooks"), _("Deliveries"), "admin:webhooks_delivery_changelist", SEE_WEBHOOKS, icon="outbound", order=87)
