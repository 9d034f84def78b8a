"""Whoever asked for it is told what happened: once, signed, a customer's events in their order, and again where it was not taken."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections
from django.test import Client
from standardwebhooks import Webhook, WebhookVerificationError

from customers.commands import EraseCustomer
from loyalty.domain.errors import DomainError
from loyalty.domain.identity import new_id
from loyalty.messages.outbox import send_waiting as send_messages
from loyalty.projections.projection import PROJECTIONS
from loyalty.projections.runner import restart
from loyalty.staff.models import ApiToken, User
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from loyalty.webhooks import deliveries as kept
from loyalty.webhooks import sending, tasks
from loyalty.webhooks.commands import (
    AddEndpoint,
    ChangeEndpoint,
    DropDelivery,
    PauseEndpoint,
    RemoveEndpoint,
    ReplayDelivery,
    ReplayFailed,
    ResumeEndpoint,
    RotateSecret,
    SendTestEvent,
)
from loyalty.webhooks.deliveries import AGAIN_AFTER, AT_ONCE, KEPT, LEASE, MOST_TRIES, forget_old
from loyalty.webhooks.event_types import EVENT_TYPES
from loyalty.webhooks.sending import JITTER, RESTS, send_waiting
from loyalty.webhooks.signing import new_secret, reseal_secrets
from loyalty.webhooks.transport import Answer
from tests.earning.counter import Counter, in_parallel, rows
from tests.omnichannel.senders import Recording
from tests.pos.given import bring_level
from tests.webhooks.hooked import POINTS, TAKEN, Hooked, Outlet
from tests.webhooks.receiver import Receiver


def soon() -> datetime:
    """When all that happened in a test until now is due."""
    return datetime.now(UTC) + timedelta(seconds=30)


def test_whoever_asked_is_told_once_of_what_happens_from_then_on(hooked: Hooked, other_tenant: Tenant) -> None:
    whose = hooked.customer()
    hooked.give(whose, 10)
    one, both = hooked.endpoint(POINTS), hooked.endpoint(POINTS, "customer.registered.v1")
    elsewhere = Hooked(other_tenant)
    elsewhere.endpoint(POINTS)
    hooked.give(whose, 20)
    hooked.customer()
    assert hooked.told() == [(POINTS, "waiting", 0, "")] * 2 + [("customer.registered.v1", "waiting", 0, "")]
    found = hooked.deliveries("id, endpoint_id, event_id, customer_id, body")
    assert {row[1] for row in found[:2]} == {one, both}
    assert len({row[0] for row in found}) == 3
    assert found[0][2] == found[1][2], "one event, told twice"
    body = json.loads(found[0][4])
    assert (body["type"], body["event_id"], body["data"]["customer_id"]) == (POINTS, str(found[0][2]), str(whose))
    assert (body["data"]["points"], found[0][3]) == (20, whose)
    assert elsewhere.told() == []


@pytest.mark.usefixtures("own_log")
def test_a_log_that_is_read_again_tells_nothing_again_whatever_was_forgotten_or_asked_for_since(tenant: Tenant) -> None:
    hooked = Hooked(tenant)
    endpoint, leaves, stays = hooked.endpoint(), hooked.customer(), hooked.customer()
    hooked.give(leaves, 10)
    hooked.give(stays, 20)
    hooked.told()
    hooked.send(endpoint, Outlet())
    hooked.do(EraseCustomer(customer_id=leaves, reason="asked"))
    url, types = "https://shop.example/hooks", (POINTS, "customer.registered.v1", "customer.erased.v1")
    hooked.do(ChangeEndpoint(endpoint_id=endpoint, url=url, types=types))
    for _ in range(2):
        restart(PROJECTIONS["webhooks.deliveries"])
        assert [row[:2] for row in hooked.told()] == [(POINTS, "sent")] * 2
    hooked.customer()
    assert [row[0] for row in hooked.told()] == [POINTS, POINTS, "customer.registered.v1"]
    assert forget_old(tenant.id, datetime.now(UTC) + KEPT) == 3
    restart(PROJECTIONS["webhooks.deliveries"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("loyalty.webhooks.processes.timezone.now", lambda: datetime.now(UTC) + KEPT + timedelta(hours=1))
        assert hooked.told() == []


def test_a_real_receiver_is_told_what_it_can_verify(hooked: Hooked, receiver: Receiver) -> None:
    endpoint = hooked.endpoint(url=receiver.url)
    hooked.give(hooked.customer(), 10)
    hooked.told()
    assert hooked.send(endpoint, receiver.outlet) == 1
    (received,) = receiver.received
    assert Webhook(hooked.secret).verify(received.body, received.headers)["data"]["points"] == 10
    assert (received.path, received.headers["content-type"]) == ("/hooks?of=us", "application/json")
    assert received.headers["webhook-id"] == str(hooked.deliveries("id")[0][0])
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(received.body, received.headers)
    assert rows("webhooks_attempt", hooked.tenant, "status, failure, answer") == [(204, "", "")]


def test_of_a_customer_one_leaves_after_the_other_and_others_go_on(hooked: Hooked) -> None:
    endpoint, now = hooked.endpoint(), soon()
    waits, goes = hooked.customer(), hooked.customer()
    hooked.give(waits, 1, 2, 3)
    hooked.give(goes, 10, 20)
    hooked.told()
    refusing = Outlet([Answer(500), TAKEN])
    assert hooked.send(endpoint, refusing, now) == 2
    assert refusing.told("points") == [1, 10, 20], "what comes after the first of theirs waits for it"
    later = Outlet()
    assert hooked.send(endpoint, later, now + timedelta(minutes=1)) == 3
    assert later.told("points") == [1, 2, 3]


def test_while_one_of_a_customer_is_on_its_way_no_other_worker_sends_the_next(hooked: Hooked) -> None:
    endpoint = hooked.endpoint()
    hooked.give(hooked.customer(), 1, 2)
    hooked.told()
    now = soon()
    first = kept.claim(hooked.tenant.id, endpoint, now)
    assert first is not None
    assert kept.claim(hooked.tenant.id, endpoint, now) is None


def test_fifty_senders_at_once_send_each_once_and_in_order(hooked: Hooked) -> None:
    endpoint = hooked.endpoint()
    people = [hooked.customer() for _ in range(10)]
    for points in (1, 2, 3):
        for whose in people:
            hooked.give(whose, points)
    hooked.told()
    outlet = Outlet(seconds=0.002)
    counts = in_parallel(50, lambda n: hooked.send(endpoint, outlet))
    assert sum(c for c in counts if isinstance(c, int)) == len(outlet.ids) == len(set(outlet.ids)) == 30
    for whose in people:
        assert [b["data"]["points"] for _h, b in outlet.posted if b["data"]["customer_id"] == str(whose)] == [1, 2, 3]


def test_of_a_slow_endpoint_only_a_few_requests_are_on_their_way(hooked: Hooked) -> None:
    endpoint, now = hooked.endpoint(), soon()
    for _ in range(AT_ONCE + 1):
        hooked.give(hooked.customer(), 1)
    hooked.told()
    claimed = [kept.claim(hooked.tenant.id, endpoint, now) for _ in range(AT_ONCE + 1)]
    assert [one is not None for one in claimed] == [True] * AT_ONCE + [False]


def test_what_is_not_taken_is_tried_later_and_later_for_three_days_and_the_endpoint_is_paused_then(hooked: Hooked) -> None:
    endpoint, begin = hooked.endpoint(), soon()
    hooked.give(hooked.customer(), 1)
    hooked.told()
    outlet, now = Outlet([Answer(500, "out of order")]), begin
    for wait in AGAIN_AFTER:
        hooked.send(endpoint, outlet, now)
        (due,) = hooked.deliveries("due_at")[0]
        assert wait * (1 - JITTER) <= due - now <= wait * (1 + JITTER)
        assert hooked.send(endpoint, Outlet(), due - timedelta(milliseconds=1)) == 0, "it is not due yet"
        now = due
    assert hooked.told() == [(POINTS, "waiting", MOST_TRIES - 1, "refused")]
    hooked.send(endpoint, outlet, now)
    assert now - begin > timedelta(days=2.8)
    assert sum(AGAIN_AFTER, timedelta()) >= timedelta(days=3)
    assert hooked.told() == [(POINTS, "failed", MOST_TRIES, "refused")]
    assert len(set(outlet.ids)) == 1
    assert rows("webhooks_attempt", hooked.tenant, "count(*), min(status), min(answer)") == [(MOST_TRIES, 500, "out of order")]


@pytest.mark.parametrize(("ago", "paused"), [(timedelta(days=3, hours=1), "failing"), (timedelta(days=2), "")])
def test_an_endpoint_that_took_nothing_for_three_days_is_paused(hooked: Hooked, ago: timedelta, paused: str) -> None:
    endpoint, now = hooked.endpoint(), soon()
    hooked.give(hooked.customer(), 1)
    hooked.told()
    hooked.send(endpoint, Outlet([Answer(500)]), now)
    set_row("webhooks_delivery", hooked.tenant, "tries = %s, due_at = %s", MOST_TRIES - 1, now + ago)
    hooked.send(endpoint, Outlet([Answer(500)]), now + ago)
    assert rows("webhooks_endpoint", hooked.tenant, "paused_because") == [(paused,)]


def test_what_is_answered_about_who_is_erased_meanwhile_is_not_kept(hooked: Hooked) -> None:
    endpoint, leaves = hooked.endpoint(), hooked.customer()
    hooked.give(leaves, 1)
    hooked.told()

    class Erasing(Outlet):
        def post(self, *sent: Any) -> Answer:
            hooked.do(EraseCustomer(customer_id=leaves, reason="asked"))
            return Answer(200, "Thank you for Đỗ Hương")

    hooked.send(endpoint, Erasing())
    assert rows("webhooks_attempt", hooked.tenant, "answer") == []
    assert hooked.told() == [(POINTS, "dropped", 1, "erased")]


@pytest.mark.parametrize("by", ["staff", "program"])
def test_who_added_an_endpoint_is_told_when_it_is_paused(hooked: Hooked, admin_user: User, by: str) -> None:
    with reading(hooked.tenant.id):
        token = ApiToken.issue(tenant_id=hooked.tenant.id, name="Shop", role=admin_user.role, issued_by=admin_user.pk)[0]
    actor = f"staff:{admin_user.pk}" if by == "staff" else f"token:{token.pk}"
    endpoint = hooked.do_as(actor, AddEndpoint(url="https://shop.example/hooks", types=(POINTS,), secret=new_secret()))
    hooked.give(hooked.customer(), 1)
    hooked.told()
    hooked.send(endpoint, Outlet([Answer(410)]))
    sender = Recording()
    assert send_messages(hooked.tenant.id, sender) == 1
    assert sender.sent[0].to == admin_user.email
    assert "https://shop.example/hooks" in sender.sent[0].text


def set_row(table: str, tenant: Tenant, what: str, *params: Any) -> None:
    """As time would have done."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"update {table} set {what} where tenant_id = %s", [*params, tenant.id])


