"""What customers who are one with others would have by themselves."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from earning.domain.account import Account
from earning.domain.pooling import reset_together
from earning.partbook import apart
from earning.queries.climbs import points_lost
from earning.queries.here import tenant_here
from earning.streams import account_of
from earning.walletbook import wallets_here
from loyalty.eventstore import store


def held_apart(groups: Sequence[Collection[UUID]], since: Mapping[UUID, int], wallet: str) -> list[int]:
    """What each of the `groups` of customers who stay one would have now in a wallet, in its smallest unit; below zero they would owe it.
    `since` says for each customer after which position of the log they were one with others. What went with levels that all of them lost
    as one by now is gone, whether that was noted or not.
    """
    tenant_id, policies, now = tenant_here(), partial(wallets_here().policy, wallet), datetime.now(UTC)
    together = _without_lost([side for sides in groups for side in sides], wallet, now)
    parts = (apart(tenant_id, {side: since[side] for side in sides}, wallet, policies, now, together) for sides in groups)
    return [sum(one.balance for one in accounts.values()) for accounts in parts]


def _without_lost(sides: Sequence[UUID], wallet: str, now: datetime) -> list[Account]:
    """The accounts of all sides, with what their levels take that nobody has noted yet still pending; none where that is nothing."""
    if not sides or not (losses := points_lost(sides[0], now, now, wallet)):
        return []
    ids = [account_of(side, tenant_here(), wallet) for side in sides]
    accounts = [Account.replay(account_id, [recorded.event for recorded in store.load(account_id)]) for account_id in ids]
    there = [one for one in accounts if one.exists]
    reset_together(there, losses, now)
    return there
