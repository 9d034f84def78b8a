"""A point of sale: a place of a merchant where purchases happen."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, assert_never
from uuid import UUID

from loyalty.domain.aggregate import Aggregate
from loyalty.domain.errors import Conflict, DomainError, NotFound
from loyalty.domain.identity import derived_id
from pos.domain import text
from pos.domain.location import NOWHERE, Location
from pos.domain.opening import OpeningHours, checked_hours
from pos.domain.unchanged import touched
from pos.events import PointOfSaleActivated, PointOfSaleAdded, PointOfSaleDeactivated, PointOfSaleDetailsChanged

Event = PointOfSaleAdded | PointOfSaleDetailsChanged | PointOfSaleActivated | PointOfSaleDeactivated
_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,19}\Z", re.ASCII)


def normal_code(typed: str) -> str:
    """A code as it is compared: in capitals, without blanks around it."""
    return unicodedata.normalize("NFKC", typed).strip().upper()


def checked_code(typed: str) -> str:
    """A normal code of up to 20 letters A–Z, digits and hyphens. Raises DomainError `pos.code_invalid`."""
    if not _CODE.match(code := normal_code(typed)):
        raise DomainError("pos.code_invalid", field="code")
    return code


def pos_id_for(tenant_id: int, code: str) -> UUID:
    """The stream of the point of sale with this code: a code is one place in its tenant, for ever."""
    return derived_id("point_of_sale", tenant_id, normal_code(code))


@dataclass(frozen=True, slots=True, kw_only=True)
class PointOfSaleDetails:
    """What may change about a point of sale."""

    name: str = ""
    description: str = ""
    location: Location = NOWHERE
    opening_hours: OpeningHours = ()

    def changed(self, *, location: dict[str, Any], **given: Any) -> PointOfSaleDetails:
        """The same with those of the given details that are not UNCHANGED; `location` holds those of the location."""
        return replace(self, location=replace(self.location, **touched(location)), **touched(given))

    def checked(self) -> PointOfSaleDetails:
        """The same in normal form. Raises DomainError with the field at fault."""
        return PointOfSaleDetails(
            name=text.name(self.name),
            description=text.plain(self.description, "description", text.LONGEST_DESCRIPTION),
            location=self.location.checked(),
            opening_hours=checked_hours(self.opening_hours),
        )


class PointOfSale(Aggregate):
    """Stream `point_of_sale`. Active at first; active ⇄ inactive by staff. Merchant and code never change."""

    stream = "point_of_sale"

    def __init__(self, stream_id: UUID) -> None:
        super().__init__(stream_id)
        self.code = ""
        self.merchant_id: UUID | None = None
        self.details = PointOfSaleDetails()
        self.active = False

    def add(self, merchant_id: UUID, code: str, details: PointOfSaleDetails, now: datetime) -> None:
        """Open. Raises Conflict `pos.code_taken` when the code has been used."""
        if self.exists:
            raise Conflict("pos.code_taken", field="code", code=self.code)
        code, facts = checked_code(code), _facts(details.checked())
        self.record(PointOfSaleAdded(pos_id=self.id, merchant_id=merchant_id, code=code, added_at=now, **facts))

    def edit(self, details: PointOfSaleDetails, now: datetime) -> None:
        """Take the details as they are from now on; nothing happens when they are the same."""
        self.refuse_absent()
        if (checked := details.checked()) != self.details:
            self.record(PointOfSaleDetailsChanged(pos_id=self.id, changed_at=now, **_facts(checked)))

    def activate(self, now: datetime) -> None:
        """Let purchases be recorded again; nothing happens when they are."""
        self.refuse_absent()
        if not self.active:
            self.record(PointOfSaleActivated(pos_id=self.id, activated_at=now))

    def deactivate(self, now: datetime) -> None:
        """Close; nothing happens when it is closed."""
        self.refuse_absent()
        if self.active:
            self.record(PointOfSaleDeactivated(pos_id=self.id, deactivated_at=now))

    def refuse_absent(self, field: str | None = None) -> None:
        """Raises NotFound for a place that was never opened."""
        if not self.exists:
            raise NotFound("pos.point_of_sale_not_found", field=field)

    def evolve(self, event: Event) -> None:
        match event:
            case PointOfSaleAdded():
                self.code, self.merchant_id, self.details, self.active = event.code, event.merchant_id, _details(event), True
            case PointOfSaleDetailsChanged():
                self.details = _details(event)
            case PointOfSaleActivated():
                self.active = True
            case PointOfSaleDeactivated():
                self.active = False
            case _:
                assert_never(event)


def _facts(details: PointOfSaleDetails) -> dict[str, Any]:
    return {
        "name": details.name,
        "description": details.description,
        "address": details.location.address,
        "latitude": details.location.latitude,
        "longitude": details.location.longitude,
        "opening_hours": details.opening_hours,
    }


def _details(event: PointOfSaleAdded | PointOfSaleDetailsChanged) -> PointOfSaleDetails:
    return PointOfSaleDetails(
        name=event.name,
        description=event.description,
        location=Location(address=event.address, latitude=event.latitude, longitude=event.longitude),
        opening_hours=event.opening_hours,
    )
