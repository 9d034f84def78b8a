"""A process: when this fact, then that command. It follows the log by checkpoint and orders in a transaction of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError

from loyalty.bus import dispatch
from loyalty.domain.command import Command
from loyalty.domain.errors import DomainError
from loyalty.domain.event import Recorded
from loyalty.domain.identity import derived_id
from loyalty.projections.projection import Follower, TryLater

log = structlog.get_logger(__name__)


@contextmanager
def later_when_away() -> Iterator[None]:
    """A database that is away is no fault of the events: they are taken in later. Raises TryLater."""
    try:
        yield
    except (OperationalError, InterfaceError) as lost:
        raise TryLater(type(lost).__name__) from lost


@dataclass(frozen=True, slots=True)
class Order:
    """A command, the event that it follows from, and what tells it from others that follow from the same event."""

    cause: Recorded[Any]
    command: Command[Any]
    key: UUID | str = ""


class Process(Follower):
    """Gives orders for events, each once: its command id derives from process, event and key, however often the event is seen.

    A refusal is an answer, and is only logged.
    """

    def orders(self, tenant_id: int, batch: Sequence[Recorded[Any]]) -> Iterable[Order]:
        """What follows from the events of one tenant. Opens a `reading` of its own for what it asks, and closes it."""
        raise TypeError(f"{self.name} does not say what follows")

    def follow(self, tenant_id: int, batch: Sequence[Recorded[Any]], using: str) -> None:
        with later_when_away():
            for order in list(self.orders(tenant_id, batch)):
                self._give(tenant_id, order)

    def _give(self, tenant_id: int, order: Order) -> None:
        cause = order.cause
        try:
            dispatch(
                order.command,
                tenant_id=tenant_id,
                actor=f"process:{self.name}",
                channel="process",
                command_id=derived_id(self.name, cause.event_id, order.key),
                correlation_id=cause.metadata.correlation_id,
                causation_id=cause.event_id,
            )
        except DomainError as refusal:
            if refusal.code != "command.applied":
                log.info("process_refused", process=self.name, code=refusal.code, caused_by=cause.name)
