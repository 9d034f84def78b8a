"""Tokens of customers: opaque, kept as a hash only; they open what is the customer's own, and nothing else. A program issues them for a
short while; a session is one that a customer got by signing in on a device, and lasts until it is ended, or for ninety days.

A plain table, as sessions are: written by commands, in the transaction that has the customer locked. What a program issued ends
with the program: whether its own token was revoked is looked up at each use, so that none issued meanwhile is missed.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from loyalty.bus import Unit
from loyalty.tenancy import reading

PREFIX = "ltc_"
PROVEN_FOR = timedelta(minutes=15)
"""For so long after a code or a password a session may do what one of them is asked for otherwise."""
KEPT = timedelta(days=30)
"""For so long it can be seen who issued a token that has come to its end."""
ISSUE = """insert into customers_token (tenant_id, id, customer_id, hash, issued_by, issued_at, expires_at, device, proven_at)
    values (%s, %s, %s, %s, %s, %s, %s, %s, %s)"""
REVOKE = "update customers_token set revoked_at = %s where tenant_id = %s and customer_id = %s and revoked_at is null"
SINCE = """update customers_token set revoked_at = %s
    where tenant_id = %s and customer_id = any (%s) and issued_at >= %s and revoked_at is null"""
OTHERS = "update customers_token set revoked_at = %s where tenant_id = %s and customer_id = any (%s) and id <> %s and revoked_at is null"
RENEW = """update customers_token set hash = %s
    where tenant_id = %s and customer_id = any (%s) and id = %s and revoked_at is null and expires_at > %s returning expires_at"""
PROVE = "update customers_token set proven_at = %s where tenant_id = %s and customer_id = any (%s) and id = %s and revoked_at is null"
PROVEN = """select proven_at from customers_token
    where tenant_id = %s and customer_id = any (%s) and id = %s and revoked_at is null and proven_at is not null"""
FORGET = "delete from customers_token where tenant_id = %s and expires_at < %s"


def new_token() -> str:
    """The text of a token that nobody can guess."""
    return PREFIX + secrets.token_urlsafe(32)


def issue(unit: Unit, customer_id: UUID, digest: bytes, expires_at: datetime, device: str = "", *, is_proven: bool = False) -> UUID:
    """Keep a token by its hash, of a session where it has a device; answers with its id. `is_proven`: a code, or the password, has
    just shown who it is.
    """
    token_id, by = unit.new_id(), unit.circumstances.actor
    proven_at = unit.now if is_proven else None
    unit.execute(ISSUE, (unit.tenant_id, token_id, customer_id, digest, by, unit.now, expires_at, device, proven_at))
    return token_id


def revoke(unit: Unit, customer_id: UUID, token_id: UUID) -> bool:
    """End one token; False when the customer has none of this id that is still good."""
    return bool(unit.execute(f"{REVOKE} and id = %s returning id", (unit.now, unit.tenant_id, customer_id, token_id)))


def revoke_all(unit: Unit, customer_id: UUID) -> None:
    """End all tokens of a customer."""
    unit.execute(REVOKE, (unit.now, unit.tenant_id, customer_id))


def revoke_others(unit: Unit, sides: Collection[UUID], token_id: UUID) -> None:
    """End all tokens of customers who are one, but this one."""
    unit.execute(OTHERS, (unit.now, unit.tenant_id, [*sides], token_id))


def revoke_since(unit: Unit, sides: Collection[UUID], since: datetime) -> None:
    """End all tokens of these customers that were issued since then."""
    unit.execute(SINCE, (unit.now, unit.tenant_id, [*sides], since))


def renew(unit: Unit, sides: Collection[UUID], token_id: UUID, digest: bytes) -> datetime | None:
    """Let another text open the same session from now on: when that ends; None when it has ended."""
    rows = unit.execute(RENEW, (digest, unit.tenant_id, [*sides], token_id, unit.now))
    return next((row[0] for row in rows), None)


def prove(unit: Unit, sides: Collection[UUID], token_id: UUID) -> None:
    """Keep that a code, or the password, has just shown that it is the customer who holds the token."""
    unit.execute(PROVE, (unit.now, unit.tenant_id, [*sides], token_id))


def is_proven(unit: Unit, sides: Collection[UUID], token_id: UUID) -> bool:
    """Whether that was lately."""
    rows = unit.execute(PROVEN, (unit.tenant_id, [*sides], token_id))
    return bool(rows) and rows[0][0] + PROVEN_FOR > unit.now


def proven_until(tenant_id: int, sides: Collection[UUID], token_id: UUID) -> datetime | None:
    """Until when that counts; None when it was never shown. Needs an open `reading`."""
    with connection.cursor() as cursor:
        cursor.execute(PROVEN, [tenant_id, [*sides], token_id])
        row: tuple[datetime] | None = cursor.fetchone()
    return row[0] + PROVEN_FOR if row else None


def forget_old(tenant_id: int, now: datetime) -> int:
    """Delete tokens that ended a month ago; answers with their number."""
    with reading(tenant_id), connection.cursor() as cursor:
        cursor.execute(FORGET, [tenant_id, now - KEPT])
        return int(cursor.rowcount)
