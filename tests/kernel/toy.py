"""A context of a few lines to try the kernel on: a jar that takes coins."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, assert_never
from uuid import UUID

import orjson

from loyalty.bus import StreamRef, Unit, handles
from loyalty.domain.aggregate import Aggregate
from loyalty.domain.command import Circumstances, Command, command
from loyalty.domain.errors import DomainError
from loyalty.domain.event import Recorded, event
from loyalty.projections.process import Order, Process
from loyalty.projections.projection import Projection, SetProjection, Statement
from loyalty.tenancy.rls import enable_sql


@event("toy.coins_put")
class CoinsPut:
    """Coins were put into a jar."""

    jar_id: UUID
    coins: int


@event("toy.jar_broken")
class JarBroken:
    """A jar was broken."""

    jar_id: UUID


@event("toy.riddle_told")
class RiddleTold:
    """A riddle was told; some in the log cannot be made out."""

    answer: int


class Jar(Aggregate):
    stream = "jar"

    def __init__(self, stream_id: UUID) -> None:
        super().__init__(stream_id)
        self.coins = 0
        self.broken = False

    def put(self, coins: int) -> None:
        if self.broken:
            raise DomainError("toy.broken")
        self.record(CoinsPut(jar_id=self.id, coins=coins))

    def smash(self) -> None:
        self.record(JarBroken(jar_id=self.id))

    def evolve(self, event: CoinsPut | JarBroken) -> None:
        match event:
            case CoinsPut():
                self.coins += event.coins
            case JarBroken():
                self.broken = True
            case _:
                assert_never(event)


@command
class PutCoins(Command[int]):
    jar_id: UUID
    coins: int
    also: UUID | None = None
    """A second jar that gets the same, in the same transaction."""


@command
class SmashJar(Command[None]):
    jar_id: UUID


@command
class PutAtMost(Command[int]):
    """Puts coins while the guard row has room."""

    jar_id: UUID
    coins: int


def jars(command: PutCoins | SmashJar | PutAtMost, circumstances: Circumstances) -> Iterable[StreamRef]:
    yield StreamRef(Jar, command.jar_id)
    if isinstance(command, PutCoins) and command.also:
        yield StreamRef(Jar, command.also)


@handles(PutCoins, streams=jars)
def put_coins(command: PutCoins, unit: Unit) -> int:
    jar = unit.load(Jar, command.jar_id)
    jar.put(command.coins)
    if command.also:
        unit.load(Jar, command.also).put(command.coins)
    return jar.coins


@handles(SmashJar, streams=jars)
def smash_jar(command: SmashJar, unit: Unit) -> None:
    unit.load(Jar, command.jar_id).smash()


@handles(PutAtMost, streams=jars)
def put_at_most(command: PutAtMost, unit: Unit) -> int:
    left = unit.execute(
        "update toy_room set room = room - %s where tenant_id = %s and jar_id = %s and room >= %s returning room",
        (command.coins, unit.tenant_id, command.jar_id, command.coins),
    )
    if not left:
        raise DomainError("toy.no_room")
    jar = unit.load(Jar, command.jar_id)
    jar.put(command.coins)
    return int(left[0][0])


class Jars(Projection):
    name = "toy.jars"
    events = (CoinsPut, JarBroken)
    tables = ("toy_jar",)
    inline = True

    def statements(self, batch: Sequence[Recorded[Any]]) -> Iterable[Statement]:
        rows = [
            {
                "t": r.tenant_id,
                "i": str(r.stream_id),
                "c": getattr(r.event, "coins", 0),
                "b": isinstance(r.event, JarBroken),
                "p": r.position,
            }
            for r in batch
        ]
        yield (
            """insert into toy_jar as j (tenant_id, id, coins, broken, position)
               select t, i, sum(c), bool_or(b), max(p) from jsonb_to_recordset(%s::jsonb) r(t int, i uuid, c int, b bool, p bigint)
               group by t, i
               on conflict (tenant_id, id) do update set coins = j.coins + excluded.coins, broken = j.broken or excluded.broken,
               position = excluded.position""",
            (orjson.dumps(rows).decode(),),
        )


class Totals(Projection):
    """Follows the log; a put of 13 coins is poison to it."""

    name = "toy.totals"
    events = (CoinsPut,)
    tables = ("toy_total",)
    poison = 13

    def statements(self, batch: Sequence[Recorded[Any]]) -> Iterable[Statement]:
        for r in batch:
            if r.event.coins == self.poison:
                raise ValueError("thirteen")
            yield (
                """insert into toy_total as t (tenant_id, id, puts) values (%s, %s, 1)
                   on conflict (tenant_id, id) do update set puts = t.puts + 1""",
                (r.tenant_id, r.stream_id),
            )


class Sums(SetProjection):
    """The same in one statement."""

    name = "toy.sums"
    events = (CoinsPut,)
    tables = ("toy_sum",)
    sql = """insert into toy_sum as s (tenant_id, id, coins)
        select e.tenant_id, e.stream_id, sum((e.payload->>'coins')::int)
        from {events} e group by 1, 2 order by 1, 2
        on conflict (tenant_id, id) do update set coins = s.coins + excluded.coins"""


class Riddles(Projection):
    """Follows what cannot always be made out."""

    name = "toy.riddles"
    events = (RiddleTold,)
    tables = ("toy_riddle",)

    def statements(self, batch: Sequence[Recorded[Any]]) -> Iterable[Statement]:
        for r in batch:
            yield (
                """insert into toy_riddle as t (tenant_id, id, answers) values (%s, %s, %s)
                   on conflict (tenant_id, id) do update set answers = t.answers + excluded.answers""",
                (r.tenant_id, r.stream_id, r.event.answer),
            )


class Mending(Process):
    """Whenever a jar breaks, a coin is to go into it: what is broken takes none."""

    name = "toy.mending"
    events = (JarBroken,)

    def orders(self, tenant_id: int, batch: Sequence[Recorded[Any]]) -> Iterable[Order]:
        return [Order(recorded, PutCoins(jar_id=recorded.event.jar_id, coins=1)) for recorded in batch]


TABLES = "".join(
    f"create table if not exists {name} (tenant_id int not null, id uuid not null, {columns}, primary key (tenant_id, id));"
    + enable_sql(name)
    for name, columns in {
        "toy_jar": "coins bigint not null, broken bool not null, position bigint not null",
        "toy_total": "puts bigint not null",
        "toy_sum": "coins bigint not null",
        "toy_riddle": "answers bigint not null",
    }.items()
) + (
    "create table if not exists toy_room (tenant_id int not null, jar_id uuid not null, room int not null, "
    "primary key (tenant_id, jar_id));" + enable_sql("toy_room")
)
