"""Levels of two customers who turn out to be one, and two after all: what each of them had stands, and comes back with its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from customers.commands import MergeCustomers, UnmergeCustomer
from earning import queries
from earning.commands import GiveLevel, WithdrawLevel
from earning.domain.levels.counting import PastPurchase
from earning.domain.levels.downgrading import Downgrade
from earning.domain.levels.grants import Fee
from earning.domain.levels.measures import Measure
from earning.domain.levels.merging import join
from earning.domain.levels.terms import LevelTerms
from earning.events import LevelGrantEnded, LevelLost
from loyalty.domain.errors import DomainError
from loyalty.projections.projection import PROJECTIONS
from loyalty.projections.rebuild import checksum, rebuild
from loyalty.tenancy import reading
from tests.earning.counter import Counter
from tests.earning.given import CUSTOMER, line
from tests.earning.levels_counted import active, card_of, facts
from tests.earning.levels_given import DAY, SET, Climber, level, terms
from tests.earning.test_levels_by_hand import MONTH, climber, losses, utc

HOA, LAN = CUSTOMER, UUID(int=77)


def merged(hoa: Climber, lan: Climber, at: datetime) -> Climber:
    """Lan turns out to be Hoa."""
    for one in (hoa, lan):
        one.levels.settle(one.book, one.zone, at)
    counts = lan.levels.tally(SET).counts
    past = [PastPurchase(purchase_id=key, purchased_at=lan.bought[key][0], counts=(counts[key],)) for key in counts]
    hoa.levels.count_past(HOA, past, hoa.book, hoa.zone, at)
    join(HOA, hoa.levels, LAN, lan.levels, hoa.book, at)
    hoa.bought |= lan.bought
    return hoa


def test_a_level_that_is_kept_by_policy_is_kept_by_who_stands_for_both_until_its_own_goods_come_back() -> None:
    hoa, lan = climber(MONTH, when="never"), climber(MONTH, when="never")
    hoa.buy(10, at=utc(2026, 1, 5, 5))
    earned = lan.buy(200, at=utc(2026, 1, 10, 5))
    both = merged(hoa, lan, utc(2026, 6, 1))
    assert both.level == "l2"
    later = both.buy(50, at=utc(2026, 6, 2))
    assert both.bring_back(later, at=utc(2026, 6, 3)) == "l2", "nothing of what earned it came back"
    assert both.bring_back(earned, left=150, at=utc(2026, 6, 4)) == "l0"


def test_whose_goods_come_back_has_the_level_that_the_other_one_had_too() -> None:
    hoa, lan = climber(MONTH, when="never"), climber(MONTH, when="never")
    mine, theirs = hoa.buy(100, at=utc(2026, 1, 5, 5)), lan.buy(100, at=utc(2026, 3, 10, 5))
    both = merged(hoa, lan, utc(2026, 6, 1))
    assert (both.bring_back(mine, at=utc(2026, 6, 4)), losses(both)) == ("l1", [])
    assert both.bring_back(theirs, at=utc(2026, 6, 5)) == "l0"


@pytest.mark.parametrize(
    ("policy", "gone"),
    [
        ({"when": "after_days", "days": 60}, utc(2026, 4, 11, 17)),
        ({"when": "at_once", "one_step": True, "period": "quarter"}, utc(2026, 3, 31, 17)),
        ({"when": "period_end", "period": "quarter"}, utc(2026, 3, 31, 17)),
    ],
)
def test_a_level_goes_when_it_would_have_gone_without_the_merge(policy: Any, gone: datetime) -> None:
    """Bought on 10 January, it is not earned from 11 February on; one step down then stays until the quarter ends."""
    hoa, lan = climber(MONTH, **policy), climber(MONTH, **policy)
    hoa.buy(1, at=utc(2026, 1, 5, 5))
    lan.buy(200 if "one_step" in policy else 100, at=utc(2026, 1, 10, 5))
    both = merged(hoa, lan, utc(2026, 3, 1))
    assert both.bring_back(both.buy(5, at=utc(2026, 3, 2)), at=utc(2026, 3, 3)) == "l1"
    both.level_at(utc(2027, 1, 1))
    assert losses(both) == [("l1", "l0", gone)]


PRIME = Fee(sku="P", months=1)
SAID = terms(level("l0", 0), level("l1", 20), level("l2", 100), level("prime", None, fee=PRIME),
    measures=(Measure(kind="points", window="rolling_months", months=1),), downgrade=Downgrade(when="at_once"))  # fmt: skip
JANUARY = utc(2026, 1, 10, 5)


class Two:
    """Hoa, who joined first, and Lan; what they do is said with its day."""

    def __init__(self, counter: Counter, said: LevelTerms = SAID) -> None:
        self.counter = counter
        active(counter, said)
        self.hoa = counter.customer(first_name="Hoa", phone="+84912345678")
        self.lan = counter.customer(first_name="Lan", phone="+84987654321")

    def buys(self, whose: UUID, at: datetime, *lines: Any) -> None:
        self.counter.do(self.counter.order(whose, *lines or (300_000,), purchased_at=at), channel="import", at=at)

    def pays(self, whose: UUID, at: datetime) -> None:
        self.buys(whose, at, line(50_000, 1, kind="fee", sku="P"))

    def is_given(self, whose: UUID, level: str, ends_at: datetime, at: datetime) -> None:
        self.counter.do(GiveLevel(customer_id=whose, level=level, ends_at=ends_at, reason="A prize"), at=at)

    def merge(self, at: datetime) -> None:
        self.counter.do(MergeCustomers(customer_id=self.lan, other_id=self.hoa, reason="one person"), at=at)

    def unmerge(self, at: datetime) -> None:
        self.counter.do(UnmergeCustomer(customer_id=self.lan, reason="two persons"), at=at)

    def levels(self, at: datetime) -> list[tuple[str, str, datetime | None]]:
        """Of Hoa and Lan: the level, how they have it, and until when."""
        found = [card_of(self.counter, whose, at) for whose in (self.hoa, self.lan)]
        return [(card.level.code if card.level else "", card.source, card.loses_at) for card in found]


@pytest.fixture
def two(counter: Counter) -> Two:
    return Two(counter)


MARCH, APRIL, MAY = utc(2026, 3, 1), utc(2026, 4, 1), utc(2026, 5, 1)


def test_levels_that_were_given_to_both_stand_side_by_side_and_each_keeps_their_own(two: Two) -> None:
    two.is_given(two.hoa, "l1", MAY, JANUARY)
    two.is_given(two.lan, "l2", APRIL, JANUARY)
    two.merge(JANUARY + DAY)
    assert two.levels(MARCH) == [("l2", "given", APRIL)] * 2
    assert two.levels(APRIL) == [("l1", "given", MAY)] * 2
    two.unmerge(JANUARY + 2 * DAY)
    assert two.levels(MARCH) == [("l1", "given", MAY), ("l2", "given", APRIL)]


def test_who_was_given_the_same_in_one_stroke_keeps_it(two: Two) -> None:
    for whose in (two.hoa, two.lan):
        two.is_given(whose, "l1", MAY, JANUARY)
    two.merge(JANUARY + DAY)
    two.unmerge(JANUARY + 2 * DAY)
    assert two.levels(MARCH) == [("l1", "given", MAY)] * 2


def test_what_is_given_while_they_are_one_stays_with_who_stands_for_both(two: Two) -> None:
    two.is_given(two.lan, "l1", MAY, JANUARY)
    two.merge(JANUARY + DAY)
    two.is_given(two.lan, "l2", APRIL, JANUARY + 2 * DAY)
    two.unmerge(JANUARY + 3 * DAY)
    assert two.levels(MARCH) == [("l2", "given", APRIL), ("l1", "given", MAY)]


def test_a_level_that_came_with_the_other_one_is_taken_back_by_hand(two: Two) -> None:
    two.is_given(two.lan, "l2", MAY, JANUARY)
    two.merge(JANUARY + DAY)
    two.counter.do(WithdrawLevel(customer_id=two.hoa, level="l2", reason="By mistake"), at=JANUARY + 2 * DAY)
    assert two.levels(MARCH) == [("l0", "earned", None)] * 2
    with pytest.raises(DomainError, match=r"earning\.level_not_given"):
        two.counter.do(WithdrawLevel(customer_id=two.hoa, level="l2", reason="Again"), at=JANUARY + 3 * DAY)
    with reading(two.counter.tenant.id):
        assert queries.given_levels(two.hoa) == []


@pytest.mark.parametrize(("payer", "while_one"), [("lan", False), ("lan", True), ("hoa", False), ("hoa", True)])
def test_a_level_that_was_paid_for_is_had_by_both_and_goes_with_who_paid(two: Two, payer: str, while_one: bool) -> None:
    """Paid on 10 January, it ends with 10 February, whoever has it."""
    end, paid = utc(2026, 2, 10, 17), {"hoa": two.hoa, "lan": two.lan}[payer]
    deeds: list[Callable[[], None]] = [lambda: two.pays(paid, JANUARY), lambda: two.merge(JANUARY)]
    for deed in reversed(deeds) if while_one else deeds:
        deed()
    assert two.levels(JANUARY + DAY) == [("prime", "paid", end)] * 2
    two.unmerge(JANUARY + 2 * DAY)
    had, none = ("prime", "paid", end), ("l0", "earned", None)
    assert two.levels(JANUARY + 3 * DAY) == ([had, none] if payer == "hoa" else [none, had])
    assert [name for name, _, _ in two.levels(end)] == ["l0", "l0"]


@pytest.mark.usefixtures("own_log")
@pytest.mark.parametrize("reset", ["none", "points"])
def test_who_bought_enough_while_they_were_one_never_lost_the_level(counter: Counter, reset: Any) -> None:
    two = Two(counter, replace(SAID, downgrade=Downgrade(when="at_once", reset=reset)))
    two.buys(two.lan, JANUARY)
    two.merge(JANUARY + 5 * DAY)
    two.buys(two.lan, utc(2026, 2, 5, 5))
    two.unmerge(utc(2026, 2, 20))
    assert two.levels(utc(2026, 2, 20)) == [("l0", "earned", None), ("l1", "earned", utc(2026, 3, 5, 17))]
    assert [fact for fact in facts(counter, two.lan) if isinstance(fact, LevelLost)] == []
    with reading(counter.tenant.id):
        assert queries.balance(two.lan, utc(2026, 2, 20)).available == 60
    live = {table: checksum(table) for table in PROJECTIONS["earning.customer_levels"].tables}
    assert rebuild(PROJECTIONS["earning.customer_levels"], batch=1, swap=False).checksums == live


def test_who_bought_too_little_while_they_were_one_lost_it_in_time(two: Two) -> None:
    two.buys(two.lan, JANUARY)
    two.merge(JANUARY + 5 * DAY)
    two.buys(two.lan, utc(2026, 2, 15, 5), 50_000)
    two.unmerge(utc(2026, 2, 20))
    lost = [(fact.level, fact.after, fact.lost_at) for fact in facts(two.counter, two.lan) if isinstance(fact, LevelLost)]
    assert lost == [("l1", "l0", utc(2026, 2, 10, 17))]


@pytest.mark.usefixtures("own_log")
@pytest.mark.parametrize("while_one", [True, False])
def test_who_paid_for_a_higher_level_keeps_the_points_that_it_saved(counter: Counter, while_one: bool) -> None:
    """30 points earned l1 on 10 January, which goes on 10 February; prime, which gave 5, runs until 20 February."""
    two = Two(counter, replace(SAID, downgrade=Downgrade(when="at_once", reset="points")))
    two.buys(two.lan, JANUARY)
    deeds: list[Callable[[], None]] = [lambda: two.merge(JANUARY + 5 * DAY), lambda: two.pays(two.lan, utc(2026, 1, 20, 5))]
    for deed in deeds if while_one else reversed(deeds):
        deed()
    parted = utc(2026, 3, 10)
    two.unmerge(parted)
    with reading(counter.tenant.id):
        assert [queries.balance(whose, parted).available for whose in (two.hoa, two.lan)] == [0, 35]
    told = facts(counter, two.lan)
    assert [(one.level, one.lost_at, one.resets) for one in told if isinstance(one, LevelLost)] == [("l1", utc(2026, 2, 10, 17), "none")]
    assert [(one.level, one.ended_at, one.cause) for one in told if isinstance(one, LevelGrantEnded)] == [
        ("prime", utc(2026, 2, 20, 17), "ended")
    ]
    assert two.levels(parted) == [("l0", "earned", None)] * 2
    live = {table: checksum(table) for table in PROJECTIONS["earning.customer_levels"].tables}
    assert rebuild(PROJECTIONS["earning.customer_levels"], batch=1, swap=False).checksums == live
