"""Elasticsearch, Postgres and the rule itself find the same people among 50,000."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID, uuid5

import pytest

from loyalty.search import SearchDocument, SearchPort, SearchQuery
from loyalty.search.postgres import PostgresSearch
from tests.search.conftest import PEOPLE, elasticsearch_port
from tests.search.names import names, queries
from tests.search.oracle import Names, plain_words
from tests.support.people import new_tenant

pytestmark = pytest.mark.long
NAMES, QUERIES = 50_000, 200
SPACE = UUID("5eaf0000-0000-4000-8000-000000000000")


class Crowd(NamedTuple):
    engines: tuple[SearchPort, ...]
    tenant_id: int
    names: Names
    number: dict[UUID, int]


@pytest.fixture(scope="module")
def crowd(elasticsearch: object, test_database: str) -> Iterator[Crowd]:
    """50,000 names in both engines."""
    called = list(names(NAMES))
    tenant_id = new_tenant().id
    ids = [uuid5(SPACE, str(n)) for n in range(NAMES)]
    engines = (elasticsearch_port(), PostgresSearch())
    for engine in engines:
        assert engine.ensure(PEOPLE)
        documents = (SearchDocument(tenant_id=tenant_id, id=i, version=1, values={"name": n}) for i, n in zip(ids, called, strict=True))
        assert engine.upsert(PEOPLE, documents).stored == NAMES
        engine.refresh(PEOPLE)
    yield Crowd(engines, tenant_id, Names(called), {i: n for n, i in enumerate(ids)})
    engines[0].client.close()


def everybody(port: SearchPort, tenant_id: int, text: str, uncounted: int = 0) -> list[UUID]:
    """All that `text` finds, page by page; or so many of them, on pages that are not counted, of which each asks for the closest only."""
    ids: list[UUID] = []
    cursor = ""
    limit = uncounted // 3 or 10_000
    while True:
        page = port.search(PEOPLE, SearchQuery(tenant_id=tenant_id, text=text, limit=limit, cursor=cursor, count=not uncounted))
        ids += page.ids
        cursor = page.next_cursor
        if not cursor or len(ids) == uncounted:
            assert page.total == (None if uncounted else len(ids))
            return ids


@pytest.mark.search
def test_200_queries_over_50_000_names_find_the_same_people(crowd: Crowd) -> None:
    sizes = []
    for text in queries(QUERIES):
        first, second = (everybody(engine, crowd.tenant_id, text) for engine in crowd.engines)
        assert first == second, f"{text!r}: the engines differ, in people or in order"
        assert everybody(PostgresSearch(), crowd.tenant_id, text, 600) == first[:600], f"{text!r}: uncounted pages differ"
        assert {crowd.number[i] for i in first} == crowd.names.found(text), f"{text!r}: the rule says otherwise"
        assert len(set(first)) == len(first)
        sizes.append(len(first))
    assert len(sizes) == QUERIES
    assert sum(s == 0 for s in sizes) > 10, "some queries must find nobody"
    assert sum(s > 0 for s in sizes) > QUERIES / 2, "most queries must find somebody"
    assert max(sizes) > 10_000, "some queries must find a crowd"


@pytest.mark.search
def test_the_queries_try_every_part_of_the_rule(crowd: Crowd) -> None:
    """Each kind of query word occurs: whole, begun, misspelt once and twice, and too different to be found."""
    kinds = {"whole": 0, "begun": 0, "misspelt": 0, "nowhere": 0, "short": 0, "long": 0}
    for word in {w for text in queries(QUERIES) for w in plain_words(text)}:
        begun = any(known.startswith(word) for known in crowd.names.where)
        kind = "whole" if word in crowd.names.where else "begun" if begun else "misspelt" if crowd.names.found(word) else "nowhere"
        kinds[kind] += 1
        kinds["short"] += len(word) < 4
        kinds["long"] += len(word) >= 8
    assert min(kinds.values()) >= 15, kinds


@pytest.mark.search
def test_a_page_of_one_engine_goes_on_in_the_other(crowd: Crowd) -> None:
    whole = everybody(crowd.engines[0], crowd.tenant_id, "nguyen van a")
    turns, ids, cursor = list(crowd.engines) * 3, [], ""
    for engine in turns:
        page = engine.search(PEOPLE, SearchQuery(tenant_id=crowd.tenant_id, text="nguyen van a", limit=10, cursor=cursor))
        ids += page.ids
        cursor = page.next_cursor
    assert len(ids) == 60
    assert ids == whole[:60]
