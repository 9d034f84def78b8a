"""Levels, with dates and levels that were worked out by hand from what levels are said to do: instants are written in UTC.

Midnight in Vietnam is 17:00 of the day before; in Warsaw 23:00 in winter and 22:00 between 29 March and 25 October 2026.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from earning.domain.levels.customer import CustomerLevels
from earning.domain.levels.downgrading import Downgrade
from earning.domain.levels.grants import Fee, Paid
from earning.domain.levels.measures import Measure
from earning.events import LevelLossAnnounced, LevelLost, LevelPaid
from tests.earning.given import CUSTOMER
from tests.earning.levels_given import Climber, in_force, level, terms
from tests.earning.test_downgrades import MOMENT, SAIGON, WARSAW

MONTH, YEAR_BACK = (Measure(kind="points", window="rolling_months", months=months) for months in (1, 12))
CALENDAR, MEMBERSHIP = (Measure(kind="points", window=window) for window in ("calendar_year", "membership_year"))
THREE = (level("l0", 0), level("l1", 100), level("l2", 200))


def utc(*of: int) -> datetime:
    return datetime(*of, tzinfo=UTC)  # type: ignore[misc, arg-type]


def climber(measure: Measure, zone: Any = SAIGON, levels: Any = THREE, **policy: Any) -> Climber:
    said = terms(*levels, measures=(measure,), downgrade=Downgrade(**policy))
    said.check()
    return Climber(in_force(said), zone=zone)


def losses(it: Climber) -> list[tuple[str, str, datetime]]:
    return [(fact.level, fact.after, fact.lost_at) for fact in it.levels.pending if isinstance(fact, LevelLost)]


def told(it: Climber) -> list[tuple[str, str, datetime]]:
    return [(fact.level, fact.after, fact.loses_at) for fact in it.levels.pending if isinstance(fact, LevelLossAnnounced)]


@pytest.mark.parametrize(
    ("measure", "zone", "bought", "gone"),
    [
        (MONTH, SAIGON, utc(2026, 1, 31, 5), utc(2026, 2, 28, 17)),
        (MONTH, SAIGON, utc(2026, 2, 28, 16, 59, 59), utc(2026, 3, 31, 17)),
        (MONTH, SAIGON, utc(2026, 2, 28, 17), utc(2026, 4, 1, 17)),
        (YEAR_BACK, SAIGON, utc(2024, 2, 29, 5), utc(2025, 2, 28, 17)),
        (MONTH, WARSAW, utc(2026, 3, 28, 23, 30), utc(2026, 4, 29, 22)),
        (MONTH, WARSAW, utc(2026, 3, 29, 22, 30), utc(2026, 4, 30, 22)),
        (MONTH, WARSAW, utc(2026, 2, 28, 22, 59), utc(2026, 3, 31, 22)),
        (MONTH, WARSAW, utc(2026, 10, 25, 0, 30), utc(2026, 11, 25, 23)),
        (MONTH, WARSAW, utc(2026, 10, 25, 1, 30), utc(2026, 11, 25, 23)),
        (CALENDAR, SAIGON, utc(2026, 12, 31, 16, 59, 59), utc(2026, 12, 31, 17)),
        (CALENDAR, SAIGON, utc(2026, 12, 31, 17), utc(2027, 12, 31, 17)),
        (CALENDAR, WARSAW, utc(2026, 12, 31, 22, 59, 59), utc(2026, 12, 31, 23)),
        (MEMBERSHIP, SAIGON, utc(2024, 2, 29, 5), utc(2025, 2, 27, 17)),
        (MEMBERSHIP, SAIGON, utc(2026, 1, 31, 5), utc(2027, 1, 30, 17)),
        (MEMBERSHIP, WARSAW, utc(2026, 3, 29, 1, 30), utc(2027, 3, 28, 22)),
        (MEMBERSHIP, WARSAW, utc(2025, 10, 26, 0, 30), utc(2026, 10, 25, 23)),
    ],
)  # fmt: skip
def test_what_counts_leaves_its_window_at_a_local_midnight(measure: Measure, zone: Any, bought: datetime, gone: datetime) -> None:
    it = climber(measure, zone, when="at_once")
    it.buy(100, at=bought)
    assert (it.level_at(gone - MOMENT), it.level_at(gone)) == ("l1", "l0")
    assert losses(it) == [("l1", "l0", gone)]


def test_the_year_of_who_joined_on_29_february_begins_on_the_28th_and_in_leap_years_on_the_29th() -> None:
    it = climber(MEMBERSHIP, when="at_once")
    it.buy(100, at=utc(2024, 2, 29, 5))
    it.buy(100, at=utc(2027, 2, 28, 5))
    assert it.level_at(utc(2028, 2, 28, 16, 59)) == "l1", "28 February 2028 is the last day of that year"
    assert losses(it) == [("l1", "l0", utc(2025, 2, 27, 17))]
    assert it.level_at(utc(2028, 2, 28, 17)) == "l0"


def test_a_membership_year_begins_with_the_first_purchase_of_which_something_is_kept() -> None:
    it = climber(MEMBERSHIP, when="at_once")
    first = it.buy(500, at=utc(2026, 1, 10, 5))
    it.buy(100, at=utc(2026, 3, 15, 5))
    it.bring_back(first, at=utc(2026, 3, 20, 5))
    assert it.level_at(utc(2027, 1, 20, 5)) == "l1", "as if the first one had never been"
    assert (it.level_at(utc(2027, 3, 14, 17) - MOMENT), it.level_at(utc(2027, 3, 14, 17))) == ("l1", "l0")


@pytest.mark.parametrize(
    ("zone", "measure", "policy", "bought", "lost"),
    [
        # counts until 24 March; seven whole days later, over the hour that is left out on the 29th
        (WARSAW, MONTH, {"when": "after_days", "days": 7}, utc(2026, 2, 24, 11), [("l2", "l0", utc(2026, 3, 31, 22))]),
        (WARSAW, MONTH, {"when": "after_days", "days": 1}, utc(2026, 9, 24, 10), [("l2", "l0", utc(2026, 10, 25, 23))]),
        (SAIGON, MONTH, {"when": "after_days", "days": 10, "one_step": True}, utc(2026, 1, 10, 5),
            [("l2", "l1", utc(2026, 2, 20, 17)), ("l1", "l0", utc(2026, 3, 2, 17))]),
        (SAIGON, MONTH, {"when": "period_end", "period": "month", "one_step": True}, utc(2026, 1, 10, 5),
            [("l2", "l1", utc(2026, 2, 28, 17)), ("l1", "l0", utc(2026, 3, 31, 17))]),
        (SAIGON, MONTH, {"when": "period_end", "period": "month"}, utc(2026, 1, 31, 5), [("l2", "l0", utc(2026, 3, 31, 17))]),
        (SAIGON, MONTH, {"when": "period_end", "period": "quarter"}, utc(2026, 1, 10, 5), [("l2", "l0", utc(2026, 3, 31, 17))]),
        (SAIGON, CALENDAR, {"when": "period_end", "period": "year"}, utc(2026, 6, 1, 5), [("l2", "l0", utc(2027, 12, 31, 17))]),
        (SAIGON, MEMBERSHIP, {"when": "period_end", "period": "membership_year"}, utc(2024, 2, 29, 5),
            [("l2", "l0", utc(2026, 2, 27, 17))]),
        (WARSAW, MONTH, {"when": "at_once", "one_step": True, "period": "month"}, utc(2026, 9, 24, 10),
            [("l2", "l1", utc(2026, 10, 24, 22)), ("l1", "l0", utc(2026, 10, 31, 23))]),
        (SAIGON, MONTH, {"when": "never"}, utc(2026, 1, 10, 5), []),
    ],
)  # fmt: skip
def test_who_buys_no_more_falls_then_and_there(zone: Any, measure: Measure, policy: Any, bought: datetime, lost: Any) -> None:
    it = climber(measure, zone, **policy)
    it.buy(200, at=bought)
    it.level_at(utc(2029, 1, 1))
    assert losses(it) == lost


@pytest.mark.parametrize(
    ("reached", "days", "gone"),
    [
        (utc(2026, 3, 1, 9), 30, utc(2026, 4, 1, 22)),
        (utc(2026, 3, 1, 9), 60, utc(2026, 4, 30, 22)),
        (utc(2026, 2, 28, 23), 60, utc(2026, 4, 29, 22)),
    ],
)
def test_a_level_stays_as_many_whole_days_as_it_promises(reached: datetime, days: int, gone: datetime) -> None:
    """Bought on 1 March, it counts through 1 April; sixty days from ten o'clock are over within 30 April, from midnight before it."""
    it = climber(MONTH, WARSAW, (level("l0", 0), level("l1", 100, minimum_days=days)), when="at_once")
    it.buy(100, at=reached)
    it.level_at(utc(2027, 1, 1))
    assert losses(it) == [("l1", "l0", gone)]


