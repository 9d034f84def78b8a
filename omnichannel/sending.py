"""The port through which messages leave, and the adapter of the demo, by which none does."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Protocol, TextIO
from uuid import UUID

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message on its way: `to` is a phone (E.164) or an email. The id is the same when it is sent again: a provider that is told it
    can deliver once.
    """

    message_id: UUID
    to: str
    text: str


class NotSent(Exception):
    """The message did not leave; `code` says why: "no_address", "refused" (for good), "unavailable" (it is tried again), "inactive",
    "too_late" (it is not to be sent any more).
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class MessageSender(Protocol):
    """Sends one message, or raises NotSent. No transaction is open; it answers within a minute."""

    def send(self, message: Outgoing) -> None: ...


class ConsoleSender:
    """Writes messages on the console of the worker: nothing leaves the machine."""

    def __init__(self, out: TextIO | None = None) -> None:
        self.out = out

    def send(self, message: Outgoing) -> None:
        if not message.to or not message.text:
            raise NotSent("refused")
        print(f"[not sent, demo] {message.to}: {message.text}", file=self.out or sys.stdout, flush=True)


def sender() -> MessageSender | None:
    """The sender of this installation; None where there is none: messages wait."""
    return ConsoleSender() if settings.LOYALTY_CONSOLE_MESSAGES else None
