"""What was held when a level went stays, and when somebody notices the loss changes no balance, before or after: worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from customers.commands import MergeCustomers, UnmergeCustomer
from earning import queries
from earning.commands import AdjustPoints, ClaimPurchase, ConfirmHold, HoldPoints, NoteTime, ReleaseHold, ReturnLine, SpendPoints
from earning.domain.account import Account
from earning.domain.expiry import Expiry
from earning.domain.levels.downgrading import Downgrade
from earning.domain.pooling import reset_together
from earning.domain.spending import hold
from earning.domain.wallets import WalletTerms
from earning.events import PointsGranted
from earning.streams import account_of
from earning.timekeeping import settle_levels
from loyalty.domain.errors import DomainError
from loyalty.projections.projection import PROJECTIONS
from loyalty.projections.rebuild import checksum, rebuild
from loyalty.tenancy import reading
from tests.earning.counter import Counter
from tests.earning.given import Shop, per, rules
from tests.earning.ledger_given import configure
from tests.earning.levels_counted import GONE, SOLD_AT, active, losing
from tests.earning.levels_given import DAY, SET
from tests.earning.test_points_of_lost_levels import balances, noticed, shown

HOUR = timedelta(hours=1)
AGAIN = GONE + 2 * DAY
"""When the second level goes."""
HELD_AT = GONE - DAY
Act = Callable[[], Any]


@pytest.fixture
def counter(tenant) -> Counter:
    """A level goes a month after what earned it, and the points with it."""
    made = Counter(tenant)
    made.rule()
    active(made, replace(losing(), downgrade=Downgrade(when="at_once", reset="points")))
    return made


def test_what_was_held_stays_whether_the_loss_is_noticed_at_once_or_after_the_hold() -> None:
    """100 points, 40 of them held from 0 h to 2 h; a level goes at 1 h."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    left = []
    for noticed_after in (1, 2, 3):
        account = Account(UUID(int=1))
        told: dict[str, Any] = {"account_id": account.id, "customer_id": UUID(int=2), "wallet": "points", "reason": "x"}
        account.record(PointsGranted(**told, lot_id=UUID(int=3), points=100, source="manual", granted_at=start - DAY))
        policy = Shop(rules(per(1_000))).wallets.policy("points", start)
        hold(account, policy, 40, UUID(int=4), None, start + 2 * HOUR, start)
        reset_together([account], [(SET, start + HOUR)], start + noticed_after * HOUR)
        reset_together([account], [(SET, start + HOUR)], start + 9 * HOUR)
        left.append((account.balance, account.available(start + 9 * HOUR)))
        hold(account, policy, 10, UUID(int=5), None, start + 11 * HOUR, start + 10 * HOUR)
        reset_together([account], [(SET, start + HOUR)], start + 12 * HOUR)
        assert account.balance == 40, "however often it is looked at"
        reset_together([account], [(SET, start + 13 * HOUR)], start + 13 * HOUR)
        assert account.balance == 0, "what was spared goes with the next one"
    assert left == [(40, 40)] * 3


def bought(counter: Counter, customer: UUID, amount: int, at: datetime) -> None:
    counter.do(counter.order(customer, amount, purchased_at=at), channel="import", at=at)


def with_holds(counter: Counter, customer: UUID) -> list[tuple[datetime, Act]]:
    """20 and 80 points, of which the first level goes with the first purchase, the next two days later; 70 of them are held."""
    bought(counter, customer, 200_000, SOLD_AT)
    bought(counter, customer, 800_000, SOLD_AT + 2 * DAY)
    ends = {30: GONE + DAY, 25: GONE + 5 * DAY, 10: GONE + 6 * DAY, 5: GONE + 6 * DAY}
    holds = {
        points: counter.do(HoldPoints(customer_id=customer, points=points, ends_at=end), at=HELD_AT).id for points, end in ends.items()
    }
    return [
        (GONE + 12 * HOUR, lambda: counter.do(ConfirmHold(customer_id=customer, hold_id=holds[5]), at=GONE + 12 * HOUR)),
        (GONE + 36 * HOUR, lambda: counter.do(ReleaseHold(customer_id=customer, hold_id=holds[10]), at=GONE + 36 * HOUR)),
    ]


