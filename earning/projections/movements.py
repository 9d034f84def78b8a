"""What an event of an account means for its books: a line of the statement, what lots gave or got, and which total moves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, assert_never

from earning.domain.shares import NewLot, Share
from earning.events import (
    DebtPaid,
    DeedRewarded,
    HoldReleased,
    PointsCancelled,
    PointsClawedBack,
    PointsDeducted,
    PointsEarned,
    PointsExpired,
    PointsGranted,
    PointsHeld,
    PointsProlonged,
    PointsReceived,
    PointsRestored,
    PointsSent,
    PointsSpent,
)

Row = dict[str, Any]
MOVES = (
    PointsEarned, PointsClawedBack, PointsSpent, PointsHeld, HoldReleased, PointsRestored, PointsExpired, DebtPaid, PointsGranted,
    PointsDeducted, PointsCancelled, PointsSent, PointsReceived, PointsProlonged, DeedRewarded,
)  # fmt: skip
Moving = (
    PointsEarned | PointsClawedBack | PointsSpent | PointsHeld | HoldReleased | PointsRestored | PointsExpired | DebtPaid | PointsGranted
    | PointsDeducted | PointsCancelled | PointsSent | PointsReceived | PointsProlonged | DeedRewarded
)  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Moved:
    """`points` is what the balance changed by; `totals` names the columns that move, and by how much.

    `shares` are signed, and so is `owed`. `lots` are rows of new lots, without tenant and account.
    """

    kind: str
    points: int
    at: datetime
    totals: dict[str, int] = field(default_factory=dict)
    shares: list[Share] = field(default_factory=list)
    lots: list[Row] = field(default_factory=list)
    owed: int = 0
    lapsed: int = 0
    refers: Row = field(default_factory=dict)
    """Other columns of the movement."""


def moved(event: Moving) -> Moved:
    """The books after `event`."""
    match event:
        case PointsEarned() | DeedRewarded() | PointsGranted() | PointsReceived() | PointsRestored():
            return _came(event)
        case PointsClawedBack():
            return _clawed_back(event)
        case PointsHeld() | HoldReleased() | PointsProlonged():
            return _stood(event)
        case DebtPaid():
            return Moved(kind="debt_paid", points=0, at=event.paid_at, shares=_out(event.shares), owed=-event.points)
        case PointsSpent() | PointsExpired() | PointsDeducted() | PointsCancelled() | PointsSent():
            return _went(event)
        case _:
            assert_never(event)


def _came(event: PointsEarned | DeedRewarded | PointsGranted | PointsReceived | PointsRestored) -> Moved:
    points = event.points
    kind: str
    totals: dict[str, int]
    match event:
        case PointsEarned():
            lot = {"source": "purchase", "purchase_id": event.purchase_id, "active_from": event.active_from}
            refers = {"purchase_id": event.purchase_id, "contributions": event.contributions}
            return _one_lot("earned", event, event.earned_at, {"earned": points}, lot, refers)
        case DeedRewarded():
            lot = {"source": "deed", "active_from": event.active_from}
            refers = {"reference_id": event.custom_event_id, "contributions": event.contributions}
            return _one_lot("earned", event, event.earned_at, {"earned": points}, lot, refers)
        case PointsGranted():
            return _one_lot("granted", event, event.granted_at, {"adjusted": points}, {"source": event.source}, {})
        case PointsReceived():
            lots, shares = _new_lots("pooled" if event.pooled else "transfer", event.lots)
            kind, totals = ("pooled", {}) if event.pooled else ("received", {"transferred": points})
            until = max((lot.expires_at for lot in event.lots if lot.rolling and lot.expires_at is not None), default=None)
            refers = {"reference_id": event.from_account_id, "active_until": until}
            return Moved(kind=kind, points=points, at=event.received_at, totals=totals, lots=lots, shares=shares, refers=refers)
        case PointsRestored():
            lots, shares = _new_lots("restored", event.lots)
            back = [*event.shares, *shares]
            refers = {"reference_id": event.spend_id}
            return Moved(
                kind="restored",
                points=points - event.owed,
                at=event.restored_at,
                totals={"spent": -points, "clawed_back": event.owed},
                lots=lots,
                shares=back,
                owed=event.owed,
                refers=refers,
            )


def _stood(event: PointsHeld | HoldReleased | PointsProlonged) -> Moved:
    match event:
        case PointsHeld():
            return Moved(kind="held", points=0, at=event.held_at, refers={"reference_id": event.reference_id})
        case HoldReleased():
            return Moved(kind="released", points=0, at=event.released_at)
        case PointsProlonged():
            return Moved(kind="prolonged", points=0, at=event.prolonged_at, refers={"active_until": event.active_until})


def _one_lot(
    kind: str, event: PointsEarned | DeedRewarded | PointsGranted, at: datetime, totals: dict[str, int], lot: Row, refers: Row
) -> Moved:
    row = _lot(event.lot_id, event.points, at, event.expires_at) | {"rolling": event.active_until is not None} | lot
    return Moved(
        kind=kind,
        points=event.points,
        at=at,
        totals=totals,
        lots=[row],
        shares=[Share(lot_id=event.lot_id, points=event.points)],
        refers={"lot_id": event.lot_id, "active_until": event.active_until} | refers,
    )


def _clawed_back(event: PointsClawedBack) -> Moved:
    gone = event.points - event.expired - event.cancelled - event.waived
    return Moved(
        kind="clawed_back",
        points=-gone,
        at=event.clawed_back_at,
        totals={"clawed_back": gone},
        shares=_out(event.taken),
        owed=event.owed,
        lapsed=event.expired,
        refers={
            "lot_id": event.lot_id,
            "purchase_id": event.purchase_id,
            "return_id": event.return_id,
            "contributions": event.contributions,
        },
    )


def _went(event: PointsSpent | PointsExpired | PointsDeducted | PointsCancelled | PointsSent) -> Moved:
    points = event.points
    kind: str
    totals: dict[str, int]
    match event:
        case PointsSpent():
            refers = {"reference_id": event.reference_id, "active_until": event.active_until}
            return _out_of("spent", points, event.spent_at, {"spent": points}, event.shares, refers, event.owed)
        case PointsExpired():
            kind = "reset" if event.cause == "level_lost" else "expired"
            return _out_of(kind, points, event.expired_at, {"expired": points}, event.shares, {"reference_id": event.set_id})
        case PointsDeducted():
            return _out_of("deducted", points, event.deducted_at, {"adjusted": -points}, event.shares, {}, event.owed)
        case PointsCancelled():
            shares = (Share(lot_id=event.lot_id, points=points),)
            return _out_of("cancelled", points, event.cancelled_at, {"cancelled": points}, shares, {"lot_id": event.lot_id})
        case PointsSent():
            kind, totals = ("pooled", {}) if event.pooled else ("sent", {"transferred": -points})
            return _out_of(kind, points, event.sent_at, totals, event.shares, {"reference_id": event.to_account_id}, event.owed)


def _out_of(kind: str, points: int, at: datetime, totals: dict[str, int], shares: Iterable[Share], refers: Row, owed: int = 0) -> Moved:
    return Moved(kind=kind, points=-points, at=at, totals=totals, shares=_out(shares), owed=owed, refers=refers)


def _out(shares: Iterable[Share]) -> list[Share]:
    return [Share(lot_id=share.lot_id, points=-share.points) for share in shares]


def _new_lots(source: str, made: Iterable[NewLot]) -> tuple[list[Row], list[Share]]:
    rows = [
        _lot(lot.lot_id, lot.points, lot.earned_at, None if lot.rolling else lot.expires_at)
        | {"source": source, "origin_id": lot.origin_id, "rolling": lot.rolling}
        for lot in made
        if not lot.is_back
    ]
    return rows, [Share(lot_id=lot.lot_id, points=lot.points) for lot in made]


def _lot(lot_id: object, points: int, earned_at: datetime, expires_at: datetime | None) -> Row:
    return {"id": lot_id, "points": points, "earned_at": earned_at, "expires_at": expires_at}
