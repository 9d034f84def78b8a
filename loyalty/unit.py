"""What a handler works with: the aggregates its command declared, loaded and locked before it runs."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, NoReturn, TypeVar, cast
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper

from loyalty.deferred import Deferred
from loyalty.domain.aggregate import Aggregate
from loyalty.domain.command import Circumstances, Command
from loyalty.domain.errors import DomainError, NotFound
from loyalty.domain.event import Metadata
from loyalty.domain.identity import IN_ORDER, new_id
from loyalty.eventstore import store
from loyalty.eventstore.arrays import array_of
from loyalty.eventstore.facts import Fact, facts_in, facts_query
from loyalty.handling import HANDLERS, Read, StreamRef

A = TypeVar("A", bound=Aggregate)
R = TypeVar("R")
C = TypeVar("C", bound=Command[Any])
Query = tuple[str, tuple[Any, ...]]
Rows = list[tuple[Any, ...]]
SAVEPOINT: Query = ("savepoint guard", ())
RELEASE: Query = ("release savepoint guard", ())


class Unit:
    """One transaction's aggregates, reads and new events. Made by the bus; a handler only uses it."""

    _kept: OrderedDict[tuple[int, UUID], Aggregate] = OrderedDict()
    """Folded aggregates by tenant and stream. Never truth: the locked head says what is missing, the log supplies it."""
    KEPT_AT_MOST = 5000

    def __init__(self, connection: BaseDatabaseWrapper, circumstances: Circumstances, *, alone: bool = True, locks: bool = True) -> None:
        self._connection = connection
        self.alone, self.locks = alone, locks
        self.circumstances = circumstances
        self._refs: dict[UUID, StreamRef] = {}
        self._loaded: dict[UUID, Aggregate] = {}
        self._history: dict[UUID, list[Any]] = {}
        self._foreign: set[UUID] = set()
        self._versions: dict[UUID, int] = {}
        self._rows: dict[tuple[str, Any], Rows] = {}
        self._commits: list[store.Commit] = []
        self._touched: dict[UUID, None] = {}
        self.guards = Deferred()
        self._guarded = self._saved = False

    # -- for handlers ---------------------------------------------------------------------------

    @property
    def tenant_id(self) -> int:
        return self.circumstances.tenant_id

    @property
    def now(self) -> datetime:
        """The clock of the command (UTC): the only clock a handler may read."""
        return self.circumstances.now

    def new_id(self) -> UUID:
        return new_id()

    def load(self, cls: type[A], stream_id: UUID) -> A:
        """The aggregate of a declared stream; `exists` is False when nothing has happened to it yet, or to something of another kind."""
        ref = self._refs.get(stream_id)
        if ref is None:
            raise LookupError(f"{cls.__name__} {stream_id} is not among the streams that the command declares")
        if ref.cls is not cls:
            raise NotFound("request.not_found")
        self._touched[stream_id] = None
        return cast(A, self._loaded[stream_id])

    def has(self, stream_id: UUID) -> bool:
        """Whether a stream is open, so that it can be loaded."""
        return stream_id in self._refs

    def seen(self, cls: type[A], stream_ids: Sequence[UUID]) -> list[A]:
        """Aggregates as they are now, without a lock: of streams that nobody changes but under one that this unit holds."""
        history: dict[UUID, list[Any]] = {stream_id: [] for stream_id in stream_ids}
        for fact in self._asked_facts(stream_ids) if stream_ids else []:
            history[fact.stream_id].append(fact.event)
        return [cls.replay(stream_id, events) for stream_id, events in history.items()]

    def loaded(self, cls: type[A]) -> Iterator[A]:
        """The aggregates of a class that this transaction has loaded, as it left them: newer than any read model."""
        yield from (it for it in self._loaded.values() if isinstance(it, cls))

    def rows(self, sql: str, key: Any = None) -> Rows:
        """The rows of a declared `Read`, without its key column."""
        return self._rows[sql, key]

    def begin_anew(self) -> NoReturn:
        """Give up this attempt: the next one knows of streams that were missing, and locks all of them at once and in one order."""
        raise store.WrongVersion([])

    def declares(self, read: Read) -> bool:
        """Whether `rows` knows of a read."""
        return (read.sql, read.key) in self._rows

    def execute(self, sql: str, params: Sequence[Any] = ()) -> Rows:
        """A guard: one statement of the write side, such as a conditional UPDATE … RETURNING. Undone if the command is refused."""
        opening: list[Query] = []
        if not self.alone and not self._guarded:
            opening = [RELEASE, SAVEPOINT] if self._saved else [SAVEPOINT]
            self._guarded = self._saved = True
        return self.execute_all([*opening, (sql, tuple(params))])[-1]

    def dispatch(self, command: Command[R]) -> R:
        """A joint command: joins this transaction, clock and correlation; its refusal is this command's refusal."""
        handler = HANDLERS[type(command)]
        missing = [ref for ref in handler.streams(command, self.circumstances) if ref.id not in self._refs]
        reads = [r for r in handler.reads(command, self.circumstances) if r not in self._rows]
        if missing or reads:
            self.open(missing, reads=reads)
        return cast(R, handler.run(command, self))

    def attempt(self, command: Command[R]) -> R:
        """A joint command whose refusal the handler gets over: raised, it has undone all that the command decided, and nothing before.

        Aggregates that the command had changed are loaded anew: `load` them again.
        """
        before = {i: list(it.pending) for i, it in self._loaded.items()}
        self.execute("savepoint attempt")
        try:
            return self.dispatch(command)
        except DomainError:
            self.execute("rollback to savepoint attempt")
            for i in [i for i, it in self._loaded.items() if len(it.pending) > len(before.get(i, []))]:
                self._reload(i)
                for event in before.get(i, []):
                    self._loaded[i].record(event)
            raise

    # -- for the bus ----------------------------------------------------------------------------

    def open(
        self, refs: Sequence[StreamRef], *, before: Sequence[Query] = (), after: Sequence[Query] = (), reads: Sequence[Read] = ()
    ) -> list[Rows]:
        """Lock and load `refs` and fetch `reads` in one round trip; returns the rows of the queries `before` and `after` the locks.

        Without `locks`, for a dry run, what is loaded may change at any moment, and nobody is held up.
        """
        ids = sorted((ref.id for ref in refs), key=IN_ORDER)
        self._refs |= {ref.id: ref for ref in refs}
        for ref in refs:
            kept = self._kept.pop((self.tenant_id, ref.id), None)
            self._loaded[ref.id] = kept if isinstance(kept, ref.cls) and not kept.pending else ref.cls(ref.id)
        heads = [store.lock_heads_query(ids)] if self.locks else []
        queries = [*before, *heads, facts_query(ids, [self._loaded[i].version for i in ids]), *after]
        grouped = _grouped(reads)
        queries += [(sql, (array_of(keys),) if keys else ()) for sql, keys in grouped.items()]
        answers = iter(self.execute_all(queries))
        told = list(islice(answers, len(before)))
        if self.locks:
            self._versions |= dict.fromkeys(ids, 0) | {row[0]: row[1] for row in next(answers)}
        self._take_events(next(answers), ids)
        told += islice(answers, len(after))
        self._take_reads(grouped, list(answers))
        return told

    def execute_all(self, queries: Sequence[Query]) -> list[Rows]:
        """All of `queries` in one round trip (a pipeline), and their rows."""
        if not queries:
            return []
        raw = self._connection.connection
        cursors = _cursors(raw, len(queries))
        with self._connection.wrap_database_errors, raw.pipeline():
            for cursor, (sql, params) in zip(cursors, queries, strict=True):
                cursor.execute(sql, params)
        return [cursor.fetchall() if cursor.pgresult.nfields else [] for cursor in cursors]

    def begin(self, circumstances: Circumstances) -> None:
        self.circumstances = circumstances
        self._touched.clear()
        self.guards.begin()
        self._guarded = False

    def accept(self) -> None:
        """Keep what the command decided. Raises NotFound when that concerns a stream of another kind of thing."""
        if not self._foreign.isdisjoint(i for i in self._touched if self._loaded[i].pending):
            raise NotFound("request.not_found")
        events = [store.NewEvent(i, e) for i in self._touched for e in self._loaded[i].pending]
        for i in self._touched:
            it = self._loaded[i]
            self._history.setdefault(i, []).extend(it.pending)
            it.version += len(it.pending)
            it.pending = []
        if events:
            c = self.circumstances
            metadata = Metadata(
                command_id=c.command_id,
                correlation_id=c.correlation_id,
                causation_id=c.causation_id,
                actor=c.actor,
                channel=c.channel,
                occurred_at=c.now,
            )
            self._commits.append(store.Commit(metadata, events))

    def undo(self) -> None:
        """Forget what a refused command decided: its events and its guards, nothing of its neighbours.

        One without neighbours is undone with its transaction.
        """
        if self.alone:
            return
        self.guards.undo()
        if self._guarded:
            self.execute_all([("rollback to savepoint guard", ())])
        for i in self._touched:
            if self._loaded[i].pending:
                self._reload(i)

    def commits(self) -> list[store.Commit]:
        return self._commits

    def expected(self) -> Mapping[UUID, int]:
        """Versions, as locked, of the streams that get events."""
        return {e.stream_id: self._versions.get(e.stream_id, 0) for c in self._commits for e in c.events}

    def keep(self) -> None:
        """After the commit: the folded aggregates may serve the next command of this process."""
        for i, it in self._loaded.items():
            if it.exists and it.stays_folded:
                self._kept[(self.tenant_id, i)] = it
        while len(self._kept) > self.KEPT_AT_MOST:
            self._kept.popitem(last=False)

    def abandon(self) -> None:
        """Nothing was committed: nothing that was decided may be kept."""
        for i, it in self._loaded.items():
            if it.exists and it.stays_folded and not it.pending and i not in self._history:
                self._kept[(self.tenant_id, i)] = it

    @classmethod
    def forget(cls, tenant_id: int, streams: Iterable[UUID]) -> None:
        for i in streams:
            cls._kept.pop((tenant_id, i), None)

    def _asked_facts(self, stream_ids: Sequence[UUID]) -> list[Fact]:
        return facts_in(self.execute_all([facts_query(stream_ids)])[0], stream_ids, self.tenant_id)

    def _take_events(self, rows: Rows, stream_ids: Sequence[UUID]) -> None:
        for fact in facts_in(rows, stream_ids, self.tenant_id):
            it = self._loaded[fact.stream_id]
            if fact.version == 1 and type(fact.event) not in it.kinds():
                self._foreign.add(it.id)
            if it.id not in self._foreign:
                it.evolve(fact.event)
                it.version = fact.version
        settled = self._history.keys() | self._foreign
        for i, version in self._versions.items():
            if i in self._loaded and i not in settled and self._loaded[i].version != version:
                self.forget(self.tenant_id, [i])
                raise store.WrongVersion([i])

    def _take_reads(self, grouped: Mapping[str, Sequence[Any]], answers: Sequence[Rows]) -> None:
        for (sql, keys), rows in zip(grouped.items(), answers, strict=True):
            if not keys:
                self._rows[sql, None] = rows
                continue
            self._rows |= {(sql, key): [] for key in keys}
            for row in rows:
                self._rows[sql, row[0]].append(row[1:])

    def _reload(self, stream_id: UUID) -> None:
        fresh = self._loaded[stream_id] = self._refs[stream_id].cls(stream_id)
        if stream_id in self._foreign:
            return
        later = self._history.get(stream_id, [])
        for fact in self._asked_facts([stream_id]):
            fresh.evolve(fact.event)
            fresh.version = fact.version
        for event in later:
            fresh.evolve(event)
        fresh.version += len(later)


def _cursors(raw: Any, number: int) -> list[Any]:
    """Cursors of a connection, used again and again: to make one costs as much as a short statement."""
    kept: list[Any] = raw.__dict__.setdefault("cursors_of_units", [])
    kept += [raw.cursor() for _ in range(number - len(kept))]
    return kept[:number]


def _grouped(reads: Sequence[Read]) -> dict[str, list[Any]]:
    grouped: dict[str, list[Any]] = {}
    for read in reads:
        keys = grouped.setdefault(read.sql, [])
        if read.key is not None:
            keys.append(read.key)
    return grouped
