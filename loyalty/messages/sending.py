"""The port through which messages leave, and which of its adapters this installation has."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Protocol, TextIO
from uuid import UUID

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message on its way: `to` is a phone (E.164) or an email. The id is the same when it is sent again: a provider that is told it
    can deliver once. `programme` is whose message it is; what is `secret` belongs into no log.
    """

    message_id: UUID
    to: str
    text: str
    programme: str = ""
    secret: bool = False


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
    """Notes on the console of the worker that a message would have left: nothing leaves the machine. To whom, and what it says, stands in
    the outbox only: lines of a log are nobody's to erase.
    """

    def __init__(self, out: TextIO | None = None) -> None:
        self.out = out

    def send(self, message: Outgoing) -> None:
        refuse_empty(message)
        way = "email" if "@" in message.to else "phone"
        print(f"[not sent, demo] by {way}, {message.message_id} in the outbox", file=self.out or sys.stdout, flush=True)


class ByAddress:
    """Emails by one sender, phones by another; what has none is refused for good."""

    def __init__(self, *, email: MessageSender | None, phone: MessageSender | None) -> None:
        self.email, self.phone = email, phone

    def send(self, message: Outgoing) -> None:
        refuse_empty(message)
        chosen = self.email if "@" in message.to else self.phone
        if chosen is None:
            raise NotSent("no_sender")
        chosen.send(message)


def refuse_empty(message: Outgoing) -> None:
    """Raises NotSent `refused` for a message to nobody, or of nothing."""
    if not message.to or not message.text:
        raise NotSent("refused")


def sender() -> MessageSender | None:
    """The sender of this installation; None where there is none: messages wait."""
    if settings.LOYALTY_CONSOLE_MESSAGES:
        return ConsoleSender()
    from loyalty.messages.gateways import HttpSmsGateway, SmtpSender

    email = SmtpSender(settings.MESSAGES_FROM_EMAIL) if settings.MESSAGES_FROM_EMAIL else None
    phone = HttpSmsGateway(settings.SMS_GATEWAY_URL, settings.SMS_GATEWAY_TOKEN) if settings.SMS_GATEWAY_URL else None
    return ByAddress(email=email, phone=phone) if email or phone else None
