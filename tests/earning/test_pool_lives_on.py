"""Points that live as long as the customer is active, or end, and what is let go: two accounts that are one, against one that did all that
they did.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from earning.commands import Contribution
from earning.domain.account import Account, account_id
from earning.domain.correcting import deduct, grant
from earning.domain.earned import claw_back, earn
from earning.domain.expiry import Expiry
from earning.domain.parting import Apart, part
from earning.domain.pooling import available_in, settle_together
from earning.domain.spending import confirm, hold, restore, spend
from earning.domain.wallets import Unit, WalletPolicy, WalletTerms
from earning.events import PointsEarned, PointsProlonged, PurchaseRecorded
from loyalty.domain.errors import DomainError
from tests.earning.given import TENANT

START, DAY, NOBODY = datetime(2026, 1, 1, tzinfo=UTC), timedelta(days=1), UUID(int=1)
TERMS = WalletTerms(expiry=Expiry(kind="rolling", months=1), overdraft="debt", approval_above=None)
ROLLING = WalletPolicy(Unit(wallet="points"), TERMS, ZoneInfo("UTC"))
WAIVING = replace(ROLLING, terms=WalletTerms(expiry=Expiry(kind="after_days", days=5), overdraft="waive", approval_above=None))
WHO, POINTS = st.sampled_from((0, 1)), st.integers(1, 100)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("buy"), WHO, POINTS),
        st.tuples(st.just("give"), WHO, POINTS),
        st.tuples(st.just("spend"), WHO, POINTS),
        st.tuples(st.just("hold"), WHO, POINTS),
        st.tuples(st.just("confirm"), WHO),
        st.tuples(st.just("restore"), WHO, POINTS),
        st.tuples(st.just("deduct"), WHO, POINTS),
        st.tuples(st.just("give_back"), WHO, POINTS),
        st.tuples(st.just("wait"), st.integers(1, 40)),
    ),
    min_size=3,
    max_size=30,
)


def gave(points: int) -> tuple[Contribution, ...]:
    return (Contribution(rule_id=NOBODY, version=1, points=points, amounts=(points,)),)


def account(n: int) -> Account:
    made = Account(account_id(TENANT, "points", UUID(int=n + 10)))
    made.customer_id, made.wallet = UUID(int=n + 10), "points"
    return made


class Twice:
    """Every act is done by one of two accounts that are one, and by one that is alone."""

    def __init__(self, policy: WalletPolicy = ROLLING) -> None:
        self.policy = policy
        self.two, self.one, self.now, self.ids = [account(0), account(1)], account(2), START, 0
        self.spent: list[dict[UUID, int]] = [{}, {}]
        self.held: list[dict[UUID, datetime]] = [{}, {}]
        self.bought: list[list[list[Any]]] = [[], []]

    def id(self) -> UUID:
        self.ids += 1
        return UUID(int=1000 + self.ids)

    def _both(self, who: int, act: Any) -> bool:
        """By both, each with those beside it; they are refused together."""
        told, self.now = [], self.now + timedelta(seconds=1)
        for whose, beside in ((self.two[who], [self.two[1 - who]]), (self.one, [])):
            settle_together([whose, *beside], self.now)
            try:
                act(whose, [one for one in beside if one.exists])
                told.append("")
            except DomainError as refused:
                told.append(refused.code)
            settle_together([whose, *beside], self.now)
        assert told[0] == told[1]
        return not told[0]

    def buy(self, who: int, points: int) -> None:
        lot_id, purchase_id = self.id(), self.id()

        def act(whose: Account, beside: list[Account]) -> None:
            sale = PurchaseRecorded(
                purchase_id=purchase_id, customer_id=whose.customer_id, merchant_id=NOBODY, pos_id=None, document_scope="merchant",
                document_number="A", currency="VND", total=points, lines=(), purchased_at=self.now,
            )  # fmt: skip
            earn(whose, sale, gave(points), lot_id, self.policy, self.now)

        self._both(who, act)
        self.bought[who].append([purchase_id, points])

    def give(self, who: int, points: int) -> None:
        lot_id = self.id()
        self._both(who, lambda whose, beside: grant(whose, self.policy, whose.customer_id, points, lot_id, "manual", "why", self.now))

    def spend(self, who: int, points: int) -> None:
        name = self.id()
        if self._both(who, lambda whose, beside: spend(whose, self.policy, points, name, None, self.now, beside)):
            self.spent[who][name] = points

    def hold(self, who: int, points: int) -> None:
        name, ends_at = self.id(), self.now + 5 * DAY
        if self._both(who, lambda whose, beside: hold(whose, self.policy, points, name, None, ends_at, self.now, beside)):
            self.held[who][name] = ends_at

    def confirm(self, who: int) -> None:
        name = next((name for name, ends_at in self.held[who].items() if self.now < ends_at), None)
        if name is not None:
            del self.held[who][name]
            spent = self.id()
            assert self._both(who, lambda whose, beside: confirm(whose, self.policy, name, spent, self.now, beside))
            self.spent[who][spent] = 1

    def restore(self, who: int, points: int) -> None:
        if self.spent[who]:
            name, again = list(self.spent[who])[points % len(self.spent[who])], self.id()
            self._both(who, lambda whose, beside: restore(whose, self.policy, name, points, again, self.now, beside, up_to=True))

    def deduct(self, who: int, points: int) -> None:
        name = self.id()
        self._both(who, lambda whose, beside: deduct(whose, self.policy, points, name, "why", self.now, beside=beside))

    def give_back(self, who: int, points: int) -> None:
        if self.bought[who]:
            found = self.bought[who][points % len(self.bought[who])]
            back, purchase_id = min(points, found[1]), found[0]
            found[1] -= back
            goods: Any = SimpleNamespace(return_id=self.id(), returned_at=self.now)
            self._both(
                who,
                lambda whose, beside: back and claw_back(whose, whose.lots[purchase_id], goods, gave(back), self.policy, self.now, beside),
            )

    def wait(self, days: int) -> None:
        self.now += days * DAY

    def compare(self) -> None:
        settle_together(self.two, self.now)
        settle_together([self.one], self.now)
        assert by_end(*self.two) == by_end(self.one)
        assert sum(one.owed for one in self.two) == self.one.owed
        assert available_in(self.two[0], [self.two[1]], self.now) == self.one.available(self.now)
        for one in self.two:
            again = Account.replay(one.id, one.pending)
            assert (again.balance, again.all.active_until) == (one.balance, one.all.active_until)


def by_end(*accounts: Account) -> dict[datetime | None, int]:
    found: dict[datetime | None, int] = {}
    for one in accounts:
        for lot in one.all.in_order():
            end = one.all.end_of(lot)
            found[end] = found.get(end, 0) + lot.remaining
    return found


@settings(max_examples=200, deadline=None)
@given(steps=STEPS, policy=st.sampled_from((ROLLING, WAIVING)))
def test_two_that_are_one_live_as_long_as_one_would(steps: list[tuple[Any, ...]], policy: WalletPolicy) -> None:
    both = Twice(policy)
    for act, *told in steps:
        getattr(both, act)(*told)
        if act != "wait":
            both.compare()
    both.compare()


def test_what_was_let_go_is_paid_by_what_ends_soonest_of_both_once_the_spend_comes_back() -> None:
    both = Twice(WAIVING)
    both.buy(1, 20)
    both.spend(1, 20)
    both.give_back(1, 20)
    both.give(0, 21)
    both.restore(1, 20)
    both.compare()
    assert [one.balance for one in both.two] == [1, 20]


def test_points_of_one_side_live_on_while_the_customer_buys_by_the_other() -> None:
    both = Twice()
    both.buy(1, 60)
    for _ in range(5):
        both.wait(20)
        both.buy(0, 10)
    both.compare()
    assert [one.balance for one in both.two] == [50, 60]
    assert len([e for e in both.two[1].pending if isinstance(e, PointsProlonged)]) == 5


def test_what_was_brought_for_a_spend_that_came_back_lives_on_too() -> None:
    both = Twice()
    both.buy(0, 1)
    both.buy(1, 60)
    both.spend(0, 61)
    both.restore(0, 61)
    both.wait(20)
    both.buy(1, 100)
    both.wait(20)
    both.compare()
    assert sum(one.balance for one in both.two) == 161


def test_what_one_side_overspent_and_got_back_lives_on_with_it_once_they_part() -> None:
    """For what the other one had given a debt arises, which what comes back pays: what is left of either lives as long as its customer."""
    both = Twice()
    both.buy(0, 60)
    both.buy(1, 60)
    both.spend(0, 100)
    both.restore(0, 100)
    mine, theirs = parted(both)
    assert [(one.balance, one.owed) for one in (mine, theirs)] == [(60, 0), (60, 0)]
    assert {lot.rolling for one in (mine, theirs) for lot in one.all.in_order()} == {True}
    both.now += 20 * DAY
    for one in (mine, theirs):
        grant(one, ROLLING, one.customer_id, 1, both.id(), "manual", "why", both.now)
    later = both.now + 20 * DAY
    settle_together([mine], later)
    assert (mine.balance, theirs.available(later)) == (61, 61)


def parted(both: Twice) -> list[Account]:
    """The two, after the merge of both is undone that came after what each had bought."""
    apart: dict[UUID, Account] = {}
    for one in both.two:
        told = [
            SimpleNamespace(event=event, position=n, metadata=SimpleNamespace(occurred_at=both.now)) for n, event in enumerate(one.pending)
        ]
        since = next(n for n, event in enumerate(one.pending) if isinstance(event, PointsEarned))
        apart |= Apart({one.id: since}, lambda at: ROLLING).take(cast("list[Any]", told), (), both.now)
    part(both.two, apart, {both.two[1].id}, both.now)
    return both.two