def test_an_endpoint_that_says_that_it_is_gone_is_told_nothing_any_more_until_somebody_lets_it_go_on(hooked: Hooked) -> None:
    endpoint, now = hooked.endpoint(), soon()
    whose = hooked.customer()
    hooked.give(whose, 1, 2)
    hooked.told()
    assert hooked.send(endpoint, Outlet([Answer(410)]), now) == 0
    assert rows("webhooks_endpoint", hooked.tenant, "state, paused_because") == [("paused", "gone")]
    assert hooked.send(endpoint, Outlet(), now + timedelta(days=1)) == 0
    hooked.give(whose, 3)
    hooked.do(ResumeEndpoint(endpoint_id=endpoint))
    assert [row[1:] for row in hooked.told()] == [("failed", 1, "gone"), ("waiting", 0, ""), ("waiting", 0, "")]
    outlet = Outlet()
    assert hooked.send(endpoint, outlet, now + timedelta(days=1)) == 2
    assert outlet.told("points") == [2, 3]


def test_what_happens_while_an_endpoint_is_paused_by_hand_waits_for_it(hooked: Hooked) -> None:
    endpoint = hooked.endpoint()
    hooked.do(PauseEndpoint(endpoint_id=endpoint))
    hooked.give(hooked.customer(), 1)
    hooked.told()
    assert hooked.send(endpoint, Outlet()) == 0
    hooked.do(ResumeEndpoint(endpoint_id=endpoint))
    assert hooked.send(endpoint, Outlet()) == 1