def test_the_level_below_keeps_its_own_promise_after_a_step_down() -> None:
    """Down on 1 March; 45 days are over on 15 April, and the next month ends after it."""
    it = climber(MONTH, SAIGON, (level("l0", 0), level("l1", 100, minimum_days=45), level("l2", 200)),
        when="period_end", period="month", one_step=True)  # fmt: skip
    it.buy(200, at=utc(2026, 1, 10, 5))
    it.level_at(utc(2027, 1, 1))
    assert losses(it) == [("l2", "l1", utc(2026, 2, 28, 17)), ("l1", "l0", utc(2026, 4, 30, 17))]


def test_down_to_what_is_still_earned() -> None:
    it = climber(MONTH, when="at_once")
    it.buy(150, at=utc(2026, 1, 10, 5))
    it.buy(120, at=utc(2026, 2, 5, 5))
    it.level_at(utc(2026, 6, 1))
    assert losses(it) == [("l2", "l1", utc(2026, 2, 10, 17)), ("l1", "l0", utc(2026, 3, 5, 17))]


def test_who_earned_enough_by_the_end_of_the_period_stays_though_they_fell_short_within_it() -> None:
    it = climber(MONTH, when="period_end", period="month")
    it.buy(100, at=utc(2026, 1, 10, 5))
    it.buy(100, at=utc(2026, 2, 28, 16, 59))
    assert it.level_at(utc(2026, 2, 28, 17)) == "l1"
    it.level_at(utc(2027, 1, 1))
    assert losses(it) == [("l1", "l0", utc(2026, 4, 30, 17))], "28 February leaves the window on 1 April, and that month ends a month later"