EXPECTED = {
    HELD_AT - HOUR: (100, 100, 0),
    HELD_AT: (100, 30, 70),
    GONE: (70, 0, 70),
    GONE + 12 * HOUR: (65, 0, 65),
    GONE + DAY: (65, 30, 35),
    GONE + 36 * HOUR: (65, 40, 25),
    AGAIN: (25, 0, 25),
    GONE + 5 * DAY: (25, 25, 0),
}
"""Balance, available and held from each moment on: 30 go with the first level and 40 with the second."""
MOMENTS = (GONE, GONE + HOUR, GONE + 13 * HOUR, GONE + 30 * HOUR, GONE + 37 * HOUR, AGAIN, AGAIN + DAY, GONE + 6 * DAY)


@pytest.mark.usefixtures("own_log")
@pytest.mark.parametrize("acts", [True, False])
def test_whenever_two_losses_are_noticed_every_balance_is_the_same(counter: Counter, acts: bool) -> None:
    """Of holds that ended, were confirmed and were released in between, and of those that ended all by themselves."""
    expected = EXPECTED if acts else EXPECTED | {GONE + 12 * HOUR: (70, 0, 70), GONE + DAY: (70, 30, 40), GONE + 36 * HOUR: (70, 30, 40)}
    if not acts:
        expected |= {AGAIN: (40, 0, 40), GONE + 5 * DAY: (40, 25, 15), GONE + 6 * DAY: (40, 40, 0)}
    for at in (None, *MOMENTS):
        customer = counter.customer()
        told = with_holds(counter, customer) if acts else with_holds(counter, customer)[:0]
        if at is not None:
            told.append((at, lambda at=at: settle_levels(counter.tenant.id, at)))
        for _, act in sorted(told, key=lambda one: one[0]):
            act()
        before = datetime.now(UTC)
        assert {then: shown(counter, customer, then, before) for then in expected} == expected, at
        with reading(counter.tenant.id):
            card, lots = queries.account(customer), queries.lots(customer)
            assert (card.balance, card.available) == (expected[max(expected)][0],) * 2
            assert sum(lot.remaining for lot in lots) == card.balance
        noticed(counter)
        for known_at in (before, datetime.now(UTC)):
            assert {then: shown(counter, customer, then, known_at) for then in expected} == expected, at
        with reading(counter.tenant.id):
            assert sum(one.points for one in queries.postings([account_of(customer, counter.tenant.id)])) == 0
            assert queries.statement(customer)[0].balance == card.balance
    live = {table: checksum(table) for table in PROJECTIONS["earning.accounts"].tables}
    assert rebuild(PROJECTIONS["earning.accounts"], batch=1, swap=False).checksums == live


def test_whatever_is_done_to_an_account_notices_a_loss_first(counter: Counter) -> None:
    """Nothing is taken, given or ended of points that went."""
    customer = counter.customer()
    bought(counter, customer, 200_000, SOLD_AT)
    with pytest.raises(DomainError) as refused:
        counter.do(AdjustPoints(customer_id=customer, points=-20, reason="x"), at=GONE + DAY)
    assert (refused.value.code, refused.value.params["available"]) == ("earning.not_enough_points", 0)
    counter.do(AdjustPoints(customer_id=customer, points=3, reason="x"), at=GONE + DAY)
    assert balances(counter) == [(3, 20)]


def test_time_that_is_noted_after_a_loss_takes_what_the_loss_left(counter: Counter) -> None:
    """Points end on their own five days after the level went: of 20 the 12 that nobody held had gone by then."""
    configure(counter, WalletTerms(expiry=Expiry(kind="after_days", days=36)))
    customer = counter.customer()
    bought(counter, customer, 200_000, SOLD_AT)
    counter.do(HoldPoints(customer_id=customer, points=8, ends_at=GONE + DAY), at=HELD_AT)
    counter.do(NoteTime(account_id=account_of(customer, counter.tenant.id), customer_id=customer), at=GONE + 9 * DAY)
    with reading(counter.tenant.id):
        told = [(line.kind, line.points) for line in queries.statement(customer)]
    assert told[:2] == [("expired", -8), ("reset", -12)]
    now = datetime.now(UTC)
    assert [shown(counter, customer, GONE + days * DAY, now)[0] for days in (-2, 0, 4, 9)] == [20, 8, 8, 0]


