"""Who has a level or a balance, as SQL that lists the ids of customers: for questions about very many of them at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from earning.queries.here import tenant_here
from earning.queries.standings import levels_here

LEVEL = "select customer_id from earning_customer_level where tenant_id = %s and set_id = %s and level = any (%s)"
GRANT = """select customer_id from earning_level_grant
    where tenant_id = %s and set_id = %s and level = any (%s) and starts_at <= %s and ends_at > %s"""
BALANCE = "select customer_id from earning_account where tenant_id = %s and wallet = %s and {met}balance between %s and %s"
TOGETHER = """select customer_id from (select customer_id, balance from earning_account where tenant_id = %s and wallet = %s{narrow}
        union all select w.survivor_id, a.balance from ({survivors}) w (id, survivor_id)
        join earning_account a on a.tenant_id = %s and a.wallet = %s and a.customer_id = w.id) held
    group by customer_id having {met}sum(balance) between %s and %s"""
"""Of customers who turned out to be one, what they have together."""
LEAST, MOST = -(2**63), 2**63 - 1


class Within(NamedTuple):
    """The customers with ids from `first` to `last`, both included."""

    first: UUID
    last: UUID


Among = Within | Sequence[UUID]
"""Some customers: a stretch of their ids, or these."""


class Listing(NamedTuple):
    """A statement that lists ids of customers, perhaps one of them more than once, and its parameters."""

    sql: str
    params: tuple[Any, ...]


class Audience(NamedTuple):
    """Those who are in `listed` (None: everybody) and not in `without`."""

    listed: Listing | None
    without: Listing | None = None


def narrowed(column: str, among: Among | None) -> tuple[str, tuple[Any, ...]]:
    """A condition, to be put behind others, that `column` holds one of `among` (None: anybody), and its parameters."""
    if among is None:
        return "", ()
    if isinstance(among, Within):
        return f" and {column} between %s and %s", among
    return f" and {column} = any (%s)", ([*among],)


def who_has_level(code: str, now: datetime, among: Among | None = None) -> Audience | None:
    """Who has the level with that code, as it was noted last; of `among` where it is given. None for no such level."""
    version = levels_here().with_level(code, now)
    if version is None:
        return None
    higher = [level.code for level in version.terms.levels[version.rank(code) + 1 :]]
    return Audience(
        None if code == version.base else _held(version.set_id, [code], now, among),
        _held(version.set_id, higher, now, among) if higher else None,
    )


def who_has_balance(
    wallet: str, at_least: int | None, at_most: int | None, among: Among | None = None, survivors: Listing | None = None
) -> Audience:
    """Who has so much in a wallet, of `among` where it is given; who never had any has 0.

    `survivors` lists customers who were merged, each before who stands for them and has it together with them.
    """
    low, high = LEAST if at_least is None else at_least, MOST if at_most is None else at_most
    everybody = low <= 0 <= high
    narrow, some = narrowed("customer_id", among)
    met, here = "not " if everybody else "", (tenant_here(), wallet)
    if survivors is None:
        listing = Listing(BALANCE.format(met=met) + narrow, (*here, low, high, *some))
    else:
        told = TOGETHER.format(narrow=narrow, survivors=survivors.sql, met=met)
        listing = Listing(told, (*here, *some, *survivors.params, *here, low, high))
    return Audience(None, listing) if everybody else Audience(listing)


def _held(set_id: UUID, codes: Collection[str], now: datetime, among: Among | None) -> Listing:
    narrow, some = narrowed("customer_id", among)
    told: tuple[Any, ...] = (tenant_here(), set_id, [*codes])
    return Listing(f"{LEVEL}{narrow} union all {GRANT}{narrow}", (*told, *some, *told, now, now, *some))
