"""A custom event of a customer, as somebody reported it: once for each type and reference."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from earning.domain.attributes import check_attributes, json_of, value_of
from earning.domain.dates import check_date
from earning.domain.deeds import Deed, DeedWorth
from earning.domain.event_schema import Schema, check_by
from earning.domain.lines import check_reaches_nobody, check_text
from earning.domain.seen import CustomerSeen
from earning.events import CustomEventCounted, CustomEventReported
from loyalty.domain.aggregate import Aggregate
from loyalty.domain.errors import Conflict, DomainError
from loyalty.domain.event import ERASED
from loyalty.domain.identity import derived_id

LONGEST_REFERENCE = 100


@dataclass(frozen=True, slots=True)
class TypeInForce:
    """A type as it stands when something of it is reported."""

    id: UUID
    code: str
    version: int
    active: bool
    schema: Schema


def normal_reference(typed: str) -> str:
    """A reference without spaces around it. Raises DomainError at `reference_id`."""
    reference = unicodedata.normalize("NFC", typed).strip()
    if not reference:
        raise DomainError("earning.event_reference_missing", field="reference_id")
    check_text(reference, LONGEST_REFERENCE, "reference_id")
    check_reaches_nobody(reference, "reference_id")
    return reference


def custom_event_id(tenant_id: int, type_code: str, reference: str, own: UUID | None = None) -> UUID:
    """The stream of an event: its reference is used once for each type, for ever; of what a customer (`own`) reports, once for them."""
    if own is not None:
        return derived_id("own_custom_event", tenant_id, type_code, own, reference)
    return derived_id("custom_event", tenant_id, type_code, reference)


class CustomEvent(Aggregate):
    """Stream `custom_event`: what was reported once stays."""

    stream = "custom_event"
    stays_folded = False

    def __init__(self, stream_id: UUID) -> None:
        super().__init__(stream_id)
        self.reported: CustomEventReported | None = None
        self.counted: CustomEventCounted | None = None
        """What rules made of it; None where there was none for it."""

    def report(
        self,
        kind: TypeInForce,
        customer_id: UUID,
        reference: str,
        attributes: Mapping[str, Any],
        occurred_at: datetime | None,
        *,
        now: datetime,
        channel: str,
        sides: Collection[UUID] = (),
        own: bool = False,
    ) -> bool:
        """Keep it; False when this very event was reported before, also of somebody (`sides`) who is the same person by now.

        Raises DomainError for attributes that the schema does not allow, a time ahead or too long ago, a type that is not active;
        Conflict `earning.custom_event_differs` for another event under the same reference.
        """
        if self.reported is not None:
            self._refuse_another(self.reported, {customer_id, *sides}, attributes, occurred_at)
            return False
        if not kind.active:
            raise DomainError("earning.custom_event_type_inactive", field="type", code=kind.code)
        check_attributes(attributes)
        check_by(kind.schema, attributes)
        at = occurred_at or now
        check_date(at, now, channel, "occurred_at")
        self.record(
            CustomEventReported(
                custom_event_id=self.id,
                type_id=kind.id,
                type=kind.code,
                type_version=kind.version,
                customer_id=customer_id,
                reference=reference,
                attributes=json_of(attributes),
                occurred_at=at,
                own=own,
            )
        )
        return True

    @staticmethod
    def _refuse_another(
        before: CustomEventReported, whose: Collection[UUID], attributes: Mapping[str, Any], occurred_at: datetime | None
    ) -> None:
        check_attributes(attributes)
        differ = [
            name
            for name, other in (
                ("customer_id", before.customer_id not in whose),
                ("attributes", before.attributes != json_of(attributes)),
                ("occurred_at", occurred_at is not None and before.occurred_at != occurred_at),
            )
            if other
        ]
        if differ:
            raise Conflict("earning.custom_event_differs", field="reference_id", fields=", ".join(differ))

    @property
    def whose(self) -> UUID:
        """The customer whom it was reported of."""
        assert self.reported is not None
        return self.reported.customer_id

    def deed(self, standing: str | None, seen: CustomerSeen) -> Deed:
        """It as rules look at it, of a customer of whom they see so much; without attributes once these are gone."""
        assert self.reported is not None
        told = self.reported
        attributes = None if told.attributes is ERASED else value_of(told.attributes)
        return Deed(
            customer_id=told.customer_id,
            type=told.type,
            attributes=attributes,
            occurred_at=told.occurred_at,
            own=told.own,
            standing=standing,
            seen=seen,
        )

    def count(self, deed: Deed, worth: DeedWorth, rules_position: int, now: datetime) -> CustomEventCounted:
        """Keep what rules decided of it."""
        counted = CustomEventCounted(
            custom_event_id=self.id,
            customer_id=deed.customer_id,
            standing=deed.standing,
            contributions=worth.contributions,
            seen=deed.seen,
            rules_position=rules_position,
            counted_at=now,
            cuts=worth.cuts,
        )
        self.record(counted)
        return counted

    def evolve(self, event: CustomEventReported | CustomEventCounted) -> None:
        match event:
            case CustomEventReported():
                self.reported = event
            case CustomEventCounted():
                self.counted = event
