"""How many codes and invitations may be sent, how often codes are compared, and how often somebody says a second fact.

What is sent is counted in the transaction that writes the message, so that what was not sent is not counted; what is compared, in one
that is committed before.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from customers.domain import invitation
from customers.domain.challenge import (
    BUDGET_SPAN,
    BUDGETS,
    COMPARES_SPAN,
    LANES,
    MOST_COMPARES_OF_ONE,
    MOST_PASSWORDS_FROM,
    MOST_PASSWORDS_OF_ONE,
    RESEND_AFTER,
    ChallengeKind,
    Crowd,
    Lane,
    budgets_of,
    counted_to,
)
from customers.domain.facts import FORGOTTEN_AFTER, WAITS
from loyalty.bus import Unit
from loyalty.domain.errors import Throttled
from loyalty.domain.network import is_shared, network_of
from loyalty.lookup import lookup_digest, lookup_digests
from loyalty.tenancy import reading

COUNT = """insert into customers_code_budget as b (tenant_id, key, since, used)
    select %s, key, %s, 1 from unnest(%s::bytea[]) key order by key
    on conflict (tenant_id, key) do update set
        used = case when b.since <= excluded.since - %s::interval then 1 else b.used + 1 end,
        since = case when b.since <= excluded.since - %s::interval then excluded.since else b.since end
    returning key, used, since"""
SAY = """insert into customers_code_budget as b (tenant_id, key, since, used) values (%s, %s, %s, 1)
    on conflict (tenant_id, key) do update set since = excluded.since,
        used = case when b.since <= excluded.since - %s::interval then 1 else b.used + 1 end
        where b.since <= excluded.since - (%s::interval[])[least(b.used, %s)]
    returning used"""
"""`since` is when it was said last."""
GIVE_BACK = "update customers_code_budget set used = greatest(used - 1, 0) where tenant_id = %s and key = any (%s)"
SAID = "select since, used from customers_code_budget where tenant_id = %s and key = any (%s)"
LOCK = "select key from customers_code_budget where tenant_id = %s and key = any (%s) order by key for update"
"""In the order in which they are counted, so that who begins anew and who counts do not wait for each other."""
FORGET_THESE = "delete from customers_code_budget where tenant_id = %s and key = any (%s)"
FORGET = "delete from customers_code_budget where tenant_id = %s and since < %s"


def count_code(unit: Unit, kind: ChallengeKind, to: str, asked_from: str, crowd: Crowd = "open", by: UUID | None = None) -> None:
    """Count a code to `to` that somebody of a `crowd` at the network address `asked_from` wants, be it a customer who is signed in (`by`).

    Raises Throttled `customers.too_many_codes` when one of the budgets is used up; which one it is, nobody is told.
    """
    said = budgets_of(kind, to, asked_from, crowd) | ({"by": str(by)} if by else {})
    seconds = _counted(unit, "code", said, BUDGETS, BUDGET_SPAN)
    if seconds:
        raise Throttled("customers.too_many_codes", seconds=seconds)


def count_minute(unit: Unit, kind: ChallengeKind, to: str) -> None:
    """Let a minute be between two codes to one phone or email, whoever asks for them. Raises Throttled `customers.code_just_sent`."""
    if seconds := _counted(unit, "code minute", {"to": f"{kind}/{to}"}, {"to": 1}, RESEND_AFTER):
        raise Throttled("customers.code_just_sent", seconds=seconds)


def count_invitation(unit: Unit, referrer_id: UUID, kind: ChallengeKind, to: str, asked_from: str) -> None:
    """Count an invitation: by budgets of its own, and by those of codes, since it costs as much and reaches the same people.

    Raises Throttled `customers.too_many_invitations`, and as `count_code` does.
    """
    said = {"by": str(referrer_id), "to": f"{kind}/{to}"}
    if seconds := _counted(unit, "invitation", said, invitation.BUDGETS, invitation.BUDGET_SPAN):
        raise Throttled("customers.too_many_invitations", seconds=seconds)
    count_code(unit, kind, to, asked_from, "member")


def compares_key(tenant_id: int, whose: bytes, lane: Lane) -> bytes:
    """Under what is counted how often codes are compared that went to one phone or email (its keyed digest)."""
    return lookup_digest("compares", f"{lane}/{bytes(whose).hex()}", tenant_id=tenant_id)


def count_compares(tenant_id: int, key: bytes, now: datetime) -> datetime | None:
    """Count, in the open transaction, that a code is about to be compared: until when that may not be, None when it may."""
    with connection.cursor() as cursor:
        told: list[Any] = [tenant_id, now, [key], COMPARES_SPAN, COMPARES_SPAN]
        cursor.execute(COUNT, told)
        ((_key, used, since),) = cursor.fetchall()
    return since + COMPARES_SPAN if used > MOST_COMPARES_OF_ONE else None


def refuse_compared(unit: Unit, kind: ChallengeKind, to: str, lane: Lane) -> None:
    """Raises Throttled `customers.too_many_compares` for a code that could not be compared."""
    key = compares_key(unit.tenant_id, lookup_digest(kind, to, tenant_id=unit.tenant_id), lane)
    for since, used in unit.execute(SAID, (unit.tenant_id, [key])):
        if used >= MOST_COMPARES_OF_ONE and since + COMPARES_SPAN > unit.now:
            raise too_many_compares(since + COMPARES_SPAN, unit.now)


def too_many_compares(until: datetime, now: datetime) -> Throttled:
    """Codes that went to one phone or email were said too often, whoever did, and whether anybody has it or not."""
    return Throttled("customers.too_many_compares", until=until, seconds=_seconds(until, now))


def count_fact_try(tenant_id: int, whose: bytes, now: datetime) -> None:
    """Count, and commit, that a birth date or card is about to be compared, for a phone, email or customer (its keyed digest), whether
    anybody has it or not. Raises Throttled `customers.too_many_facts`, which is not counted.
    """
    told: list[Any] = [tenant_id, whose, now, FORGOTTEN_AFTER, list(WAITS), len(WAITS)]
    with reading(tenant_id), connection.cursor() as cursor:
        cursor.execute(SAY, told)
        counted = cursor.fetchone() is not None
        until = None if counted else _waits_until(tenant_id, [whose]) or now
    if until is not None:
        raise Throttled("customers.too_many_facts", until=until, seconds=_seconds(until, now))


def count_password_try(tenant_id: int, kind: ChallengeKind, to: str, asked_from: str, lane: Lane, now: datetime) -> None:
    """Count, and commit, that a password is about to be compared, whether anybody has the phone or email or not.

    Raises Throttled `customers.too_many_passwords`.
    """
    number, address = _password_keys(tenant_id, kind, to, asked_from, lane)
    shared = "shared" if is_shared(network_of(asked_from)) else "address"
    _refuse_passwords(tenant_id, {number: MOST_PASSWORDS_OF_ONE, address: MOST_PASSWORDS_FROM[shared]}, now)


def count_own_password_try(tenant_id: int, customer_id: UUID, now: datetime) -> None:
    """The same for a customer who is signed in and says the password that they have."""
    _refuse_passwords(tenant_id, {own_password_key(customer_id, tenant_id): MOST_PASSWORDS_OF_ONE}, now)


def give_back_password_try(unit: Unit, kind: ChallengeKind, to: str, asked_from: str) -> None:
    """It was right: the phone or email begins anew, and the address gets its try back."""
    keys = [_password_keys(unit.tenant_id, kind, to, asked_from, lane) for lane in LANES]
    unit.execute(LOCK, (unit.tenant_id, sorted({key for pair in keys for key in pair})))
    forget_counts(unit, [number for number, _address in keys])
    unit.execute(GIVE_BACK, (unit.tenant_id, [keys[0][1]]))


def own_password_key(customer_id: UUID, tenant_id: int) -> bytes:
    """Under what is counted how often a customer who is signed in said a password."""
    return lookup_digest("own password tries", str(customer_id), tenant_id=tenant_id)


def _password_keys(tenant_id: int, kind: ChallengeKind, to: str, asked_from: str, lane: Lane) -> tuple[bytes, bytes]:
    number = lookup_digest("password tries", f"{lane}/{kind}/{to}", tenant_id=tenant_id)
    return number, lookup_digest("password tries from", network_of(asked_from), tenant_id=tenant_id)


def _refuse_passwords(tenant_id: int, most: Mapping[bytes, int], now: datetime) -> None:
    told: list[Any] = [tenant_id, now, list(most), COMPARES_SPAN, COMPARES_SPAN]
    with reading(tenant_id), connection.cursor() as cursor:
        cursor.execute(COUNT, told)
        over = [since for key, used, since in cursor.fetchall() if used > most[bytes(key)]]
    if over:
        until = max(over) + COMPARES_SPAN
        raise Throttled("customers.too_many_passwords", until=until, seconds=_seconds(until, now))


def waits_until(tenant_id: int, keys: Collection[bytes], now: datetime) -> datetime | None:
    """Until when a second fact may not be said again that is counted under `keys`; None when it may. Needs an open `reading`."""
    until = _waits_until(tenant_id, keys)
    return until if until is not None and until > now else None


def forget_counts(unit: Unit, keys: Collection[bytes]) -> None:
    """Begin to count anew: it has become certain who it is."""
    unit.execute(FORGET_THESE, (unit.tenant_id, list(keys)))


def fact_key(customer_id: UUID, tenant_id: int) -> bytes:
    """Under what is counted how often a customer who is signed in said a fact."""
    return lookup_digest("fact tries", str(customer_id), tenant_id=tenant_id)


def fact_keys_of(kind: ChallengeKind, to: str, tenant_id: int) -> list[bytes]:
    """Under what is counted how often who has one phone or email said a fact to come in."""
    return lookup_digests(kind, to, tenant_id)


def asked_keys(customer_id: UUID, tenant_id: int) -> list[bytes]:
    """Under what is counted how many codes a customer asked for who was signed in."""
    return lookup_digests("code budget by", str(customer_id), tenant_id)


def keys_of(kind: ChallengeKind, to: str, tenant_id: int) -> list[bytes]:
    """Under what is counted how many codes and invitations went to one phone or email, and how often who has it said a code or a fact."""
    sent = [("code minute budget to", f"{kind}/{to}"), ("invitation budget to", f"{kind}/{to}")]
    sent += [("code budget to", counted_to(kind, to, lane)) for lane in LANES]
    sent += [("password tries", f"{lane}/{kind}/{to}") for lane in LANES]
    whose = fact_keys_of(kind, to, tenant_id)
    said = [("compares", f"{lane}/{digest.hex()}") for lane in LANES for digest in whose]
    return [*whose, *(key for what, text in [*sent, *said] for key in lookup_digests(what, text, tenant_id))]


def forget_old(tenant_id: int, now: datetime) -> None:
    """Delete what was counted in spans that are over."""
    with reading(tenant_id), connection.cursor() as cursor:
        cursor.execute(FORGET, [tenant_id, now - max(BUDGET_SPAN, invitation.BUDGET_SPAN, COMPARES_SPAN, FORGOTTEN_AFTER)])


def _counted(unit: Unit, what: str, said: Mapping[str, str], budgets: Mapping[str, int], span: timedelta) -> int:
    """Count once for each of `said`; answers with the seconds after which that is possible again, 0 when no budget is used up."""
    names = {lookup_digest(f"{what} budget {name}", text, tenant_id=unit.tenant_id): name for name, text in said.items()}
    rows = unit.execute(COUNT, (unit.tenant_id, unit.now, list(names), span, span))
    over = [since for key, used, since in rows if used > budgets[names[bytes(key)]]]
    return _seconds(max(over) + span, unit.now) if over else 0


def _waits_until(tenant_id: int, keys: Collection[bytes]) -> datetime | None:
    with connection.cursor() as cursor:
        cursor.execute(SAID, [tenant_id, list(keys)])
        return max((since + WAITS[min(used, len(WAITS)) - 1] for since, used in cursor.fetchall()), default=None)


def _seconds(until: datetime, now: datetime) -> int:
    return max(1, int((until - now).total_seconds()))
