"""Points passed on from one customer to another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from earning.domain.account import Account
from earning.domain.lots import cut, free_of
from earning.domain.pooling import cover_of, passed_on
from earning.domain.shares import NewLot, Share, total
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

    For what the sender lacks those `beside` it stand, as for spending: the points end as theirs would.
    Raises DomainError `earning.transfer_to_oneself`, `earning.too_many_transfers`, and as for spending.
    """
    if sender.id == recipient.id:
        raise DomainError("earning.transfer_to_oneself", field="recipient")
    shares = check_sender(sender, policy, points, now, beside)
    recipient.check_room(policy, points, "points")
    owed = points - total(shares)
    lots = (*(passed_on(sender, share, transfer_id) for share in shares), *_lent(beside, owed, transfer_id, now))
    sent = PointsSent(
        **sender.named(), transfer_id=transfer_id, to_account_id=recipient.id, points=points, shares=shares, owed=owed, sent_at=now
    )
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


def check_sender(sender: Account, policy: WalletPolicy, points: int, now: datetime, beside: Sequence[Account] = ()) -> tuple[Share, ...]:
    """What would be passed on of the sender's own. Raises DomainError for what the sender may not, whoever receives it."""
    sender.settle(now)
    _check_day((sender, *beside), policy, now)
    return sender.draw(policy, points, now, cover=cover_of(sender, beside, now))


def _check_day(senders: Sequence[Account], policy: WalletPolicy, now: datetime) -> None:
    today = day_period(now.astimezone(policy.zone).date(), policy.zone)
    if sum(at in today for one in senders for at in one.sent) >= policy.terms.transfers_per_day:
        raise DomainError("earning.too_many_transfers", most=policy.terms.transfers_per_day, again_at=today.end)


def _lent(beside: Sequence[Account], points: int, transfer_id: UUID, now: datetime) -> Iterator[NewLot]:
    """Lots for what the sender lacked: as many points as of these lots of others, which keep theirs."""
    for one in beside:
        held = one.held(now)
        shares, points = cut(points, ((lot, free_of(lot, held)) for lot in one.all.in_order() if lot.is_active(now)))
        yield from (passed_on(one, share, transfer_id) for share in shares)
