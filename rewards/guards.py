"""Whether what rewards keeps beside the log says what the log says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import connections

from loyalty.domain.event import TYPE_OF, Recorded
from loyalty.eventstore import store
from loyalty.eventstore.keyring import lookup_keys
from loyalty.guards import Disagreement, checks_guard
from loyalty.lookup import Unreadable, lookup_digest, unseal
from loyalty.tenancy.current import SET_TENANT
from rewards.domain.batch import code_id, ids_of
from rewards.domain.code import normal_code
from rewards.events import CodeBatchFilled, CouponCancelled, CouponIssued, CouponReduced
from rewards.stock import KIND, digest_under

PAGE = 500
TENANTS = "select id from tenancy_tenant order by 1"
NOTED = "select id, used from rewards_room where tenant_id = %s and used <> 0"
KEPT = "select room_id, sum(amount)::bigint, min(basket_id::text)::uuid from rewards_hold where tenant_id = %s group by 1"
CODES = """select id, reward_id, coupon_id, state, digest, key_version, sealed from rewards_code
    where tenant_id = %s and id > %s order by id limit %s"""
OF_BATCH = """select number, id, state, digest, key_version, sealed from rewards_code
    where tenant_id = %s and id between %s and %s order by id limit %s"""
Held = Counter[tuple[int, UUID]]


@checks_guard("rewards.room")
def room(using: str) -> Iterator[Disagreement]:
    """Stock, limits and budgets of which more, or less, is noted as used than coupons took and have not given back, and baskets keep."""
    used: Held = Counter()
    whose: dict[UUID, UUID] = {}
    for r in _facts(using, CouponIssued, CouponCancelled, CouponReduced):
        sign = 1 if isinstance(r.event, CouponIssued) else -1
        for use in r.event.room:
            used[r.tenant_id, use.room_id] += sign * use.amount
            whose[use.room_id] = r.event.reward_id
    for (tenant_id,) in _asked(using, TENANTS):
        noted = dict(_asked(using, NOTED, tenant_id, tenant=tenant_id))
        said = Counter({room_id: amount for (tenant, room_id), amount in used.items() if tenant == tenant_id and amount})
        for room_id, amount, basket_id in _asked(using, KEPT, tenant_id, tenant=tenant_id):
            said[room_id] += amount
            whose.setdefault(room_id, basket_id)
        for room_id in sorted(noted.keys() | said.keys()):
            if noted.get(room_id, 0) != said.get(room_id, 0):
                what = f"of room {room_id}, {noted.get(room_id, 0)} is noted as used and {said.get(room_id, 0)} was"
                yield Disagreement(tenant_id, whose.get(room_id, room_id), what)


@checks_guard("rewards.codes")
def codes(using: str) -> Iterator[Disagreement]:
    """Codes that do not open, are found by another digest than theirs, or belong to a coupon that nobody was given."""
    issued = {(r.tenant_id, r.event.coupon_id) for r in _facts(using, CouponIssued)}
    for (tenant_id,) in _asked(using, TENANTS):
        last = UUID(int=0)
        while rows := _asked(using, CODES, tenant_id, last, PAGE, tenant=tenant_id):
            last = rows[-1][0]
            for key, reward_id, coupon_id, state, digest, version, sealed in rows:
                if (state == "issued") != ((tenant_id, coupon_id) in issued):
                    yield Disagreement(tenant_id, reward_id, f"code {key} is {state} and its coupon says otherwise")
                elif what := _changed(tenant_id, key, bytes(digest), version, sealed):
                    yield Disagreement(tenant_id, reward_id, f"code {key} {what}")


@checks_guard("rewards.code_batches")
def code_batches(using: str) -> Iterator[Disagreement]:
    """Batches that hold other codes than they were filled with, more, fewer or in another order, or of which others were issued."""
    issued = Counter((r.tenant_id, r.event.batch_id) for r in _facts(using, CouponIssued) if r.event.batch_id is not None)
    for r in _facts(using, CodeBatchFilled):
        filled, tenant_id = r.event, r.tenant_id
        codes, given, digest = _batch(using, tenant_id, filled.batch_id, filled.key_version)
        if codes != filled.codes:
            yield Disagreement(tenant_id, filled.batch_id, f"{codes} codes are there and {filled.codes} were put")
        elif digest not in {"", filled.digest}:
            yield Disagreement(tenant_id, filled.batch_id, "its codes are others than were put")
        if given is not None and given != issued[tenant_id, filled.batch_id]:
            what = f"{given} codes are issued and {issued[tenant_id, filled.batch_id]} coupons have one"
            yield Disagreement(tenant_id, filled.batch_id, what)


def _batch(using: str, tenant_id: int, batch_id: UUID, version: int) -> tuple[int, int | None, str]:
    """How many codes of a batch are there and issued (None: they are for all), and their hash under a key ("": that is gone)."""
    whole, codes, given = sha256(), 0, 0
    since, until = ids_of(batch_id)
    known, shared = version in lookup_keys(), False
    while rows := _asked(using, OF_BATCH, tenant_id, since, until, PAGE, tenant=tenant_id):
        since, codes = UUID(int=rows[-1][1].int + 1), codes + len(rows)
        for number, key, state, digest, its_version, sealed in rows:
            given, shared = given + (state == "issued"), shared or state == "shared"
            if known and key == code_id(batch_id, number):
                whole.update(digest if its_version == version else _digest(version, tenant_id, key, sealed))
    return codes, None if shared else given, whole.hexdigest() if known else ""


def _digest(version: int, tenant_id: int, key: UUID, sealed: bytes) -> bytes:
    """The digest of a code; nothing of one that does not open, of which the check of codes tells."""
    try:
        return digest_under(version, tenant_id, key, sealed)
    except Unreadable:
        return b""


def _changed(tenant_id: int, key: UUID, digest: bytes, version: int, sealed: bytes) -> str:
    try:
        code = unseal(sealed, "rewards_code", tenant_id, key).decode()
    except Unreadable as why:
        return f"cannot be read: {why}"
    same = lookup_digest(KIND, normal_code(code), version=version, tenant_id=tenant_id) == digest
    return "" if same else "is found by another than what it holds"


def _facts(using: str, *kinds: type) -> Iterator[Recorded[Any]]:
    after, top = 0, store.horizon(using=using)
    while page := store.read(after, PAGE, up_to=top, names=[TYPE_OF[kind].name for kind in kinds], using=using):
        after = page[-1].position
        yield from page


def _asked(using: str, sql: str, *params: Any, tenant: int | None = None) -> Sequence[tuple[Any, ...]]:
    with connections[using].cursor() as cursor:
        if tenant is not None:
            cursor.execute(SET_TENANT, [str(tenant)])
        cursor.execute(sql, params)
        return list(cursor.fetchall())
