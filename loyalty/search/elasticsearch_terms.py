"""Documents and queries in Elasticsearch's words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from loyalty.search.fold import LONGEST_WORD, mistakes
from loyalty.search.plan import Bounds, Key, Plan
from loyalty.search.port import CLOSENESS, DISTANCE, SearchIndex, Sort
from loyalty.search.prepared import Prepared

WHOLE, BEGUN, ALIKE = range(3)
"""The closenesses: all words whole, all begun, some misspelt."""
EACH_MISSPELT = "top_terms_boost_1000"
SETTINGS = {
    "number_of_shards": 1,
    "auto_expand_replicas": "0-1",
    "refresh_interval": "1s",  # said outright, so that an index that nobody searched for a while is not stale at the first search
    "merge.policy.expunge_deletes_allowed": 0,
}


def mapping(index: SearchIndex) -> dict[str, Any]:
    """The fields of stored documents. Words are tokens made by us, so that both engines compare the same ones."""
    exact: dict[str, Any] = {"type": "keyword", "doc_values": False, "norms": False}
    properties: dict[str, Any] = {
        "tenant": exact,
        "id": {"type": "keyword"},
        "version": {"type": "long"},
        "live": {"type": "boolean"},
        "words": exact | {"ignore_above": LONGEST_WORD},
        "keywords": exact,
        "key": {"properties": {f: {"type": "keyword", "index": False} for f in index.keys}},
        "number": {"properties": {f: {"type": "long", "doc_values": False} for f in index.keys[len(index.sortable) :]}},
    }
    if index.place:
        properties["place"] = {"type": "geo_point"}
    return {"dynamic": "strict", "_routing": {"required": True}, "properties": properties}


def search_body(asked: Plan) -> dict[str, Any]:
    """Query, order and page of a plan in Elasticsearch's words."""
    query: dict[str, Any] = {"filter": _filters(asked)}
    if asked.words:
        query["filter"].append(_text(asked, _CLOSE[ALIKE](asked.words)))
        # One point for all words begun, one more for all words whole: the score is the closeness.
        query["should"] = [{"constant_score": {"filter": _text(asked, _CLOSE[close](asked.words))}} for close in (BEGUN, WHOLE)]
    body: dict[str, Any] = {"query": {"bool": query}, "sort": [*map(_order(asked), asked.sort), {"id": "asc"}]}
    body |= {"size": asked.limit, "source": False, "track_total_hits": asked.count}
    if asked.after:
        keys = [_score(asked, k) if s.field == CLOSENESS else k for s, k in zip(asked.sort, asked.after.keys, strict=True)]
        return body | {"search_after": [*keys, str(asked.after.id)]}
    return body | {"from_": asked.offset}


def closenesses(asked: Plan) -> range:
    """The closenesses of which a page of a plan can consist, one after another; none where its order is another, or all are counted."""
    if not asked.words or asked.either or asked.near or asked.count or asked.sort != (Sort(CLOSENESS),):
        return range(0)
    farthest = ALIKE if any(map(mistakes, asked.words)) else BEGUN
    return range(int(asked.after.keys[0] or 0) if asked.after else WHOLE, farthest + 1)


def body_of_closeness(asked: Plan, closeness: int, limit: int) -> dict[str, Any]:
    """Those of one closeness alone, by id. They need no score: of a common name only as many are looked at as the page needs."""
    query: dict[str, Any] = {"filter": [*_filters(asked), _text(asked, _CLOSE[closeness](asked.words))]}
    if closeness != WHOLE:
        query["must_not"] = [_text(asked, _CLOSE[closeness - 1](asked.words))]
    body: dict[str, Any] = {"query": {"bool": query}, "sort": [{"id": "asc"}], "size": limit, "source": False, "track_total_hits": False}
    if asked.after and asked.after.keys[0] == str(closeness):
        return body | {"search_after": [str(asked.after.id)]}
    return body | {"from_": asked.offset}


