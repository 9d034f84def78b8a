"""What two customers had by the time they turn out to be one, or two after all, does not depend on who looked before; and what was taken
back while they were one stays so.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from customers.commands import MergeCustomers, UnmergeCustomer
from customers.foreseeing import parted
from earning import queries
from earning.commands import AdjustPoints, Expiry, NoteTime, SpendPoints, WalletTerms, WithdrawLevel
from earning.domain.levels.downgrading import Downgrade
from earning.domain.levels.measures import Measure
from earning.events import LevelGrantEnded
from earning.streams import account_of
from earning.timekeeping import settle_levels
from loyalty.projections.projection import PROJECTIONS
from loyalty.projections.rebuild import checksum, rebuild
from loyalty.tenancy import reading
from tests.earning.counter import Counter
from tests.earning.given import line
from tests.earning.ledger_given import configure
from tests.earning.levels_counted import facts
from tests.earning.levels_given import DAY
from tests.earning.test_levels_by_hand import utc
from tests.earning.test_merged_levels import APRIL, JANUARY, MARCH, MAY, SAID, Two
from tests.earning.test_merging import Pair

ENDING = WalletTerms(expiry=Expiry(kind="after_days", days=2))
NONE = ("l0", "earned", None)


@pytest.fixture
def two(counter: Counter) -> Two:
    return Two(counter)


def indebted(counter: Counter, hoa: UUID, at: datetime) -> None:
    """Hoa spends the 30 points of goods that come back a day later."""
    sale = counter.order(hoa, 300_000, purchased_at=at)
    bought = counter.do(sale, channel="import", at=at)
    counter.do(SpendPoints(customer_id=hoa, points=30), at=at)
    back = replace(counter.return_order(sale, bought.purchase_id), returned_at=at + DAY)
    counter.do(back, channel="import", at=at + DAY)


def noticed(counter: Counter, customer: UUID, at: datetime | None) -> None:
    if at is not None:
        counter.do(NoteTime(account_id=account_of(customer, counter.tenant.id), customer_id=customer), at=at)


@pytest.mark.parametrize("noticed_after", [None, 3.5 * DAY])
def test_points_that_ended_before_a_merge_pay_nothing_of_the_other_one(counter: Counter, noticed_after: timedelta | None) -> None:
    """Lan's 50 end after 2 to 3 days, and the merge comes on the fourth."""
    configure(counter, ENDING)
    past = datetime.now(UTC) - 6 * DAY
    pair = Pair(counter, 0, 0)
    indebted(counter, pair.hoa, past)
    counter.do(AdjustPoints(customer_id=pair.lan, points=50, reason="welcome"), at=past)
    noticed(counter, pair.lan, noticed_after and past + noticed_after)
    pair.merge(at=past + 4 * DAY)
    assert [pair.alone(whose) for whose in (pair.hoa, pair.lan)] == [-30, 0]
    noticed(counter, pair.lan, datetime.now(UTC))
    assert [pair.balance(whose) for whose in (pair.hoa, pair.lan)] == [(-30, 0)] * 2


@pytest.mark.parametrize("noticed_after", [None, 3.5 * DAY])
def test_points_that_ended_before_an_unmerge_paid_what_the_other_one_owed_then(counter: Counter, noticed_after: timedelta | None) -> None:
    """Hoa spends 30 of Lan's 50, the rest of which end while they are one; parted on the fourth day, Hoa owes the 30 anew."""
    configure(counter, ENDING)
    past = datetime.now(UTC) - 6 * DAY
    pair = Pair(counter, 0, 0)
    counter.do(AdjustPoints(customer_id=pair.lan, points=50, reason="welcome"), at=past)
    pair.merge(at=past)
    counter.do(SpendPoints(customer_id=pair.hoa, points=30), at=past + DAY)
    noticed(counter, pair.lan, noticed_after and past + noticed_after)
    counter.do(UnmergeCustomer(customer_id=pair.lan, reason="two persons"), at=past + 4 * DAY)
    assert [pair.alone(whose) for whose in (pair.hoa, pair.lan)] == [-30, 0]
    with reading(counter.tenant.id):
        then = [queries.balance_at(whose, past + 3.8 * DAY, datetime.now(UTC)).balance for whose in (pair.hoa, pair.lan)]
        told = [(one.kind, one.points) for one in queries.statement(pair.hoa) if one.kind != "parted"]
    assert then == [0, 0]
    assert told == [("pooled", -30), ("spent", -30), ("pooled", 30)]


