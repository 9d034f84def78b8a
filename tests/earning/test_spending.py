"""Spending, keeping aside, giving back, passing on and correcting: decided by the domain alone."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from earning.commands import AdjustPoints, ReturnLine, Thousandths
from earning.domain.account import Account, account_id
from earning.domain.correcting import Correction, cancel, check_reason, deduct, grant
from earning.domain.expiring import activate, announce, expire
from earning.domain.expiry import Expiry
from earning.domain.spending import confirm, hold, release, restore, spend
from earning.domain.transfers import transfer
from earning.domain.wallets import WalletTerms
from earning.events import DebtPaid, ExpiryAnnounced, PointsActivated, PointsExpired, PointsReceived
from loyalty.domain.errors import Conflict, DomainError, NotFound
from loyalty.domain.period import local_midnight
from tests.earning.given import CUSTOMER, NOON, TENANT, Shop, line, per, purchase_order, rules

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
FRIEND = UUID(int=9)


def shop_with(*points: int, terms: WalletTerms | None = None) -> Shop:
    """A shop whose customer earned so many points, one purchase a minute."""
    shop = Shop(rules(per(1_000)), terms)
    for number, earned in enumerate(points):
        shop.record(purchase_order(earned * 1_000, document_number=f"A-{number}", purchased_at=NOON + number * HOUR / 60))
    return shop


def use(shop: Shop, points: int) -> UUID:
    spend_id = uuid4()
    spend(shop.account, shop.wallets.policy("points", shop.clock), points, spend_id, None, shop.clock)
    return spend_id


def left(shop: Shop) -> list[int]:
    """What remains of each lot, the oldest first."""
    return [lot.remaining for lot in shop.account.lots.values()]


def refused(code: str, **params: object) -> pytest.RaisesContext[DomainError]:
    return pytest.raises(DomainError, match=rf"^{code}" + "".join(rf".*'{k}': {v}" for k, v in params.items()))


def test_the_oldest_go_first_and_a_part_may_be_spent() -> None:
    shop = shop_with(100, 50, 30)
    use(shop, 120)
    assert left(shop) == [0, 30, 30]
    with refused("earning.not_enough_points", available=60, wanted=61, missing=1):
        use(shop, 61)
    use(shop, 60)
    assert shop.account.balance == 0


@pytest.mark.parametrize("points", [0, -5])
def test_nothing_and_less_than_nothing_cannot_be_spent(points: int) -> None:
    with refused("earning.points_not_positive"):
        use(shop_with(10), points)


def test_buying_and_returning_ten_times_leaves_nothing() -> None:
    shop = Shop(rules(per(100)))
    for n in range(10):
        shop.record(purchase_order(20_000, document_number=f"A-{n}"))
        assert shop.account.balance == 200
        shop.take_back(f"A-{n}", by=f"R-{n}")
        assert (shop.account.balance, shop.account.available(shop.clock)) == (0, 0)


@pytest.mark.parametrize("overdraft", ["negative", "debt", "waive"])
def test_goods_come_back_whose_points_are_spent(overdraft: str) -> None:
    """Buy for 200 points, spend 150 of them, return everything: what later earnings are worth depends on the wallet."""
    shop = shop_with(200, terms=WalletTerms(overdraft=overdraft))  # type: ignore[arg-type]
    use(shop, 150)
    shop.take_back("A-0")
    owed = 0 if overdraft == "waive" else 150
    assert (shop.account.balance, shop.account.owed, shop.account.available(shop.clock)) == (-owed, owed, 0)
    shop.record(purchase_order(160_000, document_number="B-1"))
    assert (shop.account.balance, shop.account.owed, shop.account.available(shop.clock)) == (160 - owed, 0, 160 - owed)
    assert [e.points for e in shop.account.pending if isinstance(e, DebtPaid)] == ([] if overdraft == "waive" else [150])


def test_what_one_lot_lacks_the_others_give_before_anything_is_owed() -> None:
    shop = shop_with(200, 100)
    use(shop, 150)
    shop.take_back("A-0")
    assert (left(shop), shop.account.owed) == ([0, 0], 50)
    shop.take_back("A-1", by="R-2")
    assert (shop.account.balance, shop.account.owed) == (-150, 150)


def test_three_returns_of_one_order_end_the_same_in_every_order() -> None:
    ends = set()
    for order in permutations((1, 2, 3)):
        shop = Shop(rules(per(1_000)))
        shop.record(purchase_order(line(50_000, 1), line(70_000, 1), line(80_000, 1)))
        use(shop, 150)
        for number in order[:2]:
            shop.take_back("A-1", ReturnLine(line=number, quantity=Thousandths(1000)), by=f"R-{number}")
        shop.take_back("A-1", by="R-last")
        ends.add((shop.account.balance, shop.account.owed, shop.account.available(shop.clock)))
    assert ends == {(-150, 150, 0)}


def test_points_that_are_held_are_nobody_elses_and_free_again_by_themselves() -> None:
    shop = shop_with(100)
    hold(shop.account, shop.wallets.policy("points", shop.clock), 70, uuid4(), None, shop.clock + HOUR, shop.clock)
    assert (shop.account.balance, shop.account.available(shop.clock)) == (100, 30)
    with refused("earning.not_enough_points", available=30):
        use(shop, 31)
    moment = timedelta(microseconds=1)
    assert [shop.account.available(shop.clock + HOUR + d) for d in (-moment, moment * 0)] == [30, 100]


def test_a_hold_is_used_once_or_released_and_not_after_its_time() -> None:
    shop, policy = shop_with(100), shop_with().wallets.policy("points", NOON)
    first, second, third = (uuid4() for _ in range(3))
    for hold_id in (first, second, third):
        hold(shop.account, shop.wallets.policy("points", shop.clock), 20, hold_id, None, shop.clock + HOUR, shop.clock)
    confirm(shop.account, policy, first, uuid4(), shop.clock)
    assert release(shop.account, second, shop.clock) == 20
    assert (shop.account.balance, shop.account.available(shop.clock)) == (80, 60)
    for again in (
        lambda hold_id: confirm(shop.account, policy, hold_id, uuid4(), shop.clock),
        lambda hold_id: release(shop.account, hold_id, shop.clock),
    ):
        with pytest.raises(Conflict, match=r"^earning.hold_confirmed") as told:
            again(first)
        assert told.value.params == {"spent_at": shop.clock}
        with pytest.raises(Conflict, match=r"^earning.hold_released") as told:
            again(second)
        assert told.value.params == {"released_at": shop.clock}
        with pytest.raises(NotFound, match=r"^earning.hold_unknown"):
            again(uuid4())
    with pytest.raises(Conflict, match=r"^earning.hold_ended") as told:
        confirm(shop.account, policy, third, uuid4(), shop.clock + HOUR * 2)
    assert told.value.params == {"ended_at": shop.clock + HOUR}
    with refused("earning.hold_too_long"):
        hold(shop.account, shop.wallets.policy("points", shop.clock), 1, uuid4(), None, shop.clock + timedelta(days=8), shop.clock)
    with refused("earning.hold_ends_before_now"):
        hold(shop.account, shop.wallets.policy("points", shop.clock), 1, uuid4(), None, shop.clock, shop.clock)


def test_points_that_are_held_outlive_their_end_until_the_hold_is_over() -> None:
    shop = shop_with(100, terms=WalletTerms(expiry=Expiry(kind="month_end")))
    end = local_midnight(date(2026, 4, 1), ZONE)
    kept, lost = uuid4(), uuid4()
    for hold_id, points in ((kept, 30), (lost, 20)):
        hold(shop.account, shop.wallets.policy("points", shop.clock), points, hold_id, None, end + HOUR, end - HOUR)
    expire(shop.account, end)
    assert (shop.account.balance, shop.account.available(end)) == (50, 0)
    confirm(shop.account, shop.wallets.policy("points", end), kept, uuid4(), end + HOUR / 2)
    expire(shop.account, end + HOUR)
    assert shop.account.balance == 0
    assert [(e.points, e.expired_at) for e in shop.account.pending if isinstance(e, PointsExpired)] == [(50, end), (20, end + HOUR)]


def test_what_was_spent_comes_back_to_its_lots_the_last_drawn_first() -> None:
    shop = shop_with(100, 100)
    policy, spend_id = shop.wallets.policy("points", shop.clock), use(shop, 150)
    assert restore(shop.account, policy, spend_id, 60, uuid4(), shop.clock) == 60
    assert left(shop) == [10, 100]
    with refused("earning.restored_too_much", left=90):
        restore(shop.account, policy, spend_id, 91, uuid4(), shop.clock)
    assert restore(shop.account, policy, spend_id, None, uuid4(), shop.clock) == 90
    assert left(shop) == [100, 100]
    with refused("earning.restored_before", points=150):
        restore(shop.account, policy, spend_id, None, uuid4(), shop.clock)
    with pytest.raises(NotFound, match=r"^earning.spend_unknown"):
        restore(shop.account, policy, uuid4(), None, uuid4(), shop.clock)


def test_what_comes_back_late_lives_for_the_days_of_grace() -> None:
    shop = shop_with(100, terms=WalletTerms(expiry=Expiry(kind="month_end"), restored_days=10))
    spend_id, late = use(shop, 100), local_midnight(date(2026, 5, 3), ZONE) + HOUR
    restore(shop.account, shop.wallets.policy("points", late), spend_id, None, uuid4(), late)
    [lot] = shop.account.all.in_order()
    assert (lot.remaining, lot.expires_at) == (100, local_midnight(date(2026, 5, 14), ZONE))
    assert shop.account.balance == 100


def test_points_are_passed_on_with_their_ends_and_five_times_a_day() -> None:
    terms = WalletTerms(expiry=Expiry(kind="month_end"), transfers_per_day=5)
    shop, friend = shop_with(100, 50, terms=terms), Account(account_id(TENANT, "points", FRIEND))
    policy = shop.wallets.policy("points", shop.clock)
    transfer(shop.account, friend, policy, 120, uuid4(), FRIEND, shop.clock)
    assert (shop.account.balance, friend.balance) == (30, 120)
    [received] = friend.pending
    assert isinstance(received, PointsReceived)
    assert [(lot.points, lot.expires_at) for lot in received.lots] == [
        (100, local_midnight(date(2026, 4, 1), ZONE)), (20, local_midnight(date(2026, 4, 1), ZONE)),
    ]  # fmt: skip
    for _ in range(4):
        transfer(shop.account, friend, policy, 1, uuid4(), FRIEND, shop.clock)
    with refused("earning.too_many_transfers", most=5) as told:
        transfer(shop.account, friend, policy, 1, uuid4(), FRIEND, shop.clock)
    assert told.value.params["again_at"] == local_midnight(shop.clock.astimezone(ZONE).date() + DAY, ZONE)
    transfer(shop.account, friend, policy, 1, uuid4(), FRIEND, shop.clock + DAY)
    with refused("earning.transfer_to_oneself"):
        transfer(shop.account, shop.account, policy, 1, uuid4(), CUSTOMER, shop.clock)


def test_points_that_wait_are_not_spent_and_their_becoming_active_is_noted_once() -> None:
    shop = shop_with(100, terms=WalletTerms(pending_days=14))
    with refused("earning.not_enough_points", available=0):
        use(shop, 1)
    begins = local_midnight(date(2026, 3, 16), ZONE)
    for at in (begins - HOUR, begins, begins + DAY):
        activate(shop.account, at)
    assert [(e.points, e.activated_at) for e in shop.account.pending if isinstance(e, PointsActivated)] == [(100, begins)]
    shop.clock = begins
    use(shop, 100)


def test_the_customer_is_told_of_each_end_once() -> None:
    shop = shop_with(100, 20, terms=WalletTerms(expiry=Expiry(kind="month_end"), warn_days=7))
    policy, end = shop.wallets.policy("points", NOON), local_midnight(date(2026, 4, 1), ZONE)
    for at in (end - timedelta(days=8), end - timedelta(days=7), end - DAY, end):
        announce(shop.account, policy, at)
    assert [(e.points, e.expires_at) for e in shop.account.pending if isinstance(e, ExpiryAnnounced)] == [(120, end)]


def test_corrections_give_take_and_cancel() -> None:
    shop = shop_with(100)
    policy, lot_id = shop.wallets.policy("points", shop.clock), uuid4()
    grant(shop.account, policy, CUSTOMER, 40, lot_id, "manual", "sorry", shop.clock)
    deduct(shop.account, shop.wallets.policy("points", shop.clock), 110, uuid4(), "mistake", shop.clock)
    assert shop.account.balance == 30
    with refused("earning.not_enough_points", missing=1):
        deduct(shop.account, shop.wallets.policy("points", shop.clock), 31, uuid4(), "mistake", shop.clock)
    assert cancel(shop.account, policy, lot_id, "twice", "staff:1", shop.clock) == 30
    with pytest.raises(Conflict, match=r"^earning.lot_is_empty"):
        cancel(shop.account, policy, lot_id, "twice", "staff:1", shop.clock)
    with pytest.raises(NotFound, match=r"^earning.lot_unknown"):
        cancel(shop.account, policy, uuid4(), "twice", "staff:1", shop.clock)


@pytest.mark.parametrize(("reason", "code"), [("  ", "missing"), ("a\x00b", "invalid"), ("x" * 501, "invalid"), ("\ud800", "invalid")])
def test_a_reason_is_a_text(reason: str, code: str) -> None:
    with refused(f"earning.reason_{code}"):
        check_reason(reason)


def test_a_blocked_account_earns_and_is_corrected_but_spends_nothing() -> None:
    shop = shop_with(100)
    policy = shop.wallets.policy("points", shop.clock)
    hold_id = uuid4()
    hold(shop.account, shop.wallets.policy("points", shop.clock), 10, hold_id, None, shop.clock + HOUR, shop.clock)
    shop.account.block(CUSTOMER, "points", "lost phone", shop.clock)
    for forbidden in (
        lambda: use(shop, 1),
        lambda: hold(shop.account, shop.wallets.policy("points", shop.clock), 1, uuid4(), None, shop.clock + HOUR, shop.clock),
        lambda: confirm(shop.account, policy, hold_id, uuid4(), shop.clock),
        lambda: transfer(shop.account, Account(uuid4()), policy, 1, uuid4(), FRIEND, shop.clock),
        lambda: shop.account.block(CUSTOMER, "points", "again", shop.clock),
    ):
        with refused("earning.account_is_blocked") as told:
            forbidden()
        assert told.value.params["since"] == shop.clock
    shop.record(purchase_order(5_000, document_number="B-1"))
    deduct(shop.account, shop.wallets.policy("points", shop.clock), 5, uuid4(), "mistake", shop.clock)
    release(shop.account, hold_id, shop.clock)
    shop.account.unblock("found", shop.clock)
    use(shop, 100)
    with pytest.raises(Conflict, match=r"^earning.account_is_unblocked_already") as again:
        shop.account.unblock("found", shop.clock + HOUR)
    assert again.value.params["since"] == shop.clock
    with pytest.raises(Conflict, match=r"^earning.account_is_not_blocked"):
        Account(uuid4()).unblock("found", shop.clock)


def test_a_large_correction_is_decided_once_and_by_somebody_else() -> None:
    order = AdjustPoints(customer_id=CUSTOMER, points=-500, reason="fraud")
    waiting, other = Correction(uuid4()), Correction(uuid4())
    for correction in (waiting, other):
        correction.propose(order, "fraud", "staff:1", NOON)
    with refused("earning.second_person_needed"):
        waiting.approve("staff:1", NOON)
    assert waiting.approve("staff:2", NOON).points == -500
    other.reject("not so", "staff:1", NOON)
    for correction in (waiting, other):
        with pytest.raises(Conflict, match=r"^earning.correction_is_decided"):
            correction.approve("staff:3", NOON)
    with pytest.raises(NotFound, match=r"^earning.correction_unknown"):
        Correction(uuid4()).approve("staff:2", NOON)
