"""What follows in earning from what happens elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.utils import translation
from django.utils.translation import gettext

from customers.events import CustomerErased, CustomerRegistered, IdentifierChanged
from customers.queries import erased
from earning.commands import ClaimPurchase, ForfeitPoints, ResetPoints
from earning.domain.references import Reference, ReferenceKind
from earning.events import (
    DeedRewarded,
    LevelLost,
    LevelSetPastCounted,
    PointsEarned,
    PointsGranted,
    PointsReceived,
    PointsRestored,
    PurchaseRecorded,
)
from earning.past import KIND
from earning.queries.programme import matching_order_now
from earning.queries.wallets import wallets
from earning.references import matches, purchases_that_name
from loyalty.domain.event import ERASED, Recorded
from loyalty.jobs.following import WorkFollower
from loyalty.jobs.once import set_going_once
from loyalty.projections.process import Order, Process
from loyalty.tenancy import reading
from loyalty.tenancy.middleware import tenant_of_id

Told = tuple[Recorded[Any], Reference]


class Matching(Process):
    """A purchase that named nobody known goes to whoever it names, once there is such a customer.

    It looks when a customer gets a phone, card or the like, and once more when the purchase comes by in the log: whichever
    of two that happened at once is read later sees the other.
    """

    name = "earning.matching"
    events = (PurchaseRecorded, CustomerRegistered, IdentifierChanged)

    def orders(self, tenant_id: int, batch: Sequence[Recorded[Any]]) -> Iterable[Order]:
        causes = {r.event.purchase_id: r for r in batch if isinstance(r.event, PurchaseRecorded) and r.event.customer_id is None}
        told = [pair for r in batch for pair in _told(r)]
        with reading(tenant_id):
            for place, purchase_id in purchases_that_name([reference for _, reference in told], tenant_id):
                causes.setdefault(purchase_id, told[place][0])
            found = matches(causes, matching_order_now(), tenant_id) if causes else {}
        return [Order(causes[i], ClaimPurchase(purchase_id=i, customer_id=whose, matched_by=kind), i) for i, (kind, whose) in found.items()]


def _told(recorded: Recorded[Any]) -> Iterator[Told]:
    """What points to a customer since this event."""
    event = recorded.event
    given: dict[ReferenceKind, Any] = {}
    if isinstance(event, CustomerRegistered):
        given = {"card": event.card, "phone": event.phone, "email": event.email, "code": event.code, "external_id": event.external_id}
    elif isinstance(event, IdentifierChanged):
        given = {event.kind: event.value}
    yield from ((recorded, Reference(kind, text)) for kind, text in given.items() if text is not None and text is not ERASED)


class PointsOfLostLevels(Process):
    """Points end with a level, where the terms of its set say so: once for each loss, however late it is noticed."""

    name = "earning.points_of_lost_levels"
    events = (LevelLost,)

    def orders(self, tenant_id: int, batch: Sequence[Recorded[Any]]) -> Iterable[Order]:
        lost: list[Recorded[LevelLost]] = [recorded for recorded in batch if recorded.event.resets == "points"]
        return [
            Order(one, ResetPoints(customer_id=one.event.customer_id, set_id=one.event.set_id, lost_at=one.event.lost_at)) for one in lost
        ]


class PointsOfErased(Process):
    """What points somebody has left ends when they are erased, and so does what comes after: a sale of the same moment, a return.

    It looks at an erasure and at points that come in: whichever of two that happened at once is read later sees the other.
    """

    name = "earning.points_of_erased"
    events = (CustomerErased, PointsEarned, DeedRewarded, PointsGranted, PointsReceived, PointsRestored)

    def orders(self, tenant_id: int, batch: Sequence[Recorded[Any]]) -> Iterable[Order]:
        causes = {recorded.event.customer_id: recorded for recorded in batch}
        with reading(tenant_id):
            gone = erased(causes)
            codes = [card.code for card in wallets()] if gone else []
        return [Order(causes[i], ForfeitPoints(customer_id=i, wallet=code), code) for i in sorted(gone) for code in codes]


class PastOfLevels(WorkFollower):
    """Once it is decided that earlier purchases count towards a level set, the work begins that counts them."""

    name = "earning.past_of_levels"
    events = (LevelSetPastCounted,)

    def begin(self, tenant_id: int, recorded: Recorded[LevelSetPastCounted]) -> None:
        """Once for each decision, however often it is seen."""
        import earning.tasks  # noqa: F401 - the kind of work; tasks are known only once everything else is loaded

        with translation.override(tenant_of_id(tenant_id).default_language):
            title = gettext("Earlier purchases towards levels")
        set_going_once(tenant_id, KIND, title, recorded.metadata.actor, str(recorded.event_id))
