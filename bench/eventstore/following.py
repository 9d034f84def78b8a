"""The same projection (points by account) here and with the package `eventsourcing`, and how fast one is made anew."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from django.db import connections
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection as TheirProjection
from eventsourcing.projection import ProjectionRunner

from bench.eventstore.facts import PointsEarned, commit, points
from bench.eventstore.figures import Figure, rate, side_by_side
from bench.eventstore.ground import as_owner
from bench.eventstore.peer import Shop, environment, theirs
from loyalty.domain.event import Recorded
from loyalty.eventstore import store
from loyalty.projections.projection import PROJECTIONS, Projection, SetProjection, Statement
from loyalty.projections.rebuild import rebuild
from loyalty.projections.runner import ensure_checkpoints, project_once

ADD = """insert into balance as b (tenant_id, id, points) values (%s, %s, %s)
    on conflict (tenant_id, id) do update set points = b.points + excluded.points"""
STREAMS = 100
TURN = count()


class Balances(Projection):
    """A statement for each event."""

    name = "bench.balances"
    events = (PointsEarned,)
    tables = ("balance",)

    def statements(self, batch: Sequence[Recorded[Any]]) -> Iterable[Statement]:
        for r in batch:
            yield ADD, (r.tenant_id, r.stream_id, r.event.points)


class BalancesInOne(SetProjection):
    """One statement for all."""

    name = "bench.balances_in_one"
    events = (PointsEarned,)
    tables = ("balance_in_one",)
    sql = """insert into balance_in_one as b (tenant_id, id, points)
        select e.tenant_id, e.stream_id, sum((e.payload->>'points')::bigint) from {events} e group by 1, 2 order by 1, 2
        on conflict (tenant_id, id) do update set points = b.points + excluded.points"""


class TheirView(PostgresTrackingRecorder):
    """Their table of balances, written together with what was taken in."""

    def add(self, account_id: UUID, number: int, tracking: Tracking) -> None:
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(ADD.replace("into balance as", "into their_balance as"), (1, account_id, number), prepare=True)


def their_projection(name: str) -> type[TheirProjection[TheirView]]:
    """A projection that has taken in nothing yet."""

    class TheirBalances(TheirProjection[TheirView]):
        def process_event(self, domain_event: Any, tracking: Tracking) -> None:
            self.view.add(domain_event.account_id, domain_event.points, tracking)

    TheirBalances.name = name
    return TheirBalances


def measure(rounds: int, events: int) -> list[Figure]:
    """`events` for the slow ones; the fast one gets a hundred times as many."""
    as_owner("create table their_balance (like balance including indexes)")
    shop = Shop(environment())
    for _ in range(max(1, events // STREAMS)):
        theirs(shop)(uuid4(), 0, STREAMS)
    shop.close()
    top = append_many(events * 100)
    ensure_checkpoints()

    def live(limit: int, name: str, most: int) -> float:
        projection = PROJECTIONS[name]
        as_owner(f"update projections_checkpoint set position = {top - most} where projection = '{name}'")
        begun, done = time.perf_counter(), 0
        while done < most and (moved := project_once(projection, limit=limit)):
            done += moved
        return done / (time.perf_counter() - begun)

    measured = side_by_side(
        rounds,
        lambda: live(1, "bench.balances", events),
        lambda: live(1000, "bench.balances", events * 5),
        lambda: live(0, "bench.balances_in_one", events * 100),
        lambda: their_rate(events),
    )
    single, many, in_one, beside = measured
    return [
        Figure("a projection, each event in a transaction of its own", single, beside),
        Figure("a projection, a statement for each event, 1,000 events a transaction", many, beside, 2.5),
        Figure("a projection, one statement for all", in_one, beside, 50),
    ]


def their_rate(events: int) -> float:
    projection = their_projection(f"balances{next(TURN)}")
    begun = time.perf_counter()
    with ProjectionRunner(application_class=Shop, projection_class=projection, view_class=TheirView, env=environment()) as runner:
        top = runner.app.recorder.max_notification_id() or 0
        runner.wait(top, timeout=600)
        return top / (time.perf_counter() - begun)


def append_many(events: int) -> int:
    """Appends so many, on 100 streams in turn; returns the last position."""
    streams = [uuid4() for _ in range(STREAMS)]
    top = 0
    for number in range(max(1, events // STREAMS)):
        made: list[tuple[UUID, object]] = [(s, points(s)) for s in streams]
        top = store.append(dict.fromkeys(streams, number), [commit(made)])[-1].position
    return top


def rebuilt(rounds: int) -> str:
    """How many events per second a rebuild of the projection of one statement takes in."""
    made = []
    for _ in range(rounds):
        begun = time.perf_counter()
        result = rebuild(PROJECTIONS["bench.balances_in_one"])
        made.append(result.events / (time.perf_counter() - begun))
    connections.close_all()
    return f"A rebuild of that projection from {result.events:,} events takes in **{rate(made)}** (median of {rounds}; aim ≥ 100,000/s)."
