"""Points given and taken by hand, with a reason; large ones by two people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, assert_never
from uuid import UUID

from earning.domain.account import Account
from earning.domain.lots import free_of
from earning.domain.pooling import chosen_of
from earning.domain.reason import check_reason
from earning.domain.shares import total
from earning.domain.wallets import WalletPolicy
from earning.events import (
    CorrectionApproved,
    CorrectionProposed,
    CorrectionRejected,
    PointsCancelled,
    PointsDeducted,
    PointsGranted,
    Source,
)
from loyalty.domain.aggregate import Aggregate
from loyalty.domain.errors import Conflict, DomainError, NotFound

if TYPE_CHECKING:
    from earning.commands import AdjustPoints


def grant(
    account: Account,
    policy: WalletPolicy,
    customer_id: UUID,
    points: int,
    lot_id: UUID,
    source: Source,
    reason: str,
    now: datetime,
    by: str = "",
) -> None:
    """Give points without a purchase: a lot that is active at once, and ends by the wallet's terms. `by` is who decides it alone."""
    account.check_room(policy, points, "points")
    account.settle(now)
    account.record(
        PointsGranted(
            **account.named(customer_id, policy.code),
            lot_id=lot_id,
            points=points,
            source=source,
            reason=reason,
            granted_at=now,
            expires_at=policy.terms.expiry.end(now, policy.zone),
            active_until=policy.active_until(now),
            corrected_by=by,
        )
    )
    account.pay(now)


def deduct(
    account: Account,
    policy: WalletPolicy,
    points: int,
    deduction_id: UUID,
    reason: str,
    now: datetime,
    by: str = "",
    beside: Sequence[Account] = (),
    *,
    owing: bool = False,
) -> None:
    """Take points as if they were spent; a blocked account can be corrected. `by` as for `grant`, the rest as for `spend`, but that each of
    the accounts is corrected itself: so lots know what was taken of them by hand.

    Raises DomainError `earning.not_enough_points`.
    """
    pool = (account, *beside)
    chosen = chosen_of(pool, policy, points, now, owing=owing, blocked=True)
    lacking = points - sum(share.points for _, share in chosen)
    for one in pool:
        shares, owed = tuple(share for whose, share in chosen if whose is one), lacking if one is account else 0
        if points := total(shares) + owed:
            taken: dict[str, Any] = {"deduction_id": deduction_id, "points": points, "shares": shares, "owed": owed}
            one.record(PointsDeducted(**one.named(), **taken, reason=reason, deducted_at=now, corrected_by=by))


def too_large_for_one(accounts: Sequence[Account], policy: WalletPolicy, points: int, person: str, now: datetime) -> bool:
    """Whether a correction by so many `points` needs a second person: with those that the same person made on the account, and on those
    that it is joined with, within 24 hours, given and taken alike, it is above the wallet's amount.
    """
    most = policy.terms.approval_above
    return most is not None and corrected(accounts, person, now) + points > most


def cancel(
    account: Account, policy: WalletPolicy, lot_id: UUID, reason: str, person: str, now: datetime, beside: Sequence[Account] = ()
) -> int:
    """Take what is left of a lot and not held, and say how much it was.

    Raises NotFound, Conflict when nothing is left, and DomainError `earning.lot_too_large_for_one`.
    """
    account.settle(now)
    if (lot := account.all.by_id.get(lot_id)) is None:
        raise NotFound("earning.lot_unknown", field="lot_id")
    if (left := free_of(lot, account.held(now))) <= 0:
        raise Conflict("earning.lot_is_empty", field="lot_id")
    if too_large_for_one((account, *beside), policy, left, person, now):
        before, most = corrected((account, *beside), person, now), policy.terms.approval_above or 0
        raise DomainError("earning.lot_too_large_for_one", field="lot_id", **policy.counted(points=left, before=before, most=most))
    told = check_reason(reason)
    account.record(PointsCancelled(**account.named(), lot_id=lot_id, points=left, reason=told, cancelled_at=now, corrected_by=person))
    return left


def corrected(accounts: Sequence[Account], person: str, now: datetime) -> int:
    """How many points the person gave and took, on these accounts together, within 24 hours."""
    return sum(one.corrected.by(person, now) for one in accounts)


class Correction(Aggregate):
    """A correction that was too large for one person: proposed by one, approved or rejected by another."""

    stream = "correction"
    stays_folded = False

    def __init__(self, stream_id: UUID) -> None:
        super().__init__(stream_id)
        self.proposed: CorrectionProposed | None = None
        self.decided = ""

    def propose(self, order: AdjustPoints, reason: str, person: str, now: datetime) -> None:
        """Wait for a second person than `person`, who gave the order or stands behind the program that did."""
        self.record(
            CorrectionProposed(
                correction_id=self.id,
                customer_id=order.customer_id,
                wallet=order.wallet,
                points=order.points,
                reason=reason,
                proposed_by=person,
                proposed_at=now,
            )
        )

    def approve(self, actor: str, now: datetime) -> CorrectionProposed:
        """Agree to it. Raises NotFound, Conflict when it is decided, DomainError for who proposed it and for programs."""
        found = self._waiting()
        if found.proposed_by == actor:
            raise DomainError("earning.second_person_needed")
        if not actor.startswith("staff:"):
            raise DomainError("earning.program_approves_nothing")
        self.record(CorrectionApproved(correction_id=self.id, approved_by=actor, approved_at=now))
        return found

    def reject(self, reason: str, actor: str, now: datetime) -> None:
        """Refuse it; who proposed it may take it back so. Raises NotFound, or Conflict when it is decided."""
        found = self._waiting()
        self.record(
            CorrectionRejected(
                correction_id=self.id, customer_id=found.customer_id, reason=check_reason(reason), rejected_by=actor, rejected_at=now
            )
        )

    def evolve(self, event: CorrectionProposed | CorrectionApproved | CorrectionRejected) -> None:
        match event:
            case CorrectionProposed():
                self.proposed = event
            case CorrectionApproved():
                self.decided = "approved"
            case CorrectionRejected():
                self.decided = "rejected"
            case _:
                assert_never(event)

    def _waiting(self) -> CorrectionProposed:
        if self.proposed is None:
            raise NotFound("earning.correction_unknown", field="correction_id")
        if self.decided:
            raise Conflict("earning.correction_is_decided")
        return self.proposed
