"""What customers did beside buying, and which kinds of it are known."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from earning.domain.limits import Cut
from earning.domain.rule_texts import RuleText
from earning.domain.seen import CustomerSeen
from earning.domain.terms import Contribution
from loyalty.domain.event import Personal, event


@event("earning.custom_event_type_created", version=1)
class CustomEventTypeCreated:
    """A kind of things that customers do beside buying was made known: programs report it by `code`.

    `schema` is a JSON Schema (2020-12) of its attributes, as text.
    """

    type_id: UUID
    code: str
    texts: tuple[RuleText, ...]
    schema: str
    created_at: datetime


@event("earning.custom_event_type_changed", version=1)
class CustomEventTypeChanged:
    """A kind of custom events is called otherwise, or has other attributes, from now on."""

    type_id: UUID
    version: int
    texts: tuple[RuleText, ...]
    schema: str
    changed_at: datetime


@event("earning.custom_event_type_activated", version=1)
class CustomEventTypeActivated:
    """A kind of custom events can be reported again."""

    type_id: UUID
    activated_at: datetime


@event("earning.custom_event_type_deactivated", version=1)
class CustomEventTypeDeactivated:
    """A kind of custom events can be reported no longer; what was reported stays."""

    type_id: UUID
    deactivated_at: datetime


@event("earning.custom_event_reported", version=1, subject="customer_id")
class CustomEventReported:
    """A customer did something beside buying, of the kind `type`, at `occurred_at`; `reference` tells it from others of its kind.

    `attributes` say more of it, as JSON text by the schema of `type_version`: what they hold may be of the person, so they are sealed.
    `own`: the customer said so.
    """

    custom_event_id: UUID
    type_id: UUID
    type: str
    type_version: int
    customer_id: UUID
    reference: str
    attributes: Personal[str]
    occurred_at: datetime
    own: bool = False


@event("earning.custom_event_counted", version=1, subject="customer_id")
class CustomEventCounted:
    """Rules decided what a custom event is worth, when it was reported: `contributions`, and what limits of wallets kept from it (`cuts`).

    `seen` is what they saw of the customer, whose `standing` was this, and `rules_position` how far the log went that they were taken from.
    """

    custom_event_id: UUID
    customer_id: UUID
    standing: str | None
    contributions: tuple[Contribution, ...]
    seen: CustomerSeen
    rules_position: int
    counted_at: datetime
    cuts: tuple[Cut, ...] = ()
