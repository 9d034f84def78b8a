"""A seller: a member of staff and the points of sale where they sell."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import assert_never
from uuid import UUID

from loyalty.domain.aggregate import Aggregate
from loyalty.domain.errors import DomainError, NotFound
from loyalty.domain.identity import derived_id
from pos.events import SellerActivated, SellerAssigned, SellerDeactivated, SellerWithdrawn

Event = SellerAssigned | SellerWithdrawn | SellerActivated | SellerDeactivated
MOST_PLACES = 200


def seller_id_for(tenant_id: int, user_id: UUID) -> UUID:
    """The stream of a staff account as a seller."""
    return derived_id("seller", tenant_id, user_id)


class SellerAssignment(Aggregate):
    """Stream `seller`, one for each staff account. Active unless deactivated; another place wakes nobody up."""

    stream = "seller"

    def __init__(self, stream_id: UUID) -> None:
        super().__init__(stream_id)
        self.places: set[UUID] = set()
        self.deactivated = False

    def assign(self, user_id: UUID, places: Iterable[UUID], now: datetime) -> None:
        """Let them sell at `places` and nowhere else. Raises DomainError `pos.seller_without_place` or `pos.too_many_places`."""
        wanted = set(places)
        if not wanted:
            raise DomainError("pos.seller_without_place", field="pos_ids")
        if len(wanted) > MOST_PLACES:
            raise DomainError("pos.too_many_places", field="pos_ids", most=MOST_PLACES)
        for gone in sorted(self.places - wanted):
            self.record(SellerWithdrawn(user_id=user_id, pos_id=gone, withdrawn_at=now))
        for new in sorted(wanted - self.places):
            self.record(SellerAssigned(user_id=user_id, pos_id=new, assigned_at=now))

    def activate(self, user_id: UUID, now: datetime) -> None:
        """Let them sell again; nothing happens when they do."""
        self.refuse_absent()
        if self.deactivated:
            self.record(SellerActivated(user_id=user_id, activated_at=now))

    def deactivate(self, user_id: UUID, now: datetime) -> None:
        """Let them sell nowhere; nothing happens when they do not."""
        self.refuse_absent()
        if not self.deactivated:
            self.record(SellerDeactivated(user_id=user_id, deactivated_at=now))

    def refuse_absent(self) -> None:
        """Raises NotFound for somebody who never sold anywhere."""
        if not self.exists:
            raise NotFound("pos.seller_not_found")

    def evolve(self, event: Event) -> None:
        match event:
            case SellerAssigned():
                self.places.add(event.pos_id)
            case SellerWithdrawn():
                self.places.discard(event.pos_id)
            case SellerActivated():
                self.deactivated = False
            case SellerDeactivated():
                self.deactivated = True
            case _:
                assert_never(event)
