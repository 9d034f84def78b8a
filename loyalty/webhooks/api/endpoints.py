"""`/api/v1/webhooks/endpoints`: who is told, of what, and the secrets that sign."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from loyalty.api.views import CommandView, QueryView
from loyalty.domain.errors import DomainError
from loyalty.staff.principal import Principal
from loyalty.tenancy import reading
from loyalty.webhooks import queries
from loyalty.webhooks.api.leaving import SendsDue
from loyalty.webhooks.commands import (
    DEFAULT_GRACE_HOURS,
    MOST_GRACE_HOURS,
    AddEndpoint,
    ChangeEndpoint,
    PauseEndpoint,
    RemoveEndpoint,
    ResumeEndpoint,
    RotateSecret,
)
from loyalty.webhooks.event_types import beyond, offered
from loyalty.webhooks.models import Endpoint
from loyalty.webhooks.permissions import EDIT_WEBHOOKS, SEE_WEBHOOKS
from loyalty.webhooks.signing import new_secret


class EventTypeAnswer(msgspec.Struct, frozen=True):
    """What can be told: `name` is subscribed to, and stands in `type`. What it holds is described under `webhooks` of this document."""

    name: str
    title: str
    meaning: str


class EndpointAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Where `types` of events go. One that is paused says why: by_hand, gone (it answered 410), failing (three days nothing was taken)."""

    id: UUID
    url: str
    description: str
    types: list[str]
    state: Literal["active", "paused"]
    paused_because: Literal["", "by_hand", "gone", "failing"]
    created_at: datetime
    changed_at: datetime
    failing_since: datetime | None
    succeeded_at: datetime | None


class EndpointBody(msgspec.Struct, forbid_unknown_fields=True):
    """Events of these `types` are told to `url` from now on: https, of a public place, ports 443 and 8443. Redirects are not followed."""

    url: str
    types: Annotated[tuple[str, ...], msgspec.Meta(max_length=200)]
    description: str = ""


class RotateBody(msgspec.Struct, forbid_unknown_fields=True):
    """For how many hours the secret before signs beside the new one; 0 if somebody else knows it."""

    grace_hours: Annotated[int, msgspec.Meta(ge=0, le=MOST_GRACE_HOURS)] = DEFAULT_GRACE_HOURS


class SecretAnswer(msgspec.Struct, frozen=True):
    """What verifies deliveries by Standard Webhooks (whsec_…). It is told in this answer only."""

    id: UUID
    secret: str


class EndpointChanged(msgspec.Struct, frozen=True):
    """The endpoint that was changed."""

    id: UUID


class EventTypesView(QueryView):
    """List the events that can be told, of what the caller may see."""

    permission = SEE_WEBHOOKS
    answer = list[EventTypeAnswer]

    def ask(self, query: None, **path: Any) -> list[EventTypeAnswer]:
        return [EventTypeAnswer(one.name, str(one.title), one.meaning) for one in offered(self.principal)]


class EndpointsView(QueryView):
    """List all endpoints, the oldest first."""

    permission = SEE_WEBHOOKS
    answer = list[EndpointAnswer]

    def ask(self, query: None, **path: Any) -> list[EndpointAnswer]:
        return [shown(one) for one in queries.endpoints(self.principal.tenant_id)]


class EndpointView(QueryView):
    """Show one endpoint."""

    permission = SEE_WEBHOOKS
    answer = EndpointAnswer

    def ask(self, query: None, **path: Any) -> EndpointAnswer:
        return shown(queries.endpoint(self.principal.tenant_id, path["endpoint_id"]))


class AddEndpointView(CommandView):
    """Have events told to an address from now on. The answer holds the secret that signs."""

    permission = EDIT_WEBHOOKS
    body = EndpointBody
    answer = SecretAnswer
    status = 201

    def command(self, body: EndpointBody, **path: Any) -> AddEndpoint:
        within_rights(self.principal, body.types)
        self.secret = new_secret()
        return AddEndpoint(url=body.url, description=body.description, types=body.types, secret=self.secret)

    def present(self, result: UUID) -> SecretAnswer:
        return SecretAnswer(result, self.secret)


class OfEndpoint(CommandView):
    """An order about one endpoint."""

    permission = EDIT_WEBHOOKS
    answer = EndpointChanged

    def present(self, result: UUID) -> EndpointChanged:
        return EndpointChanged(result)


class ChangeEndpointView(OfEndpoint):
    """Tell other events from now on, or tell them elsewhere; what waits goes to the new address."""

    method = "put"
    body = EndpointBody

    def command(self, body: EndpointBody, **path: Any) -> ChangeEndpoint:
        with reading(self.principal.tenant_id):
            before = queries.endpoint(self.principal.tenant_id, path["endpoint_id"])
            within_rights(self.principal, (*body.types, *queries.types_sent_to(before, body.url)))
        return ChangeEndpoint(endpoint_id=path["endpoint_id"], url=body.url, description=body.description, types=body.types)


class PauseEndpointView(OfEndpoint):
    """Let nothing leave for an endpoint. What happens meanwhile waits for it, for 30 days."""

    def command(self, body: None, **path: Any) -> PauseEndpoint:
        return PauseEndpoint(endpoint_id=path["endpoint_id"])


class ResumeEndpointView(SendsDue, OfEndpoint):
    """Let what waits for an endpoint leave."""

    def command(self, body: None, **path: Any) -> ResumeEndpoint:
        return ResumeEndpoint(endpoint_id=path["endpoint_id"])


class RemoveEndpointView(OfEndpoint):
    """Forget an endpoint with all that was told to it, or waits."""

    def command(self, body: None, **path: Any) -> RemoveEndpoint:
        return RemoveEndpoint(endpoint_id=path["endpoint_id"])


class RotateSecretView(CommandView):
    """Sign with a new secret, and for a while with the one before, too."""

    permission = EDIT_WEBHOOKS
    body = RotateBody
    answer = SecretAnswer

    def command(self, body: RotateBody, **path: Any) -> RotateSecret:
        self.secret = new_secret()
        return RotateSecret(endpoint_id=path["endpoint_id"], secret=self.secret, grace_hours=body.grace_hours)

    def present(self, result: UUID) -> SecretAnswer:
        return SecretAnswer(result, self.secret)


def within_rights(principal: Principal, types: tuple[str, ...]) -> None:
    """Nobody has others told what they may not see. Raises DomainError `webhooks.type_forbidden`."""
    if hidden := beyond(principal, types):
        raise DomainError("webhooks.type_forbidden", field="types", type=hidden[0])


def shown(one: Endpoint) -> EndpointAnswer:
    """An endpoint as the API shows it."""
    return msgspec.convert(one, EndpointAnswer, from_attributes=True)