def test_a_busy_endpoint_is_left_alone_for_as_long_as_it_asks(hooked: Hooked) -> None:
    endpoint, now = hooked.endpoint(), soon()
    for _ in range(2):
        hooked.give(hooked.customer(), 1)
    hooked.told()
    busy = Outlet([Answer(429, again_after=90)])
    hooked.send(endpoint, busy, now)
    assert len(busy.posted) == 1, "others wait, too"
    assert hooked.send(endpoint, Outlet(), now + timedelta(seconds=89)) == 0
    assert hooked.send(endpoint, Outlet(), now + timedelta(seconds=90)) == 2


def test_an_endpoint_that_cannot_be_reached_is_asked_seldom_and_then_tells_of_everybody(hooked: Hooked) -> None:
    endpoint, now = hooked.endpoint(), soon()
    for _ in range(3):
        hooked.give(hooked.customer(), 1)
    hooked.told()
    silent = Outlet(["timeout"])
    hooked.send(endpoint, silent, now)
    hooked.send(endpoint, silent, now + RESTS[0])
    assert len(silent.posted) == 2
    assert hooked.send(endpoint, Outlet(), now + timedelta(hours=1)) == 3
    assert rows("webhooks_endpoint", hooked.tenant, "failures, failing_since, resting_until") == [(0, None, None)]


