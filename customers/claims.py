"""The guard of identifiers: one statement claims all that a command needs, and Postgres says what somebody else holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from uuid import UUID

import orjson

from customers.domain.code import code_for
from customers.domain.identifiers import KINDS, IdentifierKind
from loyalty.bus import Read, Unit
from loyalty.domain.command import Circumstances
from loyalty.domain.errors import Conflict, DomainError, Refusals
from loyalty.lookup import lookup_digests, lookup_version

FILES = "import"
"""The channel by which files come."""
TENANT = "(select current_setting('loyalty.tenant')::int)"
CLAIM = """insert into customers_identifier (tenant_id, kind, digest, key_version, customer_id, state, valid_from)
    select %s::int, w.kind, decode(w.digest, 'hex'), %s::int, %s::uuid, 'active', %s::timestamptz
    from jsonb_to_recordset(%s::jsonb) w (kind text, digest text, earlier jsonb)
    where not exists (select from jsonb_array_elements_text(w.earlier) e (digest) join customers_identifier held
        on held.tenant_id = %s and held.kind = w.kind and held.digest = decode(e.digest, 'hex') and held.state = 'active')
    order by w.kind, w.digest
    on conflict do nothing
    returning kind"""
"""What the same order claims at once is held, whichever index says so first. A digest made with an earlier key counts too: the register is
re-keyed while it is in use.
"""
RELEASE = """update customers_identifier set state = 'released', valid_to = %s
    where tenant_id = %s and customer_id = %s and state = 'active' and kind = any (%s)"""
HELD = f"""select w.key from unnest(%s::text[]) w (key) cross join lateral (select from customers_identifier i
    where i.tenant_id = {TENANT} and i.kind = split_part(w.key, ':', 1) and i.digest = decode(split_part(w.key, ':', 2), 'hex')
        and i.state = 'active' offset 0) held"""
CLAIM_ALL = """insert into customers_identifier (tenant_id, kind, digest, key_version, customer_id, state, valid_from)
    select tenant_id, kind, decode(digest, 'hex'), key_version, customer_id, 'active', valid_from from jsonb_to_recordset(%s::jsonb)
        w (tenant_id int, kind text, digest text, key_version int, customer_id uuid, valid_from timestamptz)
    order by kind, digest"""
"""Those of a whole batch. Where somebody else has one of them meanwhile, the batch fails, and is carried out one by one."""
HOLDER = """select customer_id from customers_identifier
    where tenant_id = %s and kind = %s and digest = any (%s) and state = 'active' limit 1"""
TRIES = 5


def claim(unit: Unit, customer_id: UUID, wanted: Mapping[IdentifierKind, str]) -> None:
    """Give the customer the identifiers in `wanted` (normal forms). Raises Conflict `customers.<kind>_taken` for all that
    others hold, with the kind as field.
    """
    _refuse(wanted.keys() - _claimed(unit, customer_id, wanted))


def reads_of_file(wanted: Mapping[IdentifierKind, str], customer_id: UUID, circumstances: Circumstances) -> Iterator[Read]:
    """What `claim_with_code` needs to claim for a whole batch at once: nothing but for files."""
    if circumstances.channel == FILES:
        code = code_for(circumstances.tenant_id, customer_id)
        for kind, text in {**wanted, "code": code}.items():
            yield from (Read(HELD, key) for key in _keys(kind, text, circumstances.tenant_id))


def claim_with_code(unit: Unit, customer_id: UUID, wanted: Mapping[IdentifierKind, str]) -> str:
    """The same, with a customer code that nobody else has; returns the code."""
    code = code_for(unit.tenant_id, customer_id)
    if not unit.alone and unit.circumstances.channel == FILES and not _is_held(unit, _keys("code", code, unit.tenant_id)):
        _defer(unit, customer_id, {**wanted, "code": code})
        return code
    claimed = _claimed(unit, customer_id, {**wanted, "code": code})
    _refuse(wanted.keys() - claimed)
    attempt = 0
    while "code" not in claimed:
        attempt += 1
        if attempt == TRIES:
            raise DomainError("customers.codes_exhausted")
        code = code_for(unit.tenant_id, customer_id, attempt)
        claimed = _claimed(unit, customer_id, {"code": code})
    return code


def holder_of(unit: Unit, kind: IdentifierKind, value: str) -> UUID | None:
    """Who holds an identifier (normal form) now; None when it is nobody's."""
    rows = unit.execute(HOLDER, (unit.tenant_id, kind, lookup_digests(kind, value, unit.tenant_id)))
    return rows[0][0] if rows else None


def release(unit: Unit, customer_id: UUID, kinds: Iterable[IdentifierKind]) -> None:
    """Take identifiers away from the customer: others may have them from now on."""
    if gone := list(kinds):
        unit.execute(RELEASE, (unit.now, unit.tenant_id, customer_id, gone))


def _defer(unit: Unit, customer_id: UUID, wanted: Mapping[IdentifierKind, str]) -> None:
    """Claim with the rest of the batch what nobody holds, in it or elsewhere."""
    keys: dict[IdentifierKind, list[str]] = {kind: _keys(kind, text, unit.tenant_id) for kind, text in wanted.items()}
    _refuse(kind for kind in wanted if _is_held(unit, keys[kind]))
    facts = {"tenant_id": unit.tenant_id, "key_version": lookup_version(), "customer_id": customer_id, "valid_from": unit.now}
    for kind in wanted:
        key = keys[kind][0]
        unit.guards.defer(CLAIM_ALL, key, facts | {"kind": kind, "digest": key.partition(":")[2]})


def _is_held(unit: Unit, keys: Sequence[str]) -> bool:
    return unit.guards.has(CLAIM_ALL, keys[0]) or any(unit.rows(HELD, key) for key in keys)


def _keys(kind: IdentifierKind, text: str, tenant_id: int) -> list[str]:
    """By each key in use, the current one first."""
    return [f"{kind}:{digest.hex()}" for digest in lookup_digests(kind, text, tenant_id)]


def _claimed(unit: Unit, customer_id: UUID, wanted: Mapping[IdentifierKind, str]) -> set[IdentifierKind]:
    if not wanted:
        return set()
    rows = []
    for kind, text in wanted.items():
        digest, *earlier = (d.hex() for d in lookup_digests(kind, text, unit.tenant_id))
        rows.append({"kind": kind, "digest": digest, "earlier": earlier})
    params = (unit.tenant_id, lookup_version(), customer_id, unit.now, orjson.dumps(rows).decode(), unit.tenant_id)
    return {row[0] for row in unit.execute(CLAIM, params)}


def _refuse(missing: Iterable[IdentifierKind]) -> None:
    refusals = Refusals()
    for kind in sorted(missing, key=KINDS.index):
        with refusals:
            raise Conflict(f"customers.{kind}_taken", field=kind)
    refusals.raise_all()