@pytest.mark.parametrize(
    ("fee", "zone", "bought", "renewed", "paid"),
    [
        (Fee(sku="P", months=1), SAIGON, utc(2026, 1, 31, 5), utc(2026, 2, 20, 5),
            [(utc(2026, 1, 31, 5), utc(2026, 2, 28, 17)), (utc(2026, 2, 28, 17), utc(2026, 3, 31, 17))]),
        (Fee(sku="P", months=12), SAIGON, utc(2024, 2, 29, 5), utc(2025, 2, 28, 16, 59),
            [(utc(2024, 2, 29, 5), utc(2025, 2, 28, 17)), (utc(2025, 2, 28, 17), utc(2026, 2, 28, 17))]),
        (Fee(sku="P", days=7), WARSAW, utc(2026, 3, 25, 11), utc(2026, 4, 3, 10),
            [(utc(2026, 3, 25, 11), utc(2026, 4, 1, 22)), (utc(2026, 4, 3, 10), utc(2026, 4, 10, 22))]),
        (Fee(sku="P", days=1), WARSAW, utc(2026, 10, 24, 22), utc(2026, 10, 25, 22, 59),
            [(utc(2026, 10, 24, 22), utc(2026, 10, 25, 23)), (utc(2026, 10, 25, 23), utc(2026, 10, 26, 23))]),
    ],
)  # fmt: skip
def test_a_fee_pays_for_whole_days_and_follows_the_one_before_it(fee: Fee, zone: Any, bought: Any, renewed: Any, paid: Any) -> None:
    it = climber(CALENDAR, zone, (level("l0", 0), level("l2", None, fee=fee)))
    for at in (bought, renewed):
        it.levels.settle(it.book, zone, at)
        it.levels.pay(CUSTOMER, uuid4(), it.book.in_force(at)[-1], Paid("l2", fee, 1), zone, at)
    assert [(fact.starts_at, fact.ends_at) for fact in it.levels.pending if isinstance(fact, LevelPaid)] == paid
    assert (it.level_at(paid[-1][1] - MOMENT), it.level_at(paid[-1][1])) == ("l2", "l0")


