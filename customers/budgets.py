"""How many codes may be sent: counted in the transaction that writes the message, so that what was not sent is not counted."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

from customers.domain.challenge import BUDGET_SPAN, BUDGETS, ChallengeKind, network_of, prefix_of
from loyalty.bus import Unit
from loyalty.domain.errors import Throttled
from loyalty.lookup import lookup_digest, lookup_digests
from loyalty.tenancy import reading

COUNT = """insert into customers_code_budget as b (tenant_id, key, since, used)
    select %s, key, %s, 1 from unnest(%s::bytea[]) key order by key
    on conflict (tenant_id, key) do update set
        used = case when b.since <= excluded.since - %s::interval then 1 else b.used + 1 end,
        since = case when b.since <= excluded.since - %s::interval then excluded.since else b.since end
    returning key, used, since"""
FORGET = "delete from customers_code_budget where tenant_id = %s and since < %s"


def count_code(unit: Unit, kind: ChallengeKind, to: str, asked_from: str) -> None:
    """Count a code to `to` that somebody at the network address `asked_from` wants.

    Raises Throttled `customers.too_many_codes` when one of the budgets is used up; which one it is, nobody is told.
    """
    said = {"to": f"{kind}/{to}", "address": network_of(asked_from), "prefix": f"{kind}/{prefix_of(kind, to)}", "all": ""}
    names = {lookup_digest(f"code budget {name}", text, tenant_id=unit.tenant_id): name for name, text in said.items()}
    rows = unit.execute(COUNT, (unit.tenant_id, unit.now, list(names), BUDGET_SPAN, BUDGET_SPAN))
    over = [since for key, used, since in rows if used > BUDGETS[names[bytes(key)]]]
    if over:
        left: timedelta = max(over) + BUDGET_SPAN - unit.now
        raise Throttled("customers.too_many_codes", seconds=max(1, int(left.total_seconds())))


def keys_of(kind: ChallengeKind, to: str, tenant_id: int) -> list[bytes]:
    """Under what is counted how many codes went to one phone or email."""
    return lookup_digests("code budget to", f"{kind}/{to}", tenant_id)


def forget_old(tenant_id: int, now: datetime) -> None:
    """Delete what was counted in spans that are over."""
    with reading(tenant_id), connection.cursor() as cursor:
        cursor.execute(FORGET, [tenant_id, now - BUDGET_SPAN])
