"""Whenever somebody looks at accounts that time changed, they come to the same: one alone, and two that are one pool. So do the facts, with
their times, and what they say afterwards of any hour.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from earning.commands import Contribution
from earning.domain.account import Account
from earning.domain.correcting import deduct, grant
from earning.domain.earned import claw_back, earn
from earning.domain.expiry import Expiry
from earning.domain.pooling import available_in, reset_together
from earning.domain.spending import confirm, hold, release, restore, spend
from earning.domain.wallets import Unit, WalletPolicy, WalletTerms
from earning.events import DebtPaid, ExpiryAnnounced, GoodsReturned, PointsActivated, PointsExpired, PurchaseRecorded
from earning.projections.movements import Moved, moved
from loyalty.domain.errors import DomainError

START, HOUR, SET = datetime(2026, 1, 1, tzinfo=UTC), timedelta(hours=1), UUID(int=1)
OPEN, SOON = (
    WalletPolicy(Unit(wallet="points"), WalletTerms(expiry=expiry), ZoneInfo("UTC"))
    for expiry in (Expiry(kind="never"), Expiry(kind="after_days", days=1))
)
LAST = 60
HOURS, WHO, POINTS = st.integers(1, LAST - 10), st.sampled_from((0, 1)), st.integers(1, 60)
ACT = st.one_of(
    st.tuples(HOURS, st.just("give"), WHO, POINTS, st.sampled_from((OPEN, SOON))),
    st.tuples(HOURS, st.just("hold"), WHO, POINTS, st.integers(1, 30)),
    st.tuples(HOURS, st.just("hold"), WHO, POINTS, st.integers(1, 30)),
    st.tuples(HOURS, st.sampled_from(("confirm", "release")), WHO, POINTS),
    st.tuples(HOURS, st.sampled_from(("spend", "deduct", "restore")), WHO, POINTS),
    st.tuples(HOURS, st.just("buy"), WHO, POINTS, st.sampled_from((OPEN, SOON))),
    st.tuples(HOURS, st.just("return"), WHO, POINTS),
)
State = tuple[tuple[int, ...], ...]


class Pool:
    """One account, or two that are joined, and levels that are lost at half hours: whatever is done begins with noting that."""

    def __init__(self, count: int, losses: Collection[int]) -> None:
        self.accounts = [Account(UUID(int=n + 10)) for n in range(count)]
        self.losses = [(SET, START + loss * HOUR + HOUR / 2) for loss in losses]
        self.known: dict[str, list[UUID]] = {"hold": [], "spend": [], "buy": []}
        self.count = 100

    def notice(self, hour: int) -> None:
        now = START + hour * HOUR
        reset_together(self.accounts, [loss for loss in self.losses if loss[1] <= now], now)

    def act(self, hour: int, kind: str, who: int, points: int, more: Any = None) -> None:
        """Refused or not, as the accounts are then."""
        self.notice(hour)
        self.count += 1
        account, now, name = self.accounts[who % len(self.accounts)], START + hour * HOUR, UUID(int=self.count)
        beside = [one for one in self.accounts if one is not account and one.exists]
        try:
            match kind:
                case "give":
                    grant(account, more, UUID(int=who + 20), points, name, "manual", "x", now)
                case "hold":
                    hold(account, OPEN, points, name, None, now + more * HOUR, now, beside)
                    self.known["hold"].append(name)
                case "spend":
                    spend(account, OPEN, points, name, None, now, beside)
                    self.known["spend"].append(name)
                case "deduct":
                    deduct(account, OPEN, points, name, "x", now, "", beside)
                case "buy":
                    earn(account, sold(name, who, points, now), given_for(points), name, more, now)
                    self.known["buy"].append(name)
                case _:
                    self._later(kind, points, name, now)
        except DomainError:
            pass

    def _later(self, kind: str, points: int, name: UUID, now: datetime) -> None:
        """Something that was begun before: in whichever account it was."""
        known = self.known[{"restore": "spend", "return": "buy"}.get(kind, "hold")]
        if not known:
            return
        one = known[points % len(known)]
        owner = next((a for a in self.accounts if one in a.holds or one in a.spends or one in a.lots), self.accounts[0])
        others = [a for a in self.accounts if a is not owner and a.exists]
        if kind == "return":
            lot = owner.lots[one]
            if less := min(points, lot.kept):
                claw_back(owner, lot, returned(name, one, now), given_for(less), OPEN, now)
        elif kind == "restore":
            restore(owner, OPEN, one, points, name, now)
        elif kind == "release":
            release(owner, one, now, others)
        else:
            confirm(owner, OPEN, one, name, now)
            self.known["spend"].append(name)

    def state(self, hour: int) -> State:
        """What they hold and owe then, whether it was noted or not."""
        seen = deepcopy(self)
        seen.notice(hour)
        now = START + hour * HOUR
        there = [one for one in seen.accounts if one.exists]
        can = [available_in(one, [other for other in there if other is not one], now) for one in there]
        return (tuple(one.balance for one in seen.accounts), tuple(one.owed for one in seen.accounts), tuple(can))

    def facts(self) -> Counter[tuple[int, str, datetime]]:
        """What is told of each account, by kind and time, with its points; once all is noticed that is to come."""
        told: Counter[tuple[int, str, datetime]] = Counter()
        for n, change in self._changes():
            told[n, change.kind, change.at] += abs(change.points) + abs(change.owed)
        return +told

    def as_of(self, hour: int) -> State:
        """What they held and owed then, by all that is told now."""
        until = START + hour * HOUR
        there = [(n, change) for n, change in self._changes() if change.at <= until]
        found = [[change for who, change in there if who == n] for n in range(len(self.accounts))]
        balances = tuple(sum(change.points for change in told) for told in found)
        return balances, tuple(sum(change.owed for change in told) for told in found)

    def _changes(self) -> Iterator[tuple[int, Moved]]:
        for n, account in enumerate(self.accounts):
            for event in account.pending:
                if not isinstance(event, PointsActivated | ExpiryAnnounced):
                    yield n, moved(event)


def given_for(points: int) -> tuple[Contribution, ...]:
    return (Contribution(rule_id=SET, version=1, points=points, amounts=(points,)),)


def sold(name: UUID, who: int, points: int, at: datetime) -> PurchaseRecorded:
    return PurchaseRecorded(
        purchase_id=name, customer_id=UUID(int=who + 20), merchant_id=SET, pos_id=None, document_scope="merchant",
        document_number="A", currency="VND", total=points, lines=(), purchased_at=at,
    )  # fmt: skip


def returned(name: UUID, purchase_id: UUID, at: datetime) -> GoodsReturned:
    return GoodsReturned(
        return_id=name, purchase_id=purchase_id, customer_id=None, merchant_id=SET, pos_id=None, return_pos_id=None,
        document_number="R", currency="VND", amount=1, amount_kept=0, nothing_left=False, lines=(), returned_at=at,
    )  # fmt: skip


def lived(count: int, losses: Collection[int], acts: Sequence[tuple[Any, ...]], looked_at: Collection[int]) -> tuple[list[State], Pool]:
    """The states of all hours, where somebody looks in some of them; and what there is afterwards, all of it noticed."""
    pool, states = Pool(count, losses), []
    for hour in range(LAST):
        for act in acts:
            if act[0] == hour:
                pool.act(*act)
        if hour in looked_at:
            pool.notice(hour)
        states.append(pool.state(hour))
    pool.notice(LAST)
    return states, pool


@settings(max_examples=60, deadline=None)
@given(
    count=st.sampled_from((1, 2)),
    losses=st.sets(st.integers(1, LAST - 5), min_size=1, max_size=4),
    acts=st.lists(ACT, min_size=3, max_size=14),
    looked_at=st.sets(st.integers(0, LAST - 1), max_size=6),
)
def test_it_never_matters_when_somebody_looks(count: int, losses: set[int], acts: list[tuple[Any, ...]], looked_at: set[int]) -> None:
    always, told = lived(count, losses, acts, range(LAST))
    for seldom in (looked_at, ()):
        states, pool = lived(count, losses, acts, seldom)
        if count == 1:
            assert states == always
            assert pool.facts() == told.facts()
            assert [pool.as_of(hour) for hour in range(LAST)] == [state[:2] for state in always]
        else:  # which of both holds it, and when one paid what the other owed, depends on who looked; what they have together does not
            assert list(map(together, states)) == list(map(together, always))
            assert [sum(pool.as_of(hour)[0]) for hour in range(LAST)] == [sum(state[0]) for state in always]


def together(state: State) -> tuple[int, tuple[int, ...]]:
    """What two have as one account, and what can be spent of it."""
    return sum(state[0]), state[2]


def test_what_is_owed_is_paid_by_what_a_hold_lets_go_though_nobody_looked_before_it_ended() -> None:
    """20 owed and 30 held, which end at 24 h; the hold ends at 10 h: 20 are paid then, and 10 end."""
    pool = Pool(1, ())
    pool.act(0, "give", 0, 50, SOON)
    pool.act(1, "hold", 0, 30, 9)
    (account,) = pool.accounts
    account.debts.add(40, START + HOUR)
    assert [pool.state(hour)[:2] for hour in (9, 10, 23, 48)] == [((10,), (20,)), ((10,), (0,)), ((10,), (0,)), ((0,), (0,))]


def dated(pool: Pool, kind: type[DebtPaid | PointsExpired]) -> list[tuple[int, float]]:
    """The points of such facts, and after how many hours."""
    told = [moved(event) for account in pool.accounts for event in account.pending if isinstance(event, kind)]
    return sorted((max(-change.points, -change.owed), (change.at - START) / HOUR) for change in told)


def test_a_debt_is_paid_after_it_arose_by_what_a_hold_lets_go_though_another_hold_of_it_ended_long_before() -> None:
    """Of 100 points 40 were held until 2 h; at 10 h goods of 100 come back, and the other 60 are held until they are released at 20 h."""
    pool = Pool(1, ())
    for act in ((0, "buy", 0, 60, OPEN), (0, "spend", 0, 60), (0, "give", 0, 100, OPEN), (1, "hold", 0, 40, 1), (1, "hold", 0, 60, 40)):
        pool.act(*act)
    pool.act(10, "return", 0, 60)
    assert pool.state(10)[:2] == ((40,), (20,)), "40 were free again"
    pool.act(20, "release", 0, 1)
    assert (pool.state(20)[:2], dated(pool, DebtPaid)) == (((40,), (0,)), [(20, 20.0)])


def test_points_of_a_pool_that_ended_before_a_debt_arose_do_not_pay_it() -> None:
    """50 of the other one end at 48 h, where nobody looks; goods come back at 60 h, whose points were spent."""
    pool = Pool(2, ())
    for act in ((0, "buy", 0, 30, OPEN), (0, "spend", 0, 30), (0, "give", 1, 50, SOON)):
        pool.act(*act)
    account = pool.accounts[0]
    (bought,) = account.lots.values()
    now = START + 60 * HOUR
    claw_back(account, bought, returned(UUID(int=9), bought.earned.purchase_id, now), given_for(30), OPEN, now)
    pool.notice(61)
    assert (pool.state(61)[:2], dated(pool, DebtPaid), dated(pool, PointsExpired)) == (((-30, 0), (30, 0)), [], [(50, 48.0)])


def test_points_that_were_held_beyond_their_end_end_with_each_of_their_holds() -> None:
    """Of 100 points that end at 48 h, 30 are held until 50 h, 50 until they are released at 52 h, and 10 until 54 h."""
    pool = Pool(1, ())
    for act in ((20, "give", 0, 100, SOON), (40, "hold", 0, 30, 10), (40, "hold", 0, 50, 20), (40, "hold", 0, 10, 14)):
        pool.act(*act)
    pool.act(52, "release", 0, 1)
    pool.notice(55)
    assert dated(pool, PointsExpired) == [(10, 48.0), (10, 54.0), (30, 50.0), (50, 52.0)]
