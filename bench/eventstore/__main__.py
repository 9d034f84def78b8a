"""What the event store costs: beside plain inserts, beside the package `eventsourcing`, and as its history grows.

    EMBEDDED_HOME=.local/bench python -m loyalty.embedded run --durable -- python -m bench.eventstore

Works in databases of its own, dropped in the end. `--quick` is a rough look in little time, `--large` adds a store of ten
million events (about 12 GB of disk), `--only` measures one part, `--write` keeps the result.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass, replace

from bench import report
from bench.eventstore import following, ground, history, hundred, one_call, peer
from bench.eventstore.figures import compared


@dataclass(frozen=True)
class Effort:
    """How long it takes: rounds of each measure, seconds of each run, calls and events in them, events in the stores."""

    rounds: int = 7
    seconds: int = 4
    connections: tuple[int, ...] = one_call.CONNECTIONS
    commands: int = 100
    appends: int = 2_000
    followed: int = 2_000
    calls: int = 300
    sizes: tuple[int, ...] = (100_000, 1_000_000)
    lengths: tuple[int, ...] = history.LENGTHS


QUICK = Effort(
    rounds=1, seconds=1, connections=(1, 8), commands=10, appends=200, followed=200, calls=20, sizes=(10_000, 50_000), lengths=(10, 1_000)
)


def plainly(effort: Effort) -> str:
    """Beside plain inserts."""
    with ground.database("bench_eventstore"):
        found = one_call.measure(effort.rounds, effort.seconds, effort.connections)
        rows = [*found["plain"], *hundred.measure(effort.rounds, effort.commands)]
    return (
        "A transaction of the log beside the same rows inserted into a plain table with the same columns and a primary key, by the role\n"
        "`loyalty_app`, each one statement and one durable commit. The log adds chain, heads, command id and announcement; 1 and 3 events\n"
        "by pgbench, 100 with rows made in Python on both sides.\n\n"
        + compared("a plain table", rows)
        + "\n\nBeside a plain table that has the log's second index too, by which a stream is loaded:\n\n"
        + compared("a plain table", found["plain_by_stream"])
    )


def beside_the_library(effort: Effort) -> str:
    """Beside `eventsourcing`."""
    with ground.database("bench_eventstore"):
        figures = peer.measure(effort.rounds, effort.appends) + following.measure(effort.rounds, effort.followed)
    return (
        "Beside the package `eventsourcing` with its Postgres recorder, both through their Python API, events per second. An append of\n"
        "ours is one statement, which is its own durable transaction; the bus sends begin and commit with the statements next to it, so\n"
        "that it pays no round trips for them either. Who begins and commits apart from it gets the rates in the other rows.\n\n"
        + compared("`eventsourcing`", figures)
    )


def as_history_grows(effort: Effort) -> str:
    """Stores and streams of different lengths, and a rebuild."""
    with history.stores(effort.sizes) as names:
        stores = history.by_store(names, effort.rounds, effort.calls)
        ground.point_to(names[max(names)])
        again = following.rebuilt(max(1, effort.rounds // 2))
        middle = sorted(names)[min(1, len(names) - 1)]
        streams = history.by_stream(names[middle], effort.rounds, effort.calls, effort.lengths)
    return (
        "Cost as history grows (median call, one connection, through the Python API; stores filled by `event.append`, 1,000 events on\n"
        f"200 streams a call):\n\n{stores}\n\nIn the store of {middle:,} events:\n\n{streams}\n\n{again}"
    )


PARTS: dict[str, Callable[[Effort], str]] = {"plain": plainly, "library": beside_the_library, "history": as_history_grows}


def main() -> None:
    options = argparse.ArgumentParser(prog="bench.eventstore", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--quick", action="store_true", help="one short round of everything")
    options.add_argument("--large", action="store_true", help="a store of ten million events too")
    options.add_argument("--rounds", type=int, help="how often both sides take their turn")
    options.add_argument("--only", choices=PARTS, help="one part")
    options.add_argument("--write", action="store_true", help="keep the result in bench/results")
    chosen = options.parse_args()
    effort = QUICK if chosen.quick else Effort(sizes=(100_000, 1_000_000, 10_000_000) if chosen.large else Effort.sizes)
    effort = replace(effort, rounds=chosen.rounds or effort.rounds)
    ground.prepare()
    try:
        how = f"{ground.durability()}, {report.machine()} Medians of {effort.rounds} rounds in which both sides take turns."
        for number, (name, part) in enumerate(PARTS.items(), 1):
            if chosen.only in {None, name}:
                found = f"{how}\n\n{part(effort)}"
                print(found, end="\n\n", flush=True)
                if chosen.write:
                    report.write("eventstore", found, f"{number}-{name}")
    finally:
        ground.drop(ground.TEMPLATE)


if __name__ == "__main__":
    main()
