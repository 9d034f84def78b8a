"""Accounts that are joined, against a ledger that knows of no merge and lets a spend go into debt: the same on every lot, always."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
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
from earning.domain.pooling import available_in, call_back, reset_together, settle_together
from earning.domain.spending import confirm, hold, release, restore, spend
from earning.domain.transfers import transfer
from earning.domain.wallets import Unit, WalletPolicy, WalletTerms
from earning.events import GoodsReturned, PointsReceived, PointsSpent, PurchaseRecorded
from loyalty.domain.errors import DomainError
from loyalty.domain.identity import derived_id
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
        st.tuples(st.just("deduct"), WHO, POINTS),
        st.tuples(st.just("give_back"), WHO, POINTS),
        st.tuples(st.just("restore"), WHO, POINTS),
        st.tuples(st.just("pass_on"), WHO, WHO, POINTS),
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

    def charge(self, points: int, now: int) -> tuple[list[tuple[ModelLot, int]], int]:
        self.pass_time(now)
        chosen = []
        for lot in self.ordered():
            if lot.begins <= now < lot.ends and (n := min(points, self.free(lot, now))):
                chosen.append((lot, n))
                points -= n
        return chosen, points


class World:
    """Two customers who are one now and then, and a third one."""

    def __init__(self) -> None:
        self.real = [Account(account_id(TENANT, "points", UUID(int=n + 10))) for n in EVERYBODY]
        for n, account in enumerate(self.real):
            account.customer_id, account.wallet = UUID(int=n + 10), "points"
        self.model = [Alone() for _ in EVERYBODY]
        self.now, self.ids, self.merged = 24, 0, False
        self.bought: list[list[tuple[UUID, ModelLot, int]]] = [[], [], []]
        self.spent: list[list[tuple[UUID, int, list[list[Any]], int]]] = [[], [], []]
        self.held: list[list[tuple[UUID, list[tuple[ModelLot, int]], int, int]]] = [[], [], []]

    @property
    def at(self) -> datetime:
        return START + self.now * HOUR

    def id(self) -> UUID:
        self.ids += 1
        return UUID(int=1000 + self.ids)

    def others(self, who: int) -> list[int]:
        return [n for n in SIDES if n != who] if self.merged and who in SIDES else []

    def beside(self, who: int) -> list[Account]:
        return [self.real[n] for n in self.others(who) if self.real[n].exists]

    def spare(self, who: int) -> int:
        """What can be spent together, looked through from end to end."""
        pool = [who, *self.others(who)]
        lent = sum(owed for n in pool for _, _, owed, ends in self.held[n] if self.now < ends) if len(pool) > 1 else 0
        for n in pool:
            self.model[n].pass_time(self.now)
        return max(0, sum(self.model[n].available(self.now) - self.model[n].owed for n in pool) - lent)

    def takes(self, who: int, points: int, act: Any) -> Any:
        """It is refused exactly when all together have not enough."""
        enough = points <= self.spare(who)
        if enough:
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
        lot = ModelLot(lot_id, self.now, 0, NEVER if ends is None else int((ends - START) / HOUR), points)
        earn(self.real[who], sale, gave(points), lot_id, policy, self.at)
        self.model[who].add(lot, self.now)
        self.bought[who].append((purchase_id, lot, points))

    def give_back(self, who: int, points: int) -> None:
        if not self.bought[who]:
            return
        purchase_id, lot, left = self.bought[who].pop(points % len(self.bought[who]))
        gone = min(points, left)
        if gone < left:
            self.bought[who].append((purchase_id, lot, left - gone))
        goods = GoodsReturned(
            return_id=self.id(), purchase_id=purchase_id, customer_id=UUID(int=who + 10), merchant_id=NOBODY, pos_id=None,
            return_pos_id=None, document_number="R", currency="VND", amount=1, amount_kept=0, nothing_left=False, lines=(),
            returned_at=self.at,
        )  # fmt: skip
        claw_back(self.real[who], self.real[who].lots[purchase_id], goods, gave(gone), OPEN, self.at)
        self.model[who].claw_back(lot, gone, self.now)

    def _charged(self, who: int, name: UUID, points: int, shares: Any) -> None:
        chosen, owed = self.model[who].charge(points, self.now)
        assert [(lot.name, n) for lot, n in chosen] == [(share.lot_id, share.points) for share in shares], "own lots first, in order"
        self.model[who].take(chosen)
        self.model[who].owed += owed
        self.spent[who].append((name, self.now, [[lot, n] for lot, n in chosen], owed))

    def spend(self, who: int, points: int) -> None:
        name = self.id()
        act = self.takes(who, points, lambda: spend(self.real[who], OPEN, points, name, None, self.at, self.beside(who)))
        if act is not None:
            self._charged(who, name, points, act.shares)

    def hold(self, who: int, points: int) -> None:
        name, ends = self.id(), self.now + 100
        act = self.takes(
            who, points, lambda: hold(self.real[who], OPEN, points, name, None, START + ends * HOUR, self.at, self.beside(who))
        )
        if act is not None:
            chosen, owed = self.model[who].charge(points, self.now)
            self.model[who].hold_parts(name, chosen, ends)
            self.held[who].append((name, chosen, owed, ends))

    def confirm(self, who: int) -> None:
        alive = [one for one in self.held[who] if self.now < one[3]]
        if not alive:
            return
        name, chosen, owed, _ = alive[0]
        self.held[who].remove(alive[0])
        spent = self.id()
        confirm(self.real[who], OPEN, name, spent, self.at)
        self.model[who].pass_time(self.now)
        del self.model[who].holds[name]
        self.model[who].take(chosen)
        self.model[who].owed += owed
        self.spent[who].append((spent, self.now, [[lot, n] for lot, n in chosen], owed))

    def deduct(self, who: int, points: int) -> None:
        before = len(self.real[who].pending)
        beside = self.beside(who)
        self.takes(who, points, lambda: deduct(self.real[who], OPEN, points, self.id(), "why", self.at, beside=beside) or True)
        if any(type(e).__name__ == "PointsDeducted" for e in self.real[who].pending[before:]):
            chosen, owed = self.model[who].charge(points, self.now)
            for lot, n in chosen:
                lot.points, lot.cancelled = lot.points - n, lot.cancelled + n
            self.model[who].owed += owed

    def restore(self, who: int, points: int) -> None:
        left = [(name, since, parts, owed) for name, since, parts, owed in self.spent[who] if owed + sum(n for _, n in parts)]
        if not left:
            return
        name, since, parts, owed = left[points % len(left)]
        back, model = self.id(), self.model[who]
        wanted = min(points, owed + sum(n for _, n in parts))
        restore(self.real[who], OPEN, name, wanted, back, self.at)
        model.pass_time(self.now)
        lent = min(wanted, owed)
        if lent:
            model.lots.append(ModelLot(derived_id("restored", back, name), since, 0, NEVER, lent))
        self.spent[who] = [one if one[0] != name else (name, since, parts, owed - lent) for one in self.spent[who]]
        wanted -= lent
        earliest = int((OPEN.restored_until(self.at) - START) / HOUR)
        for part in reversed(parts):
            lot, n = part[0], min(wanted, part[1])
            part[1], wanted = part[1] - n, wanted - n
            if n and lot.ends >= earliest:
                lot.points += n
            elif n:
                model.lots.append(ModelLot(derived_id("restored", back, lot.name), lot.earned, 0, earliest, n))
        model.pay(self.now)

    def pass_on(self, who: int, to: int, points: int) -> None:
        if who == to or to in self.others(who):
            return
        name = self.id()
        given = (self.real[who], self.real[to], OPEN, points, name, UUID(int=to + 10), self.at)
        if self.takes(who, points, lambda: transfer(*given, beside=self.beside(who)) or True) is None:
            return
        chosen, owed = self.model[who].charge(points, self.now)
        self.model[who].take(chosen)
        self.model[who].owed += owed
        parts = list(chosen)
        for n in self.others(who):
            more, owed = self.model[n].charge(owed, self.now)
            parts += more
        self.model[to].pass_time(self.now)
        self.model[to].lots += [ModelLot(derived_id("transferred", name, lot.name), lot.earned, 0, lot.ends, n) for lot, n in parts]
        self.model[to].pay(self.now)

    def merge(self) -> None:
        self.merged = True

    def unmerge(self) -> None:
        self.merged = False

    def wait(self, hours: int) -> None:
        self.now += hours

    def compare(self) -> None:
        for n in EVERYBODY:
            account, model = self.real[n], self.model[n]
            if account.exists:
                account.settle(self.at)
            model.pass_time(self.now)
            assert {lot.lot_id: lot.remaining for lot in account.all.in_order()} == {lot.name: lot.points for lot in model.ordered()}
            assert (account.owed, account.balance) == (model.owed, model.balance())
            there = available_in(account, self.beside(n), self.at) if self.beside(n) else max(0, account.available(self.at))
            assert there == (self.spare(n) if self.beside(n) else model.available(self.now))
            again = Account.replay(account.id, account.pending)
            assert (again.owed, again.balance) == (account.owed, account.balance), "what was decided is what is read again"


@settings(max_examples=100, deadline=None)
@given(steps=STEPS)
def test_whatever_two_who_are_one_do_each_has_what_they_would_have_alone_with_debts(steps: list[tuple[Any, ...]]) -> None:
    world = World()
    for act, *told in steps:
        getattr(world, act)(*told)
        world.compare()


TIMED = st.lists(
    st.one_of(
        st.tuples(st.just("buy"), WHO, POINTS, st.sampled_from((OPEN, SOON))),
        st.tuples(st.just("spend"), WHO, POINTS),
        st.tuples(st.just("wait"), st.integers(1, 90)),
    ),
    min_size=3,
    max_size=25,
)


@settings(max_examples=100, deadline=None)
@given(steps=TIMED)
def test_time_takes_nothing_from_them_that_was_spent_and_parted_neither_is_worse_off_than_alone(steps: list[tuple[Any, ...]]) -> None:
    """Of three: points that end pay first what the others owe; what they paid is owed again once they are parted."""
    world = World()
    sides = world.real
    for act, *told in steps:
        if act == "wait":
            world.wait(*told)
        settle_together(sides, world.at)
        if act == "buy":
            world.buy(*told)
        elif act == "spend":
            who, points = told
            with suppress(DomainError):
                spend(world.real[who], OPEN, points, world.id(), None, world.at, [one for one in sides if one is not world.real[who]])
                chosen, owed = world.model[who].charge(points, world.now)
                world.model[who].take(chosen)
                world.model[who].owed += owed
        assert_each_once(sides)
        assert sum(one.balance for one in sides) >= 0, "nobody owes anything who spent what they had"
        assert sum(one.borrowed[other.id] for one in sides for other in sides) == 0
    for lender, borrower in permutations(sides, 2):
        call_back(lender, borrower, world.at)
    for account, model in zip(sides, world.model, strict=True):
        model.pass_time(world.now)
        assert account.balance >= model.balance()
        assert not +account.borrowed


def assert_each_once(accounts: Sequence[Account]) -> None:
    """Every transfer, and every lot that came out of one, has a name of its own."""
    came = [e for account in accounts for e in account.pending if isinstance(e, PointsReceived)]
    for names in ([e.transfer_id for e in came], [lot.lot_id for e in came for lot in e.lots]):
        assert len(names) == len({*names})


def test_what_is_paid_back_and_what_is_owed_beside_it_come_out_of_one_lot_as_two_transfers() -> None:
    world = pair(60, 0)
    world.buy(1, 60, SOON)
    mine, theirs = world.real[:2]
    world.spend(0, 100)
    world.wait(100)
    settle_together([mine, theirs], world.at)
    assert (mine.owed, mine.borrowed[theirs.id]) == (0, 40)
    world.buy(0, 100, SOON)
    world.spend(1, 50)
    world.wait(100)
    settle_together([mine, theirs], world.at)
    assert (mine.owed, theirs.owed, mine.balance, theirs.balance) == (0, 0, 0, 0)
    assert mine.borrowed[theirs.id] == -10, "40 went back, and 10 are lent"
    assert_each_once([mine, theirs])


def test_what_is_paid_back_has_ended_and_pays_what_a_third_one_owes_whoever_is_looked_at_first() -> None:
    for order in permutations(EVERYBODY):
        world = World()
        for who, policy in ((0, SOON), (1, OPEN), (2, OPEN)):
            world.buy(who, 60, policy)
        lender, borrower, third = world.real
        sides = [world.real[n] for n in order]
        spend(borrower, OPEN, 100, world.id(), None, world.at, [lender, third])
        world.wait(100)
        settle_together(sides, world.at)
        world.buy(1, 60, SOON)
        spend(third, OPEN, 90, world.id(), None, world.at, [lender, borrower])
        world.wait(100)
        settle_together(sides, world.at)
        assert (lender.owed, borrower.owed, third.owed) == (0, 0, 0), order


def test_points_that_go_with_a_level_pay_first_what_the_other_one_owes() -> None:
    world = pair(60, 60)
    world.spend(0, 100)
    mine, theirs = world.real[:2]
    lost_at = world.at
    world.wait(1)
    assert reset_together([mine, theirs], [(NOBODY, lost_at)], world.at) == 20, "20 are gone with the level, not 60"
    assert (mine.owed, mine.balance, theirs.balance) == (0, 0, 0)
    assert reset_together([mine, theirs], [(NOBODY, lost_at)], world.at) == 0
    call_back(theirs, mine, world.at)
    assert (mine.owed, theirs.balance) == (40, 0)


def test_what_was_held_beyond_its_end_pays_first_what_the_other_one_owes() -> None:
    world = World()
    world.buy(0, 60, OPEN)
    world.buy(1, 60, SOON)
    mine, theirs = world.real[:2]
    held = hold(theirs, OPEN, 60, world.id(), None, world.at + timedelta(days=6), world.at, [mine])
    goods = GoodsReturned(
        return_id=world.id(), purchase_id=world.bought[0][0][0], customer_id=UUID(int=10), merchant_id=NOBODY, pos_id=None,
        return_pos_id=None, document_number="R", currency="VND", amount=1, amount_kept=0, nothing_left=True, lines=(), returned_at=world.at,
    )  # fmt: skip
    spend(mine, OPEN, 60, world.id(), None, world.at, [theirs])
    claw_back(mine, mine.lots[world.bought[0][0][0]], goods, gave(60), OPEN, world.at)
    assert mine.owed == 60
    world.wait(100)
    assert release(theirs, held.hold_id, world.at, [mine]) == 60
    assert (mine.owed, mine.balance, theirs.balance) == (0, 0, 0)


def test_points_that_would_end_pay_what_the_other_owes_and_parted_that_is_owed_again() -> None:
    world = World()
    world.buy(0, 60, OPEN)
    world.buy(1, 60, SOON)
    mine, theirs = world.real[:2]
    spend(mine, OPEN, 100, world.id(), None, world.at, [theirs])
    world.wait(100)
    settle_together([mine, theirs], world.at)
    assert (mine.owed, mine.balance, theirs.balance) == (0, 0, 0), "20 are gone by time, not 60"
    call_back(theirs, mine, world.at)
    assert (mine.owed, theirs.balance) == (40, 0)


def pair(mine: int, theirs: int) -> World:
    world = World()
    world.buy(0, mine, OPEN)
    world.buy(1, theirs, OPEN)
    world.merge()
    return world


def test_what_is_not_there_the_other_stands_for_and_parted_it_is_a_debt() -> None:
    world = pair(60, 60)
    world.spend(0, 100)
    mine, theirs = world.real[0], world.real[1]
    told = [e for e in mine.pending if isinstance(e, PointsSpent)][-1]
    assert (told.points, told.owed, sum(share.points for share in told.shares)) == (100, 40, 60)
    assert available_in(mine, [theirs], world.at) == available_in(theirs, [mine], world.at) == 20
    world.unmerge()
    assert (mine.owed, theirs.available(world.at)) == (40, 60), "the other one's lots were never touched"
    world.buy(0, 50, OPEN)
    assert (mine.owed, mine.balance) == (0, 10)


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
