"""Guessing passwords is slowed: every attempt is counted, and committed, before the password is looked at."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from loyalty.staff.models import normal_email
from loyalty.tenancy import reading

MINUTES = 10
PER_ACCOUNT = 5
PER_ADDRESS = 50
"""A whole shop signs in from one address."""

COUNT = f"""
insert into staff_signinfailure as f (tenant_id, key, failures, since)
select %s, key, 1, now() from unnest(%s::text[]) as key order by key
on conflict (tenant_id, key) do update set
    failures = case when f.since < now() - interval '{MINUTES} minutes' then 1 else f.failures + 1 end,
    since = case when f.since < now() - interval '{MINUTES} minutes' then now() else f.since end
returning key, failures"""
FORGIVE = """
update staff_signinfailure set failures = case when key = %s then 0 else greatest(failures - 1, 0) end
where tenant_id = %s and key = any(%s)"""


def address_of(request: HttpRequest) -> str:
    """Where a request comes from. Behind the proxy its last hop, which the proxy wrote; what stands before it anybody may write."""
    hops = request.headers.get("X-Forwarded-For", "") if settings.BEHIND_TLS_PROXY else ""
    return hops.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")


def _key(kind: str, value: str) -> str:
    return salted_hmac(f"loyalty.staff.lockout.{kind}", value, secret=settings.SECRET_KEY, algorithm="sha256").hexdigest()


def _keys(email: str, address: str) -> tuple[str, str]:
    return _key("account", normal_email(email)), _key("address", address)


def may_try(tenant_id: int, email: str, address: str) -> bool:
    """Count an attempt, in a transaction of its own, and say whether the password may be looked at."""
    account, place = _keys(email, address)
    counted = _count(tenant_id, account, place)
    return counted[account] <= PER_ACCOUNT and counted[place] <= PER_ADDRESS


def signed_in(tenant_id: int, email: str, address: str) -> None:
    """The password was right: the account starts anew, the address gets its attempt back."""
    account, place = _keys(email, address)
    _forgive(tenant_id, account, place)


def may_try_code(tenant_id: int, user_id: UUID) -> bool:
    """As `may_try`, for a code of the second factor, whose tries are counted for each member of staff."""
    account = _key("code", str(user_id))
    return _count(tenant_id, account)[account] <= PER_ACCOUNT


def code_was_right(tenant_id: int, user_id: UUID) -> None:
    """The codes of this member of staff start anew."""
    account = _key("code", str(user_id))
    _forgive(tenant_id, account)


def _count(tenant_id: int, *keys: str) -> dict[str, int]:
    with reading(tenant_id), connection.cursor() as cursor:
        cursor.execute(COUNT, [tenant_id, sorted(keys)])
        return dict(cursor.fetchall())


def _forgive(tenant_id: int, account: str, *places: str) -> None:
    with reading(tenant_id), connection.cursor() as cursor:
        cursor.execute(FORGIVE, [account, tenant_id, [account, *places]])
