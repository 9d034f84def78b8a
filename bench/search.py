"""How long it takes to find customers by name among 50,000, in Elasticsearch and in Postgres.

    EMBEDDED_HOME=.local/bench python -m loyalty.embedded run --durable -- python -m bench.search

Vietnamese and Polish names as frequent as in their countries, and what people type to find them: words cut short, in any
order, misspelt, without accents. One client, the first 20 of each answer, as the till asks. Every query is put to both
engines in turn. `--quick` takes 5,000 customers and one round; `--write` keeps the result.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import time
from collections.abc import Iterator
from uuid import uuid4

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402

from bench import report  # noqa: E402
from loyalty.search import SearchDocument, SearchIndex, SearchPort, SearchQuery  # noqa: E402
from loyalty.search.elasticsearch import ElasticsearchSearch  # noqa: E402
from loyalty.search.postgres import PostgresSearch  # noqa: E402
from loyalty.staff.tenants import create_tenant  # noqa: E402
from tests.search.names import names, queries  # noqa: E402

QUERIES, PAGE = 1000, 20
Times = dict[str, list[float]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    people, rounds = (5_000, 1) if options.quick else (50_000, 5)
    index = SearchIndex(name=f"bench_{uuid4().hex[:8]}", text=("name",), sortable=("name",))
    tenant_id = create_tenant(f"bench-{uuid4().hex[:10]}", "Bench").id
    engines = engines_here()
    for engine in engines:
        fill(engine, index, tenant_id, people)
    try:
        times = measured(engines, index, tenant_id, rounds)
    finally:
        forget(index)
    text = f"{report.machine()} {people:,} customers, {QUERIES:,} queries; medians of {rounds} rounds [range].\n\n{shown(times)}"
    print(text)
    if options.write:
        report.write("search", text)


def engines_here() -> list[SearchPort]:
    """Postgres, and Elasticsearch where it runs; patient, because a busy machine is no outage."""
    if not settings.ELASTICSEARCH_URL:
        print("There is no Elasticsearch here: Postgres is measured alone.")
        return [PostgresSearch()]
    return [ElasticsearchSearch(settings.ELASTICSEARCH_URL, settings.SEARCH_PREFIX, 10.0), PostgresSearch()]


def fill(engine: SearchPort, index: SearchIndex, tenant_id: int, people: int) -> None:
    begun = time.perf_counter()
    engine.ensure(index)
    stored = engine.upsert(index, documents(tenant_id, people)).stored
    engine.refresh(index)
    with connections["owner"].cursor() as cursor:
        cursor.execute("analyze")
    print(f"  {engine.engine}: {stored:,} documents in {time.perf_counter() - begun:.1f} s", flush=True)


def documents(tenant_id: int, people: int) -> Iterator[SearchDocument]:
    for name in names(people):
        yield SearchDocument(tenant_id=tenant_id, id=uuid4(), version=1, values={"name": name})


def measured(engines: list[SearchPort], index: SearchIndex, tenant_id: int, rounds: int) -> dict[str, list[list[float]]]:
    """Milliseconds of every query, by engine and round, after a warm-up."""
    asked = [SearchQuery(tenant_id=tenant_id, text=text, limit=PAGE, count=False) for text in queries(QUERIES)]
    one_round(engines, index, asked[:200])
    taken: dict[str, list[list[float]]] = {engine.engine: [] for engine in engines}
    for n in range(rounds):
        random.Random(n).shuffle(asked)
        for name, times in one_round(engines, index, asked).items():
            taken[name].append(times)
        print(f"  round {n + 1}: " + ", ".join(f"{name} p95 {part(of[-1], 95):.1f} ms" for name, of in taken.items()), flush=True)
    return taken


def one_round(engines: list[SearchPort], index: SearchIndex, asked: list[SearchQuery]) -> Times:
    times: Times = {engine.engine: [] for engine in engines}
    for query in asked:
        for engine in engines:
            begun = time.perf_counter()
            engine.search(index, query)
            times[engine.engine].append((time.perf_counter() - begun) * 1000)
    return times


def part(times: list[float], percent: int) -> float:
    """The time within which so many percent of the queries were answered."""
    return statistics.quantiles(times, n=100, method="inclusive")[percent - 1]


def shown(taken: dict[str, list[list[float]]]) -> str:
    rows = []
    for name, rounds in taken.items():
        cells = []
        for percent in (50, 95, 99):
            of = [part(times, percent) for times in rounds]
            cells.append(f"{statistics.median(of):.1f} [{min(of):.1f}–{max(of):.1f}]")
        rows.append(" | ".join([name.capitalize(), *cells]))
    return report.table("engine | p50 ms | p95 ms | p99 ms", rows)


def forget(index: SearchIndex) -> None:
    """Nothing of it stays in Elasticsearch."""
    if settings.ELASTICSEARCH_URL:
        from elasticsearch import Elasticsearch

        with Elasticsearch(settings.ELASTICSEARCH_URL) as client:
            for made in client.indices.get(index=f"{settings.SEARCH_PREFIX}*{index.name}*"):
                client.indices.delete(index=made)


if __name__ == "__main__":
    main()
