"""Readers are woken by a notification after the commit; polling is their safety net."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import psycopg
from django.conf import settings
from django.db import connections

CHANNEL = "event_log"
LISTENER = "loyalty listener"
"""Application name of listening connections."""
# A notification takes a transaction id, so its commit would wait for the disk: nothing is lost by not waiting.
WAKE = f"select set_config('synchronous_commit', 'off', true), pg_notify('{CHANNEL}', '')"


def wake(*, using: str = "default") -> None:
    """Tell readers that there is something new. Call it after the commit, outside a transaction. Never raises."""
    connection = connections[using]
    if connection.in_atomic_block:
        raise RuntimeError("wake() belongs after the commit: NOTIFY inside a writing transaction makes all writers queue")
    with suppress(Exception):
        connection.ensure_connection()
        connection.connection.execute(WAKE)


def listener(using: str = "projector") -> psycopg.Connection[Any]:
    """A connection that listens, by a direct address: a pooler in transaction mode would lose the notifications.

    `settings.LOYALTY_LISTEN_URL` is that address where the usual one leads to a pooler.
    """
    if url := settings.LOYALTY_LISTEN_URL:
        made = psycopg.connect(url, autocommit=True, application_name=LISTENER)
    else:
        params = connections[using].get_connection_params()
        made = psycopg.connect(
            autocommit=True,
            application_name=LISTENER,
            **{k: params[k] for k in ("host", "port", "user", "password", "dbname") if params.get(k)},
        )
    made.execute(f"listen {CHANNEL}")
    return made


def wait_for_events(timeout: float, *, using: str = "projector") -> Iterator[bool]:
    """Yields once there may be something new: True after a notification, False after `timeout` seconds without one.

    The first yield comes at once, so that nothing which came before listening began is missed. A lost connection is made
    again; until then it yields False at the pace of `timeout`.
    """
    connection: psycopg.Connection[Any] | None = None
    try:
        while True:
            try:
                if connection is None:
                    connection = listener(using)
                    yield False
                woken = bool(list(connection.notifies(timeout=timeout, stop_after=1)))
                if woken:
                    list(connection.notifies(timeout=0))
                yield woken
            except psycopg.OperationalError:
                connection = None
                yield False
    finally:
        if connection is not None:
            connection.close()
