"""Webhook endpoints in the administration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from loyalty.admin import navigation, related
from loyalty.admin.facts import actor_title
from loyalty.staff.actors import actors
from loyalty.webhooks import forms, queries
from loyalty.webhooks.admin.shown import NOTHING, WebhookAdmin, moment, title_of
from loyalty.webhooks.models import Endpoint
from loyalty.webhooks.permissions import SEE_WEBHOOKS

STATES = {"active": "success", "failing": "danger", "paused": "warning"}


@admin.register(Endpoint)
class EndpointAdmin(WebhookAdmin):
    """All endpoints."""

    list_display = ("address", "description", "state_shown", "events_in_list", "waits", "have_failed", "taken")
    figures = ("events_in_list", "waits", "have_failed")
    unbroken = ("state_shown", "taken")
    list_filter = ("state",)
    ordering = ("created_at", "id")
    empty = _("Another system, such as a till, a shop or a mailing tool, is told what happens as soon as an endpoint stands here.")
    fields = ("address", "description", "state", "why_paused", "events_shown", "by", "added", "taken", "failing")
    commands = {"add": forms.AddEndpointForm}
    object_commands = {
        "test": forms.SendTestEventForm,
        "edit": forms.EditEndpointForm,
        "rotate": forms.RotateSecretForm,
        "pause": forms.PauseEndpointForm,
        "resume": forms.ResumeEndpointForm,
        "replay": forms.ReplayFailedForm,
        "remove": forms.RemoveEndpointForm,
    }

    def complete(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        names = actors(row.created_by for row in rows)
        standing = queries.standing(request.tenant.id, [row.pk for row in rows])  # type: ignore[attr-defined]
        for row in rows:
            row.by_name = names.get(row.created_by) or actor_title(row.created_by)
            row.waiting, row.failed = standing.get(row.pk, (0, 0))

    @display(description=_("Address"), ordering="url")
    def address(self, row: Endpoint) -> str:
        return row.url

    @display(description=_("State"), ordering="state", label=STATES)
    def state_shown(self, row: Endpoint) -> tuple[str, str]:
        if row.state == Endpoint.State.ACTIVE and row.failing_since:
            return "failing", gettext("Takes nothing")
        return row.state, row.get_state_display()

    @display(description=_("Why it is paused"))
    def why_paused(self, row: Endpoint) -> str:
        return row.get_paused_because_display() or NOTHING

    @display(description=_("Events"))
    def events_in_list(self, row: Endpoint) -> int:
        return len(row.types)

    @display(description=_("Events"))
    def events_shown(self, row: Endpoint) -> str:
        return format_html_join("", "<p>{} <code>{}</code></p>", ((title_of(name), name) for name in row.types))

    @display(description=_("Waiting"))
    def waits(self, row: Endpoint) -> int:
        return row.waiting

    @display(description=_("Failed"))
    def have_failed(self, row: Endpoint) -> int:
        return row.failed

    @display(description=_("Added by"))
    def by(self, row: Endpoint) -> str:
        return row.by_name

    @display(description=_("Added"), ordering="created_at")
    def added(self, row: Endpoint) -> str:
        return moment(row, "created_at")

    @display(description=_("Last taken"), ordering="succeeded_at")
    def taken(self, row: Endpoint) -> str:
        return moment(row, "succeeded_at")

    @display(description=_("Takes nothing since"))
    def failing(self, row: Endpoint) -> str:
        return moment(row, "failing_since")


def _of_endpoint(endpoint: Endpoint) -> related.Link:
    """What an endpoint was told."""
    return related.Link(f"{reverse('admin:webhooks_delivery_changelist')}?endpoint={endpoint.pk}", str(_("What it was told")))


related.register("webhooks.endpoint", _of_endpoint, SEE_WEBHOOKS, icon="list_alt", order=10)
navigation.register(_("Webhooks"), _("Endpoints"), "admin:webhooks_endpoint_changelist", SEE_WEBHOOKS, icon="webhook", order=86)
