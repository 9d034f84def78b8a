"""`/api/v1/custom-event-types`: what customers do beside buying, as programs may report it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from earning import queries
from earning.api.shapes import exact_json
from earning.commands import (
    ActivateCustomEventType,
    ChangeCustomEventType,
    CreateCustomEventType,
    CustomEventTypeAnswer,
    DeactivateCustomEventType,
    RuleText,
)
from earning.permissions import EDIT_RULES, SEE_RULES
from loyalty.api.views import CommandView, QueryView


class CustomEventName(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a type is called in one language (vi, en, pl), and what it means."""

    language: str
    name: str
    description: str = ""


class CustomEventTypeShown(msgspec.Struct, frozen=True, kw_only=True):
    """A type of custom events. Programs report it by `code`, as long as it is `active`; attributes are checked by `schema` (JSON Schema
    2020-12). Each change makes a new `version`.
    """

    type_id: UUID
    code: str
    texts: list[CustomEventName]
    schema: dict[str, Any]
    version: int
    active: bool
    changed_at: datetime


class CreateCustomEventTypeBody(msgspec.Struct, forbid_unknown_fields=True):
    """A new type. `code`: a letter, then letters a–z, digits, - and _; it stays. `texts` name it in vi, en and pl.

    `schema` is of `type` object. Of JSON Schema 2020-12 are kept: type, title, description, enum, const, minLength, maxLength, format
    (date, date-time), minimum, maximum, exclusiveMinimum, exclusiveMaximum, properties, required, additionalProperties (true, false),
    items, minItems, maxItems. No pattern, no reference; at most 100 parts, 5 within each other.
    """

    code: str
    texts: list[CustomEventName]
    schema: dict[str, Any]


class ChangeCustomEventTypeBody(msgspec.Struct, forbid_unknown_fields=True):
    """What a type is called, and its attributes, from now on. `seen_version` refuses when somebody else changed it meanwhile."""

    texts: list[CustomEventName]
    schema: dict[str, Any]
    seen_version: int | None = None


class CustomEventTypesView(QueryView):
    """List the types of custom events, by code."""

    permission = SEE_RULES
    answer = list[CustomEventTypeShown]

    def ask(self, query: None, **path: Any) -> list[CustomEventTypeShown]:
        return [shown(card) for card in queries.custom_event_types()]


class CustomEventTypeView(QueryView):
    """Show one type of custom events."""

    permission = SEE_RULES
    answer = CustomEventTypeShown

    def ask(self, query: None, **path: Any) -> CustomEventTypeShown:
        return shown(queries.custom_event_type(path["code"]))


class CreateCustomEventTypeView(CommandView):
    """Make a type of custom events known; it can be reported at once."""

    permission = EDIT_RULES
    body = CreateCustomEventTypeBody
    answer = CustomEventTypeAnswer
    status = 201
    dry_runs = True

    def command(self, body: CreateCustomEventTypeBody, **path: Any) -> CreateCustomEventType:
        return CreateCustomEventType(code=body.code, texts=_texts(body.texts), schema=body.schema)


class ChangeCustomEventTypeView(CommandView):
    """Call a type of custom events otherwise, and ask for other attributes. What was reported stays."""

    method = "put"
    permission = EDIT_RULES
    body = ChangeCustomEventTypeBody
    answer = CustomEventTypeAnswer
    dry_runs = True

    def command(self, body: ChangeCustomEventTypeBody, **path: Any) -> ChangeCustomEventType:
        return ChangeCustomEventType(code=path["code"], texts=_texts(body.texts), schema=body.schema, seen_version=body.seen_version)


class ActivateCustomEventTypeView(CommandView):
    """Let a type of custom events be reported."""

    permission = EDIT_RULES
    answer = CustomEventTypeAnswer

    def command(self, body: None, **path: Any) -> ActivateCustomEventType:
        return ActivateCustomEventType(code=path["code"])


class DeactivateCustomEventTypeView(CommandView):
    """Let a type of custom events be reported no longer. What was reported stays."""

    permission = EDIT_RULES
    answer = CustomEventTypeAnswer

    def command(self, body: None, **path: Any) -> DeactivateCustomEventType:
        return DeactivateCustomEventType(code=path["code"])


def _texts(given: list[CustomEventName]) -> tuple[RuleText, ...]:
    return tuple(RuleText(**msgspec.structs.asdict(text)) for text in given)


def shown(card: queries.CustomEventTypeCard) -> CustomEventTypeShown:
    """A type as the API shows it."""
    return CustomEventTypeShown(
        type_id=card.type_id,
        code=card.code,
        texts=[CustomEventName(text.language, text.name, text.description) for text in card.texts],
        schema=exact_json(card.schema),
        version=card.version,
        active=card.active,
        changed_at=card.changed_at,
    )
