"""Accounts that are joined, against ledgers in the simplest words: while they are one, against one that has all their lots; once they part,
against two that were never merged and let a spend go into debt.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earning.commands import Contribution
from earning.domain.account import Account, account_id
from earning.domain.correcting import deduct
from earning.domain.earned import claw_back, earn
from earning.domain.expiry import Expiry
from earning.domain.parting import Apart, part
from earning.domain.pooling import available_in, reset_together, settle_together
from earning.domain.spending import confirm, hold, restore, spend
from earning.domain.transfers import transfer
from earning.domain.wallets import Unit, WalletPolicy, WalletTerms
from earning.events import PointsDeducted, PointsReceived, PointsSpent, PurchaseRecorded
from loyalty.domain.errors import DomainError
from loyalty.domain.event import Metadata, Recorded
from tests.earning.given import TENANT
from tests.earning.ledger_model import NEVER, ModelAccount, ModelLot

START, HOUR, NOBODY = datetime(2026, 1, 1, tzinfo=UTC), timedelta(hours=1), UUID(int=1)
OPEN, SOON = (
    WalletPolicy(Unit(wallet="points"), WalletTerms(transfers_per_day=100, **terms), ZoneInfo("UTC"))
    for terms in ({}, {"expiry": Expiry(kind="after_days", days=3)})
)
SIDES, EVERYBODY = (0, 1), (0, 1, 2)
WHO, POINTS = st.sampled_from(EVERYBODY), st.integers(1, 120)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("buy"), WHO, POINTS, st.just(OPEN)),
        st.tuples(st.just("spend"), WHO, POINTS),
        st.tuples(st.just("hold"), WHO, POINTS),
        st.tuples(st.just("confirm"), WHO),
        st.tuples(st.just("give_back"), WHO, POINTS),
        st.tuples(st.just("restore"), WHO, POINTS),
        st.tuples(st.just("pass_on"), WHO, WHO, POINTS),
        st.tuples(st.just("deduct"), WHO, POINTS),
        st.tuples(st.just("merge")),
        st.tuples(st.just("merge")),
        st.tuples(st.just("unmerge")),
        st.tuples(st.just("wait"), st.integers(1, 90)),
    ),
    min_size=5,
    max_size=40,
)


def gave(points: int) -> tuple[Contribution, ...]:
    return (Contribution(rule_id=NOBODY, version=1, points=points, amounts=(points,)),)


class Alone(ModelAccount):
    """A ledger that was never merged with anything: what is not there is owed."""

    def charge(self, points: int, now: int) -> list[tuple[ModelLot, int]]:
        """Lots that give the points; what they lack is owed."""
        self.pass_time(now)
        chosen = []
        for lot in self.ordered():
            if lot.begins <= now < lot.ends and (n := min(points, self.free(lot, now))):
                chosen.append((lot, n))
                points -= n
        self.owed += points
        return chosen

    def named(self, name: Any) -> ModelLot:
        return next(lot for lot in self.lots if lot.name == name)

    def by_end(self) -> dict[int, int]:
        """What is there, by its end: out of which lots it came by whatever way does not matter."""
        found: dict[int, int] = {}
        for lot in self.lots:
            found[lot.ends] = found.get(lot.ends, 0) + lot.points
        return {end: points for end, points in found.items() if points}


def as_one(one: Alone, other: Alone) -> Alone:
    """One ledger with all that two have."""
    mine, theirs = deepcopy((one, other))
    return Alone(
        lots=mine.lots + theirs.lots,
        holds={**mine.holds, **theirs.holds},
        spends={**mine.spends, **theirs.spends},
        owed=mine.owed + theirs.owed,
        clock=max(mine.clock, theirs.clock),
    )


class World:
    """Two customers who are one now and then, and a third one."""

    def __init__(self) -> None:
        self.real = [Account(account_id(TENANT, "points", UUID(int=n + 10))) for n in EVERYBODY]
        for n, account in enumerate(self.real):
            account.customer_id, account.wallet = UUID(int=n + 10), "points"
        self.alone = [Alone() for _ in EVERYBODY]
        self.one: Alone | None = None
        self.taken_by_hand_as_one = False
        self.now, self.ids = 24, 0
        self.bought: list[list[tuple[UUID, Any, int]]] = [[], [], []]
        self.spent: list[dict[UUID, int]] = [{}, {}, {}]
        self.held: list[dict[UUID, tuple[int, int]]] = [{}, {}, {}]
        self.log: list[Recorded[Any]] = []
        self.seen, self.since = [0, 0, 0], 0

    @property
    def at(self) -> datetime:
        return START + self.now * HOUR

    def id(self) -> UUID:
        self.ids += 1
        return UUID(int=1000 + self.ids)

    def write(self) -> None:
        """What was decided is in the log."""
        for n, account in enumerate(self.real):
            for event in account.pending[self.seen[n] :]:
                told = cast("Metadata", SimpleNamespace(occurred_at=self.at))
                self.log.append(Recorded(len(self.log) + 1, TENANT, account.id, 0, NOBODY, "", event, told, self.at))
            self.seen[n] = len(account.pending)

    def others(self, who: int) -> list[int]:
        return [n for n in SIDES if n != who] if self.one is not None and who in SIDES else []

    def beside(self, who: int) -> list[Account]:
        return [self.real[n] for n in self.others(who) if self.real[n].exists]

    def whole(self, who: int) -> Alone:
        """The ledger that the account is held against."""
        return self.one if self.one is not None and who in SIDES else self.alone[who]

    def both(self, who: int) -> list[Alone]:
        """The ledger that the account is held against, and that of the side without the other."""
        return [self.one, self.alone[who]] if self.one is not None and who in SIDES else [self.alone[who]]

    def takes(self, who: int, points: int, act: Any) -> Any:
        """It is refused exactly when all together have not enough."""
        self.whole(who).pass_time(self.now)
        if points <= self.whole(who).available(self.now):
            return act()
        with pytest.raises(DomainError) as refused:
            act()
        assert refused.value.code == "earning.not_enough_points"
        return None

    def buy(self, who: int, points: int, policy: WalletPolicy) -> None:
        lot_id, purchase_id = self.id(), self.id()
        sale = PurchaseRecorded(
            purchase_id=purchase_id, customer_id=UUID(int=who + 10), merchant_id=NOBODY, pos_id=None, document_scope="merchant",
            document_number="A", currency="VND", total=points, lines=(), purchased_at=self.at,
        )  # fmt: skip
        ends = policy.expires_at(self.at)
        earn(self.real[who], sale, gave(points), lot_id, policy, self.at)
        settle_together([self.real[who], *self.beside(who)], self.at)
        for model in self.both(who):
            model.add(ModelLot(lot_id, self.now, 0, NEVER if ends is None else int((ends - START) / HOUR), points), self.now)
        self.bought[who].append((purchase_id, lot_id, points))

    def give_back(self, who: int, points: int) -> None:
        """But once they parted where points were taken by hand before: lots know of that as the pool had it."""
        if not self.bought[who] or (self.taken_by_hand_as_one and self.one is None):
            return
        purchase_id, lot_id, left = self.bought[who].pop(points % len(self.bought[who]))
        gone = min(points, left)
        if gone < left:
            self.bought[who].append((purchase_id, lot_id, left - gone))
        goods = SimpleNamespace(return_id=self.id(), returned_at=self.at)
        claw_back(self.real[who], self.real[who].lots[purchase_id], goods, gave(gone), OPEN, self.at, self.beside(who))
        settle_together([self.real[who], *self.beside(who)], self.at)
        for model in self.both(who):
            model.claw_back(model.named(lot_id), gone, self.now)

    def _charge(self, who: int, name: UUID, points: int) -> None:
        for model in self.both(who):
            owed, chosen = model.owed, model.charge(points, self.now)
            model.take(chosen)
            model.spends[name] = [[lot, n] for lot, n in chosen]
            if model.owed > owed:
                model.spends[name].append([ModelLot(self.id(), self.now, 0, NEVER, 0), model.owed - owed])

    def spend(self, who: int, points: int) -> None:
        name = self.id()
        act = self.takes(who, points, lambda: spend(self.real[who], OPEN, points, name, None, self.at, self.beside(who)))
        if act is not None:
            assert (sum(share.points for share in act.shares), act.owed) == (points, 0)
            self._charge(who, name, points)
            self.spent[who][name] = points

    def hold(self, who: int, points: int) -> None:
        name, ends = self.id(), self.now + 100
        act = self.takes(
            who, points, lambda: hold(self.real[who], OPEN, points, name, None, START + ends * HOUR, self.at, self.beside(who))
        )
        if act is not None:
            self.held[who][name] = (points, ends)
            for model in self.both(who):
                owed, chosen = model.owed, model.charge(points, self.now)
                model.owed = owed
                model.hold_parts(name, chosen, ends)

    def confirm(self, who: int) -> None:
        name = next((name for name, (_, ends) in self.held[who].items() if self.now < ends), None)
        if name is None:
            return
        points, _ = self.held[who].pop(name)
        spent = self.id()
        confirm(self.real[who], OPEN, name, spent, self.at)
        for model in self.both(who):
            model.pass_time(self.now)
            parts = model.holds.pop(name).parts
            model.take(parts)
            lacking = points - sum(n for _, n in parts)
            model.owed += lacking
            model.spends[spent] = [[lot, n] for lot, n in parts]
            if lacking:
                model.spends[spent].append([ModelLot(self.id(), self.now, 0, NEVER, 0), lacking])
            model.pay(self.now)
        self.spent[who][spent] = points

    def deduct(self, who: int, points: int) -> None:
        name = self.id()
        done = self.takes(who, points, lambda: deduct(self.real[who], OPEN, points, name, "why", self.at, beside=self.beside(who)) or True)
        if done:
            self.taken_by_hand_as_one |= self.one is not None and who in SIDES
            model = self.whole(who)
            chosen = model.charge(points, self.now)
            for lot, n in chosen:
                lot.points, lot.cancelled = lot.points - n, lot.cancelled + n
            for n in (who, *self.others(who)) if self.one is not None and who in SIDES else ():
                took = sum(e.points for e in self.real[n].pending if isinstance(e, PointsDeducted) and e.deduction_id == name)
                for lot, part_ in self.alone[n].charge(took, self.now):
                    lot.points, lot.cancelled = lot.points - part_, lot.cancelled + part_

    def restore(self, who: int, points: int) -> None:
        left = [name for name, there in self.spent[who].items() if there]
        if not left:
            return
        name = left[points % len(left)]
        wanted = min(points, self.spent[who][name])
        self.spent[who][name] -= wanted
        restore(self.real[who], OPEN, name, wanted, self.id(), self.at, self.beside(who))
        settle_together([self.real[who], *self.beside(who)], self.at)
        for model in self.both(who):
            model.pass_time(self.now)
            for part_ in model.spends[name]:
                if part_[0] not in model.lots:
                    model.lots.append(part_[0])
            model.restore(name, wanted, int((OPEN.restored_until(self.at) - START) / HOUR), self.now, lambda lot: self.id())

    def pass_on(self, who: int, to: int, points: int) -> None:
        if who == to or to in self.others(who):
            return
        name = self.id()
        given = (self.real[who], self.real[to], OPEN, points, name, UUID(int=to + 10), self.at)
        if self.takes(who, points, lambda: transfer(*given, beside=self.beside(who)) or True) is None:
            return
        settle_together([self.real[to], *self.beside(to)], self.at)
        passed = [(lot.earned, lot.ends, n) for lot, n in deepcopy(self.whole(who)).charge(points, self.now)]
        for model in self.both(who):
            model.take(model.charge(points, self.now))
        for model in self.both(to):
            model.pass_time(self.now)
            model.lots += [ModelLot(self.id(), earned, 0, ends, n) for earned, ends, n in passed]
            model.pay(self.now)

    def merge(self) -> None:
        if self.one is None:
            self.write()
            self.since = len(self.log)
            settle_together(self.real[:2], self.at)
            for model in self.alone:
                model.pass_time(self.now)
            self.one = as_one(*self.alone[:2])
            self.one.pay(self.now)

    def unmerge(self) -> None:
        """But for holds that are open: what lies in them stays where it is."""
        if self.one is None or any(self.now < ends for n in SIDES for _, ends in self.held[n].values()):
            return
        settle_together(self.real[:2], self.at)
        self.write()
        there = [one for one in self.real[:2] if one.exists]
        apart: dict[UUID, Account] = {}
        for one in there:
            mine = [recorded for recorded in self.log if recorded.stream_id == one.id]
            apart |= Apart({one.id: self.since}, lambda at: OPEN).take(mine, (), self.at)
        if len(there) == 2:
            part(there, apart, {self.real[1].id}, self.at)
        self.one = None

    def wait(self, hours: int) -> None:
        self.write()
        self.now += hours

    def compare(self) -> None:
        for n in EVERYBODY:
            pool, model = [self.real[n], *self.beside(n)], self.whole(n)
            settle_together(pool, self.at)
            model.pass_time(self.now)
            there: dict[int, int] = {}
            for account in pool:
                for lot in account.all.in_order():
                    end = account.all.end_of(lot)
                    key = NEVER if end is None else int((end - START) / HOUR)
                    there[key] = there.get(key, 0) + lot.remaining
            assert (there, sum(one.owed for one in pool)) == (model.by_end(), model.owed)
            assert sum(one.balance for one in pool) == model.balance()
            assert available_in(self.real[n], self.beside(n), self.at) == model.available(self.now)
            assert not (any(one.owed for one in pool) and model.available(self.now)), "what is owed is paid by what is free"
        self.write()
        for account in self.real:
            again = Account.replay(account.id, account.pending)
            assert (again.owed, again.balance) == (account.owed, account.balance), "what was decided is what is read again"
        assert_each_once(self.real)


@settings(max_examples=150, deadline=None)
@given(steps=STEPS)
def test_while_they_are_one_they_are_one_account_and_parted_each_is_what_they_would_be_alone_with_debts(
    steps: list[tuple[Any, ...]],
) -> None:
    world = World()
    for act, *told in steps:
        getattr(world, act)(*told)
        world.compare()


TIMED = st.lists(
    st.one_of(
        st.tuples(st.just("buy"), WHO, POINTS, st.sampled_from((OPEN, SOON))),
        st.tuples(st.just("spend"), WHO, POINTS),
        st.tuples(st.just("hold"), WHO, POINTS),
        st.tuples(st.just("confirm"), WHO),
        st.tuples(st.just("deduct"), WHO, POINTS),
        st.tuples(st.just("merge")),
        st.tuples(st.just("unmerge")),
        st.tuples(st.just("wait"), st.integers(1, 90)),
    ),
    min_size=3,
    max_size=30,
)


@settings(max_examples=150, deadline=None)
@given(steps=TIMED)
def test_so_it_is_with_points_that_end(steps: list[tuple[Any, ...]]) -> None:
    world = World()
    for act, *told in steps:
        getattr(world, act)(*told)
        world.compare()


TOGETHER = st.lists(
    st.one_of(
        st.tuples(st.just("buy"), WHO, POINTS, st.sampled_from((OPEN, SOON))),
        st.tuples(st.just("spend"), WHO, POINTS),
        st.tuples(st.just("hold"), WHO, POINTS),
        st.tuples(st.just("confirm"), WHO),
        st.tuples(st.just("deduct"), WHO, POINTS),
        st.tuples(st.just("give_back"), WHO, POINTS),
        st.tuples(st.just("give_back"), WHO, POINTS),
        st.tuples(st.just("restore"), WHO, POINTS),
        st.tuples(st.just("merge")),
        st.tuples(st.just("wait"), st.integers(1, 90)),
    ),
    min_size=3,
    max_size=30,
)


@settings(max_examples=150, deadline=None)
@given(steps=TOGETHER)
def test_goods_that_come_back_know_what_became_of_their_points_also_where_others_had_brought_them(steps: list[tuple[Any, ...]]) -> None:
    world = World()
    for act, *told in steps:
        getattr(world, act)(*told)
        world.compare()


def assert_each_once(accounts: Sequence[Account]) -> None:
    """Every transfer, and every lot that came out of one, has a name of its own."""
    came = [e for account in accounts for e in account.pending if isinstance(e, PointsReceived)]
    for names in ([(e.account_id, e.transfer_id) for e in came], [lot.lot_id for e in came for lot in e.lots if not lot.is_back]):
        assert len(names) == len({*names})


def pair(mine: int, theirs: int, soon: int = 0) -> World:
    """So many points each; `soon` more of the second end after three days."""
    world = World()
    world.buy(0, mine, OPEN)
    world.buy(1, theirs, OPEN)
    if soon:
        world.buy(1, soon, SOON)
    world.merge()
    return world


def test_what_ends_soonest_of_both_is_spent_first_whichever_side_it_comes_by() -> None:
    for who in SIDES:
        world = pair(10, 0, soon=10) if who else pair(10, 1, soon=10)
        world.spend(who, 12)
        world.compare()
        world.wait(100)
        world.compare()
        assert sum(one.balance for one in world.real[:2]) == (8 if who else 9)


def test_parted_each_pays_for_what_they_spent_though_the_points_of_the_other_went_for_it() -> None:
    world = pair(60, 0, soon=60)
    world.spend(0, 100)
    mine, theirs = world.real[:2]
    told = [e for e in mine.pending if isinstance(e, PointsSpent)][-1]
    assert (told.points, told.owed, mine.balance, theirs.balance) == (100, 0, 20, 0)
    world.unmerge()
    world.compare()
    assert (mine.owed, mine.balance, theirs.available(world.at)) == (40, -40, 60), "the lots of the other one are there again"
    world.buy(0, 50, OPEN)
    assert (mine.owed, mine.balance) == (0, 10)


def test_what_time_took_since_it_was_paid_for_another_is_gone_and_what_it_took_from_who_would_have_spent_it_is_not() -> None:
    world = pair(0, 0)
    world.buy(0, 60, SOON)
    world.wait(1)
    world.buy(1, 60, SOON)
    world.spend(1, 60)
    world.wait(100)
    world.compare()
    mine, theirs = world.real[:2]
    assert (mine.balance, theirs.balance) == (0, 0), "the first 60 were spent, and the others have ended"
    world.unmerge()
    world.compare()
    assert (mine.balance, theirs.balance) == (0, 0), "alone the second spent their own, and those of the first have ended"


def test_who_was_in_debt_alone_until_something_came_that_ended_gets_no_debt_from_the_time_together() -> None:
    """Together Lan's 60, which never end, paid at once, and what came for three days has ended; alone that would have paid."""
    world = pair(0, 60)
    world.spend(0, 60)
    world.wait(1)
    world.buy(0, 60, SOON)
    world.wait(100)
    world.compare()
    world.unmerge()
    world.compare()
    mine, theirs = world.real[:2]
    assert (mine.balance, mine.owed, theirs.balance) == (0, 0, 60)


