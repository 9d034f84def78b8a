"""Partitions of the log, made ahead of need: an event without a partition for its position is refused."""

from __future__ import annotations

from typing import Any

from django.db import connections, transaction

AHEAD = 2
MAKING = 79 << 48
"""Advisory lock: two processes would make the same partition."""


def add_partitions(ahead: int = AHEAD, *, using: str = "default") -> int:
    """Make partitions until `ahead` follow the one that is written; returns how many were made."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [MAKING])
        cursor.execute("select event.add_partitions(%s)", [ahead])
        return int(cursor.fetchone()[0])


def after_migrate(sender: Any, using: str, plan: Any = (), **kwargs: Any) -> None:
    """Every `migrate` looks ahead; not one that takes the log away."""
    with connections[using].cursor() as cursor:
        cursor.execute("select to_regprocedure('event.add_partitions(int)') is not null")
        if cursor.fetchone()[0]:
            cursor.execute("select event.add_partitions(%s)", [AHEAD])
