"""The guard of codes: to whom one was sent, how often it was compared, and that it is used once.

Of a code is kept a digest with a secret, bound to its challenge; of what it was sent to, ciphertext and a digest. A try is counted in
a transaction of its own before anything is compared. Asking for a code looks up nobody: what is answered, and how long that takes,
does not depend on who the number belongs to.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from customers.budgets import compares_key, count_compares, forget_counts, too_many_compares
from customers.domain.challenge import DIGITS, GOOD_FOR, MOST_COMPARES, RESEND_AFTER, ChallengeKind, Lane, Purpose
from loyalty.bus import Unit
from loyalty.domain.errors import DomainError, NotFound, Throttled
from loyalty.lookup import lookup_digest, lookup_digests, lookup_version, seal, unseal
from loyalty.tenancy import reading

START = """insert into customers_challenge (tenant_id, id, purpose, kind, customer_id, digest, key_version, to_sealed, code_digest,
        link_digest, lane, tries, sent, sent_at, expires_at)
    values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 0, 1, %s, %s)"""
OPEN = "tenant_id = %s and id = %s and purpose = %s and customer_id is not distinct from %s and used_at is null"
FIND = f"""select kind, to_sealed, lane, sent, sent_at from customers_challenge
    where {OPEN} and expires_at > %s and tries < {MOST_COMPARES} for update"""
RESEND = """update customers_challenge set code_digest = %s, link_digest = %s, sent = sent + 1, sent_at = %s, expires_at = %s
    where tenant_id = %s and id = %s"""
TRY = f"""update customers_challenge set tries = tries + 1
    where {OPEN} and expires_at > %s and tries < {MOST_COMPARES} returning digest, lane"""
SPEND = f"""update customers_challenge set used_at = %s
    where {OPEN} and expires_at > %s and (code_digest = any (%s) or link_digest = any (%s)) returning kind, to_sealed, digest, lane"""
TO = f"select kind, to_sealed from customers_challenge where {OPEN}"
MATCHES = f"""select from customers_challenge
    where {OPEN} and expires_at > %s and (code_digest = any (%s) or link_digest = any (%s))"""
KNOWN = "select from customers_challenge where tenant_id = %s and id = %s and purpose = %s"
FORGET = "delete from customers_challenge where tenant_id = %s and expires_at < %s"


@dataclass(frozen=True, slots=True)
class Sent:
    """A code on its way: to `to` (normal form), with the number of times that one was sent for this challenge."""

    kind: ChallengeKind
    to: str
    number: int
    expires_at: datetime
    lane: Lane


def new_code() -> str:
    """Six digits that nobody can guess."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def new_link_token() -> str:
    """What nobody can guess of a link in an email."""
    return secrets.token_urlsafe(24)


def start(
    unit: Unit,
    challenge_id: UUID,
    purpose: Purpose,
    kind: ChallengeKind,
    to: str,
    code: str,
    customer_id: UUID | None,
    link: str = "",
    lane: Lane = "open",
) -> Sent:
    """Keep a new challenge: whoever can read what comes to `to` can say `code`, or follow the `link` (its token, "" for none)."""
    tenant_id, sent = unit.tenant_id, Sent(kind, to, 1, unit.now + GOOD_FOR, lane)
    digest, version = lookup_digest(kind, to, tenant_id=tenant_id), lookup_version()
    sealed, kept = seal(to.encode(), "customers_challenge", tenant_id, challenge_id), _digests(tenant_id, challenge_id, code)[0]
    known = (tenant_id, challenge_id, purpose, kind, customer_id, digest, version, sealed)
    unit.execute(START, (*known, kept, _of_link(tenant_id, challenge_id, kind, link), lane, unit.now, sent.expires_at))
    return sent


def send_again(unit: Unit, challenge_id: UUID, purpose: Purpose, customer_id: UUID | None, code: str, link: str = "") -> Sent:
    """Let another code take the place of the one before; how often it may be compared stays.

    Raises NotFound `customers.challenge_over`, and Throttled `customers.code_just_sent` within a minute.
    """
    rows = unit.execute(FIND, (unit.tenant_id, challenge_id, purpose, customer_id, unit.now))
    if not rows:
        raise NotFound("customers.challenge_over")
    kind, sealed, lane, number, sent_at = rows[0]
    left = sent_at + RESEND_AFTER - unit.now
    if left.total_seconds() > 0:
        raise Throttled("customers.code_just_sent", seconds=int(left.total_seconds()) + 1)
    to = unseal(sealed, "customers_challenge", unit.tenant_id, challenge_id).decode()
    sent = Sent(kind, to, number + 1, unit.now + GOOD_FOR, lane)
    kept = _digests(unit.tenant_id, challenge_id, code)[0]
    of_link = _of_link(unit.tenant_id, challenge_id, kind, link)
    unit.execute(RESEND, (kept, of_link, unit.now, sent.expires_at, unit.tenant_id, challenge_id))
    return sent


