"""Points that are not there, and when more will be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from earning.domain.lots import Lot
from earning.domain.wallets import Amount, WalletPolicy
from earning.events import PointsHeld
from loyalty.domain.errors import DomainError


@dataclass(frozen=True, slots=True)
class Later:
    """What is `held` until the first of the holds ends, and what is `pending` until the first of it can be spent."""

    held: Amount
    held_until: datetime | None
    pending: Amount
    pending_until: datetime | None


def later(policy: WalletPolicy, holds: Iterable[PointsHeld], lots: Iterable[Lot], now: datetime) -> Later:
    """What an account will have without earning anything."""
    kept = [hold for hold in holds if hold.ends_at > now]
    coming = [lot for lot in lots if lot.remaining and not lot.is_active(now)]
    told = policy.counted(held=sum(hold.points for hold in kept), pending=sum(lot.remaining for lot in coming))
    ends = min((hold.ends_at for hold in kept), default=None)
    starts = min((lot.active_from for lot in coming if lot.active_from), default=None)
    return Later(told["held"], ends, told["pending"], starts)


def not_enough(policy: WalletPolicy, wanted: int, lacking: int, then: Later) -> DomainError:
    """The refusal `earning.not_enough_points` (params available, wanted, missing, later)."""
    told = policy.counted(available=max(0, wanted - lacking), wanted=wanted, missing=min(wanted, lacking))
    return DomainError("earning.not_enough_points", field="points", **told, later=then)