def test_what_lies_in_a_hold_stays_there_and_whose_points_they_are_gets_as_many() -> None:
    world = pair(60, 0, soon=60)
    mine, theirs = world.real[:2]
    held = hold(mine, OPEN, 80, world.id(), None, world.at + timedelta(days=6), world.at, [theirs])
    world.write()
    there, apart = [mine, theirs], {}
    for one in there:
        log = [recorded for recorded in world.log if recorded.stream_id == one.id]
        apart |= Apart({one.id: world.since}, lambda at: OPEN).take(log, (), world.at)
    part(there, apart, {theirs.id}, world.at)
    assert (mine.balance, theirs.balance, theirs.available(world.at)) == (60, 60, 60)
    confirm(mine, OPEN, held.hold_id, world.id(), world.at)
    assert (mine.balance, theirs.balance) == (-20, 60)


def test_what_is_taken_by_hand_of_the_lot_of_the_other_one_is_not_taken_again_with_its_goods() -> None:
    world = pair(0, 64)
    world.deduct(0, 33)
    world.compare()
    world.give_back(1, 60)
    world.compare()
    assert [one.balance for one in world.real[:2]] == [0, 0]


@pytest.mark.parametrize(("soon", "kept"), [(False, 0), (True, 1)], ids=["taken by hand", "ended"])
def test_goods_know_what_became_of_their_points_where_these_were_kept_aside_by_the_other_one(soon: bool, kept: int) -> None:
    world = pair(1, 0 if soon else 60, soon=60 if soon else 0)
    world.hold(0, 60 if soon else 61)
    world.wait(200)
    world.compare()
    if not soon:
        world.deduct(0, 61)
    world.give_back(1, 61)
    world.compare()
    assert (sum(one.balance for one in world.real), sum(one.owed for one in world.real)) == (kept, 0)