def _filters(asked: Plan) -> list[dict[str, Any]]:
    filters: list[dict[str, Any]] = [{"term": {"tenant": str(asked.tenant_id)}}, {"term": {"live": True}}]
    filters += [{"terms": {"keywords": tokens}} for tokens in asked.filters]
    filters += [{"range": {f"number.{b.field}": _range(b)}} for b in asked.bounds]
    if asked.newer_than is not None:
        filters.append({"range": {"version": {"gt": asked.newer_than}}})
    if asked.near:
        point = {"lat": asked.near.latitude, "lon": asked.near.longitude}
        filters.append({"geo_distance": {"distance": f"{asked.near.meters}m", "place": point}})
    return filters


def _text(asked: Plan, clauses: list[dict[str, Any]]) -> dict[str, Any]:
    every: dict[str, Any] = {"bool": {"filter": clauses}}
    if not asked.either:
        return every
    return {"bool": {"should": [every, {"terms": {"keywords": asked.either}}], "minimum_should_match": 1}}


def _alike(word: str) -> dict[str, Any]:
    """The word begun, or misspelt. The usual rewriting keeps the best 50 words, `constant_score` all, but works them out anew for each part
    of an index; hardly any word has as many neighbors as are kept here.
    """
    begun: dict[str, Any] = {"prefix": {"words": word}}
    if not mistakes(word):
        return begun
    fuzzy = {"value": word, "fuzziness": mistakes(word), "transpositions": False, "prefix_length": 0, "rewrite": EACH_MISSPELT}
    return {"bool": {"should": [begun, {"fuzzy": {"words": fuzzy}}], "minimum_should_match": 1}}


_CLOSE: Sequence[Callable[[Sequence[str]], list[dict[str, Any]]]] = (
    lambda words: [{"term": {"words": w}} for w in words],
    lambda words: [{"prefix": {"words": w}} for w in words],
    lambda words: [_alike(w) for w in words],
)
"""What each word must be, by closeness; the closer are among the farther."""


def _range(bounds: Bounds) -> dict[str, int]:
    return {name: value for name, value in (("gte", bounds.start), ("lt", bounds.end)) if value is not None}


def _order(asked: Plan) -> Any:
    def order(sort: Sort) -> dict[str, Any]:
        if sort.field == CLOSENESS:
            return {"_score": {"order": "asc" if sort.descending else "desc"}}
        way = "desc" if sort.descending else "asc"
        if sort.field == DISTANCE and asked.near:
            return {"_geo_distance": {"place": {"lat": asked.near.latitude, "lon": asked.near.longitude}, "order": way, "unit": "m"}}
        return {f"key.{sort.field}": {"order": way, "missing": "_last"}}

    return order


def sort_keys(asked: Plan, values: Sequence[Any]) -> tuple[Key, ...]:
    """The sort values of a hit as both engines know them; a distance is none."""

    def key(sort: Sort, value: Any) -> Key:
        if sort.field == CLOSENESS:
            return str(2 - int(value)) if asked.words else "0"
        return None if sort.field == DISTANCE else value

    return tuple(key(s, v) for s, v in zip(asked.sort, values, strict=False))


def _score(asked: Plan, closeness: Key) -> int:
    return 2 - int(closeness or 0) if asked.words else 0


def action(p: Prepared) -> dict[str, Any]:
    """Store unless a newer version is there. The tenant is part of the id, so that no tenant can write over another's document."""
    tenant = str(p.tenant_id)
    return {"index": {"_id": f"{tenant}:{p.id}", "routing": tenant, "version": p.version, "version_type": "external_gte"}}


def source(index: SearchIndex, p: Prepared) -> dict[str, Any]:
    """A document as it is stored."""
    stored: dict[str, Any] = {"tenant": str(p.tenant_id), "id": str(p.id), "version": p.version, "live": not p.tombstone}
    if p.tombstone:
        return stored
    stored |= {"words": p.words, "keywords": p.keywords, "number": dict(p.numbers)}
    stored["key"] = {f: k for f, k in zip(index.keys, p.keys, strict=True) if k is not None}
    if p.place:
        stored["place"] = {"lat": p.place[0], "lon": p.place[1]}
    return stored
