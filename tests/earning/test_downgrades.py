"""When levels are lost: at which instant, down to which level, and the same whenever anybody looks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earning.domain.levels.customer import CustomerLevels
from earning.domain.levels.downgrading import Downgrade
from earning.domain.levels.measures import Measure
from earning.domain.levels.terms import LevelTerms
from earning.domain.levels.windows import window_end, window_start
from earning.events import LevelLossAnnounced, LevelLost
from loyalty.domain.errors import DomainError
from loyalty.domain.period import Period, local_midnight
from tests.earning.given import CUSTOMER
from tests.earning.levels_given import DAY, LAST, SET, ZONED, Climber, in_force, level, terms

MOMENT, MINUTE = timedelta(microseconds=1), timedelta(minutes=1)
SAIGON, WARSAW = ZONED, ZoneInfo("Europe/Warsaw")
LEVELS = (level("l0", 0), level("l1", 100), level("l2", 200))
ROLLING, YEAR = Measure(kind="points", window="rolling_months", months=1), Measure(kind="points", window="calendar_year")


def midnight(year: int, month: int, day: int, zone: ZoneInfo = SAIGON) -> datetime:
    return local_midnight(date(year, month, day), zone)


def noon(year: int, month: int, day: int, zone: ZoneInfo = SAIGON) -> datetime:
    return midnight(year, month, day, zone) + timedelta(hours=12)


def losing(measure: Measure = ROLLING, **policy: Any) -> LevelTerms:
    said = terms(*LEVELS, measures=(measure,), downgrade=Downgrade(**policy))
    said.check()
    return said


def climber(measure: Measure = ROLLING, zone: ZoneInfo = SAIGON, **policy: Any) -> Climber:
    return Climber(in_force(losing(measure, **policy)), zone=zone)


@pytest.mark.parametrize("zone", [SAIGON, WARSAW])
@pytest.mark.parametrize(
    ("measure", "policy", "bought", "gone"),
    [
        (ROLLING, {"when": "at_once"}, (2026, 2, 27), (2026, 3, 28)),
        (ROLLING, {"when": "at_once"}, (2026, 9, 25), (2026, 10, 26)),
        (ROLLING, {"when": "after_days", "days": 7}, (2026, 3, 15), (2026, 4, 23)),
        (ROLLING, {"when": "period_end", "period": "month"}, (2026, 3, 15), (2026, 5, 1)),
        (ROLLING, {"when": "period_end", "period": "quarter"}, (2026, 3, 15), (2026, 7, 1)),
        (YEAR, {"when": "at_once"}, (2026, 3, 15), (2027, 1, 1)),
        (YEAR, {"when": "period_end", "period": "year"}, (2026, 3, 15), (2028, 1, 1)),
        (YEAR, {"when": "period_end", "period": "membership_year"}, (2026, 3, 15), (2027, 3, 15)),
    ],
)  # fmt: skip
def test_a_level_is_had_until_the_instant_before_its_end(zone: Any, measure: Measure, policy: Any, bought: Any, gone: Any) -> None:
    it, end = climber(measure, zone, **policy), midnight(*gone, zone)
    it.buy(100, at=noon(*bought, zone))
    assert (it.level_at(end - MOMENT), it.level_at(end), it.level_at(end + MOMENT)) == ("l1", "l0", "l0")
    assert [fact.lost_at for fact in it.levels.pending if isinstance(fact, LevelLost)] == [end]


def test_a_level_is_never_lost_where_the_set_says_so() -> None:
    it = climber()
    it.buy(100, at=noon(2026, 1, 10))
    assert it.level_at(noon(2046, 1, 1)) == "l1"


def test_a_level_is_kept_as_long_as_it_promises() -> None:
    said = terms(level("l0", 0), level("l1", 100, minimum_days=90), measures=(ROLLING,), downgrade=Downgrade(when="at_once"))
    it = Climber(in_force(said))
    it.buy(100, at=noon(2026, 1, 10))
    end = midnight(2026, 4, 11)
    assert (it.level_at(end - MOMENT), it.level_at(end)) == ("l1", "l0")


def test_a_level_whose_promise_ends_with_a_period_goes_with_that_one() -> None:
    policy = Downgrade(when="period_end", period="month")
    it = Climber(in_force(terms(level("l0", 0), level("l1", 100, minimum_days=91), measures=(ROLLING,), downgrade=policy)))
    it.buy(100, at=noon(2026, 3, 1))
    end = midnight(2026, 6, 1)
    assert (it.level_at(end - MOMENT), it.level_at(end)) == ("l1", "l0")


def test_at_the_end_of_a_year_counts_what_was_earned_in_it() -> None:
    it = climber(YEAR, when="period_end")
    it.buy(200, at=noon(2026, 3, 15))
    it.buy(100, at=noon(2027, 5, 1))
    assert [it.level_at(midnight(year, 1, 1)) for year in (2027, 2028, 2029)] == ["l2", "l1", "l0"]


def test_who_buys_enough_again_keeps_the_level_and_the_days_begin_anew() -> None:
    it = climber(when="after_days", days=30)
    it.buy(100, at=noon(2026, 1, 10))
    it.buy(20, at=noon(2026, 2, 20))
    it.buy(80, at=noon(2026, 3, 5))
    assert it.moves == [("", "l1")]
    assert it.level_at(midnight(2026, 4, 20) - MOMENT) == "l1"
    assert it.level_at(midnight(2026, 4, 20)) == "l0"


@pytest.mark.parametrize(("one_step", "lost"), [(False, [("l2", "l0")]), (True, [("l2", "l1"), ("l1", "l0")])])
def test_down_to_what_is_earned_or_one_step_in_each_period(one_step: bool, lost: list[tuple[str, str]]) -> None:
    it = climber(when="period_end", period="month", one_step=one_step)
    it.buy(200, at=noon(2026, 1, 10))
    it.level_at(midnight(2026, 3, 1))
    assert it.moves[1:] == lost[:1]
    it.level_at(midnight(2026, 4, 1))
    assert it.moves[1:] == lost


def test_a_soft_landing_waits_for_the_next_period() -> None:
    it = climber(when="at_once", one_step=True, period="quarter")
    it.buy(200, at=noon(2026, 1, 10))
    end = midnight(2026, 2, 11)
    assert (it.level_at(end - MOMENT), it.level_at(end)) == ("l2", "l1")
    assert (it.level_at(midnight(2026, 4, 1) - MOMENT), it.level_at(midnight(2026, 4, 1))) == ("l1", "l0")


def test_after_a_downgrade_that_resets_progress_everything_counts_anew() -> None:
    it = climber(YEAR, when="period_end", period="year", one_step=True, reset="progress")
    it.buy(200, at=noon(2026, 3, 15))
    assert it.level_at(midnight(2028, 1, 1)) == "l1"
    it.buy(99, at=midnight(2028, 1, 1))
    assert it.level_at(noon(2028, 2, 1)) == "l1"
    assert it.levels.tally(SET).total(YEAR, noon(2028, 2, 1), SAIGON) == 99
    assert it.level_at(midnight(2029, 1, 1)) == "l0"


def test_a_level_that_is_left_after_a_reset_stays_until_the_period_ends() -> None:
    it = climber(when="at_once", period="quarter", reset="progress")
    it.buy(100, at=noon(2026, 1, 30))
    it.buy(100, at=noon(2026, 1, 10))
    end = midnight(2026, 2, 11)
    assert [it.level_at(at) for at in (end - MOMENT, end, midnight(2026, 4, 1) - MOMENT, midnight(2026, 4, 1))] == ["l2", "l1", "l1", "l0"]


def test_what_comes_back_after_a_reset_leaves_what_was_reached_before_it() -> None:
    it = climber(YEAR, when="period_end", one_step=True, reset="progress")
    it.buy(200, at=noon(2026, 3, 15))
    it.level_at(midnight(2028, 1, 1))
    later = it.buy(10, at=noon(2028, 3, 1))
    assert it.bring_back(later) == "l1"


@pytest.mark.parametrize(("held", "resets"), [(False, "points"), (True, "none")])
def test_a_downgrade_takes_nothing_from_who_has_the_level_nevertheless(held: bool, resets: str) -> None:
    it = climber(when="at_once", reset="points", warn_days=9)
    it.buy(100, at=noon(2026, 1, 10))
    if held:
        it.levels.give(CUSTOMER, it.book.in_force(LAST)[-1], "l1", noon(2026, 12, 1), "A friend", noon(2026, 1, 11))
    it.levels.announce(it.book, it.zone, noon(2026, 2, 9))
    it.level_at(noon(2026, 3, 1))
    assert [fact.resets for fact in it.levels.pending if isinstance(fact, LevelLost)] == [resets]
    assert [fact.resets for fact in it.levels.pending if isinstance(fact, LevelLossAnnounced)] == ([] if held else ["points"])


def test_goods_that_come_back_cost_the_level_at_once_whatever_the_policy() -> None:
    it = climber(YEAR, when="period_end")
    bought = it.buy(100, at=noon(2026, 1, 10))
    assert it.bring_back(bought, left=99) == "l0"


def test_a_level_that_was_fallen_to_stands_with_the_one_above_it() -> None:
    it = climber(when="at_once", one_step=True, period="quarter")
    bought = it.buy(200, at=noon(2026, 1, 10))
    small = it.buy(10, at=noon(2026, 2, 20))
    assert it.bring_back(small) == "l1"
    assert it.bring_back(bought, at=noon(2026, 2, 21)) == "l0"


def test_what_comes_back_long_after_takes_what_only_it_still_earned() -> None:
    it = climber(Measure(kind="points", window="rolling_months", months=12), when="at_once")
    it.buy(100, at=noon(2025, 1, 10))
    later = it.buy(100, at=noon(2025, 7, 10))
    assert it.bring_back(later, at=noon(2026, 3, 3)) == "l0"
    assert [fact.lost_at for fact in it.levels.pending if isinstance(fact, LevelLost)] == [midnight(2026, 1, 11), noon(2026, 3, 3)]


def test_other_terms_take_nothing_from_before_they_were_in_force() -> None:
    changed = noon(2026, 6, 1)
    it = Climber(in_force(losing(), 1, Period(None, changed)), in_force(losing(when="at_once"), 2, Period(changed)))
    it.buy(100, at=noon(2026, 1, 10))
    assert (it.level_at(changed - MOMENT), it.level_at(changed + DAY)) == ("l1", "l0")
    assert [fact.lost_at for fact in it.levels.pending if isinstance(fact, LevelLost)] == [changed]


def test_a_set_out_of_force_takes_no_level() -> None:
    paused = noon(2026, 2, 1)
    it = Climber(in_force(losing(when="at_once"), 1, Period(None, paused)))
    it.buy(100, at=noon(2026, 1, 10))
    assert it.moves == [("", "l1")]
    it.levels.settle(it.book, it.zone, noon(2027, 1, 1))
    assert it.moves == [("", "l1")]


@pytest.mark.parametrize("looks", [(), (midnight(2026, 3, 1), midnight(2026, 4, 1))])
def test_what_is_lost_in_one_set_changes_nothing_in_another(looks: Any) -> None:
    said, other = losing(when="after_days", days=40), losing(when="period_end", period="month", one_step=True)
    it = Climber(in_force(said), in_force(other, set_id=UUID(int=501)))
    it.buy(200, at=noon(2026, 1, 10))
    for at in (*looks, midnight(2026, 6, 1)):
        it.levels.settle(it.book, it.zone, at)
    lost = [fact for fact in it.levels.pending if isinstance(fact, LevelLost)]
    assert {(fact.set_id.int, fact.level): fact.lost_at for fact in lost} == {
        (500, "l2"): midnight(2026, 3, 23),
        (501, "l2"): midnight(2026, 3, 1),
        (501, "l1"): midnight(2026, 4, 1),
    }


def test_a_till_whose_clock_is_ahead_puts_no_end_off() -> None:
    it = climber(YEAR, when="period_end")
    it.buy(100, at=noon(2026, 3, 15))
    end = midnight(2028, 1, 1)
    it.buy(1, at=end + 2 * MINUTE, now=end - 2 * MINUTE)
    assert [fact.lost_at for fact in it.levels.pending if isinstance(fact, LevelLost)] == [end]


def test_the_customer_is_told_once_before_each_loss() -> None:
    it = climber(when="at_once", warn_days=14)
    it.buy(100, at=noon(2026, 1, 10))
    end = midnight(2026, 2, 11)
    for at in (end - 14 * DAY - MOMENT, end - 14 * DAY, end - DAY):
        it.levels.announce(it.book, it.zone, at)
    (told,) = [fact for fact in it.levels.pending if isinstance(fact, LevelLossAnnounced)]
    assert (told.level, told.after, told.loses_at, told.announced_at) == ("l1", "l0", end, end - 14 * DAY)
    it.buy(100, at=end - DAY / 2)
    it.levels.announce(it.book, it.zone, midnight(2026, 3, 1))
    assert [fact.loses_at for fact in it.levels.pending if isinstance(fact, LevelLossAnnounced)] == [end, midnight(2026, 3, 11)]


@pytest.mark.parametrize("wrong", [{"when": "after_days"}, {"when": "after_days", "days": 3651}, {"warn_days": 367}, {"warn_days": -1}])
def test_what_no_set_can_say_is_refused(wrong: Any) -> None:
    with pytest.raises(DomainError, match=r"earning\.level_(days_below|warn_days)_invalid"):
        losing(**wrong)


DAYS = st.integers(0, 800).map(lambda n: datetime(2025, 1, 1, tzinfo=UTC) + n * DAY / 2)
MEASURES = st.builds(Measure, kind=st.just("points"), window=st.sampled_from(["rolling_months", "calendar_year", "membership_year"]),
    months=st.integers(1, 14))  # fmt: skip
POLICIES = st.builds(Downgrade, when=st.sampled_from(["at_once", "after_days", "period_end"]), days=st.integers(1, 60),
    period=st.sampled_from(["month", "quarter", "year", "membership_year"]), one_step=st.booleans(),
    reset=st.sampled_from(["none", "progress"])).map(lambda one: one if one.when == "after_days" else replace(one, days=0))  # fmt: skip
DEEDS = st.lists(st.tuples(DAYS, st.integers(0, 250), st.booleans()), min_size=1, max_size=6)
NO_LOOKS: list[datetime] = []


@given(MEASURES, DAYS, DAYS)
def test_what_was_bought_leaves_the_window_when_the_window_begins_after_it(measure: Measure, joined: datetime, later: datetime) -> None:
    bought = max(joined, later)
    end = window_end(measure, bought, WARSAW, joined)
    assert end is not None
    for at, counts in ((end - MOMENT, True), (end, False)):
        start = window_start(measure, at, WARSAW, joined)
        assert start is not None
        assert (start <= bought) == counts


@settings(deadline=None, max_examples=60)
@given(MEASURES, POLICIES, DEEDS, st.lists(DAYS, max_size=8))
def test_it_never_matters_when_or_how_often_somebody_looks(measure: Any, policy: Any, deeds: Any, looks: list[datetime]) -> None:
    said = terms(*LEVELS, measures=(measure,), downgrade=policy)
    told = []
    for seen in (NO_LOOKS, looks):
        it = Climber(in_force(said), zone=WARSAW)
        for at, points, back in sorted([*deeds, *((look, -1, False) for look in seen)], key=lambda deed: (deed[0], deed[1])):
            if points < 0:
                it.levels.settle(it.book, it.zone, at)
            else:
                bought = it.buy(points, at=at)
                if back:
                    it.bring_back(bought, left=points // 2, at=at)
        it.levels.settle(it.book, it.zone, datetime(2029, 1, 1, tzinfo=UTC))
        told.append([(type(fact).__name__, fact.lost_at) for fact in it.levels.pending if isinstance(fact, LevelLost)] + list(it.moves))
        assert CustomerLevels.replay(it.levels.id, it.levels.pending).tally(SET).level == it.levels.tally(SET).level
    assert told[0] == told[1]
