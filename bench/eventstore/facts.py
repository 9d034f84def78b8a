"""Events of about the size that a purchase and its points have."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from loyalty.domain.event import Metadata, event
from loyalty.domain.identity import new_id
from loyalty.eventstore.codec import encode_metadata, shape_of
from loyalty.eventstore.store import Commit, NewEvent

NOW = datetime(2025, 6, 1, 8, 0, tzinfo=UTC)
AN_ID = UUID("0197295c-9200-7000-8000-0123456789ab")


@event("bench.purchase_recorded")
class PurchaseRecorded:
    """Somebody bought something."""

    purchase_id: UUID
    customer_id: UUID
    merchant_id: UUID
    document_number: str
    currency: str
    total: int
    lines: tuple[tuple[str, str, int, int], ...]
    purchased_at: datetime


@event("bench.points_earned")
class PointsEarned:
    """An account holds more points."""

    account_id: UUID
    purchase_id: UUID
    wallet: str
    points: int
    rule_ids: tuple[UUID, ...]
    earned_at: datetime


@event("bench.level_reached")
class LevelReached:
    """An account reached a level."""

    account_id: UUID
    level: str
    reached_at: datetime


PURCHASE = PurchaseRecorded(
    purchase_id=AN_ID,
    customer_id=AN_ID,
    merchant_id=AN_ID,
    document_number="HD-0001234",
    currency="VND",
    total=250_000,
    lines=tuple((f"SKU-{n:04}", "Cà phê sữa đá", 1000, 125_000) for n in range(2)),
    purchased_at=NOW,
)
LEVEL = LevelReached(account_id=AN_ID, level="silver", reached_at=NOW)


def points(account_id: UUID, number: int = 25) -> PointsEarned:
    return PointsEarned(account_id=account_id, purchase_id=AN_ID, wallet="points", points=number, rule_ids=(AN_ID,), earned_at=NOW)


def metadata() -> Metadata:
    made = new_id()
    return Metadata(command_id=made, correlation_id=made, causation_id=None, actor="staff:7", channel="till", occurred_at=NOW)


def commit(events: list[tuple[UUID, object]]) -> Commit:
    """One command that decided `events`, each with its stream."""
    return Commit(metadata(), [NewEvent(stream, e) for stream, e in events])


def text(event: object) -> str:
    return shape_of(type(event)).encode(event, 1, AN_ID, None).decode()


def metadata_text() -> str:
    return encode_metadata(metadata()).decode()
