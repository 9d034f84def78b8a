"""What can be asked about custom events, and about which kinds of them there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from earning.domain.rule_texts import RuleText
from loyalty.domain.command import Command, command


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomEventTypeAnswer:
    """Where a type of custom events stands now."""

    type_id: UUID
    code: str
    version: int
    active: bool


@command
class CreateCustomEventType(Command[CustomEventTypeAnswer]):
    """Make a kind of custom events known; it can be reported at once. `schema` is what `earning.domain.event_schema` keeps.

    Refusals: earning.custom_event_code_taken, earning.custom_event_code_invalid, earning.custom_event_names_incomplete, and those of a
    schema.
    """

    code: str
    texts: tuple[RuleText, ...]
    schema: Mapping[str, Any]


@command
class ChangeCustomEventType(Command[CustomEventTypeAnswer]):
    """Call a type otherwise, and ask for other attributes from now on. Refused with NotFound `earning.custom_event_type_unknown`,
    earning.custom_event_type_changed_meanwhile (another than `seen_version`), and as `CreateCustomEventType` is.
    """

    code: str
    texts: tuple[RuleText, ...]
    schema: Mapping[str, Any]
    seen_version: int | None = None


@command
class ActivateCustomEventType(Command[CustomEventTypeAnswer]):
    """Let a type be reported. Refused with NotFound `earning.custom_event_type_unknown`."""

    code: str


@command
class DeactivateCustomEventType(Command[CustomEventTypeAnswer]):
    """Let a type be reported no longer; what was reported stays. Refused with NotFound `earning.custom_event_type_unknown`."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EarnedByEvent:
    """The points that a custom event brought into a wallet, in its smallest unit; `cut` more would have come, had the limits of the wallet
    had room for them.
    """

    wallet: str
    points: int
    cut: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomEventAnswer:
    """What was kept of a custom event; `duplicate` when it was reported before, and nothing was done.

    `points` are what it brought into the wallet `points`, then or now, `wallets` what into each.
    """

    custom_event_id: UUID
    type: str
    customer_id: UUID
    occurred_at: datetime
    duplicate: bool
    points: int = 0
    wallets: tuple[EarnedByEvent, ...] = ()


@command
class ReportCustomEvent(Command[CustomEventAnswer]):
    """Keep what a customer did, once for each type and reference, and give what rules give for it; without `occurred_at` it was now.

    `own`: the customer says so. Then it is kept only where it brings points by a rule that is open to customers, and references are theirs.

    Refusals: earning.custom_event_type_unknown, earning.custom_event_type_inactive, earning.custom_event_differs (Conflict),
    earning.customer_unknown, earning.customer_not_active, earning.in_the_future, earning.older_than_allowed, earning.limit_reached,
    earning.event_not_for_customers, earning.event_brings_nothing,
    earning.too_many_points, and those of attributes, at the place of what is wrong, such as `attributes.stars`.
    """

    customer_id: UUID
    type: str
    reference_id: str
    attributes: Mapping[str, Any] = field(default_factory=dict)
    occurred_at: datetime | None = None
    own: bool = False
