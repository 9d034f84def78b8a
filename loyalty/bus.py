"""The way of a command: one transaction, one handler, append, inline projections, and a wake-up after the commit.

Round trips of a command: open (begin, tenant, receipt, heads locked, streams loaded, reads), append, write (inline
projections, receipt, commit).
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar, cast
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.errors import DeadlockDetected, SerializationFailure

from loyalty.domain.command import Circumstances, Command
from loyalty.domain.errors import Conflict, DomainError
from loyalty.domain.identity import new_id
from loyalty.eventstore import store
from loyalty.handling import HANDLERS, Handler, Read, StreamRef, handles, streams_of
from loyalty.observability import metrics, name_command, tell_outcome
from loyalty.projections.inline import INLINE_LOCK, statements_for
from loyalty.tenancy.current import SET_TENANT, acting_for, reconnect_if_lost
from loyalty.unit import Query, Unit

__all__ = [
    "Outcome",
    "OutcomeUnknown",
    "Read",
    "Receipt",
    "StreamRef",
    "Unit",
    "carried_out",
    "dispatch",
    "dispatch_all",
    "handles",
    "streams_of",
    "was_carried_out",
]

R = TypeVar("R")
OPENING = f"select set_config('loyalty.tenant', %s, true), pg_advisory_xact_lock_shared({INLINE_LOCK})"
BEGIN: Query = ("begin", ())
COMMIT: Query = ("commit", ())
RETRIES = 3
PATIENCE = 5.0
"""Seconds after which a lost connection is no reason to try again: what waited as long was ended by a limit, or keeps others waiting."""
LARGEST_BATCH = 500
WAKING_SECONDS = 0.05
"""So often at most a process wakes the projector, which looks once more after that time."""
LOST = (OperationalError, InterfaceError)


class OutcomeUnknown(OperationalError):
    """The connection was lost while the commit was on its way: what was decided is in the log, or it is not. The bus does not try it again;
    the same command with the same id does nothing twice.
    """


class Receipt(Protocol):
    """The idempotency of an HTTP write: its key is looked up and its answer kept in the command's own transaction."""

    def opening(self) -> Query: ...

    def take(self, row: tuple[Any, ...]) -> None: ...

    def closing(self, result: Any) -> Query: ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one command of a batch: its result, or the refusal that undid it alone."""

    command: Command[Any]
    result: Any = None
    refusal: DomainError | None = None


def dispatch(
    command: Command[R],
    *,
    tenant_id: int,
    actor: str,
    channel: str,
    command_id: UUID | None = None,
    correlation_id: UUID | None = None,
    causation_id: UUID | None = None,
    at: datetime | None = None,
    receipt: Receipt | None = None,
    dry_run: bool = False,
) -> R:
    """Carry out one command and answer with its handler's result.

    `at` sets the clock (demo, imports, tests); `dry_run` decides, locks no stream and keeps nothing. Raises DomainError when the
    business refuses, what the receipt raises when the request was answered before, and OperationalError when the database is away: then
    nothing was done, or, of its kind `OutcomeUnknown`, it may have been.
    """
    made = new_id() if command_id is None else command_id
    circumstances = Circumstances(
        tenant_id=tenant_id,
        command_id=made,
        now=at or datetime.now(UTC),
        actor=actor,
        channel=channel,
        correlation_id=correlation_id or made,
        causation_id=causation_id,
    )
    name = type(command).__name__
    named = {"tenant": tenant_id, "command": name, "command_id": str(made), "correlation_id": str(circumstances.correlation_id)}
    name_command(named)
    with acting_for(tenant_id), metrics.command(name):
        outcome = _with_retries(lambda: _carry_out([(command, circumstances)], receipt, dry_run), tenant_id, name)[0]
        if outcome.refusal is not None:
            tell_outcome(named, outcome.refusal.code)
            raise outcome.refusal
    tell_outcome(named, "tried" if dry_run else "done")
    if not dry_run:
        _wake()
    return cast(R, outcome.result)


def dispatch_all(
    commands: Sequence[Command[Any]],
    *,
    tenant_id: int,
    actor: str,
    channel: str,
    command_ids: Sequence[UUID] | None = None,
    at: Callable[[Command[Any]], datetime] | None = None,
    wake: bool = True,
) -> list[Outcome]:
    """Carry out up to 500 commands in one transaction, in their order, each with its own id; a refused one undoes no other.

    A command id that is already in the log refuses with `command.applied`. `at` gives the clock of each command.
    """
    if len(commands) > LARGEST_BATCH:
        raise ValueError(f"a batch holds at most {LARGEST_BATCH} commands")
    correlation, now = new_id(), datetime.now(UTC)
    ids = command_ids or [new_id() for _ in commands]
    batch = [
        (
            c,
            Circumstances(
                tenant_id=tenant_id, command_id=i, now=at(c) if at else now, actor=actor, channel=channel, correlation_id=correlation
            ),
        )
        for c, i in zip(commands, ids, strict=True)
    ]
    named = {"tenant": tenant_id, "command": "batch", "commands": len(batch), "correlation_id": str(correlation)}
    name_command(named)
    with acting_for(tenant_id), metrics.command("batch"):
        outcomes = _with_retries(lambda: _carry_out(batch, None, False, alone=False), tenant_id, "batch")
    refused = sum(o.refusal is not None for o in outcomes)
    tell_outcome(named, f"{refused} refused" if refused else "done")
    if wake:
        _wake()
    return outcomes


def was_carried_out(command_id: UUID) -> bool:
    """Whether a command with this id is in the log of the tenant. Needs an open `reading(tenant_id)`."""
    return bool(carried_out([command_id]))


def carried_out(command_ids: Iterable[UUID]) -> set[UUID]:
    """Those of these ids whose commands are in the log of the tenant. Needs an open `reading(tenant_id)`."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(*store.applied_query([*command_ids]))
        return {command_id for (command_id,) in cursor.fetchall()}