@pytest.mark.parametrize("noticed_at", [None, utc(2026, 2, 20)])
def test_points_that_went_with_a_level_before_a_merge_pay_nothing_of_the_other_one(counter: Counter, noticed_at: datetime | None) -> None:
    two = Two(counter, replace(SAID, downgrade=Downgrade(when="at_once", reset="points")))
    indebted(counter, two.hoa, JANUARY - 5 * DAY)
    two.buys(two.lan, JANUARY)
    if noticed_at is not None:
        settle_levels(counter.tenant.id, noticed_at)
    counter.do(MergeCustomers(customer_id=two.lan, other_id=two.hoa, reason="one person"), at=MARCH)
    with reading(counter.tenant.id):
        assert [queries.balance(whose, MARCH, alone=True).balance for whose in (two.hoa, two.lan)] == [-30, 0]


def test_a_gift_that_was_taken_back_while_they_were_one_stays_so_for_whom_it_came_with(two: Two) -> None:
    two.is_given(two.lan, "l2", MAY, JANUARY)
    two.merge(JANUARY + DAY)
    two.counter.do(WithdrawLevel(customer_id=two.lan, level="l2", reason="By mistake"), at=JANUARY + 2 * DAY)
    two.unmerge(JANUARY + 3 * DAY)
    assert two.levels(JANUARY + 4 * DAY) == [NONE, NONE]
    with reading(two.counter.tenant.id):
        assert queries.given_levels(two.lan) == []


def test_a_gift_that_came_and_went_with_a_merge_before_is_there_after_the_next_one(two: Two) -> None:
    two.is_given(two.lan, "l2", MAY, JANUARY)
    for day in (1, 3):
        two.merge(JANUARY + day * DAY)
        two.unmerge(JANUARY + (day + 1) * DAY)
    assert two.levels(MARCH) == [NONE, ("l2", "given", MAY)]
    two.merge(JANUARY + 5 * DAY)
    two.counter.do(WithdrawLevel(customer_id=two.hoa, level="l2", reason="By mistake"), at=JANUARY + 6 * DAY)
    two.unmerge(JANUARY + 7 * DAY)
    assert two.levels(MARCH) == [NONE, NONE]


def test_a_fee_that_came_back_while_they_were_one_pays_for_nothing_afterwards(two: Two) -> None:
    """Two fees of a month each: the first one comes back, and what the other one pays for begins with that."""
    fee, at = line(50_000, 1, kind="fee", sku="P"), two.counter
    sales = [at.order(two.lan, fee, purchased_at=JANUARY + n * timedelta(minutes=1)) for n in range(2)]
    bought = [at.do(sale, channel="import", at=sale.purchased_at) for sale in sales]
    two.merge(JANUARY + DAY)
    back = JANUARY + 2 * DAY
    at.do(replace(at.return_order(sales[0], bought[0].purchase_id), returned_at=back), channel="import", at=back)
    assert two.levels(JANUARY + 3 * DAY) == [("prime", "paid", utc(2026, 2, 12, 17))] * 2
    two.unmerge(JANUARY + 4 * DAY)
    assert two.levels(JANUARY + 5 * DAY) == [NONE, ("prime", "paid", utc(2026, 2, 12, 17))]


@pytest.mark.parametrize("last_too", [False, True])
def test_a_fee_that_was_moved_forward_while_they_were_one_saved_points_all_along(counter: Counter, last_too: bool) -> None:
    """The second of two fees runs from 12 January, when the first comes back, until 12 February, or until it comes back on 5 February; l1
    goes on 25 January.
    """
    two, at = Two(counter, replace(SAID, downgrade=Downgrade(when="at_once", reset="points"))), counter
    two.buys(two.lan, utc(2025, 12, 25, 5))
    fee = line(50_000, 1, kind="fee", sku="P")
    sales = [at.order(two.lan, fee, purchased_at=JANUARY + n * timedelta(minutes=1)) for n in range(2)]
    bought = [at.do(sale, channel="import", at=sale.purchased_at) for sale in sales]
    two.merge(JANUARY + DAY)
    for number, back in ((0, JANUARY + 2 * DAY), (1, utc(2026, 2, 5)))[: 1 + last_too]:
        at.do(replace(at.return_order(sales[number], bought[number].purchase_id), returned_at=back), channel="import", at=back)
    parted = utc(2026, 3, 20)
    two.unmerge(parted)
    with reading(counter.tenant.id):
        assert queries.balance(two.lan, parted).available == (30 if last_too else 35)
    ended = [(one.ended_at, one.cause) for one in facts(counter, two.lan) if isinstance(one, LevelGrantEnded)]
    assert sorted(ended) == [
        (JANUARY + 2 * DAY, "goods_returned"),
        (utc(2026, 2, 5), "goods_returned") if last_too else (utc(2026, 2, 12, 17), "ended"),
    ]