def is_known(tenant_id: int, challenge_id: UUID, purpose: Purpose) -> bool:
    """Whether there was such a challenge lately, good or not any more."""
    with reading(tenant_id), connection.cursor() as cursor:
        cursor.execute(KNOWN, [tenant_id, challenge_id, purpose])
        return cursor.fetchone() is not None


def sent_to(tenant_id: int, challenge_id: UUID, purpose: Purpose, customer_id: UUID) -> tuple[ChallengeKind, str] | None:
    """Where the code went that a customer asked for, in its normal form; None where they asked for none, or used it."""
    with reading(tenant_id), connection.cursor() as cursor:
        cursor.execute(TO, [tenant_id, challenge_id, purpose, customer_id])
        found = cursor.fetchone()
    return found and (found[0], unseal(bytes(found[1]), "customers_challenge", tenant_id, challenge_id).decode())


def count_try(tenant_id: int, challenge_id: UUID, purpose: Purpose, customer_id: UUID | None, now: datetime) -> bytes:
    """Count that a code is about to be compared, and commit it: for its challenge, and for what it was sent to, whose digest is the answer.

    Raises DomainError `customers.code_wrong` when the challenge is over, and Throttled `customers.too_many_compares`.
    """
    with reading(tenant_id), connection.cursor() as cursor:
        cursor.execute(TRY, [tenant_id, challenge_id, purpose, customer_id, now])
        counted = cursor.fetchone()
        until = count_compares(tenant_id, compares_key(tenant_id, *counted), now) if counted else None
    if counted is None:
        raise wrong_code()
    if until is not None:
        raise too_many_compares(until, now)
    return bytes(counted[0])


def matches(tenant_id: int, challenge_id: UUID, purpose: Purpose, customer_id: UUID | None, said: tuple[str, str], now: datetime) -> bool:
    """Whether the code, or the link (`said`), is the one of an open challenge. For who counted the try; nothing is used up."""
    kept = (_digests(tenant_id, challenge_id, said[0]), _link_digests(tenant_id, challenge_id, said[1]) if said[1] else [])
    with reading(tenant_id), connection.cursor() as cursor:
        cursor.execute(MATCHES, [tenant_id, challenge_id, purpose, customer_id, now, *kept])
        return cursor.fetchone() is not None


def spend(
    unit: Unit, challenge_id: UUID, purpose: Purpose, customer_id: UUID | None, code: str, link: str = ""
) -> tuple[ChallengeKind, str]:
    """Use a code, or the link beside it, once: what it proves, in its normal form.

    Raises DomainError `customers.code_wrong` for any other, and any other time.
    """
    digests, links = _digests(unit.tenant_id, challenge_id, code), _link_digests(unit.tenant_id, challenge_id, link) if link else []
    rows = unit.execute(SPEND, (unit.now, unit.tenant_id, challenge_id, purpose, customer_id, unit.now, digests, links))
    if not rows:
        raise wrong_code()
    kind, sealed, digest, lane = rows[0]
    forget_counts(unit, [compares_key(unit.tenant_id, digest, lane)])
    return kind, unseal(sealed, "customers_challenge", unit.tenant_id, challenge_id).decode()


def wrong_code() -> DomainError:
    """One refusal for whatever is wrong with a code, its challenge, or who it would sign in."""
    return DomainError("customers.code_wrong", field="code")


def forget_old(tenant_id: int, before: datetime) -> int:
    """Delete challenges that ended before; answers with their number."""
    with reading(tenant_id), connection.cursor() as cursor:
        cursor.execute(FORGET, [tenant_id, before])
        return int(cursor.rowcount)


def _digests(tenant_id: int, challenge_id: UUID, code: str) -> list[bytes]:
    """What is kept of a code, under every secret in use, the current one first."""
    return lookup_digests("one-time code", f"{challenge_id}/{code}", tenant_id)


def _link_digests(tenant_id: int, challenge_id: UUID, token: str) -> list[bytes]:
    return lookup_digests("sign-in link", f"{challenge_id}/{token}", tenant_id)


def _of_link(tenant_id: int, challenge_id: UUID, kind: ChallengeKind, token: str) -> bytes | None:
    """What is kept of a link; None where there is none, as in text messages."""
    return _link_digests(tenant_id, challenge_id, token)[0] if token and kind == "email" else None
