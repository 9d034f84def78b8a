"""Two axes of time: what an account held as of any moment, as it was known at any moment, is a replay of the facts until then."""

from __future__ import annotations

import random
from collections import Counter as Sum
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from earning import queries
from earning.commands import (
    AdjustPoints,
    ConfirmHold,
    Expiry,
    HoldPoints,
    ReleaseHold,
    RestorePoints,
    SpendPoints,
    TransferPoints,
    WalletTerms,
)
from earning.domain.account import account_id
from earning.timekeeping import note_time
from loyalty.domain.errors import DomainError
from loyalty.domain.period import local_midnight
from loyalty.eventstore import store
from loyalty.tenancy import reading
from tests.earning.counter import Counter
from tests.earning.ledger_given import configure, give

START = datetime(2026, 1, 1, 5, tzinfo=UTC)
MAY_HAPPEN = {
    "earning.not_enough_points", "earning.restored_too_much", "earning.restored_before", "earning.hold_ended", "earning.hold_unknown",
    "earning.hold_confirmed", "earning.hold_released",
}  # fmt: skip
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def counter(tenant) -> Counter:
    made = Counter(tenant)
    made.rule()
    return made


class Life:
    """What two customers do in half a year, and a replay that knows the events by their fields only."""

    def __init__(self, counter: Counter, seed: int) -> None:
        self.counter, self.chance, self.now = counter, random.Random(seed), START
        self.people = [counter.customer(), counter.customer()]
        self.sales: list[Any] = []
        self.holds: list[tuple[UUID, UUID]] = []
        self.spends: list[tuple[UUID, UUID]] = []

    def act(self) -> None:
        self.now += self.chance.choice((HOUR, DAY, 3 * DAY, 9 * DAY))
        who, other = self.chance.sample(self.people, 2)
        deed = self.chance.choice(("buy", "buy", "buy", "spend", "hold", "finish", "return", "restore", "send", "adjust", "job"))
        try:
            getattr(self, deed)(who, other)
        except DomainError as refusal:
            if refusal.code not in MAY_HAPPEN:
                raise

    def do(self, order: Any) -> Any:
        return self.counter.do(order, channel="import", at=self.now)

    def buy(self, who: UUID, other: UUID) -> None:
        back = self.chance.choice((0, 0, 2, 20))
        order = self.counter.order(who, self.chance.randint(1, 90) * 10_000, purchased_at=self.now - back * DAY)
        self.sales.append((order, self.do(order).purchase_id))

    def give_back(self) -> None:
        order, purchase_id = self.sales.pop(self.chance.randrange(len(self.sales)))
        self.do(self.counter.return_order(order, purchase_id))

    def spend(self, who: UUID, other: UUID) -> None:
        self.spends.append((who, self.do(SpendPoints(customer_id=who, points=self.chance.randint(1, 80))).id))

    def hold(self, who: UUID, other: UUID) -> None:
        held = self.do(HoldPoints(customer_id=who, points=self.chance.randint(1, 40), ends_at=self.now + self.chance.randint(1, 6) * DAY))
        self.holds.append((who, held.id))

    def finish(self, who: UUID, other: UUID) -> None:
        if self.holds:
            owner, hold_id = self.holds.pop()
            self.do(self.chance.choice((ConfirmHold, ReleaseHold))(customer_id=owner, hold_id=hold_id))

    def restore(self, who: UUID, other: UUID) -> None:
        if self.spends:
            owner, spend_id = self.chance.choice(self.spends)
            self.do(RestorePoints(customer_id=owner, spend_id=spend_id, points=self.chance.randint(1, 40)))

    def send(self, who: UUID, other: UUID) -> None:
        self.do(TransferPoints(customer_id=who, recipient_id=other, points=self.chance.randint(1, 50)))

    def adjust(self, who: UUID, other: UUID) -> None:
        self.do(AdjustPoints(customer_id=who, points=self.chance.choice((-9, 12)), reason="a reason"))

    def job(self, who: UUID, other: UUID) -> None:
        note_time(self.counter.tenant.id, self.now)


setattr(Life, "return", lambda self, who, other: self.sales and self.give_back())
WHEN = {
    "earned": "earned_at", "clawed_back": "clawed_back_at", "spent": "spent_at", "restored": "restored_at", "expired": "expired_at",
    "paid": "paid_at", "granted": "granted_at", "deducted": "deducted_at", "sent": "sent_at", "received": "received_at",
    "held": "held_at", "released": "released_at",
}  # fmt: skip