def test_goods_take_their_own_points_first_where_the_other_one_has_them() -> None:
    world = World()
    world.buy(1, 60, OPEN)
    world.buy(0, 1, OPEN)
    world.merge()
    world.spend(0, 60)
    world.restore(0, 60)
    world.buy(0, 60, SOON)
    world.give_back(1, 60)
    world.compare()
    world.wait(200)
    world.compare()
    assert sum(one.balance for one in world.real) == 1


def test_what_was_let_go_with_goods_of_the_other_one_is_owed_again_once_what_was_spent_comes_back() -> None:
    waive = replace(OPEN, terms=replace(OPEN.terms, overdraft="waive"))
    world = pair(60, 60)
    mine, theirs = world.real[:2]
    spent = spend(mine, waive, 120, world.id(), None, world.at, [theirs])
    goods = SimpleNamespace(return_id=world.id(), returned_at=world.at)
    claw_back(theirs, theirs.lots[world.bought[1][0][0]], goods, gave(60), waive, world.at, [mine])
    assert (mine.balance, theirs.balance, theirs.waived) == (0, 0, 60)
    restore(mine, waive, spent.spend_id, None, world.id(), world.at, [theirs])
    settle_together([mine, theirs], world.at)
    assert (mine.balance + theirs.balance, mine.owed + theirs.owed) == (60, 0)