def test_what_a_worker_that_died_was_sending_is_taken_up_after_a_while_under_the_same_id(hooked: Hooked) -> None:
    endpoint, now = hooked.endpoint(), soon()
    hooked.give(hooked.customer(), 1)
    hooked.told()
    open_while: list[bool] = []

    class Dying(Outlet):
        def post(self, *asked: Any) -> Answer:
            open_while.append(connection.in_atomic_block)
            super().post(*asked)
            raise KeyboardInterrupt

    dying, later = Dying(), Outlet()
    with pytest.raises(KeyboardInterrupt):
        hooked.send(endpoint, dying, now)
    assert open_while == [False], "no transaction is open while it leaves"
    assert hooked.send(endpoint, later, now + LEASE - timedelta(seconds=1)) == 0
    assert hooked.send(endpoint, later, now + LEASE) == 1
    assert dying.ids == later.ids


def test_a_worker_whose_claim_has_passed_on_notes_nothing(hooked: Hooked) -> None:
    endpoint, now = hooked.endpoint(), soon()
    hooked.give(hooked.customer(), 1)
    hooked.told()

    class Late(Outlet):
        def post(self, *asked: Any) -> Answer:
            assert hooked.send(endpoint, Outlet(), now + LEASE) == 1
            return Answer(500)

    assert hooked.send(endpoint, Late(), now) == 0
    assert hooked.told() == [(POINTS, "sent", 2, "")]


def test_what_ends_every_worker_has_failed_in_the_end(hooked: Hooked) -> None:
    endpoint, now = hooked.endpoint(), soon()
    hooked.give(hooked.customer(), 1)
    hooked.told()
    set_row("webhooks_delivery", hooked.tenant, "tries = %s", MOST_TRIES)
    assert hooked.send(endpoint, Outlet(), now + timedelta(minutes=1)) == 0
    assert hooked.told() == [(POINTS, "failed", MOST_TRIES, "broken_off")]


def test_while_a_secret_is_exchanged_both_sign_and_then_the_new_one_alone(hooked: Hooked) -> None:
    endpoint, now = hooked.endpoint(), datetime.now(UTC)
    second, third = new_secret(), new_secret()
    hooked.do(RotateSecret(endpoint_id=endpoint, secret=second, grace_hours=2))

    def signed_by(at: datetime) -> list[bool]:
        hooked.do(SendTestEvent(endpoint_id=endpoint))
        outlet = Outlet()
        assert hooked.send(endpoint, outlet, at) == 1
        headers, body = outlet.posted[0]
        signatures = headers["webhook-signature"].split(" ")
        raw = json.dumps(body, separators=(",", ":"))
        stamp = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
        return [Webhook(s).sign(headers["webhook-id"], stamp, raw) in signatures for s in (hooked.secret, second, third)]

    assert signed_by(soon()) == [True, True, False]
    assert signed_by(now + timedelta(hours=3)) == [False, True, False]
    hooked.do(RotateSecret(endpoint_id=endpoint, secret=third))
    assert signed_by(soon()) == [False, True, True], "two at most: the oldest ends with the next exchange"
    hooked.do(RotateSecret(endpoint_id=endpoint, secret=new_secret(), grace_hours=0))
    assert signed_by(soon()) == [False, False, False], "one that others know signs nothing more"


