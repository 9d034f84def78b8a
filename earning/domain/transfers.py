"""Points passed on from one customer to another."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from earning.domain.account import Account
from earning.domain.shares import NewLot, Share
from earning.domain.wallets import WalletPolicy
from earning.events import PointsReceived, PointsSent
from loyalty.domain.errors import DomainError
from loyalty.domain.identity import derived_id
from loyalty.domain.period import day_period


def transfer(
    sender: Account, recipient: Account, policy: WalletPolicy, points: int, transfer_id: UUID, recipient_id: UUID, now: datetime
) -> None:
    """Move points with the ends that they have. They are not earned, and nobody is shown whose the other account is.

    Raises DomainError `earning.transfer_to_oneself`, `earning.too_many_transfers`, and as for spending.
    """
    if sender.id == recipient.id:
        raise DomainError("earning.transfer_to_oneself", field="recipient")
    shares = check_sender(sender, policy, points, now)
    recipient.check_room(policy, points, "points")
    lots = tuple(_passed_on(sender, share, transfer_id) for share in shares)
    sender.record(
        PointsSent(**sender.named(), transfer_id=transfer_id, to_account_id=recipient.id, points=points, shares=shares, sent_at=now)
    )
    recipient.settle(now)
    recipient.record(
        PointsReceived(
            **recipient.named(recipient_id, policy.code),
            transfer_id=transfer_id,
            from_account_id=sender.id,
            points=points,
            lots=lots,
            received_at=now,
        )
    )
    recipient.pay(now)


def check_sender(sender: Account, policy: WalletPolicy, points: int, now: datetime) -> tuple[Share, ...]:
    """What would be passed on. Raises DomainError for what the sender may not, whoever receives it."""
    sender.settle(now)
    _check_day(sender, policy, now)
    return sender.draw(policy, points, now)


def _check_day(sender: Account, policy: WalletPolicy, now: datetime) -> None:
    today = day_period(now.astimezone(policy.zone).date(), policy.zone)
    if sum(at in today for at in sender.sent) >= policy.terms.transfers_per_day:
        raise DomainError("earning.too_many_transfers", most=policy.terms.transfers_per_day)


def _passed_on(sender: Account, share: Share, transfer_id: UUID) -> NewLot:
    lot = sender.all.by_id[share.lot_id]
    return NewLot(
        lot_id=derived_id("transferred", transfer_id, share.lot_id),
        origin_id=share.lot_id,
        points=share.points,
        earned_at=lot.earned_at,
        expires_at=sender.all.end_of(lot),
    )
