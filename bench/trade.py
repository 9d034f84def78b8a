"""What the people of a register bought and did, and the points they have: rows as the projections write them, made by Postgres in one go.

Where, when, what and for how much is left to chance. Only the columns stand there that segments ask about.
"""

from __future__ import annotations

import time
from typing import Any

from django.db import connections

from bench.people import Register

EACH = 3
"""Purchases of a customer, and custom events."""
BOUGHT = """insert into customers_purchase (id, tenant_id, customer_id, pos_id, kept, bought, lines, purchased_at, position)
    select gen_random_uuid(), tenant_id, id,
        case when random() < 0.7 then pos_id else (%(places)s::uuid[])[1 + floor(random() * %(number)s)::int] end,
        (10000 + random() * 990000)::bigint,
        array['sku:s' || floor(random() * 1000)::int, 'category:c' || floor(random() * 50)::int], '[]',
        now() - 400 * random() * interval '1 day', 0
    from customers_customer, generate_series(1, %(each)s) where tenant_id = %(tenant)s"""
BALANCES = """insert into earning_account (id, tenant_id, customer_id, wallet, balance, earned, clawed_back, movements, position)
    select gen_random_uuid(), tenant_id, id, 'points', floor(random() * 5000), 0, 0, 1, 0
    from customers_customer where tenant_id = %(tenant)s"""
DEEDS = """insert into customers_custom_event (id, tenant_id, customer_id, type, occurred_at, position)
    select gen_random_uuid(), tenant_id, id, 'e' || floor(random() * 20)::int, now() - 400 * random() * interval '1 day', 0
    from customers_customer, generate_series(1, %(each)s) where tenant_id = %(tenant)s"""
WRITTEN = {"customers_purchase": (BOUGHT, EACH), "customers_custom_event": (DEEDS, EACH), "earning_account": (BALANCES, 1)}


def trade(made: Register) -> None:
    """Let everybody of a register have bought and done something, where that is not so yet."""
    begun = time.perf_counter()
    told = {"tenant": made.tenant_id, "places": list(made.places), "number": len(made.places), "each": EACH}
    with connections["owner"].cursor() as cursor:
        missing = [table for table, (_sql, each) in WRITTEN.items() if _rows(cursor, table, made.tenant_id) != made.size * each]
        for table in missing:
            cursor.execute(f"delete from {table} where tenant_id = %s", [made.tenant_id])
            cursor.execute(WRITTEN[table][0], told)
            cursor.execute(f"vacuum analyze {table}")
    if missing:
        print(f"  {made.size * EACH:,} purchases in {time.perf_counter() - begun:.0f} s", flush=True)


def _rows(cursor: Any, table: str, tenant_id: int) -> int:
    cursor.execute(f"select count(*) from {table} where tenant_id = %s", [tenant_id])
    return int(cursor.fetchone()[0])