@pytest.mark.parametrize("noticed_at", [None, GONE, GONE + 12 * HOUR, GONE + 3 * DAY])
@pytest.mark.parametrize("then", ["ends", "confirmed", "released"])
def test_what_one_holds_of_what_the_other_has_stays_too(counter: Counter, noticed_at: datetime | None, then: str) -> None:
    """Hoa has 20, Lan 80, and they are one; Hoa holds 50 when the level goes, and spent 10 before."""
    hoa, lan = counter.customer(first_name="Hoa"), counter.customer(first_name="Lan")
    bought(counter, hoa, 200_000, SOLD_AT)
    bought(counter, lan, 800_000, SOLD_AT)
    counter.do(MergeCustomers(customer_id=lan, other_id=hoa, reason="one person"), at=SOLD_AT + DAY)
    counter.do(SpendPoints(customer_id=hoa, points=10), at=SOLD_AT + 2 * DAY)
    held = counter.do(HoldPoints(customer_id=hoa, points=50, ends_at=GONE + 2 * DAY), at=HELD_AT)
    acts: list[tuple[datetime, Act]] = [] if noticed_at is None else [(noticed_at, lambda: settle_levels(counter.tenant.id, noticed_at))]
    if then != "ends":
        order = (ConfirmHold if then == "confirmed" else ReleaseHold)(customer_id=hoa, hold_id=held.id)
        acts.append((GONE + DAY, lambda: counter.do(order, at=GONE + DAY)))
    for _, act in sorted(acts, key=lambda one: one[0]):
        act()
    left = 0 if then == "confirmed" else 50
    expected = {HELD_AT: (90, 40, 50), GONE: (50, 0, 50), GONE + 2 * DAY: (left, left, 0), GONE + 9 * DAY: (left, left, 0)}
    for _ in range(2):
        now = datetime.now(UTC)
        for one in (hoa, lan):
            assert {at: shown(counter, one, at, now) for at in expected} == expected
        noticed(counter)
    assert sum(balance for balance, _ in balances(counter)) == left
    assert sum(expired for _, expired in balances(counter)) == 40


def test_two_who_are_parted_after_a_loss_lost_what_they_lost_as_one(counter: Counter) -> None:
    hoa, lan = counter.customer(first_name="Hoa"), counter.customer(first_name="Lan")
    bought(counter, hoa, 200_000, SOLD_AT)
    bought(counter, lan, 800_000, SOLD_AT)
    counter.do(MergeCustomers(customer_id=lan, other_id=hoa, reason="one person"), at=SOLD_AT + DAY)
    counter.do(UnmergeCustomer(customer_id=lan, reason="two persons"), at=GONE + DAY)
    assert sorted(balances(counter)) == [(0, 20), (0, 80)]


@pytest.mark.parametrize(("deed", "left"), [("buys", 101), ("claims", 101), ("returns", 90)])
def test_who_notices_a_loss_at_the_till_leaves_what_the_other_side_holds(counter: Counter, deed: str, left: int) -> None:
    """Hoa has 20, Lan 80, they are one, and Hoa holds all of it when the level goes: then Lan buys for 1 point, or 10 points come back."""
    hoa, lan = counter.customer(first_name="Hoa"), counter.customer(first_name="Lan")
    bought(counter, hoa, 200_000, SOLD_AT)
    sale = counter.order(lan, 800_000, purchased_at=SOLD_AT)
    made = counter.do(sale, channel="import", at=SOLD_AT)
    counter.do(MergeCustomers(customer_id=lan, other_id=hoa, reason="one person"), at=SOLD_AT + DAY)
    held = counter.do(HoldPoints(customer_id=hoa, points=100, ends_at=GONE + 2 * DAY), at=HELD_AT)
    now = GONE + DAY
    if deed == "buys":
        bought(counter, lan, 10_000, now)
    elif deed == "claims":
        nobodys = counter.do(counter.order(None, 10_000, purchased_at=now), channel="import", at=now)
        counter.do(ClaimPurchase(purchase_id=nobodys.purchase_id, customer_id=lan), channel="import", at=now)
    else:
        back = replace(counter.return_order(sale, made.purchase_id, ReturnLine(line=1, amount=100_000)), returned_at=now)
        counter.do(back, channel="import", at=now)
    assert (sum(balance for balance, _ in balances(counter)), sum(expired for _, expired in balances(counter))) == (left, 0)
    if deed != "returns":  # a clock that runs ahead would let what was held pay the 10 that are owed
        noticed(counter)
    counter.do(ConfirmHold(customer_id=hoa, hold_id=held.id), at=GONE + 2 * DAY - HOUR)
    assert (sum(balance for balance, _ in balances(counter)), sum(expired for _, expired in balances(counter))) == (left - 100, 0)
