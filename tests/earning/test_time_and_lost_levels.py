"""Where time and a lost level meet at points: what is dated before the loss, what comes after it, and what was not active then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from earning import queries
from earning.commands import AdjustPoints, ClaimPurchase, HoldPoints, ReleaseHold, RestorePoints, SpendPoints, TransferPoints
from earning.domain.account import Account
from earning.domain.expiry import Expiry
from earning.domain.pooling import reset_together
from earning.domain.spending import spend
from earning.domain.transfers import transfer
from earning.domain.wallets import WalletTerms
from earning.events import PointsExpired
from loyalty.projections.projection import PROJECTIONS
from loyalty.projections.rebuild import checksum, rebuild
from loyalty.tenancy import reading
from tests.earning.counter import Counter
from tests.earning.given import NOON, Shop, per, purchase_order, rules
from tests.earning.ledger_given import configure
from tests.earning.levels_counted import GONE, SOLD_AT, bought_in_january, card_of
from tests.earning.levels_given import DAY, SET
from tests.earning.test_points_of_lost_levels import balances, counter, lost, noticed, shown
from tests.earning.test_voids import void

__all__ = ["counter"]
HOUR, MOMENT = timedelta(hours=1), timedelta(microseconds=1)
LOSS, LATER_LOSS = NOON + 30 * DAY, NOON + 40 * DAY


def late_shop(terms: WalletTerms | None = None) -> Shop:
    """A shop whose customer has lost a level twice, and their points with it; it is later than that."""
    shop = Shop(rules(per(1_000)), terms)
    shop.clock, shop.channel, shop.losses = NOON + 50 * DAY, "import", ((SET, LOSS), (SET, LATER_LOSS))
    return shop


@pytest.mark.parametrize(
    ("terms", "sold_at", "gone"),
    [
        (WalletTerms(), LOSS, LOSS),
        (WalletTerms(), LOSS + HOUR, LATER_LOSS),
        (WalletTerms(), LATER_LOSS + HOUR, None),
        (WalletTerms(pending_days=7), LOSS - 8 * DAY, LOSS),
        (WalletTerms(pending_days=7), LOSS - 6 * DAY, LATER_LOSS),
        (WalletTerms(expiry=Expiry(kind="after_days", days=35)), NOON, LOSS),
        (WalletTerms(expiry=Expiry(kind="rolling", months=12)), NOON, LOSS),
    ],
)
def test_the_first_loss_takes_it_that_would_have_had_it_been_there(terms: WalletTerms, sold_at: datetime, gone: datetime | None) -> None:
    shop = late_shop(terms)
    shop.record(purchase_order(50_000, purchased_at=sold_at))
    ended = [(e.points, e.expired_at, e.cause, e.set_id) for e in shop.account.pending if isinstance(e, PointsExpired)]
    assert ended == ([(50, gone, "level_lost", SET)] if gone else [])
    assert shop.account.balance == (0 if gone else 50)


def test_what_had_ended_by_itself_before_a_loss_did_not_end_with_it() -> None:
    shop = late_shop(WalletTerms(expiry=Expiry(kind="after_days", days=20)))
    shop.record(purchase_order(50_000))
    assert [(e.cause, e.expired_at < LOSS) for e in shop.account.pending if isinstance(e, PointsExpired)] == [("time", True)]


def test_it_pays_nothing_that_is_owed_and_its_goods_take_nothing_more_when_they_come_back() -> None:
    shop = late_shop()
    shop.record(purchase_order(20_000, document_number="B", purchased_at=LATER_LOSS + DAY))
    spend(shop.account, shop.wallets.policy("points", shop.clock), 20, uuid4(), None, shop.clock)
    shop.take_back("B", by="R", returned_at=LATER_LOSS + 2 * DAY)
    shop.record(purchase_order(50_000, document_number="C"))
    assert shop.account.balance == -20
    shop.take_back("C", by="S")
    assert shop.account.balance == -20


@pytest.mark.usefixtures("own_log")
def test_a_purchase_that_is_recorded_or_claimed_after_a_loss_ends_with_it_in_the_books_and_as_of_any_time(counter: Counter) -> None:
    customer, before = lost(counter), GONE - 2 * DAY
    noticed(counter)
    late = counter.order(customer, 50_000, purchased_at=before)
    with reading(counter.tenant.id):
        foreseen = queries.preview(late, channel="import")
    answer = counter.do(late, channel="import")
    assert (foreseen.points, foreseen.balance) == (answer.points, answer.balance) == (5, 0)
    nobodys = counter.do(counter.order(None, 30_000, purchased_at=before), channel="import")
    assert counter.do(ClaimPurchase(purchase_id=nobodys.purchase_id, customer_id=customer)).balance == 0
    assert balances(counter) == [(0, 28)]
    now = datetime.now(UTC)
    assert [shown(counter, customer, at, now)[0] for at in (before, GONE - DAY, GONE, now)] == [28, 28, 0, 0]
    live = {table: checksum(table) for table in PROJECTIONS["earning.accounts"].tables}
    assert rebuild(PROJECTIONS["earning.accounts"], batch=1, swap=False).checksums == live


def test_what_comes_after_a_loss_that_nobody_had_noticed_stays(counter: Counter) -> None:
    """Points that a friend passed on, those of a spend that is given back, and those that are held no longer."""
    passed_on, given_back, let_go, friend = lost(counter), lost(counter), lost(counter), counter.customer()
    bought_in_january(counter, friend, 100_000)
    spent = counter.do(SpendPoints(customer_id=given_back, points=6), at=SOLD_AT + DAY)
    held = counter.do(HoldPoints(customer_id=let_go, points=4, ends_at=GONE + 3 * DAY), at=GONE - DAY)
    counter.do(TransferPoints(customer_id=friend, recipient_id=passed_on, points=10), at=GONE + DAY)
    counter.do(RestorePoints(customer_id=given_back, spend_id=spent.id, points=6), at=GONE + DAY)
    counter.do(ReleaseHold(customer_id=let_go, hold_id=held.id), at=GONE + DAY)
    noticed(counter)
    with reading(counter.tenant.id):
        assert [queries.account(one).balance for one in (passed_on, given_back, let_go)] == [10, 6, 4]


def test_so_does_all_that_was_held_or_spent_when_the_level_went_and_that_left_nothing_to_end(counter: Counter) -> None:
    let_go, given_back = lost(counter), lost(counter)
    held = counter.do(HoldPoints(customer_id=let_go, points=20, ends_at=GONE + 3 * DAY), at=GONE - DAY)
    spent = counter.do(SpendPoints(customer_id=given_back, points=20), at=SOLD_AT + DAY)
    counter.do(ReleaseHold(customer_id=let_go, hold_id=held.id), at=GONE + DAY)
    counter.do(RestorePoints(customer_id=given_back, spend_id=spent.id, points=20), at=GONE + DAY)
    noticed(counter)
    with reading(counter.tenant.id):
        assert [queries.account(one).balance for one in (let_go, given_back)] == [20, 20]


def test_a_purchase_whose_fast_clock_notes_a_loss_takes_all_points_with_it_before_a_late_one_does(counter: Counter) -> None:
    customer, minute = lost(counter), timedelta(minutes=1)
    counter.do(counter.order(customer, 10_000, purchased_at=GONE + minute), at=GONE - 2 * minute)
    assert balances(counter) == [(1, 20)]
    counter.do(counter.order(customer, 50_000, purchased_at=GONE - DAY), channel="import", at=GONE + 2 * minute)
    noticed(counter)
    assert balances(counter) == [(1, 25)]


def test_what_was_earned_before_a_loss_and_passed_on_after_it_stays_though_the_loss_is_looked_at_once_more() -> None:
    friend, shop = Account(uuid4()), late_shop()
    shop.losses = ()
    shop.record(purchase_order(50_000))
    transfer(shop.account, friend, shop.wallets.policy("points", shop.clock), 50, uuid4(), UUID(int=9), shop.clock)
    assert [reset_together([friend], [(SET, at)], shop.clock) for at in (LOSS, shop.clock)] == [0, 50]


def test_what_had_still_to_become_active_when_a_level_went_stays(counter: Counter) -> None:
    """Though nobody had noticed the loss."""
    configure(counter, WalletTerms(pending_days=7))
    customer, at = lost(counter), GONE - 3 * DAY
    counter.do(counter.order(customer, 100_000, purchased_at=at), channel="import", at=at)
    now = datetime.now(UTC)
    assert [shown(counter, customer, GONE + days * DAY, now) for days in (-1, 0, 9)] == [(30, 20, 0), (10, 0, 0), (10, 10, 0)]


def test_of_what_ends_soon_only_that_is_told_which_did_not_end_with_a_level(counter: Counter) -> None:
    """A month after the first purchase its level went; the second became active later."""
    configure(counter, WalletTerms(pending_days=7, expiry=Expiry(kind="after_days", days=60)))
    customer, now = counter.customer(), datetime.now(UTC)
    for days, amount in ((45, 200_000), (19, 100_000)):
        at = now - days * DAY
        counter.do(counter.order(customer, amount, purchased_at=at), channel="import", at=at)
    with reading(counter.tenant.id):
        assert [one.points for one in queries.endings(customer, datetime.now(UTC)).days] == [10]


def test_of_what_ends_soon_that_is_told_too_which_goes_with_a_level_to_come(counter: Counter) -> None:
    """What is not active when the level goes ends by itself, and what ends before does not end twice."""
    configure(counter, WalletTerms(expiry=Expiry(kind="after_days", days=60)))
    customer = counter.customer()
    counter.sell(customer, 200_000)
    loses_at = card_of(counter, customer).loses_at
    assert loses_at is not None
    now = datetime.now(UTC)
    with reading(counter.tenant.id):
        told = queries.endings(customer, now)
        held = [queries.balance_at(customer, at, now).balance for at in (loses_at - MOMENT, loses_at)]
    assert [(one.points, one.expires_at) for one in told.days] == [(20, loses_at)]
    assert held == [20, 0]
    configure(counter, WalletTerms(pending_days=40, expiry=Expiry(kind="after_days", days=45)))
    counter.sell(customer, 50_000)
    with reading(counter.tenant.id):
        assert [one.points for one in queries.endings(customer, datetime.now(UTC)).days] == [20, 5]
    configure(counter, WalletTerms(expiry=Expiry(kind="after_days", days=5)))
    counter.sell(customer, 30_000)
    with reading(counter.tenant.id):
        assert [one.points for one in queries.endings(customer, datetime.now(UTC)).days] == [3, 20, 5]


def test_of_lots_is_shown_what_is_left_what_is_held_beyond_its_end_and_nothing_of_a_lost_level(counter: Counter) -> None:
    configure(counter, WalletTerms(pending_days=7))
    customer, now = lost(counter), datetime.now(UTC)
    bought = counter.order(customer, 100_000, purchased_at=GONE - 3 * DAY)
    counter.do(bought, channel="import", at=bought.purchased_at)
    with reading(counter.tenant.id):
        assert [lot.remaining for lot in queries.lots(customer)] == [10], "nobody had noticed the loss"
    configure(counter, WalletTerms(expiry=Expiry(kind="after_days", days=1)), code="short")
    configure(counter, WalletTerms(expiry=Expiry(kind="rolling", months=1)), code="rolling")
    for code, given_at in (("short", 3), ("short", 3), ("rolling", 90)):
        counter.do(AdjustPoints(customer_id=customer, points=8, wallet=code, reason="x"), at=now - given_at * DAY)
    counter.do(HoldPoints(customer_id=customer, points=8, wallet="short", ends_at=now + DAY), at=now - 3 * DAY)
    with reading(counter.tenant.id):
        left = {code: [lot.remaining for lot in queries.lots(customer, wallet=code)] for code in ("short", "rolling")}
    assert left == {"short": [8], "rolling": []}
    counter.do(AdjustPoints(customer_id=customer, points=9, wallet="rolling", reason="x"))
    with reading(counter.tenant.id):
        assert [lot.remaining for lot in queries.lots(customer, wallet="rolling")] == [9]


def test_a_void_takes_points_back_after_those_that_ended_with_a_level(counter: Counter) -> None:
    """The day of the shop is that of London: midnight in Vietnam, at which the level went, lies within it."""
    customer, before = lost(counter), GONE - HOUR
    sale = counter.order(customer, 50_000, purchased_at=before, zone="UTC")
    made = counter.do(sale, at=before)
    counter.do(AdjustPoints(customer_id=customer, points=7, reason="Sorry"), at=before)
    counter.do(SpendPoints(customer_id=customer, points=25), at=before)
    assert void(counter, sale, made.purchase_id, at=GONE + HOUR).balance == -5
    assert balances(counter) == [(-5, 7)]
