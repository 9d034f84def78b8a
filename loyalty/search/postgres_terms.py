"""Documents and queries in the words of the functions in `sql/`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from loyalty.search.plan import Plan
from loyalty.search.port import CLOSENESS, DISTANCE
from loyalty.search.prepared import Prepared


def as_json(rows: Iterable[Prepared]) -> str:
    """Documents as `search_store` takes them."""
    return orjson.dumps(
        [
            {
                "id": p.id,
                "version": p.version,
                "tombstone": p.tombstone,
                "words": p.words,
                "keywords": p.keywords,
                "keys": p.keys,
                "latitude": p.place and p.place[0],
                "longitude": p.place and p.place[1],
            }
            for p in rows
        ]
    ).decode()


Words = Mapping[str, list[str]]


def parameters(asked: Plan, number: int, misspelt: Words, begun: Words) -> tuple[Any, ...]:
    """What `search_page` is called with: the plan, the number of the live making, and its words that misspell those asked for, or that
    begin so, where these are few.
    """
    positions = {f: i for i, f in enumerate(asked.index.keys, 1)} | {CLOSENESS: 0, DISTANCE: -1}
    near, after = asked.near, asked.after
    return (
        asked.tenant_id,
        number,
        *_tsqueries(asked, number, misspelt, begun),
        [positions[b.field] for b in asked.bounds],
        [b.start_key for b in asked.bounds],
        [b.end_key for b in asked.bounds],
        *((near.latitude, near.longitude, near.meters) if near else (None, None, None)),
        [positions[s.field] for s in asked.sort],
        [s.descending for s in asked.sort],
        list(after.keys) if after else None,
        after.id if after else None,
        asked.newer_than,
        asked.count,
        asked.limit,
        asked.offset,
    )


def _tsqueries(asked: Plan, number: int, misspelt: Words, begun_by: Words) -> tuple[str, str | None, str | None]:
    """What must match, and of that, what counts as all words begun, and what as all words whole."""
    exact = [_lexeme(f"{number}={t}") for t in asked.either]

    def text(forms: Mapping[str, list[str]]) -> str:
        return _any([_all_of([_any(f) for f in forms.values()]), *exact])

    whole = {w: [_lexeme(f"{number}.{w}")] for w in asked.words}
    begun = {
        w: [_lexeme(f"{number}.{b}") for b in sorted({w, *begun_by[w]})] if w in begun_by else [f"{whole[w][0]}:*"] for w in asked.words
    }
    alike = {w: begun[w] + [_lexeme(f"{number}.{m}") for m in sorted(misspelt.get(w, []))] for w in asked.words}
    filters = [_any([_lexeme(f"{number}={t}") for t in tokens]) for tokens in asked.filters]
    if not asked.words:
        return _all_of(filters or [_lexeme(f"{number}*")]), None, None
    return _all_of([text(alike), *filters]), _all_of([text(begun), *filters]), _all_of([text(whole), *filters])


def _any(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"({' | '.join(parts)})"


def _all_of(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"({' & '.join(parts)})"


def _lexeme(token: str) -> str:
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"
