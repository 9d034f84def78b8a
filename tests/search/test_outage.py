"""When Elasticsearch is not there, slow or broken, Postgres answers at once."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Thread
from time import monotonic, sleep
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connections

from loyalty.search import SearchDocument, SearchIndex, SearchQuery, SearchUnavailable, search_feeds, search_port
from loyalty.search.breaker import Breaker, FallbackSearch
from loyalty.search.elasticsearch import PATIENCE, ElasticsearchSearch
from loyalty.search.postgres import PostgresSearch
from loyalty.tenancy.models import Tenant
from tests.search.conftest import PEOPLE, elasticsearch_port

MARGIN = 1.0
"""What a busy machine may add to the patience of a search."""


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Relay:
    """A door to the real Elasticsearch that can be shut, or let people wait."""

    def __init__(self) -> None:
        self.mode = "open"
        self.calls = 0
        self.server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.server.getsockname()[1]}"
        self.target = settings.ELASTICSEARCH_URL.rsplit("//", 1)[1].split(":")
        self.held: list[socket.socket] = []
        Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.server.accept()
            except OSError:
                return
            Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            while self._one(client):
                pass

    def _one(self, client: socket.socket) -> bool:
        try:
            asked = self._message(client)
            if not asked:
                return False
            self.calls += 1
            if self.mode == "silent":
                self.held.append(client.dup())
                sleep(5)
                return False
            if self.mode == "trickle":
                client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nX-Elastic-Product: Elasticsearch\r\n\r\n")
                for _ in range(50):
                    client.sendall(b" ")
                    sleep(0.1)
                return False
            if self.mode == "broken":
                client.sendall(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n{}")
                return True
            return self.mode != "shut" and self._pass_on(asked, client)
        except OSError:
            return False

    def _pass_on(self, asked: bytes, client: socket.socket) -> bool:
        with socket.create_connection((self.target[0], int(self.target[1]))) as real:
            real.sendall(asked)
            client.sendall(self._message(real))
        return True

    @staticmethod
    def _message(peer: socket.socket) -> bytes:
        got = b""
        while b"\r\n\r\n" not in got:
            part = peer.recv(65536)
            if not part:
                return got
            got += part
        head, body = got.split(b"\r\n\r\n", 1)
        lengths = [int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")]
        while lengths and len(body) < lengths[0]:
            body += peer.recv(65536)
        return head + b"\r\n\r\n" + body

    def close(self) -> None:
        self.server.close()
        for s in self.held:
            s.close()


@pytest.fixture
def relay(elasticsearch: object) -> Iterator[Relay]:
    made = Relay()
    yield made
    made.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def both(relay: Relay, clock: Clock, tenant: Tenant) -> FallbackSearch:
    """Elasticsearch behind the door and Postgres, both with one person called An."""
    direct, postgres = elasticsearch_port(), PostgresSearch()
    direct.ensure(PEOPLE)
    an = SearchDocument(tenant_id=tenant.id, id=uuid4(), version=1, values={"name": "An"})
    FallbackSearch(direct, postgres).upsert(PEOPLE, [an])
    direct.refresh(PEOPLE)
    through_the_door = ElasticsearchSearch(relay.url, settings.SEARCH_PREFIX)
    return FallbackSearch(through_the_door, postgres, Breaker(5, clock))


@pytest.fixture
def ask(both: FallbackSearch, tenant: Tenant) -> Callable[[], str]:
    """Search for An, find exactly one, and say which engine answered."""

    def asked() -> str:
        found = both.search(PEOPLE, SearchQuery(tenant_id=tenant.id, text="an"))
        assert found.total == len(found.ids) == 1
        return found.engine

    return asked


def warm(both: FallbackSearch, clock: Clock, ask: Callable[[], str]) -> None:
    """The first answers of a busy machine may be slower than the patience; wait until Elasticsearch is the one who answers."""
    for _ in range(20):
        if ask() == "elasticsearch":
            return
        clock.now += 6
    raise AssertionError("Elasticsearch never answered in time")


@pytest.mark.search
@pytest.mark.parametrize("mode", ["shut", "silent", "trickle", "broken"])
def test_postgres_answers_in_bounded_time(both: FallbackSearch, relay: Relay, clock: Clock, ask: Callable[[], str], mode: str) -> None:
    warm(both, clock, ask)
    relay.mode = mode
    begun = monotonic()
    assert ask() == "postgres"
    assert monotonic() - begun < PATIENCE + MARGIN
    assert both.engine == "postgres"


@pytest.mark.search
def test_the_dead_engine_is_left_alone_until_the_pause_is_over(
    both: FallbackSearch, relay: Relay, clock: Clock, ask: Callable[[], str]
) -> None:
    warm(both, clock, ask)
    relay.mode = "silent"
    assert ask() == "postgres"
    calls = relay.calls
    assert [ask() for _ in range(5)] == ["postgres"] * 5
    assert relay.calls == calls
    clock.now += 6
    assert ask() == "postgres"  # one tried again, in vain
    assert relay.calls == calls + 1
    relay.mode = "open"
    assert ask() == "postgres"
    clock.now += 6
    warm(both, clock, ask)
    assert both.engine == "elasticsearch"


@pytest.mark.search
def test_many_at_once_wait_no_longer_than_one(both: FallbackSearch, relay: Relay, clock: Clock, ask: Callable[[], str]) -> None:
    warm(both, clock, ask)
    relay.mode = "silent"

    def timed(_: int) -> tuple[str, float]:
        begun = monotonic()
        try:
            return ask(), monotonic() - begun
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(timed, range(40)))
    assert {engine for engine, _ in answers} == {"postgres"}
    assert max(seconds for _, seconds in answers) < PATIENCE + MARGIN
    assert relay.calls < 40


@pytest.mark.search
def test_a_missing_index_is_answered_by_postgres(elasticsearch: object, tenant: Tenant) -> None:
    index = SearchIndex(name=f"absent_{uuid4().hex[:8]}", text=("name",))
    found = FallbackSearch(elasticsearch_port(), PostgresSearch()).search(index, SearchQuery(tenant_id=tenant.id))
    assert (found.engine, found.total) == ("postgres", 0)


@pytest.mark.search
def test_writes_to_a_missing_index_make_none_by_themselves(elasticsearch: object, tenant: Tenant) -> None:
    index = SearchIndex(name=f"absent_{uuid4().hex[:8]}", text=("name",))
    port = elasticsearch_port()
    document = SearchDocument(tenant_id=tenant.id, id=uuid4(), version=1, values={"name": "An"})
    with pytest.raises(SearchUnavailable):
        port.upsert(index, [document])
    assert port._made(index) == {}


def test_nobody_listening_is_noticed_at_once(tenant: Tenant) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
    begun = monotonic()
    with pytest.raises(SearchUnavailable):
        ElasticsearchSearch(url, "nobody").search(PEOPLE, SearchQuery(tenant_id=tenant.id))
    assert monotonic() - begun < PATIENCE + MARGIN


def test_one_tries_for_all_when_the_pause_is_over(clock: Clock) -> None:
    breaker = Breaker(5, clock)
    assert [breaker.allows(), breaker.open] == [True, False]
    breaker.failed()
    assert [breaker.allows(), breaker.open] == [False, True]
    clock.now += 5
    assert [breaker.allows(), breaker.allows()] == [True, False]
    breaker.succeeded()
    assert [breaker.allows(), breaker.open] == [True, False]


def test_the_settings_name_the_engines(settings: object) -> None:
    settings.ELASTICSEARCH_URL = None
    assert search_port().engine == "postgres"
    assert list(search_feeds()) == ["postgres"]
    settings.ELASTICSEARCH_URL = "http://127.0.0.1:7"  # nobody else's, whose breaker may be open
    assert search_port().engine == "elasticsearch"
    assert search_port() is search_port()
    assert list(search_feeds("projector")) == ["postgres", "elasticsearch"]
