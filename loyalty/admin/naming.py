"""What the ids in a history belong to, as each context tells in its `admin`; asked for all events of a page at once.

naming.name_ids(of_customers, "customer_id")

def of_customers(request, ids):
        return {c.id: naming.named(request, c.name, "admin:customers_customer_change", c.id, SEE) for c in cards([*ids["customer_id"]])}
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

M = TypeVar("M", bound=Model)
Ids = Mapping[str, frozenset[UUID]]
"""All ids of a page by the name of the fact that holds them; none where a fact is missing."""
Names = Mapping[tuple[str, UUID | str], str]
"""What people read in the place of an id, or of who acted, that a fact holds: text, or a link."""
FINDERS: list[tuple[frozenset[str], Callable[[HttpRequest, Ids], Mapping[UUID, str]]]] = []


def name_ids(find: Callable[[HttpRequest, Ids], Mapping[UUID, str]], *facts: str) -> None:
    """`find` knows the names of the ids in `facts`: few questions, however many ids; whoever is unknown is left out."""
    FINDERS.append((frozenset(facts), find))


def rows(request: HttpRequest, model: type[M], ids: Iterable[UUID]) -> QuerySet[M]:
    """The rows of a read model of the tenant with these ids."""
    return model._default_manager.filter(tenant_id=request.tenant.id, pk__in=[*ids])  # type: ignore[attr-defined]


def named(request: HttpRequest, label: str, page: str, key: Any, permission: str) -> str:
    """The name, which leads to the page for those who may open it."""
    if not request.user.has_perm(permission):
        return label
    return format_html('<a href="{}" class="text-primary-600 underline dark:text-primary-300">{}</a>', reverse(page, args=[key]), label)


def names_of(request: HttpRequest, events: Iterable[Any]) -> Names:
    """The names of all ids that the events hold, also in their parts."""
    held: dict[str, set[UUID]] = defaultdict(set)
    for event in events:
        for fact, key in _ids(event):
            held[fact].add(key)
    ids: Ids = defaultdict(frozenset, {fact: frozenset(keys) for fact, keys in held.items()})
    names: dict[tuple[str, UUID | str], str] = {}
    for facts, find in FINDERS:
        if facts & held.keys():
            found = find(request, ids)
            names |= {(fact, key): found[key] for fact in facts for key in held.get(fact, ()) if key in found}
    return names


def _ids(part: Any) -> Iterator[tuple[str, UUID]]:
    if not dataclasses.is_dataclass(part):
        return
    for field in dataclasses.fields(part):
        value = getattr(part, field.name)
        for one in value if isinstance(value, tuple | list) else (value,):
            if isinstance(one, UUID):
                yield field.name, one
            else:
                yield from _ids(one)
