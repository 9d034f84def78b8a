"""The outbox: what is to be said to customers, and to addresses of people who are none yet. A plain table: nothing is decided by it.

A message is written once for each fact, and claimed by one worker at a time: the claim is committed before the message leaves, and
ends by itself. A worker that dies between sending and noting it lets the message be sent again under the same id, after a while:
a sender that can, passes the id on, so that it arrives once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import connection
from django.utils import timezone

from loyalty.eventstore import store
from loyalty.lookup import lookup_digest, seal, unseal
from loyalty.messages.kinds import is_fleeting, is_secret, recipients
from loyalty.messages.sending import MessageSender, NotSent, Outgoing
from loyalty.tenancy import reading
from loyalty.tenancy.current import database_is_away
from loyalty.tenancy.middleware import tenant_of_id
from loyalty.unit import Unit

log = structlog.get_logger(__name__)
LEASE = timedelta(minutes=5)
"""So long a message that was claimed is nobody else's: longer than any sender takes."""
AGAIN_AFTER = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=3))
"""How long to wait after each try that failed; after the last one it stays failed."""
MOST_TRIES = len(AGAIN_AFTER) + 1
KEPT = timedelta(days=90)
KEPT_OF_ADDRESSES = timedelta(days=1)
"""What went to an address that is nobody's is of no use when it is old."""
FOR_GOOD = {"no_address", "no_sender", "refused"}
"""Failures that another try does not mend."""
DROPPED = {"inactive", "too_late"}
"""Why a message is not to be sent any more."""
WRITE = """insert into outbox_message
        (tenant_id, id, customer_id, kind, language, sealed, state, tries, failure, written_at, due_at, useful_until)
    values (%s, %s, %s, %s, %s, %s, 'waiting', 0, '', %s, %s, %s) on conflict do nothing"""
WRITE_TO = """insert into outbox_message (tenant_id, id, to_sealed, address_digest, kind, language, sealed, state, tries, failure,
        written_at, due_at, useful_until)
    values (%s, %s, %s, %s, %s, %s, %s, 'waiting', 0, '', %s, %s, %s) on conflict do nothing"""
CLAIM = """update outbox_message set tries = tries + 1, due_at = %s where tenant_id = %s and id = (
        select id from outbox_message where tenant_id = %s and state = 'waiting' and due_at <= %s
        order by due_at, id limit 1 for update skip locked)
    returning id, customer_id, sealed, tries, useful_until, kind, to_sealed"""
BROKEN_OFF = """update outbox_message set state = 'failed', failure = 'broken_off'
    where tenant_id = %s and state = 'waiting' and tries >= %s and due_at <= %s"""
MINE = "where tenant_id = %s and id = %s and tries = %s and state = 'waiting'"
SENT = f"""update outbox_message set state = 'sent', failure = '', sent_at = %s, to_sealed = case when %s then null else to_sealed end
    {MINE}"""
FAILED = f"update outbox_message set state = %s, failure = %s, due_at = %s {MINE}"
FORGET = "delete from outbox_message where tenant_id = %s and customer_id = any (%s::uuid[])"
FORGET_OLD = """delete from outbox_message
    where tenant_id = %s and (written_at < %s or (customer_id is null and written_at < %s))"""
ADDRESSED = "select distinct customer_id from outbox_message where tenant_id = %s and customer_id > %s order by 1 limit 500"
FIRST = UUID(int=0)
TEXT, ADDRESS = "omnichannel_message", "outbox_message.to"
"""What ciphertext is bound to: the name of the column, and that of the table when it was made first."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that this worker may send; `tries` tells its claim from any other."""

    id: UUID
    customer_id: UUID | None
    sealed: bytes
    tries: int
    useful_until: datetime | None
    kind: str
    to_sealed: bytes | None


def write(
    tenant_id: int,
    message_id: UUID,
    customer_id: UUID,
    kind: str,
    language: str,
    text: str,
    now: datetime,
    useful_until: datetime | None = None,
) -> None:
    """Put a message into the outbox; the same id again changes nothing. Needs an open `reading`."""
    sealed = seal(text.encode(), TEXT, tenant_id, message_id)
    _run(WRITE, [tenant_id, message_id, customer_id, kind, language, sealed, now, now, useful_until])


def held_together(customer_id: UUID) -> None:
    """Let nobody be erased between what is read of them from here on, and the end of the transaction: a message that names them would
    outlive them. Needs an open `reading`.
    """
    with connection.cursor() as cursor:
        cursor.execute(*store.lock_heads_query([customer_id]))


def write_to(unit: Unit, message_id: UUID, address: tuple[str, str], kind: str, language: str, text: str, useful_until: datetime) -> None:
    """Put a message into the outbox, in the transaction of a command, that goes to an `address`, ("phone" or "email", normal form),
    whoever has it. Where a fleeting one goes, nothing finds it by.
    """
    unit.execute(WRITE_TO, _addressed(unit.tenant_id, message_id, address, kind, language, text, unit.now, useful_until))


def write_to_staff(tenant_id: int, message_id: UUID, email: str, kind: str, language: str, text: str, now: datetime) -> None:
    """Put a message to a member of staff into the outbox; the same id again changes nothing. Needs an open `reading`."""
    _run(WRITE_TO, list(_addressed(tenant_id, message_id, ("email", email), kind, language, text, now, None)))


