"""Where two orders meet at an account: clocks that differ, and points that go in two ways at once."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from earning.domain.correcting import cancel, deduct
from earning.domain.expiry import Expiry
from earning.domain.spending import confirm, hold, release, restore, spend
from earning.domain.wallets import WalletTerms
from earning.events import PointsClawedBack
from earning.projections.movements import MOVES, moved
from loyalty.domain.errors import Conflict
from tests.earning.given import NOON, purchase_order, wallets
from tests.earning.test_spending import DAY, HOUR, left, shop_with, use

WAIVE = WalletTerms(overdraft="waive")
MOMENT = timedelta(milliseconds=1)


@pytest.mark.parametrize("spent", [1, 100])
def test_what_a_later_clock_saw_free_and_spent_is_not_spent_again(spent: int) -> None:
    shop, hold_id = shop_with(100), uuid4()
    policy, end = shop.wallets.policy("points", shop.clock), shop.clock + HOUR
    hold(shop.account, shop.wallets.policy("points", shop.clock), 100, hold_id, None, end, shop.clock)
    spend(shop.account, policy, spent, uuid4(), None, end)
    with pytest.raises(Conflict, match=r"^earning.hold_ended"):
        confirm(shop.account, policy, hold_id, uuid4(), end - MOMENT)
    assert left(shop) == [100 - spent]


def test_a_hold_of_what_is_there_beside_another_is_confirmed() -> None:
    shop, first, second = shop_with(100), uuid4(), uuid4()
    policy, end = shop.wallets.policy("points", shop.clock), shop.clock + HOUR
    for hold_id in (first, second):
        hold(shop.account, shop.wallets.policy("points", shop.clock), 50, hold_id, None, end, shop.clock)
    for hold_id in (second, first):
        confirm(shop.account, policy, hold_id, uuid4(), end - MOMENT)
    assert left(shop) == [0]


def test_a_hold_that_ended_is_told_so_also_once_another_one_began() -> None:
    shop, first = shop_with(100), uuid4()
    policy, end = shop.wallets.policy("points", shop.clock), shop.clock + HOUR
    hold(shop.account, policy, 50, first, None, end, shop.clock)
    for _ in range(2):
        for act in (lambda: confirm(shop.account, policy, first, uuid4(), end), lambda: release(shop.account, first, end)):
            with pytest.raises(Conflict, match=r"^earning.hold_ended") as refused:
                act()
            assert refused.value.params["ended_at"] == end
        hold(shop.account, policy, 50, uuid4(), None, end + HOUR, end)


def test_a_lot_of_which_more_is_held_than_left_gives_nothing_to_a_return() -> None:
    shop, policy = shop_with(100, 100), shop_with().wallets.policy("points", NOON)
    end = shop.clock + HOUR
    hold(shop.account, shop.wallets.policy("points", shop.clock), 80, uuid4(), None, end, shop.clock)
    spend(shop.account, policy, 90, uuid4(), None, end)
    shop.clock = end - MOMENT
    shop.take_back("A-0", returned_at=NOON + HOUR)
    assert left(shop) == [10, 0]
    assert shop.account.available(shop.clock) == 0


@pytest.mark.parametrize("spent", [0, 30])
def test_what_was_cancelled_is_not_taken_again_when_its_goods_come_back(spent: int) -> None:
    shop = shop_with(100)
    if spent:
        use(shop, spent)
    [lot] = shop.account.lots.values()
    cancel(shop.account, shop.wallets.policy("points", NOON), lot.lot_id, "wrong", "staff:1", shop.clock)
    shop.take_back("A-0", returned_at=NOON + HOUR)
    [back] = [e for e in shop.account.pending if isinstance(e, PointsClawedBack)]
    assert (back.cancelled, back.owed, back.own, moved(back).points) == (100 - spent, spent, 0, -spent)
    assert (shop.account.balance, lot.gone(())) == (-spent, (0, 0))


@pytest.mark.parametrize(("deducted", "spent"), [(50, 0), (50, 30), (100, 0)])
def test_what_was_deducted_by_hand_is_not_taken_again_when_its_goods_come_back(deducted: int, spent: int) -> None:
    shop = shop_with(100)
    deduct(shop.account, shop.wallets.policy("points", shop.clock), deducted, uuid4(), "mistake", shop.clock)
    if spent:
        use(shop, spent)
    shop.take_back("A-0", returned_at=NOON + HOUR)
    [back] = [e for e in shop.account.pending if isinstance(e, PointsClawedBack)]
    assert (back.cancelled, back.own, back.owed) == (deducted, 100 - deducted - spent, spent)
    assert shop.account.balance == -spent, "only what was spent is owed"


def test_what_is_only_held_is_owed_where_what_was_spent_is_waived() -> None:
    shop, hold_id = shop_with(100, terms=WAIVE), uuid4()
    use(shop, 30)
    hold(shop.account, shop.wallets.policy("points", shop.clock), 70, hold_id, None, shop.clock + HOUR, shop.clock)
    shop.take_back("A-0", returned_at=NOON + HOUR)
    assert (shop.account.owed, shop.account.waived) == (70, 30)
    release(shop.account, hold_id, shop.clock)
    assert (shop.account.balance, shop.account.owed, left(shop)) == (0, 0, [0])


def test_what_is_held_is_owed_once() -> None:
    shop, hold_id = shop_with(50, 50, terms=WAIVE), uuid4()
    use(shop, 40)
    hold(shop.account, shop.wallets.policy("points", shop.clock), 60, hold_id, None, shop.clock + HOUR, shop.clock)
    shop.take_back("A-0", returned_at=NOON + HOUR)
    shop.take_back("A-1", by="R-2", returned_at=NOON + HOUR)
    assert (shop.account.owed, shop.account.waived) == (60, 40)


@pytest.mark.parametrize("parts", [(100,), (30, 70)])
def test_what_was_waived_is_paid_first_by_what_comes_back(parts: tuple[int, ...]) -> None:
    shop = shop_with(100, terms=WAIVE)
    policy, spend_id = shop.wallets.policy("points", shop.clock), use(shop, 100)
    shop.take_back("A-0", returned_at=NOON + HOUR)
    for points in parts:
        restore(shop.account, policy, spend_id, points, uuid4(), shop.clock)
        assert (shop.account.balance, shop.account.owed) == (0, 0)
    books = [moved(e) for e in shop.account.pending if isinstance(e, MOVES)]
    assert (sum(m.points for m in books), sum(m.owed for m in books)) == (0, 0)
    assert all(m.points == sum(s.points for s in m.shares) - m.owed for m in books)


def test_what_was_waived_before_a_spend_does_not_touch_what_comes_back_of_it() -> None:
    shop = shop_with(100, terms=WAIVE)
    policy, first = shop.wallets.policy("points", shop.clock), use(shop, 100)
    shop.take_back("A-0", returned_at=NOON + HOUR)
    shop.record(purchase_order(50_000, document_number="B-1"))
    restore(shop.account, policy, use(shop, 50), None, uuid4(), shop.clock)
    assert shop.account.balance == 50
    restore(shop.account, policy, first, None, uuid4(), shop.clock)
    assert shop.account.balance == 50


def test_a_debt_of_stricter_times_does_not_make_more_waived_than_is_missing() -> None:
    shop = shop_with(100, 50)
    use(shop, 150)
    shop.take_back("A-0", returned_at=NOON + HOUR)
    shop.wallets = wallets(WAIVE)
    shop.take_back("A-1", by="R-2", returned_at=NOON + HOUR)
    assert (shop.account.owed, shop.account.waived) == (100, 50)


def test_points_that_had_ended_when_they_came_pay_no_debt() -> None:
    shop = shop_with(100, terms=WalletTerms(expiry=Expiry(kind="after_days", days=1)))
    use(shop, 100)
    shop.take_back("A-0", returned_at=NOON + HOUR)
    shop.record(purchase_order(100_000, document_number="OLD", customer_id=None))
    shop.clock += 30 * DAY
    shop.claim("OLD")
    assert (shop.account.balance, shop.account.owed) == (-100, 100)
