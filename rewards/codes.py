"""Codes of coupons: rows of a guard table, found by a keyed digest, readable by nobody who has the table alone. No event holds one."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from hmac import compare_digest
from typing import Any
from uuid import UUID

from loyalty.bus import Unit
from loyalty.domain.errors import Conflict, DomainError, NotFound
from loyalty.domain.turning import proof_of, step_of
from loyalty.lookup import lookup_digest, lookup_digests, lookup_version, seal, unseal
from rewards.domain import shown
from rewards.domain.code import BITS, made_code, normal_code
from rewards.domain.offer import Offer
from rewards.stock import KIND, Taken, shared_code, take_code

PUT = """insert into rewards_code (tenant_id, id, reward_id, coupon_id, state, digest, key_version, sealed)
    values (%s, %s, %s, %s, 'issued', %s, %s, %s)"""
OF_COUPON = """select id, sealed from rewards_code where tenant_id = %s and coupon_id = %s
    union all
    select c.id, c.sealed from rewards_coupon k
        join rewards_code c on c.tenant_id = k.tenant_id and c.batch_id = k.batch_id and c.state = 'shared'
        where k.tenant_id = %s and k.id = %s"""
FIND = "select coupon_id, reward_id from rewards_code where tenant_id = %s and digest = any (%s) and state = 'issued' limit 1"
Ask = Callable[[str, Sequence[Any]], Sequence[tuple[Any, ...]]]


def issue_code(unit: Unit, offer: Offer, coupon_id: UUID) -> Taken:
    """The code of a new coupon: made now, or the next one in stock. Raises Conflict `rewards.out_of_codes`.

    A dry run makes none; the one code that many share belongs to no coupon, but its batch is that of all of them.
    """
    terms = offer.terms
    if terms.codes == "shared":
        return shared_code(unit, offer.reward_id)
    if terms.codes == "stock":
        if (taken := take_code(unit, offer.reward_id, coupon_id)) is None:
            raise Conflict("rewards.out_of_codes", name=offer.content.naming)
        return taken
    code = new_code(terms.code_prefix)
    if unit.locks:
        row = code_row(unit.tenant_id, coupon_id, code)
        unit.execute(PUT, [unit.tenant_id, coupon_id, offer.reward_id, coupon_id, *row])
    return Taken(code if unit.locks else "")


def new_code(prefix: str) -> str:
    """A code that nobody can guess."""
    return made_code(prefix, secrets.randbits(BITS))


def code_row(tenant_id: int, code_id: UUID, code: str) -> tuple[bytes, int, bytes]:
    """Digest, version of its key, and ciphertext of a code."""
    digest = lookup_digest(KIND, normal_code(code), tenant_id=tenant_id)
    return digest, lookup_version(), seal(code.encode(), "rewards_code", tenant_id, code_id)


def code_of(tenant_id: int, coupon_id: UUID, ask: Ask) -> str:
    """The code of a coupon, for its customer; "" for none."""
    rows = ask(OF_COUPON, [tenant_id, coupon_id, tenant_id, coupon_id])
    return unseal(rows[0][1], "rewards_code", tenant_id, rows[0][0]).decode() if rows else ""


def coupon_with_code(tenant_id: int, typed: str, ask: Ask) -> UUID:
    """The coupon that was issued with a code. Raises NotFound `rewards.coupon_unknown`."""
    digests = lookup_digests(KIND, normal_code(typed), tenant_id)
    rows = ask(FIND, [tenant_id, digests])
    if not rows or rows[0][0] is None:
        raise NotFound("rewards.coupon_unknown", field="code")
    return UUID(str(rows[0][0]))


def shown_code(tenant_id: int, coupon_id: UUID, now: datetime) -> str:
    """What the customer of a coupon shows of it now."""
    step = step_of(now)
    return shown.written(coupon_id, step, _proofs(tenant_id, coupon_id, step)[0])


def coupon_shown_by(tenant_id: int, typed: str, now: datetime) -> UUID | None:
    """The coupon that was shown; None for what nobody showed. Raises DomainError `rewards.shown_code_over` when it is over."""
    found = shown.read(typed, now)
    if found is None or not any(compare_digest(found.proof, proof_of(d)) for d in _proofs(tenant_id, found.coupon_id, found.step)):
        return None
    if not found.is_good(now):
        raise DomainError("rewards.shown_code_over", field="code")
    return found.coupon_id


def _proofs(tenant_id: int, coupon_id: UUID, step: int) -> list[bytes]:
    return lookup_digests("shown coupon", shown.proven_text(coupon_id, step), tenant_id)
