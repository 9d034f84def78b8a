"""A type of custom events: what customers may do beside buying, under a code, with names in all languages and a schema of attributes."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Any, assert_never
from uuid import UUID

from earning.domain.attributes import json_of, value_of
from earning.domain.event_fields import LONGEST_TYPE, TYPE
from earning.domain.event_schema import check_schema
from earning.domain.rule_texts import RuleText, check_texts
from earning.events import CustomEventTypeActivated, CustomEventTypeChanged, CustomEventTypeCreated, CustomEventTypeDeactivated
from loyalty.domain.aggregate import Aggregate
from loyalty.domain.errors import Conflict, DomainError, NotFound
from loyalty.domain.identity import derived_id

INCOMPLETE = "earning.custom_event_names_incomplete"


def normal_code(typed: str) -> str:
    """A code in small letters. Raises DomainError `earning.custom_event_code_invalid`."""
    code = unicodedata.normalize("NFKC", typed).strip().lower()
    if not TYPE.match(code):
        raise DomainError("earning.custom_event_code_invalid", field="code", longest=LONGEST_TYPE)
    return code


def type_id_of(tenant_id: int, code: str) -> UUID:
    """The stream of the type with a code (in normal form): no two of a tenant can have the same."""
    return derived_id("custom_event_type", tenant_id, code)


class CustomEventType(Aggregate):
    """Stream `custom_event_type`. Active ⇄ inactive; its code stays. A new schema holds for what is reported from then on."""

    stream = "custom_event_type"
    stays_folded = False

    def __init__(self, stream_id: UUID) -> None:
        super().__init__(stream_id)
        self.code, self.active, self.number = "", False, 0
        self.texts: tuple[RuleText, ...] = ()
        self.schema = ""

    def create(self, code: str, texts: tuple[RuleText, ...], schema: Any, now: datetime) -> None:
        """Make it, active at once. Raises Conflict `earning.custom_event_code_taken`, and DomainError for names or a schema that cannot
        be.
        """
        if self.exists:
            raise Conflict("earning.custom_event_code_taken", field="code", code=code)
        written = _checked(texts, schema)
        self.record(CustomEventTypeCreated(type_id=self.id, code=code, texts=texts, schema=written, created_at=now))

    def change(self, texts: tuple[RuleText, ...], schema: Any, seen_version: int | None, now: datetime) -> None:
        """Call it otherwise, and ask for other attributes; nothing happens when that is so already.

        Raises Conflict `earning.custom_event_type_changed_meanwhile` for another version than the one that was seen.
        """
        self.refuse_absent()
        if seen_version is not None and seen_version != self.number:
            raise Conflict("earning.custom_event_type_changed_meanwhile", field="seen_version", version=self.number, seen=seen_version)
        written = _checked(texts, schema)
        if (texts, written) != (self.texts, self.schema):
            changed = CustomEventTypeChanged(type_id=self.id, version=self.number + 1, texts=texts, schema=written, changed_at=now)
            self.record(changed)

    def activate(self, now: datetime) -> None:
        """Let it be reported; nothing happens when it can be."""
        self.refuse_absent()
        if not self.active:
            self.record(CustomEventTypeActivated(type_id=self.id, activated_at=now))

    def deactivate(self, now: datetime) -> None:
        """Let it be reported no longer; nothing happens when that is so already."""
        self.refuse_absent()
        if self.active:
            self.record(CustomEventTypeDeactivated(type_id=self.id, deactivated_at=now))

    def refuse_absent(self) -> None:
        """Raises NotFound for a type that was never made."""
        if not self.exists:
            raise NotFound("earning.custom_event_type_unknown")

    def evolve(
        self, event: CustomEventTypeCreated | CustomEventTypeChanged | CustomEventTypeActivated | CustomEventTypeDeactivated
    ) -> None:
        match event:
            case CustomEventTypeCreated():
                self.code, self.active, self.number = event.code, True, 1
                self.texts, self.schema = event.texts, event.schema
            case CustomEventTypeChanged():
                self.number, self.texts, self.schema = event.version, event.texts, event.schema
            case CustomEventTypeActivated():
                self.active = True
            case CustomEventTypeDeactivated():
                self.active = False
            case _:
                assert_never(event)


def _checked(texts: tuple[RuleText, ...], schema: Any) -> str:
    """The schema as the log keeps it."""
    if not texts:
        raise DomainError(INCOMPLETE, field="texts")
    check_texts(texts, INCOMPLETE)
    check_schema(schema)
    return json_of(schema, as_written=True)


def schema_in(written: str) -> dict[str, Any]:
    """The schema that the log keeps, as what it is."""
    found: dict[str, Any] = value_of(written)
    return found
