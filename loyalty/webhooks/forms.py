"""Pages that change webhook endpoints, and send again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from loyalty.admin.forms import CommandForm
from loyalty.admin.widgets import GroupedCheckboxes
from loyalty.domain.command import Command
from loyalty.domain.errors import DomainError
from loyalty.staff.permissions import GROUPS
from loyalty.staff.principal import Principal
from loyalty.webhooks import queries
from loyalty.webhooks.commands import (
    DEFAULT_GRACE_HOURS,
    LONGEST_DESCRIPTION,
    MOST_GRACE_HOURS,
    AddEndpoint,
    ChangeEndpoint,
    DropDelivery,
    PauseEndpoint,
    RemoveEndpoint,
    ReplayDelivery,
    ReplayFailed,
    ResumeEndpoint,
    RotateSecret,
    SendTestEvent,
)
from loyalty.webhooks.event_types import EVENT_TYPES, beyond, offered
from loyalty.webhooks.models import Delivery, Endpoint
from loyalty.webhooks.permissions import EDIT_WEBHOOKS
from loyalty.webhooks.signing import new_secret
from loyalty.webhooks.targets import LONGEST
from loyalty.webhooks.tasks import send_due

SHOWN_ONCE = _("The secret of the endpoint, shown only now: %(secret)s")


class WebhookForm(CommandForm):
    """What pages of webhooks share: what becomes due leaves at once."""

    permission = EDIT_WEBHOOKS

    def carry_out(self) -> Any:
        result = super().carry_out()
        send_due(self.tenant.id)
        return result


class EndpointForm(WebhookForm):
    """What the pages of an endpoint share."""

    url = forms.CharField(
        label=_("Address"),
        max_length=LONGEST,
        help_text=_(
            "Where events are posted, such as https://shop.example/hooks. It can be reached from the internet; redirects are not followed."
        ),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )
    description = forms.CharField(
        label=_("Description"), max_length=LONGEST_DESCRIPTION, required=False, help_text=_("What it is for, as colleagues call it.")
    )
    types = forms.MultipleChoiceField(label=_("Events"), widget=GroupedCheckboxes)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = self.subject.types if self.subject is not None else ()
        self.fields["types"].choices = type_choices(self.principal, held)  # type: ignore[attr-defined]

    def told(self) -> dict[str, Any]:
        """The values of the fields. Raises DomainError where they go beyond the rights of who sends the form."""
        given = self.cleaned_data
        told = {*given["types"]} if self.subject is None else {*given["types"], *queries.types_sent_to(self.subject, given["url"])}
        if hidden := beyond(self.principal, sorted(told)):
            raise DomainError("webhooks.type_forbidden", field="types", type=hidden[0])
        return {"url": given["url"], "description": given["description"], "types": tuple(given["types"])}


def type_choices(principal: Principal, held: Iterable[str]) -> list[tuple[str, list[tuple[str, Any]]]]:
    """What somebody may have told, and what an endpoint is told already, under the titles of the contexts."""
    known = {one.name: one for one in offered(principal)} | {name: EVENT_TYPES[name] for name in held if name in EVENT_TYPES}
    groups: dict[str, list[tuple[str, Any]]] = {}
    for name, one in sorted(known.items()):
        groups.setdefault(str(GROUPS[one.permission.partition(".")[0]]), []).append((name, one.title))
    return sorted(groups.items())


class AddEndpointForm(EndpointForm):
    title = _("Add an endpoint")
    submit = _("Add")
    icon = "add_link"
    explanation = _(
        "It is told what happens from now on. Its secret is shown once, on the next page: with it the receiver checks who sent."
    )

    def command(self) -> AddEndpoint:
        self.secret = new_secret()
        return AddEndpoint(**self.told(), secret=self.secret)

    def confirm(self, result: Any) -> str:
        return str(SHOWN_ONCE) % {"secret": self.secret}

    def next_url(self, result: Any) -> str:
        return reverse("admin:webhooks_endpoint_change", args=[result])


class EditEndpointForm(EndpointForm):
    title = _("Edit")
    icon = "edit"
    explanation = _("What waits goes to the new address, too.")
    done = _("The endpoint is saved.")

    def initial_values(self) -> dict[str, Any]:
        return {"url": self.subject.url, "description": self.subject.description, "types": self.subject.types}

    def command(self) -> ChangeEndpoint:
        return ChangeEndpoint(endpoint_id=self.subject.pk, **self.told())


class PauseEndpointForm(WebhookForm):
    title = _("Pause")
    submit = _("Pause")
    icon = "pause"
    explanation = _("Nothing leaves for it. What happens meanwhile waits for it, for 30 days.")
    done = _("%(subject)s is paused.")

    @classmethod
    def offered(cls, subject: Endpoint) -> bool:
        return subject.state == Endpoint.State.ACTIVE

    def command(self) -> PauseEndpoint:
        return PauseEndpoint(endpoint_id=self.subject.pk)


class ResumeEndpointForm(WebhookForm):
    title = _("Let it go on")
    submit = _("Let it go on")
    icon = "resume"
    explanation = _("What waits leaves now. What has failed is sent again on its own page, or all of it by “Send failed ones again”.")
    done = _("%(subject)s goes on.")

    @classmethod
    def offered(cls, subject: Endpoint) -> bool:
        return subject.state == Endpoint.State.PAUSED

    def command(self) -> ResumeEndpoint:
        return ResumeEndpoint(endpoint_id=self.subject.pk)


class RotateSecretForm(WebhookForm):
    title = _("Exchange the secret")
    submit = _("Exchange the secret")
    icon = "key"
    explanation = _(
        "Deliveries are signed with a new secret, which is shown once, on the next page. The one before signs too, until its time is over."
    )

    grace_hours = forms.IntegerField(
        label=_("Hours for which the present secret signs, too"),
        min_value=0,
        max_value=MOST_GRACE_HOURS,
        help_text=_("0 if somebody else knows it."),
    )

    def initial_values(self) -> dict[str, Any]:
        return {"grace_hours": DEFAULT_GRACE_HOURS}

    def command(self) -> RotateSecret:
        self.secret = new_secret()
        return RotateSecret(endpoint_id=self.subject.pk, secret=self.secret, grace_hours=self.cleaned_data["grace_hours"])

    def confirm(self, result: Any) -> str:
        return str(SHOWN_ONCE) % {"secret": self.secret}


class SendTestEventForm(WebhookForm):
    title = _("Send a test")
    submit = _("Send")
    icon = "send"
    explanation = _("An event without content, webhook.test.v1, is sent at once, signed as all are. The next page shows what was answered.")
    done = _("The test is on its way.")

    @classmethod
    def offered(cls, subject: Endpoint) -> bool:
        return subject.state == Endpoint.State.ACTIVE

    def command(self) -> SendTestEvent:
        return SendTestEvent(endpoint_id=self.subject.pk)

    def next_url(self, result: Any) -> str:
        return reverse("admin:webhooks_delivery_change", args=[result])


class ReplayFailedForm(WebhookForm):
    title = _("Send failed ones again")
    submit = _("Send again")
    icon = "replay"
    explanation = _("All that failed, or was given up, is sent again under its own id, so that a receiver that took it knows it.")

    since = forms.DateTimeField(label=_("Noted since"))

    def initial_values(self) -> dict[str, Any]:
        return {"since": self.subject.failing_since or self.subject.changed_at}

    def command(self) -> ReplayFailed:
        since: datetime = self.cleaned_data["since"]
        return ReplayFailed(endpoint_id=self.subject.pk, since=since.astimezone(UTC))

    def confirm(self, result: int) -> str:
        return ngettext("%(number)s delivery is sent again.", "%(number)s deliveries are sent again.", result) % {"number": result}


class RemoveEndpointForm(WebhookForm):
    title = _("Remove the endpoint")
    submit = _("Remove for good")
    icon = "delete"
    dangerous = True
    explanation = _("The endpoint is told nothing any more. What waits for it, and the list of what it was told, is deleted.")

    def command(self) -> RemoveEndpoint:
        return RemoveEndpoint(endpoint_id=self.subject.pk)

    def confirm(self, result: Any) -> str:
        return gettext("%(endpoint)s is removed.") % {"endpoint": self.subject}

    def next_url(self, result: Any) -> str:
        return reverse("admin:webhooks_endpoint_changelist")


class ReplayDeliveryForm(WebhookForm):
    title = _("Send again")
    submit = _("Send again")
    icon = "replay"
    explanation = _("It is sent under the same id, so that a receiver that took it knows it. Later ones of the same customer wait for it.")
    done = _("It is on its way.")

    @classmethod
    def offered(cls, subject: Delivery) -> bool:
        return subject.state not in {Delivery.State.WAITING, Delivery.State.REMOVED} and bool(subject.body)

    def command(self) -> ReplayDelivery:
        return ReplayDelivery(delivery_id=self.subject.pk)


class DropDeliveryForm(WebhookForm):
    title = _("Give up")
    submit = _("Give up")
    icon = "block"
    explanation = _("It is not sent any more, and the later ones of the same customer leave. It can be sent again afterwards.")
    done = _("It is given up.")

    @classmethod
    def offered(cls, subject: Delivery) -> bool:
        return subject.state == Delivery.State.WAITING

    def command(self) -> Command[Any]:
        return DropDelivery(delivery_id=self.subject.pk)