def test_secrets_are_kept_sealed_and_come_under_a_new_master_key(hooked: Hooked, settings: Any) -> None:
    endpoint = hooked.endpoint()
    ((before,),) = rows("webhooks_secret", hooked.tenant, "sealed")
    assert hooked.secret.encode() not in bytes(before)
    settings.LOYALTY_MASTER_KEYS = f"{settings.LOYALTY_MASTER_KEYS},77:{'B' * 43}="
    assert reseal_secrets() >= 1
    ((after,),) = rows("webhooks_secret", hooked.tenant, "sealed")
    assert (bytes(before)[0] != 77, bytes(after)[0]) == (True, 77)
    hooked.do(SendTestEvent(endpoint_id=endpoint))
    outlet = Outlet()
    assert hooked.send(endpoint, outlet) == 1
    headers, body = outlet.posted[0]
    Webhook(hooked.secret).verify(json.dumps(body, separators=(",", ":")), dict(headers))


def test_what_was_told_or_failed_is_sent_again_under_its_own_id_when_somebody_asks(hooked: Hooked) -> None:
    endpoint, now = hooked.endpoint(), soon()
    hooked.give(hooked.customer(), 1)
    hooked.give(hooked.customer(), 2)
    hooked.told()
    first = Outlet([Answer(410), TAKEN])
    hooked.send(endpoint, first, now)
    hooked.do(ResumeEndpoint(endpoint_id=endpoint))
    hooked.send(endpoint, first, now)
    failed, taken = (UUID(one) for one in first.ids)
    assert hooked.do(ReplayFailed(endpoint_id=endpoint, since=now + timedelta(minutes=1))) == 0
    assert hooked.do(ReplayFailed(endpoint_id=endpoint, since=now - timedelta(minutes=1))) == 1
    hooked.do(ReplayDelivery(delivery_id=taken))
    with pytest.raises(DomainError, match=r"webhooks\.not_settled"):
        hooked.do(ReplayDelivery(delivery_id=taken))
    again = Outlet()
    assert hooked.send(endpoint, again, now + timedelta(minutes=1)) == 2
    assert set(again.ids) == {str(failed), str(taken)}
    assert [row[1:] for row in hooked.told()] == [("sent", 1, ""), ("sent", 1, "")]


def test_one_that_holds_up_a_customer_can_be_given_up(hooked: Hooked) -> None:
    endpoint, now = hooked.endpoint(), soon()
    hooked.give(hooked.customer(), 1, 2)
    hooked.told()
    hooked.send(endpoint, Outlet([Answer(400)]), now)
    ((held_up, *_), _next) = hooked.deliveries("id")
    hooked.do(DropDelivery(delivery_id=held_up))
    with pytest.raises(DomainError, match=r"webhooks\.not_waiting"):
        hooked.do(DropDelivery(delivery_id=held_up))
    outlet = Outlet()
    assert hooked.send(endpoint, outlet, now) == 1
    assert outlet.told("points") == [2]
    hooked.do(ReplayDelivery(delivery_id=held_up))
    noted = rows("staff_staffchange", hooked.tenant, "what, actor, facts", "at, id")
    assert [row[0] for row in noted] == ["webhook.added", "webhook.given_up", "webhook.replayed"]
    assert noted[1][1:] == ("staff:test", '{"endpoint": "https://shop.example/hooks"}')


