"""What customers who are one with others would have by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from earning.partbook import apart
from earning.queries.here import tenant_here
from earning.walletbook import wallets_here


def held_apart(since: Mapping[UUID, int], wallet: str) -> int:
    """What customers who stay one would have now in a wallet, in its smallest unit; below zero they would owe it. `since` says for each
    after which position of the log they were one with others.
    """
    accounts = apart(tenant_here(), since, wallet, partial(wallets_here().policy, wallet), datetime.now(UTC))
    return sum(one.balance for one in accounts.values())