def _addressed(
    tenant_id: int,
    message_id: UUID,
    address: tuple[str, str],
    kind: str,
    language: str,
    text: str,
    now: datetime,
    useful_until: datetime | None,
) -> tuple[Any, ...]:
    """The row of a message to an address."""
    of, to = address
    sealed, to_sealed = (seal(said.encode(), where, tenant_id, message_id) for said, where in ((text, TEXT), (to, ADDRESS)))
    digest = None if is_fleeting(kind) else lookup_digest(of, to, tenant_id=tenant_id)
    return tenant_id, message_id, to_sealed, digest, kind, language, sealed, now, now, useful_until


def text_of(tenant_id: int, message_id: UUID, sealed: bytes) -> str:
    """What a message says."""
    return unseal(sealed, TEXT, tenant_id, message_id).decode()


def address_of(tenant_id: int, message_id: UUID, to_sealed: bytes) -> str:
    """Where a message goes that is to no customer."""
    return unseal(to_sealed, ADDRESS, tenant_id, message_id).decode()


def send_waiting(tenant_id: int, sender: MessageSender, now: datetime | None = None) -> int:
    """Send what is due, each message by one worker, and no transaction open meanwhile; answers with the number sent."""
    at, sent = now or timezone.now(), 0
    with reading(tenant_id):
        _run(BROKEN_OFF, [tenant_id, MOST_TRIES, at])
    while (claimed := _claim(tenant_id, at)) is not None:
        sent += _sent(tenant_id, claimed, sender, now or timezone.now())
    return sent


def forget(tenant_id: int, *customer_ids: UUID) -> int:
    """Delete all messages to customers, sent or not; answers with their number. Needs an open `reading`."""
    return _run(FORGET, [tenant_id, list(customer_ids)])


def forget_old(tenant_id: int, now: datetime) -> int:
    """Delete messages older than 90 days, and all to customers who are not there any more; answers with their number."""
    with reading(tenant_id):
        gone = _run(FORGET_OLD, [tenant_id, now - KEPT, now - KEPT_OF_ADDRESSES])
    after = FIRST
    while True:
        with reading(tenant_id), connection.cursor() as cursor:
            cursor.execute(ADDRESSED, [tenant_id, after])
            found = [row[0] for row in cursor.fetchall()]
            if not found:
                return gone
            present = recipients(found)
            gone += forget(tenant_id, *(one for one in found if one not in present))
            after = found[-1]


def _claim(tenant_id: int, at: datetime) -> Claimed | None:
    with reading(tenant_id), connection.cursor() as cursor:
        cursor.execute(CLAIM, [timezone.now() + LEASE, tenant_id, tenant_id, at])
        row = cursor.fetchone()
    return None if row is None else Claimed(row[0], row[1], bytes(row[2]), row[3], row[4], row[5], row[6] and bytes(row[6]))


def _sent(tenant_id: int, claimed: Claimed, sender: MessageSender, at: datetime) -> bool:
    """Whether it left. Whatever goes wrong holds up no other message."""
    try:
        outgoing = _outgoing(tenant_id, claimed, at)
        if outgoing is None:
            return False
        sender.send(outgoing)
    except NotSent as failure:
        _fail(tenant_id, claimed, failure.code, at)
        return False
    except Exception as failure:
        if database_is_away(failure):
            raise
        log.warning("message not sent", message=str(claimed.id), tenant=tenant_id, reason=type(failure).__name__)
        _fail(tenant_id, claimed, "unavailable", at)
        return False
    with reading(tenant_id):
        _run(SENT, [timezone.now(), is_fleeting(claimed.kind), tenant_id, claimed.id, claimed.tries])
    return True


def _outgoing(tenant_id: int, claimed: Claimed, at: datetime) -> Outgoing | None:
    """The message with its address; None for a customer who is not there any more: it is deleted. Raises NotSent."""
    if claimed.useful_until is not None and claimed.useful_until <= at:
        raise NotSent("too_late")
    to = address_of(tenant_id, claimed.id, claimed.to_sealed) if claimed.to_sealed else _address(tenant_id, claimed)
    text, programme = text_of(tenant_id, claimed.id, claimed.sealed), tenant_of_id(tenant_id).name
    return None if to is None else Outgoing(claimed.id, to, text, programme, secret=is_secret(claimed.kind))


def _fail(tenant_id: int, claimed: Claimed, code: str, at: datetime) -> None:
    last = claimed.tries >= MOST_TRIES or code in FOR_GOOD
    state = "dropped" if code in DROPPED else "failed" if last else "waiting"
    again = at if state != "waiting" else at + AGAIN_AFTER[claimed.tries - 1]
    with reading(tenant_id):
        _run(FAILED, [state, code, again, tenant_id, claimed.id, claimed.tries])


def _run(sql: str, params: list[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)


def _address(tenant_id: int, claimed: Claimed) -> str | None:
    """The customer's; None for who is not there any more: all messages to them are deleted. Raises NotSent."""
    assert claimed.customer_id is not None
    with reading(tenant_id):
        found = recipients([claimed.customer_id]).get(claimed.customer_id)
        if found is None:
            forget(tenant_id, claimed.customer_id)
            return None
    if not found.takes_part:
        raise NotSent("inactive")
    if found.address is None:
        raise NotSent("no_address")
    return found.address
