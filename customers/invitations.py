"""The guard of invitations: to whom they went, by which codes people come, and whether somebody was here before.

A plain table, as nobody who is invited has agreed to anything: where a message went is kept as ciphertext and digest until the invitation
is over, and in no event. It goes with who invited, and with who was.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from customers.domain.challenge import KINDS, ChallengeKind
from customers.domain.code import ALPHABET
from customers.domain.identifiers import IdentifierKind
from customers.domain.invitation import FriendsPurchase
from customers.domain.inviting import InvitationWay
from loyalty.bus import Unit
from loyalty.domain.errors import Conflict
from loyalty.lookup import barring_digests, lookup_digests, lookup_version, seal, unseal
from loyalty.tenancy import reading

CODE_LENGTH = 12
NO_CODE = "?"
TABLE = "customers_invited"
KEEP = f"""insert into {TABLE} (tenant_id, invitation_id, referrer_id, kind, digest, key_version, to_sealed, code, invited_at, ends_at)
    select %s, %s, %s, %s, %s, %s, %s, %s, %s, %s
    where not exists (select from {TABLE} i where i.tenant_id = %s and i.referrer_id = %s and i.kind = %s and i.digest = any (%s)
        and i.ends_at > %s and not i.withdrawn)
    returning invitation_id"""
OPEN = "not withdrawn and customer_id is null"
BY_CODE = f"""select customer_id, null::uuid, 'link' from customers_invitation_link where tenant_id = %s and code = %s
    union all select referrer_id, invitation_id, kind from {TABLE} where tenant_id = %s and code = %s and {OPEN} and ends_at > %s"""
BY_ADDRESS = f"""select referrer_id, invitation_id, kind from {TABLE}
    where tenant_id = %s and digest = any (%s) and {OPEN} and ends_at > %s order by invited_at, invitation_id limit 1"""
BEFORE = """select exists (select from customers_identifier where tenant_id = %s and digest = any (%s) and state = 'released')
    or exists (select from customers_barred where tenant_id = %s and digest = any (%s))"""
USED = f"update {TABLE} set customer_id = %s where tenant_id = %s and invitation_id = %s"
WITHDRAWN = f"update {TABLE} set withdrawn = true where tenant_id = %s and invitation_id = %s"
TAKE_LINK = """insert into customers_invitation_link as l (tenant_id, customer_id, code, made_at) values (%s, %s, %s, %s)
    on conflict (tenant_id, customer_id) do update set code = l.code returning code"""
FORGET = f"delete from {TABLE} where tenant_id = %s and ends_at < %s"
FIRST_KEPT = """select id, purchased_at from customers_purchase where tenant_id = %s and customer_id = any (%s::uuid[])
    order by id is not distinct from %s::uuid desc, purchased_at, id limit 1"""


@dataclass(frozen=True, slots=True)
class Found:
    """Who brings somebody, and by which invitation; None for one that begins with who comes."""

    referrer_id: UUID
    invitation_id: UUID | None
    way: InvitationWay


def new_code() -> str:
    """What an invitation's link ends with: says nothing, and nobody guesses it."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def typed_code(text: str) -> str:
    """The code at the end of a link; "" for what cannot be one."""
    code = text.strip().upper()
    return code if len(code) == CODE_LENGTH and set(code) <= set(ALPHABET) else ""


def said_code(text: str) -> str:
    """The code that a program says: NO_CODE for what cannot be one, "" where it says none."""
    return typed_code(text) or (NO_CODE if text.strip() else "")


def is_open(tenant_id: int, code: str, now: datetime) -> bool:
    """Whether somebody can come by a link that ends with `code`."""
    with reading(tenant_id), connection.cursor() as cursor:
        cursor.execute(BY_CODE, [tenant_id, code, tenant_id, code, now])
        return cursor.fetchone() is not None


def keep(unit: Unit, invitation_id: UUID, referrer_id: UUID, address: tuple[ChallengeKind, str], code: str, ends_at: datetime) -> None:
    """Keep to whom an invitation goes. Raises Conflict `customers.invited_already` while another of the same customer is open there.

    Who invites is locked, so that of two at once the second sees the first.
    """
    tenant_id, (kind, to) = unit.tenant_id, address
    digests = lookup_digests(kind, to, tenant_id)
    sealed = seal(to.encode(), TABLE, tenant_id, invitation_id)
    row = (tenant_id, invitation_id, referrer_id, kind, digests[0], lookup_version(), sealed, code, unit.now, ends_at)
    if not unit.execute(KEEP, (*row, tenant_id, referrer_id, kind, digests, unit.now)):
        raise Conflict("customers.invited_already", field=kind)


def found(unit: Unit, code: str, identifiers: Mapping[IdentifierKind, str]) -> Found | None:
    """Who brings somebody: by the code of the link that they came by, or else whoever was first to invite their phone or email."""
    if code and (rows := unit.execute(BY_CODE, (unit.tenant_id, code, unit.tenant_id, code, unit.now))):
        return Found(*rows[0])
    digests = [d for kind in KINDS if kind in identifiers for d in lookup_digests(kind, identifiers[kind], unit.tenant_id)]
    rows = unit.execute(BY_ADDRESS, (unit.tenant_id, digests, unit.now)) if digests else []
    return Found(*rows[0]) if rows else None


def was_here(unit: Unit, identifiers: Mapping[IdentifierKind, str]) -> bool:
    """Whether one of these identifiers, which nobody else can hold at this moment, was somebody's before: also of who was erased."""
    held = [d for kind, text in identifiers.items() for d in lookup_digests(kind, text, unit.tenant_id)]
    barred = [d for kind, text in identifiers.items() for d in barring_digests(kind, text, unit.tenant_id)]
    return bool(unit.execute(BEFORE, (unit.tenant_id, held, unit.tenant_id, barred))[0][0])


def use(unit: Unit, invitation_id: UUID, customer_id: UUID) -> None:
    """Note who came by an invitation that went to a phone or email."""
    unit.execute(USED, (customer_id, unit.tenant_id, invitation_id))


def withdraw(unit: Unit, invitation_id: UUID) -> None:
    """Let nobody be found by it any more."""
    unit.execute(WITHDRAWN, (unit.tenant_id, invitation_id))


def take_link(unit: Unit, customer_id: UUID, code: str) -> str:
    """The code of the link that a customer passes on: `code` if they have none yet."""
    return str(unit.execute(TAKE_LINK, (unit.tenant_id, customer_id, code, unit.now))[0][0])


def first_kept(unit: Unit, customer_ids: Collection[UUID], counted: UUID | None) -> FriendsPurchase | None:
    """The purchase that counts for who brought these, who are one person.

    It is the one that did, as long as something of it is kept, else the earliest.
    """
    rows = unit.execute(FIRST_KEPT, (unit.tenant_id, [*customer_ids], counted))
    return FriendsPurchase(*rows[0]) if rows else None


def address_of(tenant_id: int, invitation_id: UUID, to_sealed: bytes) -> str:
    """Where an invitation went."""
    return unseal(to_sealed, TABLE, tenant_id, invitation_id).decode()


def forget_old(tenant_id: int, now: datetime) -> int:
    """Delete where invitations went that are over; answers with their number."""
    with reading(tenant_id), connection.cursor() as cursor:
        cursor.execute(FORGET, [tenant_id, now])
        return int(cursor.rowcount)
