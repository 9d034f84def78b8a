"""The outbox of messages: written once for each fact, sent by one worker each. A plain table: nothing is decided by it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from customers.queries import contacts
from loyalty.domain.errors import NotFound
from loyalty.lookup import seal, unseal
from loyalty.tenancy import reading
from omnichannel.sending import MessageSender, NotSent, Outgoing

MOST_TRIES = 3
WRITE = """insert into omnichannel_message (tenant_id, id, customer_id, kind, language, sealed, state, tries, failure, written_at)
    values (%s, %s, %s, %s, %s, %s, 'waiting', 0, '', %s) on conflict do nothing"""
NEXT = """select id, customer_id, sealed from omnichannel_message
    where tenant_id = %s and state = 'waiting' and id > %s order by id limit 1 for update skip locked"""
SENT = "update omnichannel_message set state = 'sent', tries = tries + 1, failure = '', sent_at = %s where tenant_id = %s and id = %s"
FAILED = """update omnichannel_message
    set state = case when tries + 1 < %s then 'waiting' else 'failed' end, tries = tries + 1, failure = %s
    where tenant_id = %s and id = %s"""
FIRST = UUID(int=0)


def write(tenant_id: int, message_id: UUID, customer_id: UUID, kind: str, language: str, text: str, now: datetime) -> None:
    """Put a message into the outbox; the same id again changes nothing. Needs an open `reading`."""
    sealed = seal(text.encode(), "omnichannel_message", tenant_id, message_id)
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [tenant_id, message_id, customer_id, kind, language, sealed, now])


def text_of(tenant_id: int, message_id: UUID, sealed: bytes) -> str:
    """What a message says."""
    return unseal(sealed, "omnichannel_message", tenant_id, message_id).decode()


def send_waiting(tenant_id: int, sender: MessageSender) -> int:
    """Send what waits, each message once, also where several workers do so; answers with the number sent.

    Each is sent in a transaction of its own that holds its row: what another worker holds is passed over.
    """
    sent, after = 0, FIRST
    while True:
        with reading(tenant_id):
            found = _next(tenant_id, after)
            if found is None:
                return sent
            message_id, customer_id, sealed = found
            sent += _sent(tenant_id, message_id, customer_id, text_of(tenant_id, message_id, sealed), sender)
            after = message_id


def _next(tenant_id: int, after: UUID) -> tuple[UUID, UUID, bytes] | None:
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [tenant_id, after])
        row = cursor.fetchone()
    return None if row is None else (row[0], row[1], bytes(row[2]))


def _sent(tenant_id: int, message_id: UUID, customer_id: UUID, text: str, sender: MessageSender) -> bool:
    try:
        sender.send(Outgoing(message_id, _address(customer_id), text))
    except NotSent as failure:
        _note(FAILED, [MOST_TRIES, failure.code, tenant_id, message_id])
        return False
    _note(SENT, [timezone.now(), tenant_id, message_id])
    return True


def _note(sql: str, params: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


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
