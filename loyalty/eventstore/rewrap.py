"""Moves the keys of people under the current master key."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connections

from loyalty.eventstore.keyring import master_keys
from loyalty.eventstore.keys import rewrapped

OLD = """select tenant_id, subject_id, master_version, wrapped_key from event.subject_key
    where master_version < %s and wrapped_key is not null order by tenant_id, subject_id limit %s"""
REWRAP = "select event.rewrap_key(%s, %s, %s, %s::smallint, %s)"
BATCH = 500


def rewrap_keys(*, using: str = "owner") -> Iterator[int]:
    """Re-wrap every key that lies under an older master key; yields the size of each batch. Keys stay the same."""
    current = max(master_keys())
    with connections[using].cursor() as cursor:
        while True:
            cursor.execute(OLD, [current, BATCH])
            rows = cursor.fetchall()
            if not rows:
                return
            for tenant, subject, version, wrapped in rows:
                cursor.execute(REWRAP, [tenant, subject, wrapped, current, rewrapped(bytes(wrapped), subject, version, current)])
            yield len(rows)
