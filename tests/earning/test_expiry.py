"""When points end: on which day, at which instant, and that nothing is spent from that instant on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earning.domain.account import Account, account_id
from earning.domain.expiry import Expiry
from earning.domain.spending import spend
from earning.domain.wallets import WalletTerms
from earning.events import PointsEarned, PointsExpired
from loyalty.domain.errors import DomainError
from loyalty.domain.period import business_day, local_midnight
from tests.earning.given import CUSTOMER, NOON, TENANT, Shop, per, purchase_order, rules, wallets

MOMENT = timedelta(microseconds=1)
SAIGON, WARSAW = ZoneInfo("Asia/Ho_Chi_Minh"), ZoneInfo("Europe/Warsaw")
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


def last_day(expiry: Expiry, day: date, zone: ZoneInfo = SAIGON) -> date | None:
    """The last day on which points that became active in the middle of `day` can be spent."""
    end = expiry.end(local_midnight(day, zone) + timedelta(hours=12), zone)
    return None if end is None else business_day(end - MOMENT, zone)


@pytest.mark.parametrize(
    ("expiry", "became_active", "last"),
    [
        (Expiry(), date(2026, 1, 10), None),
        (Expiry(kind="rolling", months=6), date(2026, 1, 10), None),
        (Expiry(kind="after_days", days=30), date(2026, 1, 1), date(2026, 1, 31)),
        (Expiry(kind="month_end"), date(2026, 1, 31), date(2026, 1, 31)),
        (Expiry(kind="month_end"), date(2028, 2, 1), date(2028, 2, 29)),
        (Expiry(kind="month_end", grace_days=15), date(2026, 1, 10), date(2026, 2, 15)),
        (Expiry(kind="quarter_end"), date(2026, 1, 1), date(2026, 3, 31)),
        (Expiry(kind="quarter_end"), date(2026, 9, 30), date(2026, 9, 30)),
        (Expiry(kind="quarter_end"), date(2026, 11, 2), date(2026, 12, 31)),
        (Expiry(kind="year_end", grace_days=90), date(2026, 5, 5), date(2027, 3, 31)),
        (Expiry(kind="yearly", month=6, day=30), date(2026, 6, 30), date(2026, 6, 30)),
        (Expiry(kind="yearly", month=6, day=30), date(2026, 7, 1), date(2027, 6, 30)),
        (Expiry(kind="yearly", month=2, day=29), date(2026, 1, 1), date(2026, 2, 28)),
        (Expiry(kind="yearly", month=2, day=29), date(2027, 3, 1), date(2028, 2, 29)),
    ],
)
def test_points_can_be_spent_through_the_last_day(expiry: Expiry, became_active: date, last: date | None) -> None:
    expiry.check()
    assert last_day(expiry, became_active) == last
    assert last_day(expiry, became_active, WARSAW) == last


def test_an_active_customer_keeps_points_to_the_end_of_the_day_months_later() -> None:
    expiry = Expiry(kind="rolling", months=6)
    assert expiry.active_until(datetime(2025, 8, 31, 16, 0, tzinfo=UTC), SAIGON) == local_midnight(date(2026, 3, 1), SAIGON)
    assert Expiry().active_until(NOON, SAIGON) is None


@pytest.mark.parametrize(("month", "day", "field"), [(13, 1, "month"), (0, 1, "month"), (2, 30, "day"), (12, 0, "day")])
def test_a_date_that_there_is_not_is_refused_at_its_month_or_day(month: int, day: int, field: str) -> None:
    with pytest.raises(DomainError, match=r"^earning.wallet_date_invalid") as refused:
        Expiry(kind="yearly", month=month, day=day).check()
    assert refused.value.field == f"terms.expiry.{field}"


@pytest.mark.parametrize(
    ("expiry", "code"),
    [
        (Expiry(kind="after_days"), "earning.wallet_days_invalid"),
        (Expiry(kind="after_days", days=3651), "earning.wallet_days_invalid"),
        (Expiry(kind="rolling"), "earning.wallet_months_invalid"),
        (Expiry(kind="yearly", month=2, day=30), "earning.wallet_date_invalid"),
        (Expiry(kind="yearly", month=13, day=1), "earning.wallet_date_invalid"),
        (Expiry(kind="month_end", grace_days=-1), "earning.wallet_grace_invalid"),
        (Expiry(kind="rolling", months=6, grace_days=1), "earning.wallet_grace_of_nothing"),
        (Expiry(grace_days=1), "earning.wallet_grace_of_nothing"),
        (Expiry(days=5), "earning.wallet_setting_of_nothing"),
        (Expiry(kind="month_end", month=6), "earning.wallet_setting_of_nothing"),
        (Expiry(kind="after_days", days=5, months=1), "earning.wallet_setting_of_nothing"),
    ],
)
def test_terms_that_cannot_be_are_refused(expiry: Expiry, code: str) -> None:
    with pytest.raises(DomainError) as refused:
        WalletTerms(expiry=expiry).check()
    assert refused.value.code == code


def account_with(points: int, expires_at: datetime | None, active_from: datetime | None = None) -> Account:
    account = Account(account_id(TENANT, "points", CUSTOMER))
    earned = PointsEarned(
        account_id=account.id,
        customer_id=CUSTOMER,
        lot_id=uuid4(),
        purchase_id=uuid4(),
        wallet="points",
        points=points,
        contributions=(),
        earned_at=NOON - timedelta(days=400),
        active_from=active_from,
        expires_at=expires_at,
    )
    account.record(earned)
    account.pending.clear()
    return account


@pytest.mark.parametrize("zone", [SAIGON, WARSAW], ids=str)
@pytest.mark.parametrize("day", [date(2026, 1, 31), SPRING, AUTUMN, SPRING - timedelta(days=1), AUTUMN - timedelta(days=1)], ids=str)
def test_points_are_spent_up_to_their_end_and_not_at_it(zone: ZoneInfo, day: date) -> None:
    end = Expiry(kind="after_days", days=7).end(local_midnight(day - timedelta(days=7), zone), zone)
    assert end is not None
    assert end.astimezone(zone).isoformat()[:19] == f"{day + timedelta(days=1)}T00:00:00"
    policy = wallets(zone=str(zone)).policy("points", end)
    for at, left in ((end - MOMENT, 100), (end, 0), (end + MOMENT, 0)):
        account = account_with(100, end)
        assert account.available(at) == left
        if left:
            spend(account, policy, 100, uuid4(), None, at)
            continue
        with pytest.raises(DomainError) as refused:
            spend(account, policy, 1, uuid4(), None, at)
        assert (refused.value.code, refused.value.params["available"]) == ("earning.not_enough_points", 0)


@pytest.mark.parametrize("zone", [SAIGON, WARSAW], ids=str)
@pytest.mark.parametrize("day", [SPRING, AUTUMN], ids=str)
def test_points_wait_until_the_instant_from_which_they_are_active(zone: ZoneInfo, day: date) -> None:
    bought = local_midnight(day - timedelta(days=3), zone) + timedelta(hours=9)
    begins = wallets(WalletTerms(pending_days=3), str(zone)).policy("points", bought).active_from(bought)
    assert begins == local_midnight(day, zone)
    account = account_with(100, None, begins)
    assert [account.available(begins + d) for d in (-MOMENT, MOMENT * 0, MOMENT)] == [0, 100, 100]


def test_what_is_spent_first_ends_first() -> None:
    """100 that end on 31 January and 100 that end on 28 February: 150 are spent on 15 January, and 50 are left on 1 February."""
    shop = Shop(rules(per(10_000)), WalletTerms(expiry=Expiry(kind="month_end")))
    for number, day in (("FEB", datetime(2026, 2, 3, tzinfo=UTC)), ("JAN", datetime(2026, 1, 5, tzinfo=UTC))):
        shop.clock = day
        shop.record(purchase_order(1_000_000, document_number=number, purchased_at=day))
    policy = shop.wallets.policy("points", shop.clock)
    spent = spend(shop.account, policy, 150, uuid4(), None, datetime(2026, 1, 15, tzinfo=UTC))
    assert [(share.points, shop.account.all.by_id[share.lot_id].earned_at.month) for share in spent.shares] == [(100, 1), (50, 2)]
    february = local_midnight(date(2026, 2, 1), SAIGON)
    shop.account.settle(february)
    assert [e for e in shop.account.pending if isinstance(e, PointsExpired)] == []
    assert (shop.account.balance, shop.account.available(february)) == (50, 50)
    shop.account.settle(local_midnight(date(2026, 3, 1), SAIGON))
    assert shop.account.balance == 0


def test_while_the_customer_is_active_all_points_live_on_and_what_has_ended_stays_so() -> None:
    shop = Shop(rules(per(10_000)), WalletTerms(expiry=Expiry(kind="rolling", months=1)))
    for number, day in enumerate((datetime(2026, 1, 5, 5, tzinfo=UTC), datetime(2026, 2, 4, 5, tzinfo=UTC))):
        shop.clock = day
        shop.record(purchase_order(1_000_000, document_number=f"A-{number}", purchased_at=day))
    end = local_midnight(date(2026, 3, 5), SAIGON)
    assert [shop.account.available(at) for at in (end - MOMENT, end)] == [200, 0]
    shop.clock = end + timedelta(days=3)
    shop.record(purchase_order(500_000, document_number="A-9", purchased_at=shop.clock))
    assert (shop.account.balance, shop.account.available(shop.clock)) == (50, 50)
    assert [e.expired_at for e in shop.account.pending if isinstance(e, PointsExpired)] == [end]


def test_goods_come_back_whose_points_had_ended_and_nothing_is_owed() -> None:
    shop = Shop(rules(per(10_000)), WalletTerms(expiry=Expiry(kind="after_days", days=30)))
    sold = shop.record(purchase_order(1_000_000))
    assert sold.lot is not None
    spend(shop.account, shop.wallets.policy("points", NOON), 30, uuid4(), None, NOON)
    shop.clock = NOON + timedelta(days=60)
    shop.take_back("A-1", returned_at=shop.clock)
    assert shop.account.balance == -30
    [event] = [e for e in shop.account.pending if type(e).__name__ == "PointsClawedBack"]
    assert (event.points, event.own, event.expired, event.owed) == (100, 0, 70, 30)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)), st.sampled_from([SAIGON, WARSAW]), st.data())
def test_every_end_is_a_midnight_after_the_points_became_active(at: datetime, zone: ZoneInfo, data: st.DataObject) -> None:
    expiry = data.draw(
        st.one_of(
            st.builds(Expiry, kind=st.just("after_days"), days=st.integers(1, 800), grace_days=st.integers(0, 60)),
            st.builds(Expiry, kind=st.sampled_from(["month_end", "quarter_end", "year_end"]), grace_days=st.integers(0, 60)),
            st.builds(Expiry, kind=st.just("yearly"), month=st.integers(1, 12), day=st.integers(1, 28)),
        )
    )
    end = expiry.end(at, zone)
    assert end is not None
    assert end > at
    assert end == local_midnight(business_day(end, zone), zone)
    graced = replace(expiry, grace_days=expiry.grace_days + 1).end(at, zone)
    assert graced is not None
    assert business_day(graced, zone) == business_day(end, zone) + timedelta(days=1)