def effective(event: Any) -> datetime | None:
    return next((getattr(event, name) for name in WHEN.values() if hasattr(event, name)), None)


class Replay:
    """An account made of the facts in effect at `as_of` and recorded at `known_at`."""

    def __init__(self, recorded: Iterable[Any], as_of: datetime, known_at: datetime) -> None:
        self.left: Sum[UUID] = Sum()
        self.spans: dict[UUID, tuple[datetime, datetime]] = {}
        self.holds: dict[UUID, Any] = {}
        self.owed = 0
        for r in recorded:
            self.know_lots(r.event)
            at = effective(r.event)
            if at is not None and at <= as_of and r.recorded_at <= known_at:
                self.apply(r.event, type(r.event).__name__)
        self.held: Sum[UUID] = Sum()
        for hold in self.holds.values():
            if as_of < hold.ends_at:
                self.held.update({part.lot_id: part.points for part in hold.shares})

    def know_lots(self, event: Any) -> None:
        own = [event] if type(event).__name__ in {"PointsEarned", "PointsGranted"} else []
        for lot in (*own, *getattr(event, "lots", ())):
            begins = getattr(lot, "active_from", None) or START - 999 * DAY
            self.spans[lot.lot_id] = begins, lot.expires_at or START + 9999 * DAY

    def apply(self, event: Any, kind: str) -> None:
        match kind:
            case "PointsEarned" | "PointsGranted":
                self.left[event.lot_id] += event.points
            case "PointsReceived" | "PointsRestored":
                for part in (*event.lots, *getattr(event, "shares", ())):
                    self.left[part.lot_id] += part.points
            case "PointsHeld":
                self.holds[event.hold_id] = event
            case "HoldReleased":
                self.holds.pop(event.hold_id, None)
            case _:
                for part in event.taken if kind == "PointsClawedBack" else event.shares:
                    self.left[part.lot_id] -= part.points
                self.owed += getattr(event, "owed", 0) - (event.points if kind == "DebtPaid" else 0)
                self.holds.pop(getattr(event, "hold_id", None), None)

    def totals(self, as_of: datetime) -> tuple[int, int, int, int]:
        """Balance, available, pending and held."""
        there = sum(n if self.spans[lot][1] > as_of else min(n, self.held[lot]) for lot, n in self.left.items())
        free = sum(n - self.held[lot] for lot, n in self.left.items() if self.spans[lot][0] <= as_of < self.spans[lot][1])
        waiting = sum(n for lot, n in self.left.items() if self.spans[lot][0] > as_of)
        return there - self.owed, max(0, free - self.owed), waiting, self.held.total()


