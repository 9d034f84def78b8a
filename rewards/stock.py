"""Codes in stock: taken one by one, late in a command, each by one; and put there by the thousand.

Codes of a batch can be had once all of them are there, until it is withdrawn. Who takes one holds a shared lock of the reward's codes,
which only withdrawing and exporting take alone: after those no code is taken that was there before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from loyalty.bus import Unit
from loyalty.domain.errors import Conflict, NotFound
from loyalty.lookup import lookup_digest, lookup_digests, lookup_version, seal, unseal
from rewards.domain.batch import code_id
from rewards.domain.code import normal_code

KIND, SEALED_AS = "coupon", "rewards_code"
LOCK = "select pg_advisory_xact_lock{0}(hashtextextended('rewards.codes/' || %s || '/' || %s, 0))"
SHARED, ALONE = LOCK.format("_shared"), LOCK.format("")
TO_BE_HAD = """(select tenant_id, id from rewards_code_batch where tenant_id = %s and reward_id = %s and state = 'open'
        and source <> 'shared' and exported_at is null order by begun_at, id) b"""
TAKE = f"""update rewards_code c set state = 'issued', coupon_id = %s where c.tenant_id = %s and c.id = (
        select n.id from {TO_BE_HAD} cross join lateral (
            select s.id from rewards_code s where s.tenant_id = b.tenant_id and s.batch_id = b.id and s.state = 'stock'
            order by s.number limit 1 for update skip locked) n limit 1)
    returning c.id, c.sealed, c.batch_id"""
"""The next one is looked for once, whatever the planner knows of the tenant: joined, it would be looked for again for each code. No index
but that of the stock has codes of a batch in order: another would lead past all that are issued.
"""
ANY = f"""select 1 from {TO_BE_HAD} where exists (select from rewards_code s
    where s.tenant_id = b.tenant_id and s.batch_id = b.id and s.state = 'stock')"""
CLAIM = """update rewards_code c set state = 'issued', coupon_id = %s from rewards_code_batch b
    where c.tenant_id = %s and c.id = %s and c.reward_id = %s and c.state = 'stock'
        and b.tenant_id = c.tenant_id and b.id = c.batch_id and b.state = 'open'
    returning c.id, c.sealed, c.batch_id"""
BROUGHT = """select c.id, c.reward_id, c.state, c.coupon_id, c.sealed, c.batch_id from rewards_code c
    left join rewards_code_batch b on b.tenant_id = c.tenant_id and b.id = c.batch_id
    where c.tenant_id = %s and (b.state = 'open' or c.state = 'issued') and c."""
OF_DIGEST, OF_KEY = f"{BROUGHT}digest = any (%s)", f"{BROUGHT}id = %s"
FOR_ALL = """select c.id, c.sealed, c.batch_id from rewards_code_batch b
    join rewards_code c on c.tenant_id = b.tenant_id and c.batch_id = b.id and c.state = 'shared'
    where b.tenant_id = %s and b.reward_id = %s and b.state = 'open' order by b.begun_at desc, b.id desc limit 1"""
PUT_SHARED = """insert into rewards_code (tenant_id, id, reward_id, batch_id, number, state, digest, key_version, sealed)
    values (%s, %s, %s, %s, 0, 'shared', %s, %s, %s) on conflict do nothing returning id"""
THERE = "select 1 from rewards_code where tenant_id = %s and digest = any (%s)"
INCOMING = "create temporary table incoming_codes (number int, id uuid, digest bytea, sealed bytea) on commit drop"
COPY = "copy incoming_codes (number, id, digest, sealed) from stdin (format binary)"
TYPES = ["int4", "uuid", "bytea", "bytea"]
MOVE = """insert into rewards_code (tenant_id, id, reward_id, batch_id, number, state, digest, key_version, sealed)
    select %s, id, %s, %s, number, %s, digest, %s, sealed from incoming_codes order by number on conflict do nothing returning number"""


@dataclass(frozen=True, slots=True)
class Taken:
    """A code, and the batch that it comes from (None: it was made just now)."""

    code: str = ""
    batch_id: UUID | None = None


def take_code(unit: Unit, reward_id: UUID, coupon_id: UUID) -> Taken | None:
    """The next code in stock, which is the coupon's now; None where there is none. A dry run takes none."""
    if not unit.locks:
        return Taken() if unit.execute(ANY, [unit.tenant_id, reward_id]) else None
    _hold_off(unit, reward_id)
    for key, sealed, batch_id in unit.execute(TAKE, [coupon_id, unit.tenant_id, unit.tenant_id, reward_id]):
        return Taken(unseal(sealed, SEALED_AS, unit.tenant_id, key).decode(), batch_id)
    return None


