"""Senders to try the outbox with."""

from __future__ import annotations

import time

from loyalty.messages.sending import NotSent, Outgoing


class Recording:
    """A sender that remembers; slow enough for others to come in between."""

    def __init__(self, failing: bool = False) -> None:
        self.sent: list[Outgoing] = []
        self.failing = failing

    def send(self, message: Outgoing) -> None:
        if self.failing or not message.to or not message.text:
            raise NotSent("unavailable")
        time.sleep(0.01)
        self.sent.append(message)