def test_who_is_erased_is_forgotten_here_and_whoever_was_told_hears_of_it(hooked: Hooked) -> None:
    endpoint = hooked.endpoint(POINTS, "customer.erased.v1")
    whose, stays = hooked.customer(), hooked.customer()
    hooked.give(whose, 1, 2)
    hooked.give(stays, 3)
    hooked.told()
    hooked.send(endpoint, Outlet([Answer(200, "Nguyễn Đường has 1 point"), Answer(500, "What is Nguyễn Đường?"), TAKEN]))
    hooked.do(EraseCustomer(customer_id=whose, reason="asked"))
    emptied = [(None, "", "sent"), (None, "", "dropped")]
    assert [(c, b and "told", s) for c, b, s in hooked.deliveries("customer_id, body, state")] == [*emptied, (stays, "told", "sent")]
    assert len(rows("webhooks_attempt", hooked.tenant, "id")) == 1
    assert [row[:2] for row in hooked.told()][3:] == [("customer.erased.v1", "waiting")]
    outlet = Outlet()
    hooked.send(endpoint, outlet)
    assert outlet.told("customer_id") == [str(whose)]
    assert hooked.do(ReplayFailed(endpoint_id=endpoint, since=datetime(2020, 1, 1, tzinfo=UTC))) == 0
    with pytest.raises(DomainError, match=r"webhooks\.forgotten"):
        hooked.do(ReplayDelivery(delivery_id=hooked.deliveries("id")[0][0]))


def test_what_is_told_says_of_nobody_who_they_are(hooked: Hooked) -> None:
    hooked.endpoint(*EVENT_TYPES)
    whose = hooked.customer(first_name="Đường", last_name="Nguyễn", phone="+84912345678", email="duong@example.com")
    hooked.rule()
    hooked.sell(whose, 250_000)
    hooked.give(whose, 7)
    bring_level("webhooks.deliveries")
    bodies = [body for (body,) in hooked.deliveries("body")]
    assert {json.loads(body)["type"] for body in bodies} >= {"customer.registered.v1", "purchase.recorded.v1", "points.earned.v1", POINTS}
    for secret in ("Đường", "Nguyễn", "912345678", "duong@", "welcome"):
        assert not [body for body in bodies if secret in body], secret


def test_old_deliveries_go_with_their_tries(hooked: Hooked, other_tenant: Tenant) -> None:
    endpoint = hooked.endpoint()
    hooked.give(hooked.customer(), 1)
    hooked.told()
    hooked.send(endpoint, Outlet())
    now = datetime.now(UTC)
    assert forget_old(hooked.tenant.id, now + KEPT - timedelta(minutes=1)) == 0
    assert forget_old(other_tenant.id, now + KEPT * 2) == 0
    assert forget_old(hooked.tenant.id, now + KEPT + timedelta(minutes=1)) == 1
    assert rows("webhooks_attempt", hooked.tenant, "id") == []


def test_an_endpoint_that_is_removed_leaves_nothing_behind_and_who_was_sending_notices(hooked: Hooked) -> None:
    endpoint = hooked.endpoint()
    hooked.give(hooked.customer(), 1)
    hooked.give(hooked.customer(), 2)
    hooked.told()

    class Meanwhile(Outlet):
        def post(self, *asked: Any) -> Answer:
            hooked.do(RemoveEndpoint(endpoint_id=endpoint))
            return super().post(*asked)

    assert hooked.send(endpoint, Meanwhile()) == 1, "what was on its way arrives"
    assert hooked.send(endpoint, Outlet()) == 0
    assert rows("webhooks_delivery", hooked.tenant, "state") == [("removed",), ("sent",)]
    assert forget_old(hooked.tenant.id, datetime.now(UTC)) == 2
    for table in ("endpoint", "secret", "delivery", "attempt"):
        assert rows(f"webhooks_{table}", hooked.tenant, "id") == [], table


