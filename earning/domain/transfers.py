"""Points passed on from one customer to another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from earning.domain.account import Account
from earning.domain.pooling import Chosen, chosen_of, gather, passed_on
from earning.domain.wallets import WalletPolicy
from earning.events import PointsReceived, PointsSent
from loyalty.domain.errors import DomainError
from loyalty.domain.period import day_period


def transfer(
    sender: Account,
    recipient: Account,
    policy: WalletPolicy,
    points: int,
    transfer_id: UUID,
    recipient_id: UUID,
    now: datetime,
    beside: Sequence[Account] = (),
) -> None:
    """Move points with the ends that they have. They are not earned, and nobody is shown whose the other account is.

    What those `beside` the sender have goes, too, as for spending.
    Raises DomainError `earning.transfer_to_oneself`, `earning.too_many_transfers`, and as for spending.
    """
    if sender.id == recipient.id:
        raise DomainError("earning.transfer_to_oneself", field="recipient")
    chosen = check_sender(sender, policy, points, now, beside)
    recipient.check_room(policy, points, "points")
    shares = gather(sender, chosen, now)
    lots = tuple(passed_on(sender, share, transfer_id) for share in shares)
    sent = PointsSent(**sender.named(), transfer_id=transfer_id, to_account_id=recipient.id, points=points, shares=shares, sent_at=now)
    sender.record(sent)
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


def check_sender(sender: Account, policy: WalletPolicy, points: int, now: datetime, beside: Sequence[Account] = ()) -> Chosen:
    """Who would give what. Raises DomainError for what the sender may not, whoever receives it."""
    _check_day((sender, *beside), policy, now)
    return chosen_of((sender, *beside), policy, points, now)


def _check_day(senders: Sequence[Account], policy: WalletPolicy, now: datetime) -> None:
    today = day_period(now.astimezone(policy.zone).date(), policy.zone)
    if sum(at in today for one in senders for at in one.sent) >= policy.terms.transfers_per_day:
        raise DomainError("earning.too_many_transfers", field="recipient", most=policy.terms.transfers_per_day, again_at=today.end)
