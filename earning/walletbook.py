"""The wallets of a tenant, as handlers and queries read them."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec
from django.db import connection

from earning.domain.wallets import KnownWallet, Wallets
from loyalty.bus import Read, Unit

WALLETS = Read(
    """select t.time_zone,
        (select coalesce(json_agg(json_build_object('code', code, 'decimals', decimals, 'units', units,
            'versions', versions) order by code), '[]')::text
           from earning_wallet)
    from tenancy_tenant t where t.id = (select current_setting('loyalty.tenant')::int)"""
)
"""The tenant's zone, and every wallet with all the terms it ever had: one row, shared by all commands of a batch."""


@lru_cache(maxsize=64)
def wallet_book(zone: str, known: str) -> Wallets:
    """The wallets in a row of `WALLETS`; the same text is the same wallets, whoever's they are."""
    return Wallets(ZoneInfo(zone), msgspec.json.decode(known, type=list[KnownWallet]))


def wallets_here() -> Wallets:
    """All wallets of the tenant of the open `reading`, with all the terms they ever had."""
    with connection.cursor() as cursor:
        cursor.execute(WALLETS.sql)
        return wallet_book(*cursor.fetchone())


def wallets_of(unit: Unit) -> Wallets:
    """The tenant's wallets, in a handler that declares `WALLETS`."""
    return wallet_book(*unit.rows(*WALLETS)[0])
