"""Deliveries leave: signed, one of a customer after the other, and later again where an endpoint did not take them."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from uuid import UUID

import structlog
from django.utils import timezone

from loyalty.lookup import Unreadable
from loyalty.tenancy import reading
from loyalty.tenancy.current import database_is_away
from loyalty.webhooks import endpoints
from loyalty.webhooks.deliveries import (
    AGAIN_AFTER,
    MOST_TRIES,
    Claimed,
    Tried,
    claim,
    end_broken_off,
    note_attempt,
    settle_failed,
    settle_sent,
)
from loyalty.webhooks.endpoints import Door
from loyalty.webhooks.signing import headers_of
from loyalty.webhooks.telling import tell_owner
from loyalty.webhooks.transport import Answer, NotReached, Outlet

log = structlog.get_logger(__name__)
AGENT = {"content-type": "application/json", "user-agent": "loyalty-webhooks/1"}
SLOW_SECONDS = 2.0
"""After a request that took longer, other endpoints come first: workers are few, and one that answers slowly must not hold them."""
JITTER = 0.1
"""By so much of itself a wait is longer or shorter, so that what failed together does not come back together."""
BUSY = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}
"""Answers after which the whole endpoint is left alone for a while."""
RESTS = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=1), timedelta(minutes=5))
"""How long, after each failure in a row."""


@dataclass(slots=True)
class Sent:
    """What one round brought: how many were `tried` and `taken`, when what failed in it may leave `again` first, and whether more is left
    over.
    """

    tried: int = 0
    taken: int = 0
    again_at: datetime | None = None
    unfinished: bool = False

    def comes_again(self, at: datetime) -> None:
        self.again_at = at if self.again_at is None else min(at, self.again_at)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What one try brought, and how it goes on with the endpoint."""

    tried: Tried
    asked_to_wait: timedelta = timedelta()
    rests: bool = False


def send_waiting(tenant_id: int, endpoint_id: UUID, outlet: Outlet, now: datetime | None = None, seconds: float = 30) -> Sent:
    """Send what is due for an endpoint, for about so many `seconds`; no transaction is open meanwhile."""
    ends, sent = time.monotonic() + seconds, Sent()
    with reading(tenant_id):
        end_broken_off(tenant_id, endpoint_id, now or timezone.now())
    while (claimed := claim(tenant_id, endpoint_id, now or timezone.now())) is not None:
        slow = time.monotonic() + SLOW_SECONDS
        sent.tried += 1
        _send(tenant_id, endpoint_id, claimed, outlet, now, sent)
        if time.monotonic() > min(ends, slow):
            sent.unfinished = True
            break
    return sent


def _send(tenant_id: int, endpoint_id: UUID, claimed: Claimed, outlet: Outlet, clock: datetime | None, sent: Sent) -> None:
    """Whatever goes wrong holds up no other customer's."""
    with reading(tenant_id):
        door = endpoints.door(tenant_id, endpoint_id, clock or timezone.now())
    if door is None:
        return
    outcome = _posted(tenant_id, door, claimed, outlet, clock or timezone.now())
    at = clock or timezone.now()
    with reading(tenant_id):
        note_attempt(tenant_id, claimed.id, outcome.tried)
        if outcome.tried.failure:
            _fail(tenant_id, endpoint_id, claimed, outcome, at, sent)
            return
        endpoints.note_success(tenant_id, endpoint_id, at)
        sent.taken += settle_sent(tenant_id, claimed, outcome.tried.status, at)


def _posted(tenant_id: int, door: Door, claimed: Claimed, outlet: Outlet, now: datetime) -> _Outcome:
    begun = time.monotonic()

    def tried(status: int | None = None, failure: str = "", answer: str = "") -> Tried:
        return Tried(now, int((time.monotonic() - begun) * 1000), status, failure, answer)

    try:
        headers = AGENT | dict(headers_of(str(claimed.id), now, claimed.body, door.secrets()))
        answer = outlet.post(door.url, headers, claimed.body.encode())
    except NotReached as failure:
        return _Outcome(tried(failure=failure.code), rests=True)
    except Unreadable:
        return _Outcome(tried(failure="secret"), rests=True)
    except Exception as failure:
        if database_is_away(failure):
            raise
        log.warning("webhook not sent", delivery=str(claimed.id), tenant=tenant_id, reason=type(failure).__name__)
        return _Outcome(tried(failure="broken"))
    wait = timedelta(seconds=answer.again_after or 0)
    return _Outcome(tried(answer.status, _failure(answer), answer.text), wait, answer.status in BUSY)


def _failure(answer: Answer) -> str:
    """Why an answer is none: only 2xx takes a delivery."""
    if 200 <= answer.status < 300:
        return ""
    if answer.status == HTTPStatus.GONE:
        return "gone"
    return "redirect" if 300 <= answer.status < 400 else "refused"


def _fail(tenant_id: int, endpoint_id: UUID, claimed: Claimed, outcome: _Outcome, at: datetime, sent: Sent) -> None:
    last = claimed.tries >= MOST_TRIES or outcome.tried.failure == "gone"
    again_at = None if last else at + max(wait_after(claimed.tries), outcome.asked_to_wait)
    failures = endpoints.note_failure(tenant_id, endpoint_id, at)
    rest = _rest(outcome, failures)
    if rest:
        endpoints.let_rest(tenant_id, endpoint_id, at + rest)
    if again_at:
        sent.comes_again(max(again_at, at + rest))
    if settle_failed(tenant_id, claimed, outcome.tried, again_at, at) and last:
        log.warning("webhook failed", delivery=str(claimed.id), tenant=tenant_id, reason=outcome.tried.failure)
        if endpoints.pause_if_hopeless(tenant_id, endpoint_id, outcome.tried.failure, at):
            tell_owner(tenant_id, endpoint_id, at)


def _rest(outcome: _Outcome, failures: int) -> timedelta:
    """For how long the whole endpoint is left alone after so many failures in a row."""
    return max(RESTS[min(failures, len(RESTS)) - 1], outcome.asked_to_wait) if outcome.rests else timedelta()


def wait_after(tries: int) -> timedelta:
    """How long to wait after so many tries: by the schedule, a little more or less."""
    return AGAIN_AFTER[tries - 1] * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - jitter, not a secret
