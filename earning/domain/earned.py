"""What a purchase brings an account, and what goes when its goods come back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from earning.domain.account import Account, Accounts
from earning.domain.deeds import Deed, each_wallet
from earning.domain.expiring import Losses, end_late
from earning.domain.lots import PurchaseLot, free_of
from earning.domain.pooling import came_out_of, choose, free_in, gather, others_than, settle_together
from earning.domain.terms import Contribution
from earning.domain.wallets import POINTS, WalletPolicy, Wallets
from earning.events import DeedRewarded, PointsClawedBack, PointsEarned, PurchaseRecorded
from loyalty.domain.identity import derived_id


def earn_each(
    accounts: Accounts,
    sale: PurchaseRecorded,
    contributions: Sequence[Contribution],
    lot_id: UUID,
    wallets: Wallets,
    now: datetime,
    losses: Losses = (),
) -> None:
    """A lot in each wallet that the rules gave something for: `lot_id` in `points`, and ids that derive from it in the others.

    Points that `losses` of levels took then are gone at once.
    """
    for code in dict.fromkeys(c.wallet for c in contributions):
        of_wallet = tuple(c for c in contributions if c.wallet == code)
        own_id = lot_id if code == POINTS else derived_id("lot", lot_id, code)
        earn(accounts[code], sale, of_wallet, own_id, wallets.policy(code, sale.purchased_at), now, losses if code == POINTS else ())


def earn(
    account: Account,
    sale: PurchaseRecorded,
    contributions: tuple[Contribution, ...],
    lot_id: UUID,
    policy: WalletPolicy,
    now: datetime,
    losses: Losses = (),
) -> None:
    """One lot of what the rules gave; none when they gave nothing. Raises DomainError for more than an account can hold."""
    points = sum(c.points for c in contributions)
    if not points or sale.customer_id is None:
        return
    account.check_room(policy, points, "total")
    account.settle(now)
    at = sale.purchased_at
    account.record(
        PointsEarned(
            account_id=account.id,
            customer_id=sale.customer_id,
            lot_id=lot_id,
            purchase_id=sale.purchase_id,
            wallet=policy.code,
            points=points,
            contributions=contributions,
            earned_at=at,
            active_from=policy.active_from(at),
            expires_at=policy.expires_at(at),
            active_until=policy.active_until(at),
            limits=policy.terms.limits,
        )
    )
    end_late(account, account.lots[sale.purchase_id], losses)
    account.settle(now)


def reward(
    accounts: Accounts,
    custom_event_id: UUID,
    deed: Deed,
    given: Sequence[Contribution],
    wallets: Wallets,
    now: datetime,
    losses: Losses = (),
) -> list[DeedRewarded]:
    """A lot in each wallet that rules gave something for a custom event; `losses` as for `earn_each`.

    Raises DomainError for more than an account can hold.
    """
    made = []
    for code, of_wallet in each_wallet(given).items():
        account, policy, at = accounts[code], wallets.policy(code, deed.occurred_at), deed.occurred_at
        points = sum(c.points for c in of_wallet)
        account.check_room(policy, points, "type")
        account.settle(now)
        event = DeedRewarded(
            account_id=account.id,
            customer_id=deed.customer_id,
            lot_id=derived_id("lot", custom_event_id, code),
            custom_event_id=custom_event_id,
            type=deed.type,
            wallet=code,
            points=points,
            contributions=of_wallet,
            earned_at=at,
            active_from=policy.active_from(at),
            expires_at=policy.expires_at(at),
            active_until=policy.active_until(at),
            limits=policy.terms.limits,
        )
        account.record(event)
        end_late(account, account.all.by_id[event.lot_id], losses if code == POINTS else ())
        account.settle(now)
        made.append(event)
    return made


class CameBack(Protocol):
    """Goods that came back, as far as points are concerned."""

    @property
    def return_id(self) -> UUID: ...

    @property
    def returned_at(self) -> datetime: ...


def claw_back(
    account: Account,
    lot: PurchaseLot,
    returned: CameBack,
    less: tuple[Contribution, ...],
    policy: WalletPolicy,
    now: datetime,
    beside: Sequence[Account] = (),
) -> None:
    """Take back what rules no longer give of the `lot` of a purchase once goods were `returned`.

    First of that lot and of those that came out of it, what is left, what had ended and what was taken by hand; then of the others, as if
    it were spent, also of those `beside` the account that it is joined with; the rest is owed, or waived where the points were spent:
    those that are only held may yet pay it.
    """
    if not less:
        return
    pool = (account, *beside)
    settle_together(pool, now)
    points = sum(c.points for c in less)
    own = min(points, free_of(lot, account.held(now)))
    out = came_out_of(lot, pool)
    there = choose((one for one in free_in(pool, now) if one[2].lot_id in out), points - own) if out else []
    left = points - own - sum(share.points for _, share in there)
    ended, by_hand = lot.gone(out.values())
    expired = min(left, ended)
    cancelled = min(left - expired, by_hand)
    left -= expired + cancelled
    others = choose((one for one in others_than(lot, pool, now) if one[2].lot_id not in out), left)
    shares = gather(account, there + others, now)
    missing = left - sum(share.points for _, share in others)
    waived = max(0, missing - _kept_aside(pool, now)) if policy.terms.overdraft == "waive" else 0
    account.record(
        PointsClawedBack(
            account_id=account.id,
            customer_id=lot.earned.customer_id,
            lot_id=lot.lot_id,
            purchase_id=lot.earned.purchase_id,
            return_id=returned.return_id,
            wallet=lot.earned.wallet,
            points=points,
            contributions=less,
            clawed_back_at=returned.returned_at,
            shares=shares,
            expired=expired,
            cancelled=cancelled,
            owed=missing - waived,
            waived=waived,
        )
    )


def _kept_aside(accounts: Sequence[Account], now: datetime) -> int:
    """What lies in holds, less what is owed already."""
    there = sum(min(points, one.all.by_id[lot_id].remaining) for one in accounts for lot_id, points in one.held(now).items())
    return max(0, there - sum(one.owed for one in accounts))
