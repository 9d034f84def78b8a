"""What brought each lot: a purchase by its rules, a person with a reason, somebody else, or what was spent before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from earning.events import PointsGranted
from earning.models import Account, Lot, Movement
from earning.queries.accounts import accounts_joined
from earning.queries.event_explanations import event_explanation
from earning.queries.explanations import explanation
from earning.queries.here import tenant_here
from earning.queries.pooled import firsts
from earning.queries.rules import Reason, reasons
from loyalty.domain.errors import NotFound
from loyalty.domain.event import Recorded
from loyalty.eventstore import store

MADE, CAME = ("earned", "granted"), ("received", "restored", "pooled")


@dataclass(frozen=True, slots=True, kw_only=True)
class LotOrigin:
    """`brought` are the points of the event that brought the lot, `rules` those that gave them to the purchase at its beginning.

    `reason` and `given_by` are there for points that somebody gave ("": nobody, or it is of another account), `sender_id` is who passed
    them on, `spend_id` what they had been spent by before they were given back.
    """

    brought: int
    rules: tuple[Reason, ...] = ()
    reason: str = ""
    given_by: str = ""
    sender_id: UUID | None = None
    spend_id: UUID | None = None


def lot_origins(account_id: UUID, lot_ids: Iterable[UUID]) -> dict[UUID, LotOrigin]:
    """By lot, of an account or of those that it is joined with. Why somebody gave points is read from the events alone: it is about a
    person.
    """
    tenant_id, wanted = tenant_here(), list(lot_ids)
    known = _with_origins(tenant_id, wanted)
    made, own = _made(tenant_id, known), {account_id, *(known[key].account_id for key in wanted if key in known)}
    own |= _joined_with(own)
    came = _came(tenant_id, own, known) if any(row.origin_id for row in known.values()) else {}
    events = {r.position: r for r in store.at([row.position for row in (*made.values(), *came.values()) if row.account_id in own])}
    rules = dict(zip(made, reasons([row.contributions for row in made.values()]), strict=True))
    senders = _senders(tenant_id, came.values())
    found = {}
    for lot in (known[key] for key in wanted if key in known):
        root, movement = _root(lot, known), came.get(lot.id) or made.get(lot.id)
        first = made.get(root.id)
        found[lot.id] = LotOrigin(
            brought=_brought(events.get(movement.position), lot.id) if movement else 0,
            rules=rules.get(root.id, ()),
            **(_given(events.get(first.position)) if first else {}),
            sender_id=senders.get(movement.reference_id) if movement and movement.kind == "received" else None,
            spend_id=movement.reference_id if movement and movement.kind == "restored" else None,
        )
    return found


def recomputed(customer_id: UUID, wallet: str, lot_id: UUID) -> tuple[int, int]:
    """The points that a lot of a customer had at first, and computed anew: by the rules in force for its purchase, or its
    custom event, else as its event says.
    Of one that came out of a lot of who is one with them: those of that lot.

    Raises NotFound `earning.lot_unknown`.
    """
    accounts = accounts_joined(customer_id, wallet)
    found = Lot.objects.filter(tenant_id=tenant_here(), account_id__in=accounts, id=lot_id).first()
    if found is None:
        raise NotFound("earning.lot_unknown")
    lot = firsts([found], accounts)[lot_id]
    if lot.purchase_id is not None:
        return lot.points, explanation(lot.purchase_id).points.get(wallet, 0)
    if lot.source == Lot.Source.DEED and (made := _made(tenant_here(), {lot.id: lot}).get(lot.id)) and made.reference_id:
        return lot.points, event_explanation(made.reference_id).points.get(wallet, 0)
    return lot.points, lot_origins(lot.account_id, [lot.id])[lot.id].brought


def _with_origins(tenant_id: int, ids: Iterable[UUID]) -> dict[UUID, Lot]:
    """Lots, with those that they came out of, back to the first."""
    known: dict[UUID, Lot] = {}
    wanted = set(ids)
    while wanted:
        found = {row.id: row for row in Lot.objects.filter(tenant_id=tenant_id, id__in=wanted)}
        known |= found
        wanted = {row.origin_id for row in found.values() if row.origin_id is not None} - known.keys()
    return known


def _joined_with(account_ids: Collection[UUID]) -> set[UUID]:
    """The accounts that these, of one person, are one with."""
    one = Account.objects.filter(tenant_id=tenant_here(), id__in=account_ids).first()
    return set(accounts_joined(one.customer_id, one.wallet)) if one else set()


def _root(lot: Lot, known: Mapping[UUID, Lot]) -> Lot:
    while lot.origin_id is not None and lot.origin_id in known:
        lot = known[lot.origin_id]
    return lot


def _made(tenant_id: int, known: Mapping[UUID, Lot]) -> dict[UUID, Movement]:
    """By lot, the movement with which points came into being."""
    accounts = {row.account_id for row in known.values()}
    rows = Movement.objects.filter(tenant_id=tenant_id, account_id__in=accounts, kind__in=MADE, lot_id__in=list(known))
    return {row.lot_id: row for row in rows if row.lot_id is not None}


def _came(tenant_id: int, account_ids: Collection[UUID], known: Mapping[UUID, Lot]) -> dict[UUID, Movement]:
    """By lot, the movement with which it came out of another one."""
    rows = Movement.objects.filter(tenant_id=tenant_id, account_id__in=account_ids, kind__in=CAME)
    made = {str(row.id): row.id for row in known.values() if row.origin_id is not None}
    return {made[share["lot_id"]]: row for row in rows.order_by("-position") for share in row.shares if share["lot_id"] in made}


def _senders(tenant_id: int, came: Iterable[Movement]) -> dict[UUID | None, UUID]:
    accounts = {row.reference_id for row in came if row.kind == "received" and row.reference_id is not None}
    rows = Account.objects.filter(tenant_id=tenant_id, id__in=accounts)
    return {row.id: row.customer_id for row in rows}


def _brought(recorded: Recorded[Any] | None, lot_id: UUID) -> int:
    if recorded is None:
        return 0
    event = recorded.event
    return next((int(lot.points) for lot in getattr(event, "lots", ()) if lot.lot_id == lot_id), int(event.points))


def _given(recorded: Recorded[Any] | None) -> dict[str, str]:
    """Why somebody gave points, and who."""
    if recorded is None or not isinstance(recorded.event, PointsGranted):
        return {}
    return {"reason": str(recorded.event.reason), "given_by": recorded.event.corrected_by or recorded.metadata.actor}