def claim_code(unit: Unit, reward_id: UUID, code_id: UUID, coupon_id: UUID) -> Taken:
    """A code that somebody brings, which is the coupon's now, or one that all share. Raises NotFound `rewards.code_not_good`."""
    _hold_off(unit, reward_id)
    found = unit.execute(OF_KEY, [unit.tenant_id, code_id])
    rows = [(key, sealed, batch) for key, reward, state, _, sealed, batch in found if reward == reward_id and state in {"shared", "stock"}]
    if rows and found[0][2] == "stock" and unit.locks:
        rows = unit.execute(CLAIM, [coupon_id, unit.tenant_id, code_id, reward_id])
    for key, sealed, batch_id in rows:
        return Taken(unseal(sealed, SEALED_AS, unit.tenant_id, key).decode(), batch_id)
    raise NotFound("rewards.code_not_good", field="code")


def refuse_gone(unit: Unit, reward_id: UUID, code_id: UUID) -> None:
    """Raises NotFound `rewards.code_not_good` for a code that is somebody's, or good no more. Nothing is locked."""
    found = unit.execute(OF_KEY, [unit.tenant_id, code_id])
    if not any(row[1] == reward_id and row[2] in {"shared", "stock"} for row in found):
        raise NotFound("rewards.code_not_good", field="code")


def is_for_all(unit: Unit, code_id: UUID) -> bool:
    """Whether a code is one that all share."""
    return any(row[2] == "shared" for row in unit.execute(OF_KEY, [unit.tenant_id, code_id]))


def shared_code(unit: Unit, reward_id: UUID) -> Taken:
    """The newest code that all customers of a reward share; none where there is none. It is not withdrawn meanwhile."""
    _hold_off(unit, reward_id)
    for key, sealed, batch_id in unit.execute(FOR_ALL, [unit.tenant_id, reward_id]):
        return Taken(unseal(sealed, SEALED_AS, unit.tenant_id, key).decode(), batch_id)
    return Taken()


def _hold_off(unit: Unit, reward_id: UUID) -> None:
    """Whoever withdraws or exports codes of the reward waits until this command is through. A dry run keeps nobody waiting."""
    if unit.locks:
        unit.execute(SHARED, [str(unit.tenant_id), str(reward_id)])


def put_shared(unit: Unit, reward_id: UUID, batch_id: UUID, code: str) -> bytes:
    """Keep a code for all; answers with its digest. Raises Conflict `rewards.code_taken`, whichever key that one is kept under."""
    _number, key, digest, sealed = _row(unit.tenant_id, batch_id, 0, code)
    known = unit.execute(THERE, [unit.tenant_id, lookup_digests(KIND, normal_code(code), unit.tenant_id)])
    if known or not unit.execute(PUT_SHARED, [unit.tenant_id, key, reward_id, batch_id, digest, lookup_version(), sealed]):
        raise Conflict("rewards.code_taken", field="code")
    return digest


def bar_taking(unit: Unit, reward_id: UUID) -> None:
    """Wait for who takes codes of a reward; whoever comes later sees what this command does."""
    if unit.locks:
        unit.execute(ALONE, [str(unit.tenant_id), str(reward_id)])


def put_codes(tenant_id: int, reward_id: UUID, batch_id: UUID, codes: Sequence[tuple[int, str]], state: str = "stock") -> set[int]:
    """Put (number, code) into stock; answers with the numbers that were put. A number, or a code, that is there stays as it is.

    Needs an open transaction of the tenant.
    """
    with connection.cursor() as cursor:
        cursor.execute(INCOMING)
        with cursor.copy(COPY) as copy:
            copy.set_types(TYPES)
            for number, code in codes:
                copy.write_row(_row(tenant_id, batch_id, number, code))
        cursor.execute(MOVE, [tenant_id, reward_id, batch_id, state, lookup_version()])
        put = {number for (number,) in cursor.fetchall()}
        cursor.execute("drop table incoming_codes")
    return put


def digest_under(version: int, tenant_id: int, key: UUID, sealed: bytes) -> bytes:
    """The digest of a sealed code under one key. Raises Unreadable, and KeyError for a key that is not there."""
    code = unseal(sealed, SEALED_AS, tenant_id, key).decode()
    return lookup_digest(KIND, normal_code(code), version=version, tenant_id=tenant_id)


def _row(tenant_id: int, batch_id: UUID, number: int, code: str) -> tuple[int, UUID, bytes, bytes]:
    key = code_id(batch_id, number)
    digest = lookup_digest(KIND, normal_code(code), tenant_id=tenant_id)
    return number, key, digest, seal(code.encode(), SEALED_AS, tenant_id, key)
