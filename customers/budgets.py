"""How many codes and invitations may be sent.

Counted in the transaction that writes the message, so that what was not sent is not counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from customers.domain import invitation
from customers.domain.challenge import BUDGET_SPAN, BUDGETS, ChallengeKind, budgets_of
from customers.domain.facts import MOST_TRIES, TRIES_SPAN
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
    said = budgets_of(kind, to, asked_from)
    seconds = _counted(unit, "code", said, BUDGETS, BUDGET_SPAN)
    if seconds:
        raise Throttled("customers.too_many_codes", seconds=seconds)


def count_invitation(unit: Unit, referrer_id: UUID, kind: ChallengeKind, to: str, asked_from: str) -> None:
    """Count an invitation: by budgets of its own, and by those of codes, since it costs as much and reaches the same people.

    Raises Throttled `customers.too_many_invitations`, and as `count_code` does.
    """
    said = {"by": str(referrer_id), "to": f"{kind}/{to}"}
    if seconds := _counted(unit, "invitation", said, invitation.BUDGETS, invitation.BUDGET_SPAN):
        raise Throttled("customers.too_many_invitations", seconds=seconds)
    count_code(unit, kind, to, asked_from)


def count_fact_try(tenant_id: int, whose: bytes, now: datetime) -> None:
    """Count, and commit, that a birth date or card is about to be compared, for a phone, email or customer (its keyed digest), whether
    anybody has it or not. Raises Throttled `customers.too_many_facts`.
    """
    with reading(tenant_id), connection.cursor() as cursor:
        told: list[Any] = [tenant_id, now, [whose], TRIES_SPAN, TRIES_SPAN]
        cursor.execute(COUNT, told)
        ((_key, used, since),) = cursor.fetchall()
    if used > MOST_TRIES:
        left: timedelta = since + TRIES_SPAN - now
        raise Throttled("customers.too_many_facts", seconds=max(1, int(left.total_seconds())))


def fact_key(customer_id: UUID, tenant_id: int) -> bytes:
    """Under what is counted how often a customer who is signed in said a fact."""
    return lookup_digest("fact tries", str(customer_id), tenant_id=tenant_id)


def keys_of(kind: ChallengeKind, to: str, tenant_id: int) -> list[bytes]:
    """Under what is counted how many codes and invitations went to one phone or email, and how often who has it said a fact."""
    counted = [key for what in ("code", "invitation") for key in lookup_digests(f"{what} budget to", f"{kind}/{to}", tenant_id)]
    return [*counted, *lookup_digests(kind, to, tenant_id)]


def forget_old(tenant_id: int, now: datetime) -> None:
    """Delete what was counted in spans that are over."""
    with reading(tenant_id), connection.cursor() as cursor:
        cursor.execute(FORGET, [tenant_id, now - max(BUDGET_SPAN, invitation.BUDGET_SPAN, TRIES_SPAN)])


def _counted(unit: Unit, what: str, said: Mapping[str, str], budgets: Mapping[str, int], span: timedelta) -> int:
    """Count once for each of `said`; answers with the seconds after which that is possible again, 0 when no budget is used up."""
    names = {lookup_digest(f"{what} budget {name}", text, tenant_id=unit.tenant_id): name for name, text in said.items()}
    rows = unit.execute(COUNT, (unit.tenant_id, unit.now, list(names), span, span))
    over = [since for key, used, since in rows if used > budgets[names[bytes(key)]]]
    left: timedelta = max(over) + span - unit.now if over else timedelta()
    return max(1, int(left.total_seconds())) if over else 0
