"""Where two orders meet at an account: clocks that differ, and points that go in two ways at once."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from earning.domain.correcting import cancel
from earning.domain.spending import confirm, hold, spend
from earning.events import PointsClawedBack
from earning.projections.movements import moved
from loyalty.domain.errors import Conflict
from tests.earning.given import NOON
from tests.earning.test_spending import HOUR, left, shop_with, use

MOMENT = timedelta(milliseconds=1)


@pytest.mark.parametrize("spent", [1, 100])
def test_what_a_later_clock_saw_free_and_spent_is_not_spent_again(spent: int) -> None:
    shop, hold_id = shop_with(100), uuid4()
    policy, end = shop.wallets.policy("points", shop.clock), shop.clock + HOUR
    hold(shop.account, 100, hold_id, None, end, shop.clock)
    spend(shop.account, policy, spent, uuid4(), None, end)
    with pytest.raises(Conflict, match=r"^earning.hold_ended"):
        confirm(shop.account, policy, hold_id, uuid4(), end - MOMENT)
    assert left(shop) == [100 - spent]


def test_a_hold_of_what_is_there_beside_another_is_confirmed() -> None:
    shop, first, second = shop_with(100), uuid4(), uuid4()
    policy, end = shop.wallets.policy("points", shop.clock), shop.clock + HOUR
    for hold_id in (first, second):
        hold(shop.account, 50, hold_id, None, end, shop.clock)
    for hold_id in (second, first):
        confirm(shop.account, policy, hold_id, uuid4(), end - MOMENT)
    assert left(shop) == [0]


def test_a_lot_of_which_more_is_held_than_left_gives_nothing_to_a_return() -> None:
    shop, policy = shop_with(100, 100), shop_with().wallets.policy("points", NOON)
    end = shop.clock + HOUR
    hold(shop.account, 80, uuid4(), None, end, shop.clock)
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
    cancel(shop.account, lot.lot_id, "wrong", shop.clock)
    shop.take_back("A-0", returned_at=NOON + HOUR)
    [back] = [e for e in shop.account.pending if isinstance(e, PointsClawedBack)]
    assert (back.cancelled, back.owed, back.own, moved(back).points) == (100 - spent, spent, 0, -spent)
    assert (shop.account.balance, lot.cancelled) == (-spent, 0)
