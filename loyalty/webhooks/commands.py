"""What can be asked of webhooks. Endpoints are a plain table: the commands write it, and note in the audit who did."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime
from uuid import UUID

from loyalty.domain.command import Command, command

LONGEST_DESCRIPTION = 200
DEFAULT_GRACE_HOURS, MOST_GRACE_HOURS = 24, 168


@command
class AddEndpoint(Command[UUID]):
    """Have events of some types told to an address from now on, signed with `secret`; answers with the endpoint's id.

    Refusals: webhooks.url_wrong, webhooks.url_user, webhooks.url_scheme, webhooks.url_port, webhooks.url_private, webhooks.types_missing,
    webhooks.type_unknown, webhooks.description_long, webhooks.too_many.
    """

    url: str
    description: str = ""
    types: tuple[str, ...]
    secret: str = field(repr=False)


@command
class ChangeEndpoint(Command[UUID]):
    """Tell other events, or tell them elsewhere; what waits goes to the new address. Refusals as for a new one, and request.not_found."""

    endpoint_id: UUID
    url: str
    description: str = ""
    types: tuple[str, ...]


@command
class PauseEndpoint(Command[UUID]):
    """Let nothing leave for an endpoint. What happens meanwhile waits for it, for 30 days. Refusal: request.not_found."""

    endpoint_id: UUID


@command
class ResumeEndpoint(Command[UUID]):
    """Let what waits leave. Refusal: request.not_found."""

    endpoint_id: UUID


@command
class RemoveEndpoint(Command[UUID]):
    """Forget an endpoint with all that was told to it, or waits. Refusal: request.not_found."""

    endpoint_id: UUID


@command
class RotateSecret(Command[UUID]):
    """Sign with a new `secret`; the one before signs too, for `grace_hours` more (0 to 168; 0: somebody else knows it).

    Refusal: request.not_found.
    """

    endpoint_id: UUID
    secret: str = field(repr=False)
    grace_hours: int = DEFAULT_GRACE_HOURS


@command
class SendTestEvent(Command[UUID]):
    """Send an endpoint an event without content; answers with the delivery's id. Refusals: request.not_found, webhooks.paused."""

    endpoint_id: UUID


@command
class ReplayDelivery(Command[UUID]):
    """Send a settled delivery again, under the same id. Refusals: request.not_found, webhooks.not_settled, webhooks.forgotten."""

    delivery_id: UUID


@command
class ReplayFailed(Command[int]):
    """Send all again that failed, or were given up, of what was written for an endpoint since a time; answers with their number.

    Refusal: request.not_found.
    """

    endpoint_id: UUID
    since: datetime


@command
class DropDelivery(Command[UUID]):
    """Give a delivery up that waits, so that those behind it can leave. Refusals: request.not_found, webhooks.not_waiting."""

    delivery_id: UUID
