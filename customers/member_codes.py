"""The guard of what customers show at the till: proven with a secret, and read by one member of staff or program only.

One kind says who stands there, and nothing else: no points are spent by it. The other says that they agree to spend points, by one order:
the first that is paid for by it. Who has read one may read it again in its two minutes, as a till does that asks twice; for anybody else,
and later for everybody, it is over.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hmac import compare_digest

from django.db import connection

from customers.commands import SpendByMemberCode
from customers.domain.member_code import MemberCode, proven_text, read, written
from loyalty.bus import Unit
from loyalty.domain.errors import DomainError, NotFound
from loyalty.domain.turning import proof_of, step_of
from loyalty.lookup import lookup_digest, lookup_digests
from loyalty.tenancy import reading

KEPT = timedelta(hours=1)
CLAIM = """insert into customers_member_code (tenant_id, digest, reader, read_at) values (%s, %s, %s, %s)
    on conflict (tenant_id, digest) do nothing"""
READER = "select reader from customers_member_code where tenant_id = %s and digest = %s"
BIND = """update customers_member_code set order_id = %s, action = %s, pos_id = %s, points = %s
    where tenant_id = %s and digest = %s and (order_id is null or order_id = %s
        or (order_id = %s and action = %s and pos_id is not distinct from %s and points >= %s)) returning order_id"""
FORGET = "delete from customers_member_code where tenant_id = %s and read_at < %s"


def member_code(code: str, tenant_id: int, now: datetime, *, agrees: bool = False) -> str:
    """What the customer with this code shows now, who `agrees` that points are spent, or does not say so."""
    step = step_of(now)
    return written(code, step, _proofs(proven_text(code, step, agrees=agrees), tenant_id)[0], agrees=agrees)


def proven(text: str, tenant_id: int, now: datetime) -> MemberCode | None:
    """What the digits say where they were shown by a customer of this programme, however long ago; None for anything else."""
    found = read(text, now)
    if found is None or not any(compare_digest(found.proof, proof_of(d)) for d in _proofs(found.proven, tenant_id)):
        return None
    return found


def claim(unit: Unit, text: str) -> MemberCode:
    """What was shown, for whoever acts. Raises NotFound `customers.not_found` for what no customer showed, and
    DomainError `customers.member_code_over` where it is over, or somebody else has read it.
    """
    found = proven(text, unit.tenant_id, unit.now)
    if found is None:
        raise NotFound("customers.not_found")
    digest, reader = _digest(found, unit.tenant_id), unit.circumstances.actor
    unit.execute(CLAIM, (unit.tenant_id, digest, reader, unit.now))
    if not found.is_good(unit.now) or unit.execute(READER, (unit.tenant_id, digest)) != [(reader,)]:
        raise DomainError("customers.member_code_over")
    return found


def bind(unit: Unit, shown: MemberCode, order: SpendByMemberCode) -> None:
    """Let what was claimed pay for the command that is carried out. Raises DomainError `customers.member_code_spent` where it paid for
    another one.
    """
    this, digest = unit.circumstances.command_id, _digest(shown, unit.tenant_id)
    spent = (order.action, order.pos_id, order.points)
    if not unit.execute(BIND, (this, *spent, unit.tenant_id, digest, this, order.instead_of, *spent)):
        raise DomainError("customers.member_code_spent")


def forget_old(tenant_id: int, now: datetime) -> None:
    """Delete who read what was over long ago."""
    with reading(tenant_id), connection.cursor() as cursor:
        cursor.execute(FORGET, [tenant_id, now - KEPT])


def _digest(shown: MemberCode, tenant_id: int) -> bytes:
    return lookup_digest("member code read", shown.proven, tenant_id=tenant_id)


def _proofs(proven: str, tenant_id: int) -> list[bytes]:
    return lookup_digests("member code", proven, tenant_id)
