"""An endpoint that answers slowly, or never, holds up no other, and no other work."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest
from celery import current_app

from loyalty.embedded.process import wait_until
from loyalty.embedded.supervisor import processes
from loyalty.tenancy.models import Tenant
from loyalty.webhooks import deliveries as kept
from loyalty.webhooks import tasks
from loyalty.webhooks.deliveries import AT_ONCE, AT_ONCE_OF_TENANT
from tests.earning.counter import in_parallel
from tests.support.server import ROOT
from tests.webhooks.hooked import Hooked, Outlet
from tests.webhooks.receiver import Receiver, receiving


def told(hooked: Hooked, customers: int, *urls: str) -> list[UUID]:
    """Endpoints, each of which is due so many deliveries that do not wait for one another."""
    made = [hooked.endpoint(url=url) for url in urls]
    for _ in range(customers):
        hooked.give(hooked.customer(), 1)
    hooked.told()
    return made


def claimed(hooked: Hooked, endpoint: UUID) -> bool:
    return kept.claim(hooked.tenant.id, endpoint, datetime.now(UTC)) is not None


def test_of_all_endpoints_of_a_tenant_only_some_requests_are_on_their_way(hooked: Hooked, other_tenant: Tenant) -> None:
    endpoints = told(hooked, AT_ONCE, *(f"https://shop{n}.example/hooks" for n in range(3)))
    got = in_parallel(30, lambda n: claimed(hooked, endpoints[n % 3]))
    assert sum(got) == AT_ONCE_OF_TENANT, "however many look at the same moment"
    other = Hooked(other_tenant)
    (elsewhere,) = told(other, 1, "https://shop.example/hooks")
    assert claimed(other, elsewhere)


def test_of_one_endpoint_never_more_whoever_looks_at_the_same_moment(hooked: Hooked) -> None:
    (endpoint,) = told(hooked, AT_ONCE * 3, "https://shop.example/hooks")
    assert sum(in_parallel(20, lambda _: claimed(hooked, endpoint))) == AT_ONCE


def test_who_is_done_lets_that_one_go_next_which_waits_longest(hooked: Hooked, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, third = told(hooked, 1, *(f"https://shop{n}.example/hooks" for n in range(3)))
    asked: list[str] = []
    monkeypatch.setattr(tasks, "HttpOutlet", Outlet)
    monkeypatch.setattr(tasks.send_webhooks, "apply_async", lambda args, **_: asked.append(args[1]))
    assert claimed(hooked, second), "it is at work"
    assert tasks.send_webhooks(hooked.tenant.id, str(first)) == 1
    assert asked == [str(third)]
    assert tasks.send_webhooks(hooked.tenant.id, str(first)) == 0
    assert asked == [str(third)], "nothing was due, so no place is free that was taken"


def test_what_is_sent_has_a_queue_of_its_own() -> None:
    def queue(task: str) -> str:
        return str(current_app.amqp.router.route({}, task)["queue"].name)

    assert (queue("webhooks.send"), queue("webhooks.send_all"), queue("messages.send")) == ("webhooks", "celery", "celery")


@pytest.fixture
def worker() -> Iterator[None]:
    """The demo's worker of webhooks."""
    ours = processes(1)["webhooks"]
    command = [*ours[: ours.index("-A") + 1], "tests.webhooks.worker", *ours[ours.index("-A") + 2 :]]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"LOYALTY_MODE": "test"}, start_new_session=True)
    yield
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)


@pytest.fixture
def silent(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """One that takes what is sent and answers nothing before the test is over."""
    over = threading.Event()
    with receiving() as made:
        monkeypatch.setattr(made, "answer", lambda: (204, {}, "") if over.wait(60) else (500, {}, ""))
        yield made
        over.set()


@pytest.mark.long
@pytest.mark.usefixtures("worker")
def test_while_one_never_answers_others_are_told_at_once(
    hooked: Hooked, other_tenant: Tenant, receiver: Receiver, silent: Receiver
) -> None:
    """Twice as much as may be on its way to it waits for one that hangs; another of the same programme, and another's, hear at once."""
    other, outside = Hooked(other_tenant), receiver.url.replace("hooks", "elsewhere")
    slow, quick = told(hooked, AT_ONCE * 2, silent.url, receiver.url)
    (elsewhere,) = told(other, 3, outside)
    tasks.send_soon(hooked.tenant.id, [slow] * 12)
    assert wait_until(lambda: len(silent.received) == AT_ONCE, 60)
    begun = time.monotonic()
    tasks.send_soon(hooked.tenant.id, [quick])
    tasks.send_soon(other_tenant.id, [elsewhere])
    assert wait_until(lambda: len(receiver.received) == AT_ONCE * 2 + 3, 10)
    assert time.monotonic() - begun < 10
    assert len(silent.received) == AT_ONCE, "no more are on their way to it"
    assert wait_until(lambda: hooked.deliveries("state").count(("sent",)) == AT_ONCE * 2, 10)
