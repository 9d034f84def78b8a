"""Failures that pass: the database is away, or a transaction outlived its time. The same request may be sent again."""

from __future__ import annotations

from django.db import DatabaseError, InterfaceError, OperationalError

RETRY_AFTER = "1"
"""Seconds after which to ask again."""
TIMED_OUT = {"25P03", "25P04"}
"""Postgres ended the session because its transaction was idle, or open, for too long."""


def passes(failure: BaseException | None) -> bool:
    """Whether what failed may well succeed in a moment."""
    if isinstance(failure, OperationalError | InterfaceError):
        return True
    return isinstance(failure, DatabaseError) and sqlstate(failure) in TIMED_OUT


def sqlstate(failure: BaseException) -> str | None:
    """The code that Postgres gave, if it did."""
    return getattr(failure.__cause__, "sqlstate", None)
