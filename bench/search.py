"""How long it takes to find customers among 50,000, as the till asks: in Elasticsearch and in Postgres.

    EMBEDDED_HOME=.local/bench python -m loyalty.embedded run --durable -- python -m bench.search

Vietnamese and Polish names as frequent as in their countries, and what people type to find them: names cut short, in any order,
misspelt, without accents; the most common surname; two letters; the last four digits of a phone, a whole one, a code, a card, an
email. One client, as `loyalty_app`, from the words to the first 20 rows; every question is put to both engines in turn. A name goes
through the engine, then Postgres is asked for whom it does not know yet; identifiers are found in Postgres alone.

`--large` is 1,000,000 customers, `--customers` any number: the first run copies them (some minutes) and leaves them there. They are rows
and documents as projections write them; see `bench.people`. Servers with a folder of their own keep them apart from other benchmarks:

    EMBEDDED_HOME=/somewhere/million python -m loyalty.embedded run --durable -- python -m bench.search --large

`--quick` takes 5,000 and one round; `--write` keeps the result. Elasticsearch has the heap of the embedded server, 384 MB, unless
EMBEDDED_ELASTICSEARCH_HEAP says otherwise; Postgres its 256 MB of shared buffers.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402

from bench import report  # noqa: E402
from bench.people import Person, Register, register  # noqa: E402
from customers import finding, queries  # noqa: E402
from customers.documents import CUSTOMERS, FOLLOWER  # noqa: E402
from loyalty.search import SearchPort, SearchQuery  # noqa: E402
from loyalty.search.elasticsearch import ElasticsearchSearch  # noqa: E402
from loyalty.search.port import DEEPEST  # noqa: E402
from loyalty.search.postgres import PostgresSearch  # noqa: E402
from loyalty.tenancy import reading  # noqa: E402
from tests.search import names  # noqa: E402

AIM_MS = 50
LEVEL = """insert into projections_checkpoint (projection, chunk, position, moved_at) values (%s, 0, %s, now())
    on conflict (projection, chunk) do update set position = greatest(projections_checkpoint.position, excluded.position)"""
"""Elasticsearch has all documents: Postgres is asked for newer ones, as always, and there are none."""
QUERIES, PAGE = 500, 20
Ask = Callable[[SearchPort], object]
Questions = dict[str, list[Ask]]
Taken = dict[tuple[str, str], list[list[float]]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--customers", type=int, default=0)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    size = options.customers or (5_000 if options.quick else 1_000_000 if options.large else 50_000)
    rounds = 1 if options.quick else 3
    engines = engines_here()
    made = register(size, engines)
    with connections["owner"].cursor() as cursor:
        cursor.execute(LEVEL, [FOLLOWER, size])
    taken = measured(engines, questions(made), rounds)
    said = f"{size:,} customers, {QUERIES:,} questions of a kind; medians of {rounds} rounds [range]. Aim: p95 ≤ {AIM_MS} ms."
    text = f"{report.machine()} {said}\n\n{shown(taken)}"
    print(text)
    if options.write:
        report.write("search", text, part=str(size))


def engines_here() -> list[SearchPort]:
    """Postgres, and Elasticsearch where it runs; patient, because a busy machine is no outage."""
    if not settings.ELASTICSEARCH_URL:
        print("There is no Elasticsearch here: Postgres is measured alone.")
        return [PostgresSearch()]
    return [ElasticsearchSearch(settings.ELASTICSEARCH_URL, settings.SEARCH_PREFIX, 10.0), PostgresSearch()]


def questions(made: Register) -> Questions:
    """By kind, each to be put to an engine."""
    chance = random.Random(1)
    chosen = sorted(chance.sample(range(made.size), QUERIES))
    wanted, some = set(chosen), list[Person]()
    for one in islice(made.people(), chosen[-1] + 1):
        if one.number in wanted:
            some.append(one)
    texts: dict[str, list[str]] = {
        "name, as it is typed": names.queries(QUERIES),
        "name, whole": [f"{one.last_name} {one.first_name}" for one in some],
        "a common surname": [*islice(_over("nguyễn", "trần", "lê", "pham", "kowalski"), QUERIES)],
        "two letters": [*islice(_over("ng", "th", "hu", "ka", "an", "le", "tr"), QUERIES)],
        "two common words": [*islice(_over("nguyen thi", "tran van", "thi anh", "nguyen minh", "van th", "ng h"), QUERIES)],
        "phone, last 4": [one.phone[-4:] for one in some],
        "phone, whole": [("0" + one.phone[3:], one.phone)[one.number % 2] for one in some],
        "code": [one.code for one in some],
        "card": [one.card for one in some],
        "email": [one.email for one in some],
    }
    found: Questions = {kind: [_typed(made.tenant_id, text) for text in of] for kind, of in texts.items()}
    found["a common surname, the last page"] = [
        _far_behind(made.tenant_id, text) for text in islice(_over("nguyen", "tran", "thi"), QUERIES // 10)
    ]
    return found


def _over(*texts: str) -> Iterator[str]:
    while True:
        yield from texts


def _typed(tenant_id: int, text: str) -> Ask:
    def ask(engine: SearchPort) -> object:
        with answering(engine), reading(tenant_id):
            return queries.search(text, PAGE)

    return ask


def _far_behind(tenant_id: int, text: str) -> Ask:
    query = SearchQuery(tenant_id=tenant_id, text=text, limit=PAGE, offset=DEEPEST - PAGE, count=False)
    return lambda engine: engine.search(CUSTOMERS, query)


@contextmanager
def answering(engine: SearchPort) -> Iterator[None]:
    """Let `engine` answer for names."""
    before, finding.search_port = finding.search_port, lambda: engine
    try:
        yield
    finally:
        finding.search_port = before


def measured(engines: list[SearchPort], asked: Questions, rounds: int) -> Taken:
    """Milliseconds of every question, by kind, engine and round, after a warm-up."""
    for kind in asked:
        one_round(engines, asked[kind][:50])
    taken: Taken = {(kind, engine.engine): [] for kind in asked for engine in engines}
    for n in range(rounds):
        for kind, of in asked.items():
            for name, times in one_round(engines, random.Random(n).sample(of, len(of))).items():
                taken[kind, name].append(times)
        slowest = max(taken, key=lambda of: part(taken[of][-1], 95))
        print(f"  round {n + 1}: slowest {' in '.join(slowest)}, p95 {part(taken[slowest][-1], 95):.1f} ms", flush=True)
    return taken


def one_round(engines: list[SearchPort], asked: list[Ask]) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {engine.engine: [] for engine in engines}
    for ask in asked:
        for engine in engines:
            begun = time.perf_counter()
            ask(engine)
            times[engine.engine].append((time.perf_counter() - begun) * 1000)
    return times


def part(times: list[float], percent: int) -> float:
    """The time within which so many percent of the questions were answered."""
    return statistics.quantiles(times, n=100, method="inclusive")[percent - 1]


def shown(taken: Taken) -> str:
    rows = []
    for (kind, engine), rounds in taken.items():
        cells = []
        for percent in (50, 95, 99):
            of = [part(times, percent) for times in rounds]
            cells.append(f"{statistics.median(of):.1f} [{min(of):.1f}–{max(of):.1f}]")
        rows.append(" | ".join([kind, engine.capitalize(), *cells]))
    return report.table("question | engine | p50 ms | p95 ms | p99 ms", rows)


if __name__ == "__main__":
    main()
