"""The tenant of a transaction: set locally at its start, gone with its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections, transaction

T = TypeVar("T")
SET_TENANT = "select set_config('loyalty.tenant', %s, true)"
_current: ContextVar[int | None] = ContextVar("loyalty_tenant", default=None)


def current_tenant_id() -> int | None:
    """The tenant of the transaction that is open here, or None."""
    return _current.get()


@contextmanager
def acting_for(tenant_id: int) -> Iterator[None]:
    """Remember the tenant for log lines and look-ups; the database is told by `reading` or by the bus."""
    token = _current.set(tenant_id)
    try:
        yield
    finally:
        _current.reset(token)


def database_is_away(failure: BaseException, using: str = DEFAULT_DB_ALIAS) -> bool:
    """Whether `failure` means that the database is not there, rather than that it refused something.

    It is asked for a new connection: also who takes too long loses the old one.
    """
    connection = connections[using]
    if not isinstance(failure, OperationalError | InterfaceError) or connection.in_atomic_block:
        return False
    reconnect_if_lost(using)
    try:
        connection.ensure_connection()
    except (OperationalError, InterfaceError):
        return True
    return False


def reconnect_if_lost(using: str = DEFAULT_DB_ALIAS) -> None:
    """A kept connection whose server went away is noticed here, before anything was done with it."""
    connection = connections[using]
    if connection.connection is None or connection.in_atomic_block:
        return
    if connection.connection.closed:
        connection.close()


def asked_again(ask: Callable[[], T], using: str = DEFAULT_DB_ALIAS) -> T:
    """The answer of `ask`, a read outside of transactions; asked once more when the kept connection turns out to be dead."""
    connection = connections[using]
    reconnect_if_lost(using)
    try:
        return ask()
    except (OperationalError, InterfaceError):
        if connection.in_atomic_block or (connection.connection is not None and not connection.connection.closed):
            raise
        connection.close()
        return ask()


@contextmanager
def reading(tenant_id: int, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Open a transaction of `tenant_id`: every query inside sees that tenant's rows only.

    Inside another `reading` of the same tenant it joins the open transaction. Raises RuntimeError inside another
    tenant's. Queries outside fail loudly, because the setting is empty there.
    """
    open_for = _current.get()
    connection = connections[using]
    if connection.in_atomic_block and open_for is not None:
        if open_for != tenant_id:
            raise RuntimeError(f"tenant {tenant_id} asked for inside a transaction of tenant {open_for}")
        yield
        return
    with acting_for(tenant_id), _transaction(tenant_id, using):
        yield


@contextmanager
def _transaction(tenant_id: int, using: str) -> Iterator[None]:
    reconnect_if_lost(using)
    for attempt in (1, 2):
        atomic = transaction.atomic(using=using)
        atomic.__enter__()
        try:
            with connections[using].cursor() as cursor:
                cursor.execute(SET_TENANT, [str(tenant_id)])
            break
        except (OperationalError, InterfaceError) as lost:
            atomic.__exit__(type(lost), lost, lost.__traceback__)
            connections[using].close()
            if attempt == 2:
                raise
    try:
        yield
    except BaseException as failure:
        atomic.__exit__(type(failure), failure, failure.__traceback__)
        raise
    else:
        atomic.__exit__(None, None, None)
