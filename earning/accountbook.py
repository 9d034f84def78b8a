"""The accounts that a purchase meets, as handlers load them: one for each wallet that rules give points of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

from earning.domain.account import Account
from earning.poolbook import settle_pool, sides_known
from earning.rulebook import wallets_known
from earning.streams import accounts_in
from loyalty.bus import StreamRef, Unit


def streams_of_accounts(tenant_id: int, customer_id: UUID | None) -> Iterator[StreamRef]:
    """The customer's accounts, and those that they are joined with, in the wallets that this process knows of: a guess, which `accounts_of`
    makes good.
    """
    for side in {customer_id, *sides_known(tenant_id, customer_id).all} if customer_id is not None else ():
        yield from (StreamRef(Account, account_id) for account_id in accounts_in(side, tenant_id, wallets_known(tenant_id)).values())


def accounts_of(unit: Unit, customer_id: UUID | None, wallets: Iterable[str]) -> dict[str, Account]:
    """The customer's accounts by wallet, `points` first; none without a customer.

    Those that `streams_of_accounts` did not know of are opened here: once in each process after a rule gave points of a new wallet.
    """
    if customer_id is None:
        return {}
    ids = accounts_in(customer_id, unit.tenant_id, wallets)
    if missing := [StreamRef(Account, account_id) for account_id in ids.values() if not unit.has(account_id)]:
        unit.open(missing)
    return {code: settle_pool(unit, unit.load(Account, account_id)) for code, account_id in ids.items()}