def _with_retries(attempt: Callable[[], list[Outcome]], tenant_id: int, name: str) -> list[Outcome]:
    connection, begun = connections[DEFAULT_DB_ALIAS], time.monotonic()
    for left in range(RETRIES, -1, -1):
        used = None
        try:
            reconnect_if_lost()
            connection.ensure_connection()
            used = connection.connection
            return attempt()
        except store.WrongVersion as born:
            Unit.forget(tenant_id, born.streams)
            cause: Exception = born
        except store.AlreadyApplied as applied:
            cause = applied
        except OutcomeUnknown:
            raise
        except LOST as lost:
            cause = lost
            is_cut = (used is None or used.closed) and time.monotonic() - begun < PATIENCE
            if not is_cut and not isinstance(lost.__cause__, DeadlockDetected | SerializationFailure):
                raise
        metrics.conflict(name)
        if not left:
            raise cause
        time.sleep(random.uniform(0.002, 0.02) * (RETRIES - left + 1))  # noqa: S311 - jitter, not a secret
    raise AssertionError("unreachable")


def _carry_out(
    batch: Sequence[tuple[Command[Any], Circumstances]], receipt: Receipt | None, dry_run: bool, alone: bool = True
) -> list[Outcome]:
    with transaction.atomic(durable=True):
        unit = Unit(_connection(), batch[0][1], alone=alone, locks=not dry_run)
        applied = _open(unit, batch, receipt)
        outcomes = [_decide(unit, command, c, applied) for command, c in batch]
        if alone and outcomes[0].refusal is not None:
            transaction.set_rollback(True)
            unit.abandon()
            return outcomes
        if dry_run:
            transaction.set_rollback(True)
            unit.abandon()
            return outcomes
        _write(unit, receipt, outcomes)
    unit.keep()
    return outcomes


def _connection() -> BaseDatabaseWrapper:
    """In Django's transaction, of which the driver knows nothing: begin and commit travel with the statements next to them."""
    connection = connections[DEFAULT_DB_ALIAS]
    connection.ensure_connection()
    with connection.wrap_database_errors:
        connection.connection.autocommit = True
    return connection


def _open(unit: Unit, batch: Sequence[tuple[Command[Any], Circumstances]], receipt: Receipt | None) -> set[UUID]:
    first = batch[0][1]
    refs: dict[UUID, StreamRef] = {}
    reads: dict[Read, None] = {}
    for command, c in batch:
        handler = HANDLERS[type(command)]
        refs |= {ref.id: ref for ref in handler.streams(command, c)}
        reads |= dict.fromkeys(handler.reads(command, c))
    before: list[Query] = [BEGIN, (OPENING if unit.locks else SET_TENANT, (str(first.tenant_id),))]
    if receipt is not None:
        before.append(receipt.opening())
    applied = store.applied_query([c.command_id for _, c in batch])
    rows = unit.open(list(refs.values()), before=before, after=[applied], reads=list(reads))
    if receipt is not None:
        receipt.take(rows[2][0])
    return {row[0] for row in rows[-1]}


def _decide(unit: Unit, command: Command[Any], circumstances: Circumstances, applied: set[UUID]) -> Outcome:
    if circumstances.command_id in applied:
        return Outcome(command, refusal=Conflict("command.applied"))
    handler: Handler = HANDLERS[type(command)]
    unit.begin(circumstances)
    try:
        result = handler.run(command, unit)
        unit.accept()
    except DomainError as refusal:
        unit.undo()
        metrics.refused(type(command).__name__, refusal.code)
        return Outcome(command, refusal=refusal)
    return Outcome(command, result)


def _write(unit: Unit, receipt: Receipt | None, outcomes: Sequence[Outcome]) -> None:
    statements = unit.guards.queries()
    if commits := unit.commits():
        with metrics.append():
            recorded = store.append(unit.expected(), commits)
        statements += statements_for(recorded)
    if receipt is not None:
        statements.append(receipt.closing(outcomes[0].result))
    with metrics.inline():
        try:
            unit.execute_all([*statements, COMMIT])
        except LOST as lost:
            if connections[DEFAULT_DB_ALIAS].connection.closed:
                raise OutcomeUnknown("the connection was lost while the commit was on its way") from lost
            raise


_woken_at = 0.0


def _wake() -> None:
    """Wake the projector after a commit, unless this process did so a moment ago: then it looks again by itself."""
    global _woken_at
    now = time.monotonic()
    if now - _woken_at > WAKING_SECONDS:
        _woken_at = now
        store.wake()
