"""The outbox in the administration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from loyalty import timeline
from loyalty.admin import navigation
from loyalty.admin.read_model import ReadModelAdmin
from loyalty.house import formats
from loyalty.messages.kinds import KINDS, is_secret, recipients
from loyalty.messages.models import Message
from loyalty.messages.outbox import address_of, text_of
from loyalty.messages.permissions import SEE_MESSAGES
from loyalty.tenancy.middleware import tenant_of_id
from loyalty.timeline import Before, Moment

NOTHING = "–"
STATES = {"waiting": "info", "sent": "success", "failed": "danger", "dropped": "warning"}
FIELDS = ("holder", "kind_shown", "text", "state", "failure_shown", "tries", "written", "next_try", "until", "left")
FAILURES = {
    "no_address": _("neither phone nor email is known"),
    "no_sender": _("nothing here sends to such an address"),
    "refused": _("it was refused"),
    "unavailable": _("not to be reached"),
    "broken_off": _("the worker broke off"),
    "inactive": _("the customer does not take part any more"),
    "too_late": _("it came too late"),
}


class KindFilter(admin.SimpleListFilter):
    """By what messages are about."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(code, kind.title) for code, kind in KINDS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Message)
class MessageAdmin(ReadModelAdmin):
    """All messages, the latest first."""

    permission = SEE_MESSAGES
    list_display = ("holder", "kind_shown", "state_shown", "failure_shown", "written", "left")
    list_filter = ("state", KindFilter)
    unbroken = ("state_shown", "written", "left")
    empty = _("A message stands here as soon as there is something to tell a customer, such as points that will end.")
    ordering = ("-written_at", "-id")
    fieldsets = ((_("Message"), {"fields": FIELDS}),)

    def streams(self, row: Any) -> Sequence[UUID]:
        return []

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        return FIELDS

    def complete(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        known = recipients([row.customer_id for row in rows if row.customer_id])
        for row in rows:
            row.holder_name = known[row.customer_id].name if row.customer_id in known else _masked(row)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if settings.LOYALTY_CONSOLE_MESSAGES:
            messages.info(request, _("Nothing leaves this machine: messages are written on the console of the worker."))
        return super().changelist_view(request, extra_context)

    @display(description=_("Customer"))
    def holder(self, row: Message) -> str:
        return str(row)

    @display(description=_("Kind"), ordering="kind")
    def kind_shown(self, row: Message) -> str:
        return str(KINDS[row.kind].title) if row.kind in KINDS else row.kind

    @display(description=_("Text"))
    def text(self, row: Message) -> str:
        if is_secret(row.kind) and not settings.LOYALTY_CONSOLE_MESSAGES:
            return gettext("Only the recipient sees this.")
        return text_of(row.tenant_id, row.id, bytes(row.sealed))

    @display(description=_("State"), ordering="state", label=STATES)
    def state_shown(self, row: Message) -> tuple[str, str]:
        return row.state, row.get_state_display()

    @display(description=_("Why it failed"))
    def failure_shown(self, row: Message) -> str:
        return str(FAILURES.get(row.failure, row.failure or NOTHING))

    @display(description=_("Written"), ordering="written_at")
    def written(self, row: Message) -> str:
        return _moment(row, "written_at")

    @display(description=_("Next try"))
    def next_try(self, row: Message) -> str:
        return _moment(row, "due_at") if row.state == Message.State.WAITING else NOTHING

    @display(description=_("Of use until"))
    def until(self, row: Message) -> str:
        return _moment(row, "useful_until")

    @display(description=_("Sent"), ordering="sent_at")
    def left(self, row: Message) -> str:
        return _moment(row, "sent_at")


def _masked(row: Message) -> str:
    """As much of an address as tells two apart: “…678”, “…@example.com”."""
    if not row.to_sealed:
        return NOTHING
    to = address_of(row.tenant_id, row.id, bytes(row.to_sealed))
    return f"…@{to.rpartition('@')[2]}" if "@" in to else f"… {to[-3:]}"


def _moment(row: Message, field: str) -> str:
    at = getattr(row, field)
    return formats.day_and_clock(at, tenant_of_id(row.tenant_id).zone, get_language() or formats.FALLBACK) if at else NOTHING


def moments(customer_id: UUID, before: Before, limit: int) -> Iterator[Moment]:
    """Messages to a customer, as timelines tell them."""
    rows = Message.objects.filter(customer_id=customer_id, **({"written_at__lte": before[0]} if before else {}))
    for row in rows.order_by("-written_at", "-id")[:limit]:
        kind = str(KINDS[row.kind].title) if row.kind in KINDS else row.kind
        facts = [(gettext("Kind"), kind), (gettext("State"), str(row.get_state_display()))]
        if not is_secret(row.kind):
            facts.append((gettext("Text"), text_of(row.tenant_id, row.id, bytes(row.sealed))))
        yield Moment(row.written_at, str(row.id), "messages.written", gettext("Message"), "system", "process", tuple(facts))


timeline.tell("messages", moments, permission=SEE_MESSAGES)
navigation.register(_("Messages"), _("Outbox"), "admin:loyalty_messages_message_changelist", SEE_MESSAGES, icon="outbox", order=60)