def test_automatic_moves_go_on_beneath_a_level_that_was_given() -> None:
    """Given gold until 1 March; silver is earned in January and leaves the window on 11 February: at the end nothing is left."""
    it = climber(MONTH, when="at_once", warn_days=5)
    it.levels.give(CUSTOMER, it.book.in_force(utc(2026, 1, 5))[-1], "l2", utc(2026, 2, 28, 17), "A prize", utc(2026, 1, 5))
    it.buy(100, at=utc(2026, 1, 10, 5))
    assert it.level_at(utc(2026, 2, 20)) == "l2"
    it.levels.announce(it.book, it.zone, utc(2026, 2, 23, 17) - MOMENT)
    assert told(it) == []
    it.levels.announce(it.book, it.zone, utc(2026, 2, 23, 17))
    assert (told(it), losses(it)) == ([("l2", "l0", utc(2026, 2, 28, 17))], [("l1", "l0", utc(2026, 2, 10, 17))])
    assert (it.level_at(utc(2026, 2, 28, 17) - MOMENT), it.level_at(utc(2026, 2, 28, 17))) == ("l2", "l0")


def test_what_a_given_level_gives_way_to_is_told_after_all_steps_down_until_then() -> None:
    """Three steps earned, one lost at the end of each month; the gift ends on 15 April, after two of them."""
    levels = (*THREE, level("l3", 300), level("vip", None))
    it = climber(MONTH, SAIGON, levels, when="period_end", period="month", one_step=True, warn_days=90)
    it.buy(300, at=utc(2026, 1, 10, 5))
    it.levels.give(CUSTOMER, it.book.in_force(utc(2026, 1, 5))[-1], "vip", utc(2026, 4, 14, 17), "A prize", utc(2026, 1, 11))
    it.levels.announce(it.book, it.zone, utc(2026, 1, 20))
    assert told(it) == [("vip", "l1", utc(2026, 4, 14, 17))]


def test_nobody_is_told_of_a_loss_that_does_not_threaten_any_more() -> None:
    """100 of 10 January count until 10 February; 100 of 1 February until 1 March."""
    it = climber(MONTH, when="at_once", warn_days=3)
    it.buy(100, at=utc(2026, 1, 10, 5))
    it.buy(100, at=utc(2026, 2, 1, 5))
    for day in range(1, 25):
        it.levels.announce(it.book, it.zone, utc(2026, 2, day, 17))
    assert told(it) == [("l2", "l1", utc(2026, 2, 10, 17))]
    for hour in range(200):
        it.levels.announce(it.book, it.zone, utc(2026, 2, 25, 17) + timedelta(hours=hour))
    assert told(it)[1:] == [("l1", "l0", utc(2026, 3, 1, 17))]


def test_goods_that_come_back_beside_others_cost_only_what_they_had_earned() -> None:
    it = climber(CALENDAR, when="period_end")
    it.buy(120, at=utc(2026, 2, 1, 5))
    second = it.buy(80, at=utc(2026, 3, 1, 5))
    assert it.level == "l2"
    assert it.bring_back(second, left=79, at=utc(2026, 4, 1, 5)) == "l1"
    assert losses(it) == [("l2", "l1", utc(2026, 4, 1, 5))]
    assert CustomerLevels.replay(it.levels.id, it.levels.pending).tally(UUID(int=500)).level == "l1"
