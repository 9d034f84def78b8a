"""Whenever somebody looks at accounts that time changed, they come to the same: one alone, and two that are one pool."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from earning.domain.account import Account
from earning.domain.correcting import deduct, grant
from earning.domain.expiry import Expiry
from earning.domain.pooling import available_in, reset_together
from earning.domain.spending import confirm, hold, release, restore, spend
from earning.domain.wallets import Unit, WalletPolicy, WalletTerms
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
)
State = tuple[tuple[int, ...], ...]


class Pool:
    """One account, or two that are joined, and levels that are lost at half hours: whatever is done begins with noting that."""

    def __init__(self, count: int, losses: Collection[int]) -> None:
        self.accounts = [Account(UUID(int=n + 10)) for n in range(count)]
        self.losses = [(SET, START + loss * HOUR + HOUR / 2) for loss in losses]
        self.known: dict[str, list[UUID]] = {"hold": [], "spend": []}
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
                case _:
                    self._later(kind, points, name, now)
        except DomainError:
            pass

    def _later(self, kind: str, points: int, name: UUID, now: datetime) -> None:
        """Something that was begun before: in whichever account it was."""
        known = self.known["spend" if kind == "restore" else "hold"]
        if not known:
            return
        one = known[points % len(known)]
        owner = next((a for a in self.accounts if one in a.holds or one in a.spends), self.accounts[0])
        others = [a for a in self.accounts if a is not owner and a.exists]
        if kind == "restore":
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
        return (tuple(one.balance for one in there), tuple(one.owed for one in there), tuple(can))


def lived(count: int, losses: Collection[int], acts: Sequence[tuple[Any, ...]], looked_at: Collection[int]) -> list[State]:
    """The states of all hours, where somebody looks in some of them."""
    pool, states = Pool(count, losses), []
    for hour in range(LAST):
        for act in acts:
            if act[0] == hour:
                pool.act(*act)
        if hour in looked_at:
            pool.notice(hour)
        states.append(pool.state(hour))
    return states


@settings(max_examples=60, deadline=None)
@given(
    count=st.sampled_from((1, 2)),
    losses=st.sets(st.integers(1, LAST - 5), min_size=1, max_size=4),
    acts=st.lists(ACT, min_size=3, max_size=14),
    looked_at=st.sets(st.integers(0, LAST - 1), max_size=6),
)
def test_it_never_matters_when_somebody_looks(count: int, losses: set[int], acts: list[tuple[Any, ...]], looked_at: set[int]) -> None:
    always = lived(count, losses, acts, range(LAST))
    for seldom in (looked_at, ()):
        assert lived(count, losses, acts, seldom) == always


def test_what_is_owed_is_paid_by_what_a_hold_lets_go_though_nobody_looked_before_it_ended() -> None:
    """20 owed and 30 held, which end at 24 h; the hold ends at 10 h: 20 are paid then, and 10 end."""
    pool = Pool(1, ())
    pool.act(0, "give", 0, 50, SOON)
    pool.act(1, "hold", 0, 30, 9)
    (account,) = pool.accounts
    account.owed = 40
    assert [pool.state(hour)[:2] for hour in (9, 10, 23, 48)] == [((10,), (20,)), ((10,), (0,)), ((10,), (0,)), ((0,), (0,))]
