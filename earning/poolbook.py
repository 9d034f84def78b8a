"""Customers who turned out to be one, as handlers see them: who stands for all, and the accounts that are one pool."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from threading import local
from uuid import UUID

from customers.queries import standing_read
from earning.domain.account import Account
from earning.domain.pooling import lags, latest_of, settle_together
from earning.streams import account_of
from loyalty.bus import Read, StreamRef, Unit

MOST_KNOWN = 10_000


@dataclass(frozen=True, slots=True)
class Sides:
    """Who stands for a customer, and all who turned out to be one with them, that one first: mostly themselves alone."""

    customer_id: UUID
    all: tuple[UUID, ...]


class _Known(local):
    """Those who are not alone, as far as this thread has met them: a guess, so that all is locked at once and in one order. Another thread
    may not change it between the locks and the look at what it should have been.
    """

    def __init__(self) -> None:
        self.sides: dict[tuple[int, UUID], Sides] = {}


_known = _Known()


def sides_known(tenant_id: int, customer_id: UUID) -> Sides:
    """A guess, which `sides_of` makes good."""
    return _known.sides.get((tenant_id, customer_id)) or Sides(customer_id, (customer_id,))


def reads_of_sides(customer_id: UUID | None) -> list[Read]:
    """What `sides_of` asks, to be declared, so that it costs no query of its own."""
    return [] if customer_id is None else [standing_read(customer_id)]


def sides_of(unit: Unit, customer_id: UUID) -> Sides:
    """The customers who turned out to be one with this one; in a handler that declares `standing_read` of them, or in one more query."""
    read = standing_read(customer_id)
    rows = unit.rows(*read) if unit.declares(read) else [row[1:] for row in unit.execute_all([(read.sql, ([customer_id],))])[0]]
    found = Sides(rows[0][1], (rows[0][1], *rows[0][2])) if rows else Sides(customer_id, (customer_id,))
    guessed = sides_known(unit.tenant_id, customer_id)
    remember(unit.tenant_id, customer_id, found)
    if unit.locks and not {*found.all} <= {*guessed.all}:
        unit.begin_anew()
    return found


def remember(tenant_id: int, customer_id: UUID, found: Sides) -> None:
    """What the next command of this thread guesses."""
    _known.sides.pop((tenant_id, customer_id), None)
    if len(found.all) > 1:
        if len(_known.sides) >= MOST_KNOWN:
            _known.sides.clear()
        _known.sides[tenant_id, customer_id] = found


def streams_of_pool(tenant_id: int, customer_id: UUID, wallet: str) -> Iterator[StreamRef]:
    """The account, and those that it is joined with, as far as this thread knows."""
    for side in {customer_id, *sides_known(tenant_id, customer_id).all}:
        yield StreamRef(Account, account_of(side, tenant_id, wallet))


def account_alone(unit: Unit, customer_id: UUID, wallet: str) -> Account:
    """The account of one customer, opened where the command did not declare it."""
    ref = StreamRef(Account, account_of(customer_id, unit.tenant_id, wallet))
    if not unit.has(ref.id):
        unit.open([ref])
    account = unit.load(Account, ref.id)
    if not account.exists:
        account.customer_id, account.wallet = customer_id, wallet
    return account


def beside(unit: Unit, account: Account) -> list[Account]:
    """The accounts that this one is joined with."""
    if account.customer_id is None:
        return []
    sides = sides_of(unit, account.customer_id).all
    return [one for side in sides if side != account.customer_id and (one := account_alone(unit, side, account.wallet)).exists]


def settle_pool(unit: Unit, account: Account) -> Account:
    """The account; what has ended by now of it and of those that it is joined with is gone, what one of them owes others have paid, and the
    points of all live on as long.
    """
    if account.exists and (others := beside(unit, account)):
        pool, until = (account, *others), latest_of((account, *others))
        if any(one.owed or one.all.any_ended(unit.now) or lags(one, until) for one in pool):
            settle_together(pool, unit.now)
    return account


def settle_pools(unit: Unit, accounts: Iterable[Account]) -> None:
    """The same of several accounts, once something came to them or was taken back."""
    for account in accounts:
        settle_pool(unit, account)


def account_with(unit: Unit, account: Account, has: Callable[[Account], bool]) -> Account:
    """Of this account and those that it is joined with the one that has something, settled like this one; this one where none does."""
    return account if has(account) else next((settle_pool(unit, one) for one in beside(unit, account) if has(one)), account)
