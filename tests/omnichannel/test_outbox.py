"""Customers are told before their points end: once, in their language, and nothing of it is readable in the table."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client

from customers.commands import DeactivateCustomer
from earning.commands import ActivateLevelSet, AdjustPoints, ConfigureWallet, CreateLevelSet, GiveLevel
from earning.domain.expiry import Expiry
from earning.domain.levels.downgrading import Downgrade
from earning.domain.levels.measures import Measure
from earning.domain.levels.starters import STARTERS
from earning.domain.wallets import WalletTerms
from earning.queries.wallets import STANDARD_UNITS
from earning.timekeeping import note_time, settle_levels
from loyalty.domain.identity import new_id
from loyalty.messages.outbox import AGAIN_AFTER, KEPT, LEASE, MOST_TRIES, forget_old, send_waiting, write
from loyalty.messages.sending import ConsoleSender, MessageSender, NotSent, Outgoing
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.counter import Counter, in_parallel, rows
from tests.earning.given import line
from tests.omnichannel.senders import Recording
from tests.pos.given import bring_level
from tests.support.pages import text_of


@pytest.fixture
def counter(tenant: Tenant) -> Counter:
    """Of a programme in which points end after 30 days, and are warned of 14 days before."""
    made = Counter(tenant)
    terms = WalletTerms(expiry=Expiry(kind="after_days", days=30), warn_days=14)
    made.do(ConfigureWallet(code="points", decimals=0, units=STANDARD_UNITS, terms=terms, effective_at=datetime(2020, 1, 1, tzinfo=UTC)))
    return made


def warned(counter: Counter, **told: Any) -> UUID:
    """A customer whose 25 points end in ten days, and were announced."""
    whose = counter.customer(**told)
    counter.do(AdjustPoints(customer_id=whose, points=25, reason="welcome"), at=datetime.now(UTC) - timedelta(days=20))
    note_time(counter.tenant.id)
    return whose


@pytest.mark.parametrize(
    ("language", "words"), [("vi", "25 điểm"), ("en", "25 points"), ("pl", "25 punktów")]
)  # fmt: skip
def test_a_customer_is_told_once_in_their_language(counter: Counter, language: str, words: str) -> None:
    warned(counter, phone="+84912345678", language=language)
    for _ in range(2):
        bring_level("omnichannel.expiry_messages")
    sender = Recording()
    assert [send_waiting(counter.tenant.id, sender) for _ in range(2)] == [1, 0]
    ((kept, state),) = rows("outbox_message", counter.tenant, "sealed, state")
    assert (sender.sent[0].to, state) == ("+84912345678", "sent")
    assert words in sender.sent[0].text
    assert "Đường" in sender.sent[0].text
    assert "Đường".encode() not in bytes(kept)


@pytest.mark.parametrize(
    ("source", "reset", "words"),
    [
        ("given", "none", "you have the level Prime at Quán Thử until"),
        ("paid", "none", "It stays if you pay for it again."),
        ("earned", "points", "It stays if you buy enough until then. What is left of your points ends with it."),
    ],
)  # fmt: skip
def test_a_customer_is_told_once_before_a_level_ends_however_they_have_it(counter: Counter, source: str, reset: Any, words: str) -> None:
    whose, now = counter.customer(phone="+84912345678", language="en"), datetime.now(UTC)
    measure = Measure(kind="purchases", window="rolling_months", months=1)
    prime = replace(STARTERS["prime"]("VND", "en").levels[0], thresholds=(1 if source == "earned" else None,))
    policy = Downgrade(when="at_once", warn_days=31, reset=reset)
    said = replace(STARTERS["prime"]("VND", "en"), measures=(measure,), levels=(prime,), downgrade=policy)
    set_id = counter.do(CreateLevelSet(terms=said)).set_id
    counter.do(ActivateLevelSet(set_id=set_id, effective_at=now - timedelta(days=30)))
    if source == "given":
        counter.do(GiveLevel(customer_id=whose, level="prime", ends_at=now + timedelta(days=20), reason="A prize"))
    else:
        counter.sell(whose, line(50_000, 1, sku="PRIME", kind="fee" if source == "paid" else "goods"))
    for _ in range(2):
        settle_levels(counter.tenant.id, now + timedelta(days=2))
        bring_level("omnichannel.level_messages")
    sender = Recording()
    assert send_waiting(counter.tenant.id, sender) == 1
    assert words in sender.sent[0].text


def test_who_does_not_take_part_is_not_told(counter: Counter) -> None:
    whose = warned(counter, phone="+84912345678")
    counter.do(DeactivateCustomer(customer_id=whose, reason="asked for it"))
    bring_level("omnichannel.expiry_messages")
    assert rows("outbox_message", counter.tenant, "id") == []


def test_what_has_ended_meanwhile_is_not_told(counter: Counter) -> None:
    warned(counter, phone="+84912345678")
    with time_machine.travel(datetime.now(UTC) + timedelta(days=11)):
        bring_level("omnichannel.expiry_messages")
    assert rows("outbox_message", counter.tenant, "id") == []


def waiting(counter: Counter, whose: UUID, number: int = 1, written_at: datetime | None = None, until: datetime | None = None) -> None:
    with reading(counter.tenant.id):
        for _ in range(number):
            write(counter.tenant.id, new_id(), whose, "points_end", "vi", "25 điểm", written_at or datetime.now(UTC), until)


def exposed(name: str) -> float:
    """A figure of /metrics that has no label."""
    page = Client().get("/metrics").content.decode()
    return next(float(line.split()[1]) for line in page.splitlines() if line.startswith(f"{name} "))


def test_what_waits_in_all_outboxes_is_counted_and_the_oldest_is_timed(counter: Counter, other_tenant: Tenant) -> None:
    before = exposed("loyalty_outbox_waiting")
    elsewhere = Counter(other_tenant)
    waiting(counter, counter.customer(phone="+84912345678"), 2)
    waiting(elsewhere, elsewhere.customer(phone="+48512345678"), written_at=datetime(2020, 1, 1, tzinfo=UTC))
    assert exposed("loyalty_outbox_waiting") == before + 3
    assert exposed("loyalty_outbox_oldest_seconds") >= (datetime.now(UTC) - datetime(2020, 1, 1, tzinfo=UTC)).total_seconds() - 60
    for tenant in (counter.tenant, other_tenant):
        send_waiting(tenant.id, Recording())
    assert exposed("loyalty_outbox_waiting") == before


def states(counter: Counter) -> list[tuple[str, str, int]]:
    return rows("outbox_message", counter.tenant, "state, failure, tries")


def test_of_ten_workers_at_once_each_message_is_sent_by_one(counter: Counter) -> None:
    waiting(counter, counter.customer(phone="+84912345678"), 20)
    sender = Recording()
    counts = in_parallel(10, lambda n: send_waiting(counter.tenant.id, sender))
    assert sum(c for c in counts if isinstance(c, int)) == len(sender.sent) == len({m.message_id for m in sender.sent}) == 20


def test_no_transaction_is_open_while_a_message_leaves(counter: Counter) -> None:
    waiting(counter, counter.customer(phone="+84912345678"))
    seen: list[tuple[bool, list[Any]]] = []

    class Looking(Recording):
        def send(self, message: Outgoing) -> None:
            seen.append((connection.in_atomic_block, states(counter)))

    send_waiting(counter.tenant.id, Looking())
    assert seen == [(False, [("waiting", "", 1)])], "its claim is committed: who dies now has used a try"


def test_what_cannot_be_sent_is_tried_later_and_later_and_then_says_why(counter: Counter) -> None:
    waiting(counter, counter.customer(phone="+84912345678"))
    now = datetime.now(UTC)
    for wait in AGAIN_AFTER:
        assert send_waiting(counter.tenant.id, Recording(failing=True), now) == 0
        assert send_waiting(counter.tenant.id, Recording(), now + wait - timedelta(seconds=1)) == 0, "it is not due yet"
        now += wait
    assert states(counter) == [("waiting", "unavailable", MOST_TRIES - 1)]
    send_waiting(counter.tenant.id, Recording(failing=True), now)
    assert send_waiting(counter.tenant.id, Recording(), now + timedelta(days=1)) == 0
    assert states(counter) == [("failed", "unavailable", MOST_TRIES)]


def test_one_that_makes_the_sender_fail_holds_up_no_other_and_nothing_of_it_is_logged(
    counter: Counter, caplog: pytest.LogCaptureFixture
) -> None:
    waiting(counter, counter.customer(phone="+84912345678"))
    waiting(counter, counter.customer(phone="+84912345679"))

    class Failing(Recording):
        def send(self, message: Outgoing) -> None:
            if message.to.endswith("8"):
                raise ValueError(f"{message.to}: {message.text}")
            super().send(message)

    assert send_waiting(counter.tenant.id, Failing()) == 1
    assert sorted(states(counter)) == [("sent", "", 1), ("waiting", "unavailable", 1)]
    logged = str([record.msg for record in caplog.records])
    assert ("message not sent" in logged, "ValueError" in logged, "84912345678" in logged, "điểm" in logged) == (True, True, False, False)


def test_what_a_worker_that_died_was_sending_is_taken_up_after_a_while_under_the_same_id(counter: Counter) -> None:
    waiting(counter, counter.customer(phone="+84912345678"))
    sender = Recording()

    class Dying(Recording):
        def send(self, message: Outgoing) -> None:
            sender.sent.append(message)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        send_waiting(counter.tenant.id, Dying())
    assert send_waiting(counter.tenant.id, sender) == 0, "nobody knows yet that it died"
    later = datetime.now(UTC) + LEASE + timedelta(seconds=1)
    assert send_waiting(counter.tenant.id, sender, later) == 1
    assert sender.sent[0] == sender.sent[1]


def test_who_took_too_long_says_nothing_of_a_message_that_another_has_taken_up(counter: Counter) -> None:
    waiting(counter, counter.customer(phone="+84912345678"))

    class Slow(Recording):
        def send(self, message: Outgoing) -> None:
            send_waiting(counter.tenant.id, Recording(failing=True), datetime.now(UTC) + LEASE + timedelta(seconds=1))
            raise NotSent("refused")

    assert send_waiting(counter.tenant.id, Slow()) == 0
    assert states(counter) == [("waiting", "unavailable", 2)]


def test_one_that_kills_every_worker_comes_to_an_end(counter: Counter) -> None:
    waiting(counter, counter.customer(phone="+84912345678"))

    class Dying(Recording):
        def send(self, message: Outgoing) -> None:
            raise KeyboardInterrupt

    for _ in range(MOST_TRIES):
        with pytest.raises(KeyboardInterrupt):
            send_waiting(counter.tenant.id, Dying(), datetime.now(UTC) + timedelta(hours=1))
    assert send_waiting(counter.tenant.id, Dying(), datetime.now(UTC) + timedelta(hours=1)) == 0
    assert states(counter) == [("failed", "broken_off", MOST_TRIES)]


def test_what_is_of_no_use_any_more_or_to_somebody_who_left_is_not_sent(counter: Counter) -> None:
    left = counter.customer(phone="+84912345678")
    waiting(counter, left)
    counter.do(DeactivateCustomer(customer_id=left, reason="asked for it"))
    waiting(counter, counter.customer(phone="+84912345679"), until=datetime.now(UTC))
    sender = Recording()
    assert send_waiting(counter.tenant.id, sender) == 0
    assert sender.sent == []
    assert sorted(states(counter)) == [("dropped", "inactive", 1), ("dropped", "too_late", 1)]


def test_what_comes_to_its_end_while_others_leave_is_not_sent_either(counter: Counter) -> None:
    whose, end = counter.customer(phone="+84912345678"), datetime.now(UTC) + timedelta(seconds=1)
    waiting(counter, whose)
    waiting(counter, whose, until=end)

    class Slow(Recording):
        def send(self, message: Outgoing) -> None:
            time.sleep(max(0, (end - datetime.now(UTC)).total_seconds()))
            super().send(message)

    assert send_waiting(counter.tenant.id, Slow()) == 1
    assert sorted(states(counter)) == [("dropped", "too_late", 1), ("sent", "", 1)]


def test_who_is_not_there_any_more_gets_nothing_and_the_rows_go(counter: Counter) -> None:
    waiting(counter, new_id())
    assert send_waiting(counter.tenant.id, Recording()) == 0
    assert states(counter) == []
    waiting(counter, new_id())
    waiting(counter, stays := counter.customer(phone="+84912345678"))
    assert forget_old(counter.tenant.id, datetime.now(UTC)) == 1
    assert rows("outbox_message", counter.tenant, "customer_id") == [(stays,)]
    assert forget_old(counter.tenant.id, datetime.now(UTC) + KEPT + timedelta(days=1)) == 1


def test_the_outbox_of_one_programme_is_not_sent_or_forgotten_with_another(counter: Counter, other_tenant: Tenant) -> None:
    waiting(counter, counter.customer(phone="+84912345678"))
    assert send_waiting(other_tenant.id, Recording()) == 0
    assert forget_old(other_tenant.id, datetime.now(UTC) + KEPT * 2) == 0
    assert states(counter) == [("waiting", "", 0)]


def test_who_has_no_address_gets_none(counter: Counter) -> None:
    waiting(counter, counter.customer())
    send_waiting(counter.tenant.id, Recording())
    assert states(counter) == [("failed", "no_address", 1)]


@pytest.mark.parametrize("sender", [ConsoleSender(StringIO()), Recording()], ids=["console", "recording"])
def test_every_sender_sends_or_says_that_it_did_not(sender: MessageSender) -> None:
    """The contract of the port."""
    sender.send(Outgoing(uuid4(), "+84912345678", "25 điểm"))
    for nothing in (Outgoing(uuid4(), "", "25 điểm"), Outgoing(uuid4(), "+84912345678", "")):
        with pytest.raises(NotSent):
            sender.send(nothing)


def test_the_outbox_is_shown_and_says_that_nothing_leaves(counter: Counter, admin_site: Any) -> None:
    waiting(counter, counter.customer(phone="+84912345678"))
    shown = text_of(admin_site.get("/admin/loyalty_messages/message/"))
    for said in ("Nothing leaves this machine", "Nguyễn Đường", "Waiting", "Points will end"):
        assert said in shown, said
    ((message,),) = rows("outbox_message", counter.tenant, "id")
    assert "25 điểm" in text_of(admin_site.get(f"/admin/loyalty_messages/message/{message}/change/"))
