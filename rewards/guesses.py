"""The guard of guesses at codes: how many wrong ones may be typed, by one customer, member of staff or program, and from one address.

A try is counted, in a transaction of its own, before the code is looked at, so that many at once are no more than one after the other; a
code that there is gives its try back. Plain rows of the write side, under keyed digests, that go a day after.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from loyalty.domain.errors import DomainError, NotFound, Throttled
from loyalty.domain.network import network_of
from loyalty.lookup import lookup_digest
from loyalty.tenancy import reading

SPAN = timedelta(hours=1)
MOST_WRONG = {"customer": 10, "staff": 60, "token": 300}
"""By whom, in an hour: programs type for many customers."""
MOST_FROM = 300
"""From one network: a shop, or many phones of a carrier. Customers in a shop are counted apart from its tills."""
KEPT = timedelta(days=1)
TRY = """insert into rewards_guess as g (tenant_id, key, since, used)
    select %s, key, %s, 1 from unnest(%s::bytea[]) key order by key
    on conflict (tenant_id, key) do update set
        used = case when g.since <= excluded.since - %s::interval then 1 else g.used + 1 end,
        since = case when g.since <= excluded.since - %s::interval then excluded.since else g.since end
    returning key, used, since"""
GIVE_BACK = """update rewards_guess g set used = g.used - 1
    from (select key from rewards_guess where tenant_id = %s and key = any (%s) order by key for update) k
    where g.tenant_id = %s and g.key = k.key and g.used > 0"""
FORGET = "delete from rewards_guess where tenant_id = %s and since < %s"


@contextmanager
def guessing(tenant_id: int, actor: str, asked_from: str) -> Iterator[None]:
    """Around looking at a code that `actor` ("customer:…", "staff:…", "token:…") typed at the network address `asked_from`.

    Raises Throttled `rewards.too_many_guesses` (params until and seconds), which is not counted; only NotFound from within is.
    """
    kind = actor.partition(":")[0]
    lane = "coupon guesses of customers from" if kind == "customer" else "coupon guesses from"
    most = {
        lookup_digest("coupon guesses by", actor, tenant_id=tenant_id): MOST_WRONG[kind],
        lookup_digest(lane, network_of(asked_from), tenant_id=tenant_id): MOST_FROM,
    }
    _count(tenant_id, most, timezone.now())
    try:
        yield
    except NotFound:
        raise
    except DomainError:
        _give_back(tenant_id, most)
        raise
    _give_back(tenant_id, most)


def forget_old(tenant_id: int, now: datetime) -> int:
    """Delete what was counted long ago; answers with the number of rows."""
    with reading(tenant_id), connection.cursor() as cursor:
        cursor.execute(FORGET, [tenant_id, now - KEPT])
        return int(cursor.rowcount)


def _count(tenant_id: int, most: dict[bytes, int], now: datetime) -> None:
    with reading(tenant_id), connection.cursor() as cursor:
        told: list[Any] = [tenant_id, now, list(most), SPAN, SPAN]
        cursor.execute(TRY, told)
        over = [since + SPAN for key, used, since in cursor.fetchall() if used > most[bytes(key)]]
        if over:
            raise Throttled("rewards.too_many_guesses", until=max(over), seconds=max(1, int((max(over) - now).total_seconds())))


def _give_back(tenant_id: int, most: dict[bytes, int]) -> None:
    with reading(tenant_id), connection.cursor() as cursor:
        cursor.execute(GIVE_BACK, [tenant_id, list(most), tenant_id])