def test_a_gift_saved_points_until_it_was_taken_back(counter: Counter) -> None:
    """Lan's l1 is not earned from 10 February on; the gift of l2 is taken back ten days later: nothing went with l1."""
    two = Two(counter, replace(SAID, downgrade=Downgrade(when="at_once", reset="points")))
    two.buys(two.lan, JANUARY)
    two.is_given(two.lan, "l2", APRIL, JANUARY)
    two.merge(JANUARY + DAY)
    counter.do(WithdrawLevel(customer_id=two.hoa, level="l2", reason="By mistake"), at=utc(2026, 2, 20))
    two.unmerge(MARCH)
    with reading(counter.tenant.id):
        assert queries.balance(two.lan, MARCH).available == 30
    assert two.levels(MARCH) == [NONE, NONE]


def test_what_one_had_before_a_merge_went_with_no_level_of_the_other(counter: Counter) -> None:
    """Hoa's level goes on 10 February, with her 30 points; until the merge in March nobody notes it, and Lan's 50 are her own."""
    two, then = Two(counter, replace(SAID, downgrade=Downgrade(when="at_once", reset="points"))), utc(2026, 2, 20)
    two.buys(two.hoa, JANUARY)
    counter.do(AdjustPoints(customer_id=two.lan, points=50, reason="welcome"), at=JANUARY)
    before = datetime.now(UTC)
    two.merge(MARCH)
    with reading(counter.tenant.id):
        for known_at in (before, datetime.now(UTC)):
            assert [queries.balance_at(whose, then, known_at).balance for whose in (two.hoa, two.lan)] == [0, 50]


def test_what_undoing_a_merge_would_leave_is_told_without_points_that_went_with_a_level_unnoted(counter: Counter) -> None:
    """Hoa's level goes on 10 February, when Lan is one with her, and with it the 30 of the one and the 50 of the other."""
    two = Two(counter, replace(SAID, downgrade=Downgrade(when="at_once", reset="points")))
    two.buys(two.hoa, JANUARY)
    counter.do(AdjustPoints(customer_id=two.lan, points=50, reason="welcome"), at=JANUARY)
    two.merge(JANUARY + DAY)
    with reading(counter.tenant.id):
        told = parted(two.lan)
    two.unmerge(datetime.now(UTC))
    with reading(counter.tenant.id):
        left = [queries.balance(whose, datetime.now(UTC), alone=True).balance for whose in (two.hoa, two.lan)]
    assert (told, left) == ((), [0, 0])


@pytest.mark.usefixtures("own_log")
def test_what_one_bought_counts_again_after_each_merge_that_follows_an_undone_one(counter: Counter) -> None:
    """Hoa's 50 points and Lan's 60 are l2 together, and l1 for each alone; of goods that come back in between nothing counts again."""
    two = Two(counter, replace(SAID, measures=(Measure(kind="points"),)))
    two.buys(two.hoa, JANUARY, 500_000)
    sale = counter.order(two.lan, 600_000, purchased_at=JANUARY)
    bought = counter.do(sale, channel="import", at=JANUARY)
    for day in (1, 3, 5):
        two.merge(JANUARY + day * DAY)
        assert two.levels(JANUARY + day * DAY + timedelta(hours=1)) == [("l2", "earned", None)] * 2
        two.unmerge(JANUARY + (day + 1) * DAY)
        assert two.levels(JANUARY + (day + 1) * DAY + timedelta(hours=1)) == [("l1", "earned", None)] * 2
    back = JANUARY + 7 * DAY
    counter.do(replace(counter.return_order(sale, bought.purchase_id), returned_at=back), channel="import", at=back)
    two.merge(JANUARY + 8 * DAY)
    assert two.levels(JANUARY + 9 * DAY) == [("l1", "earned", None)] * 2
    live = {table: checksum(table) for table in PROJECTIONS["earning.customer_levels"].tables}
    assert rebuild(PROJECTIONS["earning.customer_levels"], batch=1, swap=False).checksums == live
