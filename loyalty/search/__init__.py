"""Search: one port, Elasticsearch and Postgres behind it, the same answer from both.

from loyalty.search import SearchIndex, SearchQuery, search_port

found = search_port().search(PEOPLE, SearchQuery(tenant_id=tenant.id, text="duong", limit=20))
"""

from __future__ import annotations

from functools import cache

from loyalty.search.port import (
    CLOSENESS,
    DISTANCE,
    Near,
    Range,
    Rebuilding,
    SearchDocument,
    SearchFailed,
    SearchIndex,
    SearchPort,
    SearchQuery,
    SearchRefused,
    SearchResult,
    SearchUnavailable,
    Sort,
    Tombstone,
    Written,
)

__all__ = [
    "CLOSENESS",
    "DISTANCE",
    "Near",
    "Range",
    "Rebuilding",
    "SearchDocument",
    "SearchFailed",
    "SearchIndex",
    "SearchPort",
    "SearchQuery",
    "SearchRefused",
    "SearchResult",
    "SearchUnavailable",
    "Sort",
    "Tombstone",
    "Written",
    "search_feeds",
    "search_port",
]


def search_port() -> SearchPort:
    """The engine that answers here: Elasticsearch with Postgres behind it, or Postgres alone without `ELASTICSEARCH_URL`."""
    from django.conf import settings

    return _port(settings.ELASTICSEARCH_URL, settings.SEARCH_PREFIX)


def search_feeds(using: str = "default") -> dict[str, SearchPort]:
    """Each engine by name, to be fed by a projection of its own. `using`: the database alias of the Postgres one."""
    from django.conf import settings

    from loyalty.search.postgres import PostgresSearch

    feeds: dict[str, SearchPort] = {"postgres": PostgresSearch(using)}
    if settings.ELASTICSEARCH_URL:
        feeds["elasticsearch"] = _elasticsearch(settings.ELASTICSEARCH_URL, settings.SEARCH_PREFIX)
    return feeds


@cache
def _port(url: str | None, prefix: str) -> SearchPort:
    from loyalty.search.breaker import FallbackSearch
    from loyalty.search.postgres import PostgresSearch

    return FallbackSearch(_elasticsearch(url, prefix), PostgresSearch()) if url else PostgresSearch()


@cache
def _elasticsearch(url: str, prefix: str) -> SearchPort:
    from loyalty.search.elasticsearch import ElasticsearchSearch

    return ElasticsearchSearch(url, prefix)
