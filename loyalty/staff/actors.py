"""Names of the staff and programs that acted, as metadata of events calls them: "staff:ID", "token:ID"."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from uuid import UUID

from loyalty.staff.models import ApiToken, User
from loyalty.staff.permissions import SEE_STAFF, SEE_TOKENS
from loyalty.staff.principal import Principal

SEEN_WITH = {"staff": SEE_STAFF, "token": SEE_TOKENS}


def actors(acted: Iterable[str]) -> dict[str, str]:
    """Names of those who acted, where they are known here; in two queries."""
    ids: dict[str, set[UUID]] = {"staff": set(), "token": set()}
    for actor in set(acted):
        kind, _sep, key = actor.partition(":")
        if kind in ids:
            with suppress(ValueError):
                ids[kind].add(UUID(key))
    people = {f"staff:{u.pk}": str(u) for u in User.objects.filter(pk__in=ids["staff"])}
    return people | {f"token:{t.pk}": t.name for t in ApiToken.objects.filter(pk__in=ids["token"])}


def actors_seen(acted: Iterable[str], reader: Principal) -> dict[str, str]:
    """The same for a reader: of staff and of programs only where they may see these."""
    seen = {kind for kind, permission in SEEN_WITH.items() if reader.may(permission)}
    return actors(actor for actor in acted if actor.partition(":")[0] in seen)
