"""The outbox: what is to be said to customers. A plain table: nothing is decided by it.

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

from customers.queries import cards, contacts
from loyalty.domain.errors import NotFound
from loyalty.lookup import seal, unseal
from loyalty.tenancy import reading
from loyalty.tenancy.current import database_is_away
from omnichannel.sending import MessageSender, NotSent, Outgoing

log = structlog.get_logger(__name__)
LEASE = timedelta(minutes=5)
"""So long a message that was claimed is nobody else's: longer than any sender takes."""
AGAIN_AFTER = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=3))
"""How long to wait after each try that failed; after the last one it stays failed."""
MOST_TRIES = len(AGAIN_AFTER) + 1
KEPT = timedelta(days=90)
FOR_GOOD = {"no_address", "refused"}
"""Failures that another try does not mend."""
DROPPED = {"inactive", "too_late"}
"""Why a message is not to be sent any more."""
WRITE = """insert into omnichannel_message
        (tenant_id, id, customer_id, kind, language, sealed, state, tries, failure, written_at, due_at, useful_until)
    values (%s, %s, %s, %s, %s, %s, 'waiting', 0, '', %s, %s, %s) on conflict do nothing"""
CLAIM = """update omnichannel_message set tries = tries + 1, due_at = %s where tenant_id = %s and id = (
        select id from omnichannel_message where tenant_id = %s and state = 'waiting' and due_at <= %s
        order by due_at, id limit 1 for update skip locked)
    returning id, customer_id, sealed, tries, useful_until"""
BROKEN_OFF = """update omnichannel_message set state = 'failed', failure = 'broken_off'
    where tenant_id = %s and state = 'waiting' and tries >= %s and due_at <= %s"""
MINE = "where tenant_id = %s and id = %s and tries = %s and state = 'waiting'"
SENT = f"update omnichannel_message set state = 'sent', failure = '', sent_at = %s {MINE}"
FAILED = f"update omnichannel_message set state = %s, failure = %s, due_at = %s {MINE}"
FORGET = "delete from omnichannel_message where tenant_id = %s and customer_id = any (%s::uuid[])"
FORGET_OLD = "delete from omnichannel_message where tenant_id = %s and written_at < %s"
ADDRESSED = "select distinct customer_id from omnichannel_message where tenant_id = %s and customer_id > %s order by 1 limit 500"
FIRST = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that this worker may send; `tries` tells its claim from any other."""

    id: UUID
    customer_id: UUID
    sealed: bytes
    tries: int
    useful_until: datetime | None


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
    sealed = seal(text.encode(), "omnichannel_message", tenant_id, message_id)
    _run(WRITE, [tenant_id, message_id, customer_id, kind, language, sealed, now, now, useful_until])


def text_of(tenant_id: int, message_id: UUID, sealed: bytes) -> str:
    """What a message says."""
    return unseal(sealed, "omnichannel_message", tenant_id, message_id).decode()


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
        gone = _run(FORGET_OLD, [tenant_id, now - KEPT])
    after = FIRST
    while True:
        with reading(tenant_id), connection.cursor() as cursor:
            cursor.execute(ADDRESSED, [tenant_id, after])
            found = [row[0] for row in cursor.fetchall()]
            if not found:
                return gone
            present = {card.id for card in cards(found)}
            gone += forget(tenant_id, *(one for one in found if one not in present))
            after = found[-1]


def _claim(tenant_id: int, at: datetime) -> Claimed | None:
    with reading(tenant_id), connection.cursor() as cursor:
        cursor.execute(CLAIM, [timezone.now() + LEASE, tenant_id, tenant_id, at])
        row = cursor.fetchone()
    return None if row is None else Claimed(row[0], row[1], bytes(row[2]), *row[3:])


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
        _run(SENT, [timezone.now(), tenant_id, claimed.id, claimed.tries])
    return True


def _outgoing(tenant_id: int, claimed: Claimed, at: datetime) -> Outgoing | None:
    """The message with its address; None for a customer who is not there any more: it is deleted. Raises NotSent."""
    if claimed.useful_until is not None and claimed.useful_until <= at:
        raise NotSent("too_late")
    with reading(tenant_id):
        card = next(iter(cards([claimed.customer_id])), None)
        if card is None:
            forget(tenant_id, claimed.customer_id)
            return None
        if card.state == "inactive":
            raise NotSent("inactive")
        return Outgoing(claimed.id, _address(claimed.customer_id), text_of(tenant_id, claimed.id, claimed.sealed))


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


def _address(customer_id: UUID) -> str:
    """Phone before email. Raises NotSent `no_address` for who has neither, or is not there any more."""
    try:
        known = contacts(customer_id)
    except NotFound:
        raise NotSent("no_address") from None
    address = known.phone or known.email
    if address is None:
        raise NotSent("no_address")
    return address