def test_points_that_go_with_a_level_go_once() -> None:
    world = pair(60, 60)
    world.spend(0, 100)
    lost_at = world.at
    world.wait(1)
    assert reset_together(world.real[:2], [(NOBODY, lost_at)], world.at) == 20
    assert [one.balance for one in world.real[:2]] == [0, 0]
    assert reset_together(world.real[:2], [(NOBODY, lost_at)], world.at) == 0


def test_what_was_held_pays_at_the_end_of_the_hold_what_the_other_one_owes() -> None:
    world = pair(60, 60)
    mine, theirs = world.real[:2]
    hold(theirs, OPEN, 60, world.id(), None, world.at + 5 * HOUR, world.at, [mine])
    spend(mine, OPEN, 60, world.id(), None, world.at, [theirs])
    goods = SimpleNamespace(return_id=world.id(), returned_at=world.at)
    claw_back(mine, mine.lots[world.bought[0][0][0]], goods, gave(60), OPEN, world.at, [theirs])
    assert (mine.owed, mine.balance + theirs.balance) == (60, 0)
    world.wait(6)
    settle_together([mine, theirs], world.at)
    assert (mine.owed, mine.balance, theirs.balance) == (0, 0, 0)


def test_nothing_is_spent_twice_whichever_side_it_comes_by() -> None:
    world = pair(60, 60)
    world.spend(0, 100)
    with pytest.raises(DomainError) as refused:
        spend(world.real[1], OPEN, 21, world.id(), None, world.at, [world.real[0]])
    assert refused.value.params.items() >= {"available": 20, "wanted": 21, "missing": 1}.items()
    world.spend(1, 20)
    assert available_in(world.real[0], [world.real[1]], world.at) == 0


def test_a_blocked_account_blocks_those_that_it_is_joined_with() -> None:
    world = pair(60, 60)
    world.real[1].block(UUID(int=11), "points", "lost card", world.at)
    with pytest.raises(DomainError) as refused:
        spend(world.real[0], OPEN, 1, world.id(), None, world.at, [world.real[1]])
    assert refused.value.code == "earning.account_is_blocked"
