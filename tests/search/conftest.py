"""Both engines as parameters of every contract test, and people to put into them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings

from loyalty.search import SearchDocument, SearchIndex, SearchPort, SearchQuery
from loyalty.search.elasticsearch import ElasticsearchSearch
from loyalty.search.postgres import PostgresSearch
from loyalty.tenancy.models import Tenant

PEOPLE = SearchIndex(
    name="people",
    text=("name", "nickname"),
    keyword=("code", "phone", "label"),
    numbers=("points",),
    moments=("joined_at",),
    days=("born_on",),
    sortable=("name", "code"),
    place="home",
)


def elasticsearch_port(patience: float = 10.0) -> ElasticsearchSearch:
    """Patient: these tests ask what is found, not how fast on a busy machine."""
    return ElasticsearchSearch(settings.ELASTICSEARCH_URL, settings.SEARCH_PREFIX, patience)


@pytest.fixture(scope="module", params=[pytest.param("elasticsearch", marks=pytest.mark.search), "postgres"])
def port(request: pytest.FixtureRequest, test_database: str) -> Iterator[SearchPort]:
    if request.param == "postgres":
        yield PostgresSearch()
        return
    request.getfixturevalue("elasticsearch")
    made = elasticsearch_port()
    made.ensure(PEOPLE)
    yield made
    made.client.close()


@pytest.fixture
def fresh_index(port: SearchPort) -> SearchIndex:
    """An index of this test's own: a rebuild concerns all tenants."""
    index = SearchIndex(name=f"own_{uuid4().hex[:8]}", text=("name",), keyword=("code",), sortable=("name",), numbers=("points",))
    assert port.ensure(index)
    return index


class People:
    """Documents of one tenant, named by what they are called."""

    def __init__(self, port: SearchPort, index: SearchIndex, tenant_id: int) -> None:
        self.port, self.index, self.tenant_id = port, index, tenant_id
        self.ids: dict[str, UUID] = {}

    def add(self, *names: str, version: int = 1, **values: Any) -> People:
        """Store a person for each name, all with the same `values`."""
        for name in names:
            self.ids.setdefault(name, uuid4())
        self.port.upsert(self.index, [self.document(n, version, **values) for n in names])
        self.port.refresh(self.index)
        return self

    def document(self, name: str, version: int = 1, **values: Any) -> SearchDocument:
        known = self.ids.setdefault(name, uuid4())
        return SearchDocument(tenant_id=self.tenant_id, id=known, version=version, values={"name": name} | values)

    def called(self, ids: Any) -> list[str]:
        by_id = {i: n for n, i in self.ids.items()}
        return [by_id[i] for i in ids]

    def found(self, text: str = "", **asked: Any) -> list[str]:
        """Who is found, in order."""
        result = self.port.search(self.index, SearchQuery(tenant_id=self.tenant_id, text=text, **asked))
        assert result.engine == self.port.engine
        assert result.total is None or result.total >= len(result.ids)
        return self.called(result.ids)


@pytest.fixture
def people(port: SearchPort, tenant: Tenant) -> People:
    return People(port, PEOPLE, tenant.id)


@pytest.fixture
def people_of(port: SearchPort) -> Callable[[Tenant], People]:
    return lambda tenant: People(port, PEOPLE, tenant.id)