def test_one_that_answers_slowly_lets_others_go_first_after_each_request(hooked: Hooked, monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint, outlet = hooked.endpoint(), Outlet()
    hooked.give(hooked.customer(), 1, 2, 3)
    hooked.told()
    monkeypatch.setattr(sending, "SLOW_SECONDS", -1.0)
    rounds = [send_waiting(hooked.tenant.id, endpoint, outlet) for _ in range(4)]
    assert [(one.taken, one.unfinished) for one in rounds] == [(1, True), (1, True), (1, True), (0, False)]


def test_what_failed_is_asked_for_once_when_it_may_leave_again_and_what_waits_behind_it_is_not_asked_for_at_all(
    hooked: Hooked, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint, outlet, asked = hooked.endpoint(), Outlet([Answer(500)]), []
    monkeypatch.setattr(tasks, "HttpOutlet", lambda: outlet)
    monkeypatch.setattr(tasks.send_webhooks, "apply_async", lambda args, countdown, **_: asked.append(countdown))
    hooked.give(hooked.customer(), 1, 2)
    bring_level("webhooks.deliveries")
    asked.clear()
    for _ in range(3):
        tasks.send_webhooks(hooked.tenant.id, str(endpoint))
    assert len(outlet.posted) == 1
    assert [4 < seconds < 7 for seconds in asked] == [True]


def test_what_waits_and_what_failed_is_counted(hooked: Hooked) -> None:
    def exposed() -> dict[str, float]:
        page = Client().get("/metrics").content.decode().splitlines()
        return {line.split()[0]: float(line.split()[1]) for line in page if line.startswith("loyalty_webhooks_")}

    endpoint, before = hooked.endpoint(), exposed()
    hooked.give(hooked.customer(), 1)
    hooked.give(hooked.customer(), 2)
    hooked.told()
    assert exposed()["loyalty_webhooks_waiting"] == before["loyalty_webhooks_waiting"] + 2
    hooked.send(endpoint, Outlet([Answer(410)]))
    after = exposed()
    assert after["loyalty_webhooks_failed"] == before["loyalty_webhooks_failed"] + 1
    assert after["loyalty_webhooks_endpoints_paused"] == before["loyalty_webhooks_endpoints_paused"] + 1
    assert after["loyalty_webhooks_waiting"] == before["loyalty_webhooks_waiting"], "what a paused endpoint waits for is no lag"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"types": ()}, "webhooks.types_missing"),
        ({"types": ("points.stolen.v1",)}, "webhooks.type_unknown"),
        ({"url": "https://10.0.0.1/"}, "webhooks.url_private"),
        ({"url": "http://shop.example/"}, "webhooks.url_scheme"),
        ({"description": "x" * 201}, "webhooks.description_long"),
    ],
)
def test_what_cannot_be_told_is_refused_and_nothing_is_kept(hooked: Hooked, wrong: dict[str, Any], code: str) -> None:
    given = {"url": "https://shop.example/hooks", "types": (POINTS,)} | wrong
    with pytest.raises(DomainError, match=code):
        hooked.do(AddEndpoint(**given, secret=new_secret()))
    assert rows("webhooks_endpoint", hooked.tenant, "id") == []


def test_of_many_who_add_endpoints_at_once_only_so_many_come_in(hooked: Hooked) -> None:
    counts = in_parallel(24, lambda n: hooked.endpoint())
    assert sorted(c.code for c in counts if isinstance(c, DomainError)) == ["webhooks.too_many"] * 4
    assert rows("webhooks_endpoint", hooked.tenant, "count(*)") == [(20,)]


def test_who_sends_a_form_twice_adds_one_endpoint(hooked: Hooked) -> None:
    order = AddEndpoint(url="https://shop.example/hooks", types=(POINTS,), secret=new_secret())
    key = new_id()
    hooked.do(order, command_id=key)
    with pytest.raises(DomainError, match=r"command\.applied"):
        hooked.do(order, command_id=key)
    assert rows("webhooks_endpoint", hooked.tenant, "count(*)") == [(1,)]


def test_another_tenants_endpoint_is_not_there(hooked: Hooked, other_tenant: Tenant) -> None:
    theirs = Hooked(other_tenant).endpoint()
    of = Counter(hooked.tenant)
    for order in (
        ChangeEndpoint(endpoint_id=theirs, url="https://shop.example/", types=(POINTS,)),
        RotateSecret(endpoint_id=theirs, secret=new_secret()),
        RemoveEndpoint(endpoint_id=theirs),
        ReplayFailed(endpoint_id=theirs, since=datetime.now(UTC)),
        ReplayDelivery(delivery_id=uuid4()),
    ):
        with pytest.raises(DomainError, match=r"request\.not_found"):
            of.do(order)
    assert len(rows("webhooks_endpoint", other_tenant, "id")) == 1
