"""Idempotency-Key: the same key and body get the same bytes, however often and however fast they come.

The key's command id is derived (UUIDv5 of tenant, caller, method, path and key), so that even an answer that was lost
cannot lead to a second purchase. Key and answer are looked up and kept in the command's own transaction.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import connection

from loyalty.api.problems import Problem
from loyalty.domain.identity import derived_id
from loyalty.lookup import Unreadable, lookup_digests, seal, unseal
from loyalty.staff.principal import Principal
from loyalty.tenancy import reading

KEPT_DAYS = 30
PRINTABLE = re.compile(r"[\x21-\x7e]{1,255}\Z")
OPEN = "select mine, request_hash, status, body from api_idempotency_open(%s::int, %s::int, %s::uuid)"
KEEP = """insert into api_idempotency (tenant_id, command_id, request_hash, status, body, person_id)
values (%s, %s, %s, %s::smallint, %s, %s)"""
FIND = "select request_hash, status, body from api_idempotency where tenant_id = %s and command_id = %s"
CLEAN = f"""delete from api_idempotency where tenant_id = %s and created_at < now() - interval '{KEPT_DAYS} days'"""
PRIMARY_KEY = "api_idempotency_pkey"


@dataclass(frozen=True, slots=True)
class Answer:
    """What was or will be answered: the very bytes."""

    status: int
    body: bytes


class AlreadyAnswered(Exception):
    """The request was answered before; here is what was said."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


class KeyReused(Exception):
    """The key came before with another body."""


class KeyInFlight(Exception):
    """The first request with the key is not answered yet."""


def command_id_of(principal: Principal, method: str, path: str, key: str | None) -> UUID:
    """The id of the command behind a key. Raises Problem 400 when there is no usable key."""
    if key is None or not PRINTABLE.match(key):
        raise Problem(400, "idempotency.key_missing")
    return derived_id("http", principal.tenant_id, principal.actor, method, path, key)


class KeptReceipt:
    """A `loyalty.bus.Receipt`: `render` turns the handler's result into the answer that is kept, and sent."""

    def __init__(self, tenant_id: int, command_id: UUID, raw: bytes, render: Callable[[Any], Answer]) -> None:
        self.tenant_id = tenant_id
        self.command_id = command_id
        plain = sha256(raw)
        self.request_hashes = [*lookup_digests("request", plain.hexdigest(), tenant_id), plain.digest()]
        """What is kept of the request, keyed, since it may hold a phone and a password that a fast hash would give away; the last is what
        rows had before.
        """
        self.render = render
        self.answer: Answer | None = None
        self.person_id: UUID | None = None
        """Whom it is about: with them the answer is forgotten."""

    def opening(self) -> tuple[str, tuple[Any, ...]]:
        """The look-up, run in the command's transaction after the tenant is set."""
        half = self.command_id.bytes
        return OPEN, (int.from_bytes(half[:4], "big", signed=True), int.from_bytes(half[4:8], "big", signed=True), self.command_id)

    def take(self, row: tuple[Any, ...]) -> None:
        """Go on only with a key that is new. Raises AlreadyAnswered, KeyReused or KeyInFlight."""
        mine, request_hash, status, body = row
        if not mine:
            raise KeyInFlight
        if status is not None:
            self._answered(request_hash, status, body)

    def closing(self, result: Any) -> tuple[str, tuple[Any, ...]]:
        """The answer, kept in the same transaction as what was done."""
        self.answer = self.render(result)
        self.person_id = self.person_id or getattr(result, "customer_id", None)
        return KEEP, self._row(self.answer)

    def before(self) -> Answer | None:
        """What was answered to the key before, asked in a transaction of its own; None for a new key. Raises KeyReused."""
        with reading(self.tenant_id), connection.cursor() as cursor:
            cursor.execute(FIND, (self.tenant_id, self.command_id))
            row = cursor.fetchone()
        return None if row is None else self._answer_in(row)

    def refused(self, answer: Answer) -> Answer:
        """Keep a refusal in a transaction of its own; what somebody else answered to the same key meanwhile stands instead."""
        with reading(self.tenant_id), connection.cursor() as cursor:
            cursor.execute(f"{KEEP} on conflict do nothing", self._row(answer))
            cursor.execute(FIND, (self.tenant_id, self.command_id))
            row = cursor.fetchone()
        return self._answer_in(row)

    def _answer_in(self, row: tuple[Any, ...]) -> Answer:
        try:
            self._answered(*row)
        except AlreadyAnswered as before:
            return before.answer
        raise AssertionError("unreachable")

    def _row(self, answer: Answer) -> tuple[Any, ...]:
        sealed = seal(answer.body, "api_idempotency", self.tenant_id, self.command_id)
        return self.tenant_id, self.command_id, self.request_hashes[0], answer.status, sealed, self.person_id

    def _answered(self, request_hash: bytes, status: int, body: bytes) -> None:
        if bytes(request_hash) not in self.request_hashes:
            raise KeyReused
        try:
            raise AlreadyAnswered(Answer(status, unseal(body, "api_idempotency", self.tenant_id, self.command_id)))
        except Unreadable:
            # The key of the answer was retired: what was done stays done, only the words are gone.
            raise Problem(409, "command.applied") from None


def forget_old_answers(tenant_id: int) -> int:
    """Delete the tenant's answers that are older than 30 days; answers with their number."""
    with reading(tenant_id), connection.cursor() as cursor:
        cursor.execute(CLEAN, [tenant_id])
        return int(cursor.rowcount)
