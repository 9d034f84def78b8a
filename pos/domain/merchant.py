"""A merchant: a business of the tenant, its contact, and whether it sells."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, assert_never
from uuid import UUID

from loyalty.domain.aggregate import Aggregate
from loyalty.domain.errors import Conflict, DomainError, NotFound
from loyalty.domain.phone import Phone
from pos.domain import text
from pos.domain.location import NOWHERE, Location
from pos.domain.scope import SCOPES, DocumentScope
from pos.domain.unchanged import touched
from pos.events import MerchantActivated, MerchantAdded, MerchantDeactivated, MerchantDetailsChanged

Event = MerchantAdded | MerchantDetailsChanged | MerchantActivated | MerchantDeactivated


@dataclass(frozen=True, slots=True, kw_only=True)
class MerchantDetails:
    """What may change about a merchant; `phone` is E.164."""

    name: str = ""
    phone: str | None = None
    email: str | None = None
    location: Location = NOWHERE

    def changed(self, *, location: dict[str, Any], **given: Any) -> MerchantDetails:
        """The same with those of the given details that are not UNCHANGED; `location` holds those of the location."""
        return replace(self, location=replace(self.location, **touched(location)), **touched(given))

    def checked(self) -> MerchantDetails:
        """The same in normal form. Raises DomainError with the field at fault."""
        return MerchantDetails(
            name=text.name(self.name),
            phone=Phone(self.phone).number if self.phone else None,
            email=text.email(self.email),
            location=self.location.checked(),
        )


class Merchant(Aggregate):
    """Stream `merchant`. Active at first; active ⇄ inactive by staff.

    Its document scope is part of every purchase's identity, so it never changes.
    """

    stream = "merchant"

    def __init__(self, stream_id: UUID) -> None:
        super().__init__(stream_id)
        self.details = MerchantDetails()
        self.document_scope: DocumentScope = "merchant"
        self.active = False

    def add(self, details: MerchantDetails, document_scope: DocumentScope, now: datetime) -> None:
        """Join the programme. Raises Conflict `pos.merchant_added_before` and DomainError `pos.unknown_scope`."""
        if self.exists:
            raise Conflict("pos.merchant_added_before")
        if document_scope not in SCOPES:
            raise DomainError("pos.unknown_scope", field="document_scope", known=", ".join(SCOPES))
        self.record(MerchantAdded(merchant_id=self.id, document_scope=document_scope, added_at=now, **_facts(details.checked())))

    def edit(self, details: MerchantDetails, now: datetime) -> None:
        """Take the details as they are from now on; nothing happens when they are the same."""
        self.refuse_absent()
        if (checked := details.checked()) != self.details:
            self.record(MerchantDetailsChanged(merchant_id=self.id, changed_at=now, **_facts(checked)))

    def activate(self, now: datetime) -> None:
        """Let it sell again; nothing happens when it does."""
        self.refuse_absent()
        if not self.active:
            self.record(MerchantActivated(merchant_id=self.id, activated_at=now))

    def deactivate(self, now: datetime) -> None:
        """Let it sell no longer; nothing happens when it does not."""
        self.refuse_absent()
        if self.active:
            self.record(MerchantDeactivated(merchant_id=self.id, deactivated_at=now))

    def refuse_absent(self, field: str | None = None) -> None:
        """Raises NotFound for a merchant that never joined."""
        if not self.exists:
            raise NotFound("pos.merchant_not_found", field=field)

    def evolve(self, event: Event) -> None:
        match event:
            case MerchantAdded():
                self.details, self.document_scope, self.active = _details(event), event.document_scope, True
            case MerchantDetailsChanged():
                self.details = _details(event)
            case MerchantActivated():
                self.active = True
            case MerchantDeactivated():
                self.active = False
            case _:
                assert_never(event)


def _facts(details: MerchantDetails) -> dict[str, Any]:
    return {
        "name": details.name,
        "phone": details.phone,
        "email": details.email,
        "address": details.location.address,
        "latitude": details.location.latitude,
        "longitude": details.location.longitude,
    }


def _details(event: MerchantAdded | MerchantDetailsChanged) -> MerchantDetails:
    return MerchantDetails(
        name=event.name,
        phone=event.phone,
        email=event.email,
        location=Location(address=event.address, latitude=event.latitude, longitude=event.longitude),
    )
