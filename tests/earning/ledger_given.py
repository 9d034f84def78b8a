"""What tests of the ledger say again and again: points that are given, wallets with other terms, a balance twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from earning.commands import (
    AdjustPoints,
    ConfigureWallet,
    WalletTerms,
)
from earning.domain.account import Account, account_id
from earning.queries.wallets import STANDARD_UNITS
from loyalty.eventstore import store
from loyalty.tenancy import reading
from tests.earning.counter import Counter, rows


def give(counter: Counter, points: int, customer: UUID | None = None) -> UUID:
    """A customer with so many points."""
    found = customer or counter.customer()
    counter.do(AdjustPoints(customer_id=found, points=points, reason="welcome"))
    return found


def configure(counter: Counter, terms: WalletTerms, since: datetime | None = None, code: str = "points", **more: int) -> None:
    long_ago = since or datetime(2000, 1, 1, tzinfo=UTC)
    order = ConfigureWallet(code=code, decimals=0, units=STANDARD_UNITS, terms=terms, effective_at=long_ago)
    counter.do(replace(order, **more))


def balance(counter: Counter, customer: UUID, wallet: str = "points") -> tuple[int, int]:
    """What the read model says, and what a replay does."""
    stream = account_id(counter.tenant.id, wallet, customer)
    with reading(counter.tenant.id):
        account = Account.replay(stream, [r.event for r in store.load(stream)])
    [(shown,)] = [(b,) for i, b in rows("earning_account", counter.tenant, "id, balance") if i == stream] or [(0,)]
    return shown, account.balance