@pytest.mark.parametrize("seed", [1, 2])
def test_any_moment_as_known_at_any_moment_is_a_replay(counter: Counter, seed: int) -> None:
    configure(counter, WalletTerms(expiry=Expiry(kind="month_end", grace_days=10), pending_days=1, restored_days=5, transfers_per_day=9))
    life = Life(counter, seed)
    for _ in range(70):
        life.act()
    tenant = counter.tenant.id
    for person in life.people:
        with reading(tenant):
            recorded = list(store.load(account_id(tenant, "points", person)))
            moments = [at for r in recorded if (at := effective(r.event))] + [r.recorded_at for r in recorded]
            for _ in range(60):
                as_of = life.chance.choice([*moments[: len(moments) // 2], life.now]) + life.chance.choice((-HOUR, 0 * HOUR, HOUR))
                known_at = life.chance.choice(recorded).recorded_at
                shown = queries.balance_at(person, as_of, known_at)
                assert (shown.balance, shown.available, shown.pending, shown.held) == Replay(recorded, as_of, known_at).totals(as_of)
                totals, replay = (
                    queries.book_totals([account_id(tenant, "points", person)], as_of, known_at),
                    Replay(recorded, as_of, known_at),
                )
                assert totals["member"] == replay.left.total() - replay.owed
            lines = queries.statement(person, limit=1000, as_of=life.now, known_at=recorded[-1].recorded_at)
            assert [line.balance for line in lines] == [sum(line.points for line in lines[n:]) for n in range(len(lines))]
            now = queries.balance(person, life.now)
            assert now == queries.balance_at(person, life.now, recorded[-1].recorded_at)
            card = queries.account(person, now=life.now)
            assert (card.balance, card.available, card.pending, card.held) == (now.balance, now.available, now.pending, now.held)


def test_every_operation_adds_up_to_nothing(counter: Counter) -> None:
    configure(counter, WalletTerms(expiry=Expiry(kind="month_end")))
    life = Life(counter, 7)
    for _ in range(60):
        life.act()
    tenant = counter.tenant.id
    accounts = [account_id(tenant, "points", person) for person in life.people]
    with reading(tenant):
        posted = queries.postings(accounts)
        sums: Sum[UUID | None] = Sum()
        for posting in posted:
            sums[posting.operation_id] += posting.points
        assert set(sums.values()) == {0}
        assert {posting.book for posting in posted} == {"member", "issuer", "redemption", "breakage"}
        held = sum(queries.balance(person, START).balance for person in life.people)
    assert sum(posting.points for posting in posted if posting.book == "member") == held


def test_what_ends_is_shown_by_day_and_for_the_next_month(counter: Counter) -> None:
    configure(counter, WalletTerms(expiry=Expiry(kind="after_days", days=30)))
    customer = counter.customer()
    for day in (5, 5, 20, 31):
        at = datetime(2026, 1, day, 5, tzinfo=UTC)
        counter.do(counter.order(customer, day * 10_000, purchased_at=at), channel="import", at=at)
    with reading(counter.tenant.id):
        found = queries.endings(customer, datetime(2026, 1, 31, 6, tzinfo=UTC))
    assert [(e.last_day, e.points) for e in found.days] == [(date(2026, 2, 4), 10), (date(2026, 2, 19), 20), (date(2026, 3, 2), 31)]
    assert found.days[0].expires_at == local_midnight(date(2026, 2, 5), counter.tenant.zone)
    assert found.next_month == 30


def test_a_debt_stands_beside_the_balance_or_in_it(counter: Counter) -> None:
    customer = counter.customer()
    order = counter.order(customer, 2_000_000)
    sold = counter.do(order)
    counter.do(SpendPoints(customer_id=customer, points=150))
    counter.take_back(order, sold.purchase_id)
    with reading(counter.tenant.id):
        below = queries.account(customer)
    configure(counter, WalletTerms(overdraft="debt"))
    with reading(counter.tenant.id):
        beside = queries.account(customer)
    assert [(card.balance, card.debt, card.available) for card in (below, beside)] == [(-150, 0, 0), (0, 150, 0)]
    counter.sell(customer, 1_600_000)
    with reading(counter.tenant.id):
        paid = queries.account(customer)
    assert (paid.balance, paid.debt, paid.available) == (10, 0, 10)


def test_the_books_add_up_to_zero_when_what_was_let_go_is_owed_again(counter: Counter) -> None:
    configure(counter, WalletTerms(overdraft="waive"))
    customer = counter.customer()
    order = counter.order(customer, 1_000_000)
    sold = counter.do(order)
    spent = counter.do(SpendPoints(customer_id=customer, points=70))
    counter.take_back(order, sold.purchase_id)
    back = counter.do(RestorePoints(customer_id=customer, spend_id=spent.id, points=50))
    with reading(counter.tenant.id):
        posted = queries.postings([account_id(counter.tenant.id, "points", customer)])
    operations: Sum[UUID | None] = Sum()
    books: Sum[str] = Sum()
    for posting in posted:
        operations[posting.operation_id] += posting.points
        books[posting.book] += posting.points
    assert set(operations.values()) == {0}
    assert {p.book: p.points for p in posted if p.operation_id == back.id} == {"issuer": 50, "redemption": -50}
    assert books == {"member": 0, "issuer": -20, "redemption": 20}, "of 70 that were let go, 50 came back"


def test_what_has_ended_is_gone_before_it_is_noted(counter: Counter) -> None:
    configure(counter, WalletTerms(expiry=Expiry(kind="after_days", days=30)))
    long_ago = datetime.now(UTC) - 60 * DAY
    customer = give(counter, 5)
    order = counter.order(customer, 1_000_000, purchased_at=long_ago)
    counter.do(order, channel="import", at=long_ago)
    with reading(counter.tenant.id):
        assert (queries.account(customer).balance, queries.account(customer).expired) == (5, 0)
        assert queries.preview(counter.order(customer, 20_000)).balance == 7
    assert counter.sell(customer, 20_000).balance == 7
    with reading(counter.tenant.id):
        assert queries.account(customer).expired == 100
