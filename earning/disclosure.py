"""What earning tells a person of everything that it keeps of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from earning import queries
from earning.domain.attributes import json_of
from earning.events import PointsCancelled, PointsDeducted, PointsGranted
from earning.models import Attempts, Correction, CustomEvent, LevelGrant, Movement, Progress, Purchase
from earning.queries.custom_events import with_attributes
from earning.queries.here import tenant_here
from earning.streams import account_of
from loyalty.disclosure import Row, discloses
from loyalty.eventstore import store

AT_ONCE = 200
CORRECTIONS = (PointsGranted, PointsDeducted, PointsCancelled)


@discloses("earning.purchases", _("Purchases"), "earning_purchase")
def purchases(customer_id: UUID) -> Iterator[Row]:
    """Documents with their lines."""
    for one in Purchase.objects.filter(tenant_id=tenant_here(), customer_id=customer_id).order_by("purchased_at", "id"):
        yield {
            "document_number": one.document_number,
            "purchased_at": one.purchased_at,
            "total": one.total,
            "amount_kept": one.kept,
            "currency": one.currency,
            "points": one.points,
            "payment_method": one.payment_method,
            "labels": list(one.labels),
            "lines": [_line(line) for line in one.lines],
        }


@discloses("earning.balances", _("Points"), "earning_account", "earning_carried_spend")
def balances(customer_id: UUID) -> Iterator[Row]:
    """What each wallet holds now."""
    now = datetime.now(UTC)
    for card in queries.wallets():
        held = queries.balance(customer_id, now, card.code)
        yield {"wallet": card.code, "balance": held.balance, "available": held.available, "held": held.held, "owed": held.debt}


@discloses("earning.movements", _("Movements of points"), "earning_movement")
def movements(customer_id: UUID) -> Iterator[Row]:
    """All movements of all wallets, the oldest first; of corrections with the reason that was given."""
    for card in queries.wallets():
        account_id = account_of(customer_id, tenant_here(), card.code)
        reasons = {r.position: r.event.reason for r in store.load(account_id) if isinstance(r.event, CORRECTIONS)}
        for one in Movement.objects.filter(tenant_id=tenant_here(), account_id=account_id).order_by("position"):
            kind = str(one.get_kind_display())
            told = {"wallet": card.code, "movement": kind, "points": one.points, "balance": one.balance}
            yield told | {"effective_at": one.effective_at, "reason": reasons.get(one.position, "")}


@discloses("earning.levels", _("Levels"), "earning_customer_level", "earning_progress", "earning_level_grant")
def levels(customer_id: UUID) -> Iterator[Row]:
    """The level in each set, with what counted towards it and what was given."""
    here = {"tenant_id": tenant_here(), "customer_id": customer_id}
    for one in queries.customer_levels(customer_id):
        counted = Progress.objects.filter(**here, set_id=one.set_id).aggregate(points=Sum("points"), purchases=Sum("purchases"))
        yield {
            "set": one.set_name,
            "level": one.level.code if one.level else "",
            "since": one.since,
            "points": counted["points"] or 0,
            "purchases": counted["purchases"] or 0,
            "given_by_hand": LevelGrant.objects.filter(**here, set_id=one.set_id).exists(),
        }


@discloses("earning.corrections", _("Corrections by hand that waited for a second person"), "earning_correction")
def corrections(customer_id: UUID) -> Iterator[Row]:
    """What somebody wanted to give or take."""
    for one in Correction.objects.filter(tenant_id=tenant_here(), customer_id=customer_id).order_by("proposed_at"):
        yield {"wallet": one.wallet, "points": one.points, "standing": str(one.get_state_display()), "proposed_at": one.proposed_at}


@discloses("earning.custom_events", _("Custom events"), "earning_custom_event")
def custom_events(customer_id: UUID) -> Iterator[Row]:
    """What they did beside buying, as it was reported."""
    rows = CustomEvent.objects.filter(tenant_id=tenant_here(), customer_id=customer_id).order_by("occurred_at", "id")
    for begin in range(0, rows.count(), AT_ONCE):
        for one in with_attributes(list(rows[begin : begin + AT_ONCE])):
            yield {
                "type": one.type,
                "occurred_at": one.occurred_at,
                "reference": one.reference,
                "attributes": json_of(one.attributes) if one.attributes else "",
            }


@discloses("earning.attempts", _("Tries at receipts and transfers"), "earning_attempts")
def attempts(customer_id: UUID) -> Iterator[Row]:
    """How often they guessed, by day."""
    for one in Attempts.objects.filter(tenant_id=tenant_here(), customer_id=customer_id).order_by("day", "guess"):
        yield {"kind": one.guess, "day": one.day, "tried": one.tried}


def _line(line: dict[str, object]) -> str:
    parts = (line.get("quantity"), line.get("name") or line.get("sku"), line.get("total"))
    return " ".join(str(part) for part in parts if part is not None)
