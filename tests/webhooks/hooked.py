"""What tests of webhooks say again and again."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from earning.commands import AdjustPoints
from loyalty.tenancy.models import Tenant
from loyalty.webhooks.commands import AddEndpoint
from loyalty.webhooks.sending import send_waiting
from loyalty.webhooks.signing import new_secret
from loyalty.webhooks.transport import Answer, NotReached
from tests.earning.counter import Counter, rows
from tests.pos.given import bring_level

POINTS = "points.granted.v1"
TAKEN = Answer(204)


@dataclass
class Outlet:
    """Remembers what was posted. `answers` are given in turn, the last one for ever; a text is why nothing came back."""

    answers: list[Answer | str] = field(default_factory=lambda: [TAKEN])
    posted: list[tuple[Mapping[str, str], dict[str, Any]]] = field(default_factory=list)
    seconds: float = 0

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        self.posted.append((headers, json.loads(body)))
        time.sleep(self.seconds)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, str):
            raise NotReached(answer)
        return answer

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _body in self.posted]

    def told(self, fact: str) -> list[Any]:
        return [body["data"][fact] for _headers, body in self.posted]


class Hooked(Counter):
    """`Hooked(tenant)` has endpoints, and gives points that these are told of."""

    def __init__(self, tenant: Tenant) -> None:
        super().__init__(tenant)
        self.secret = new_secret()

    def endpoint(self, *types: str, url: str = "https://shop.example/hooks") -> UUID:
        return self.do(AddEndpoint(url=url, types=types or (POINTS,), secret=self.secret))

    def give(self, customer: UUID, *points: int) -> None:
        for one in points:
            self.do(AdjustPoints(customer_id=customer, points=one, reason="welcome"))

    def told(self) -> list[tuple[Any, ...]]:
        """Deliveries in the order of the log: type, state, tries, why they failed."""
        bring_level("webhooks.deliveries")
        return self.deliveries("type, state, tries, failure")

    def deliveries(self, columns: str) -> list[tuple[Any, ...]]:
        return rows("webhooks_delivery", self.tenant, columns, "position, id")

    def send(self, endpoint: UUID, outlet: Any, now: datetime | None = None) -> int:
        return send_waiting(self.tenant.id, endpoint, outlet, now).taken
