"""Three customers who turn out to be one, one after the other, and are parted from the end: against ledgers of every group there was."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from earning.domain.account import Account
from earning.domain.earned import claw_back
from earning.domain.parting import Apart, part
from earning.domain.pooling import settle_together
from earning.domain.spending import spend
from earning.domain.wallets import WalletPolicy
from tests.earning.test_pooling import EVERYBODY, OPEN, POINTS, SOON, WHO, Alone, World, as_one, gave

Group = tuple[int, ...]


class Chain(World):
    """The second joins the first, then the third joins both. Each ledger tells what a group of them has, whoever joined it meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.ledgers: dict[Group, Alone] = {(n,): self.alone[n] for n in EVERYBODY}
        self.together, self.joined_at = 1, [0, 0, 0]

    def group(self, who: int) -> Group:
        """Those who are one with somebody now."""
        return tuple(range(self.together)) if who < self.together else (who,)

    def others(self, who: int) -> list[int]:
        return [n for n in self.group(who) if n != who]

    def whole(self, who: int) -> Alone:
        return self.ledgers[self.group(who)]

    def both(self, who: int) -> list[Alone]:
        return [ledger for group, ledger in self.ledgers.items() if who in group]

    def spend(self, who: int, points: int) -> None:
        name = self.id()
        act = self.takes(who, points, lambda: spend(self.real[who], OPEN, points, name, None, self.at, self.beside(who)))
        for ledger in self.both(who) if act is not None else ():
            ledger.take(ledger.charge(points, self.now))

    def join(self) -> None:
        """The next one turns out to be the same, too."""
        if self.together == len(EVERYBODY):
            return
        self.write()
        new, before = self.together, self.whole(0)
        for ledger in self.ledgers.values():
            ledger.pass_time(self.now)
        one = as_one(before, self.whole(new))
        self.joined_at[new] = len(self.log)
        self.together += 1
        settle_together([self.real[n] for n in self.group(0)], self.at)
        one.pay(self.now)
        self.ledgers[self.group(0)] = one

    def leave(self) -> None:
        """The last one was somebody else."""
        if self.together == 1:
            return
        pool, last = [self.real[n] for n in self.group(0)], self.together - 1
        settle_together(pool, self.at)
        self.write()
        apart: dict[Any, Account] = {}
        for group in (range(last), (last,)):
            since = {self.real[n].id: self.joined_at[last] for n in group}
            log = [recorded for recorded in self.log if recorded.stream_id in since]
            apart |= Apart(since, lambda at: OPEN).take(log, (), self.at)
        there = [one for one in pool if one.exists]
        if self.real[last].exists and len(there) > 1:
            part(there, apart, {self.real[last].id}, self.at)
        del self.ledgers[self.group(0)]
        self.together -= 1

    def give_back(self, who: int, points: int) -> None:
        if not self.bought[who]:
            return
        purchase_id, lot_id, left = self.bought[who].pop(points % len(self.bought[who]))
        gone, goods = min(points, left), SimpleNamespace(return_id=self.id(), returned_at=self.at)
        if gone < left:
            self.bought[who].append((purchase_id, lot_id, left - gone))
        claw_back(self.real[who], self.real[who].lots[purchase_id], goods, gave(gone), OPEN, self.at, self.beside(who))
        settle_together([self.real[who], *self.beside(who)], self.at)
        for ledger in self.both(who):
            ledger.claw_back(ledger.named(lot_id), gone, self.now)


def steps(*policies: WalletPolicy, more: Any = st.nothing()) -> st.SearchStrategy[list[tuple[Any, ...]]]:
    return st.lists(
        st.one_of(
            st.tuples(st.just("buy"), WHO, POINTS, st.sampled_from(policies)),
            st.tuples(st.just("spend"), WHO, POINTS),
            st.tuples(st.just("join")),
            st.tuples(st.just("join")),
            st.tuples(st.just("leave")),
            st.tuples(st.just("wait"), st.integers(1, 90)),
            more,
        ),
        min_size=5,
        max_size=40,
    )


@settings(max_examples=100, deadline=None)
@given(acts=steps(OPEN, more=st.tuples(st.just("give_back"), WHO, POINTS)))
def test_each_group_has_what_it_would_have_without_who_left(acts: list[tuple[Any, ...]]) -> None:
    play(acts)


@settings(max_examples=100, deadline=None)
@given(acts=steps(OPEN, SOON))
def test_so_it_is_with_points_that_end(acts: list[tuple[Any, ...]]) -> None:
    play(acts)


def test_those_who_stay_pay_together_what_they_spent_while_the_third_was_with_them() -> None:
    chain = play([("buy", 1, 60, SOON), ("join",), ("join",), ("buy", 0, 57, OPEN), ("buy", 2, 13, SOON), ("spend", 0, 52), ("leave",)])
    assert [one.balance for one in chain.real] == [57, 8, 13], "together they would have taken what ends first, whoever spent it"


def play(acts: list[tuple[Any, ...]]) -> Chain:
    chain = Chain()
    for act, *told in acts:
        getattr(chain, act)(*told)
        chain.compare()
    return chain
