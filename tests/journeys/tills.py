"""Tills that never give up: each purchase is sent with its own key, again and again, until the platform has answered."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from typing import Any
from uuid import UUID, uuid4

PATIENCE = 120.0
NOT_NOW = {408, 409, 429, 500, 502, 503, 504}
"""Statuses after which a till tries again: in flight, or the platform is in trouble."""


@dataclass(frozen=True)
class Answered:
    """A purchase that was acknowledged: what was sent, and what was said."""

    body: dict[str, Any]
    said: dict[str, Any]
    attempts: int

    @property
    def purchase_id(self) -> UUID:
        return UUID(self.said["purchase_id"])


@dataclass
class Tills:
    """So many clients of one API, as the program behind `token`. `answered` grows while they work."""

    port: int
    token: str
    places: list[str]
    customers: list[UUID]
    answered: list[Answered] = field(default_factory=list)
    repeated: int = 0
    closed: threading.Event = field(default_factory=threading.Event)

    def work(self, clients: int, purchases: int, beside: Callable[[], None]) -> None:
        """`clients` × `purchases`, with `beside` in the thread of the caller. Raises what went wrong anywhere."""
        with ThreadPoolExecutor(clients) as pool:
            sellers = [pool.submit(self._sell, number, purchases) for number in range(clients)]
            try:
                beside()
            except BaseException:
                self.closed.set()
                raise
            for seller in sellers:
                seller.result()

    def wait_for(self, number: int) -> None:
        """Until so many purchases were acknowledged, or the tills were closed."""
        while len(self.answered) < number and not self.closed.is_set():
            time.sleep(0.01)

    def _sell(self, number: int, purchases: int) -> None:
        dice = random.Random(number)
        try:
            for n in range(purchases):
                body, key = self._purchase(dice, f"{number}-{n}"), str(uuid4())
                said, attempts = self._until_answered(body, key)
                self.answered.append(Answered(body, json.loads(said), attempts))
                if dice.random() < 0.03:
                    self._say_it_again(body, key, said)
        except BaseException:
            self.closed.set()
            raise

    def _say_it_again(self, body: dict[str, Any], key: str, said: bytes) -> None:
        """The same key gets the same bytes; the same document under another key is known."""
        again = self._until_answered(body, key)[0]
        assert again == said, f"{again!r} is not {said!r}"
        other = json.loads(self._until_answered(body, str(uuid4()))[0])
        first = json.loads(said)
        assert (other["purchase_id"], other["points"], other["duplicate"]) == (first["purchase_id"], first["points"], True)
        self.repeated += 1

    def _purchase(self, dice: random.Random, number: str) -> dict[str, Any]:
        lines = [{"total": dice.randrange(5, 400) * 1000, "sku": f"SKU-{dice.randrange(50)}"} for _ in range(dice.randint(1, 3))]
        return {
            "customer_id": str(dice.choice(self.customers)),
            "pos": dice.choice(self.places),
            "document_number": f"K-{number}",
            "purchased_at": (datetime.now(UTC) - timedelta(minutes=1)).isoformat(),
            "total": sum(line["total"] for line in lines),
            "lines": lines,
        }

    def _until_answered(self, body: dict[str, Any], key: str) -> tuple[bytes, int]:
        raw, begun, attempts = json.dumps(body).encode(), time.monotonic(), 0
        while not self.closed.is_set():
            attempts += 1
            try:
                status, said = self._send(raw, key)
            except (OSError, HTTPException):
                status, said = 503, b""
            if status == 201:
                return said, attempts
            assert status in NOT_NOW, f"{status}: {said.decode()}"
            assert b"command.applied" not in said, said.decode()
            assert time.monotonic() - begun < PATIENCE, f"no answer in {PATIENCE} s, the last was {status}: {said.decode()}"
            time.sleep(0.05)
        raise InterruptedError("the tills were closed")

    def _send(self, raw: bytes, key: str) -> tuple[int, bytes]:
        line = HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", "Idempotency-Key": key}
            line.request("POST", "/api/v1/purchases", raw, headers)
            answer = line.getresponse()
            return answer.status, answer.read()
        finally:
            line.close()
