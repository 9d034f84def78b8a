"""Rows that find people by keyed digests, put under the newest key: each context says it for what it keeps, in its module `rekeying`.

    @rekeys("earning.references")
    def references(tenant_id: int) -> Iterator[int]:
        …  # one chunk of rows, in a transaction of its own; yield how many

Rows know the version of their key, so it goes on where it was stopped; until it is through, all keys of the environment find people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.utils.module_loading import autodiscover_modules

AT_ONCE = 500
Rekey = Callable[[int], Iterator[int]]
REKEYS: dict[str, Rekey] = {}


def rekeys(name: str) -> Callable[[Rekey], Rekey]:
    """Register how rows get the newest key. Raises ValueError for a name that is taken."""

    def register(rekey: Rekey) -> Rekey:
        if name in REKEYS:
            raise ValueError(f"{name} is put under new keys by {REKEYS[name]}")
        REKEYS[name] = rekey
        return rekey

    return register


def rekey_lookups(tenant_id: int) -> Iterator[tuple[str, int]]:
    """Put everything of a tenant under the newest key; yields what, and how many rows so far, after each chunk."""
    autodiscover_modules("rekeying")
    for name, rekey in sorted(REKEYS.items()):
        total = 0
        for done in rekey(tenant_id):
            total += done
            yield name, total
