"""Levels that are given by hand or paid for: from when, until when, and what is had beside and after them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command

from earning.commands import GiveLevel, WithdrawLevel
from earning.domain.levels.customer import LONGEST_GIVEN
from earning.domain.levels.downgrading import Downgrade
from earning.domain.levels.falling import Fall
from earning.domain.levels.grants import Fee, Grant, Paid
from earning.domain.levels.measures import Measure
from earning.domain.levels.starters import STARTERS
from earning.events import LevelGrantEnded, LevelLossAnnounced, LevelPaid
from earning.queries.standings import Standing
from earning.timekeeping import settle_levels
from loyalty.domain.errors import DomainError
from loyalty.eventstore.keys import SubjectKeys
from loyalty.projections.projection import PROJECTIONS
from loyalty.projections.rebuild import checksum, rebuild
from loyalty.tenancy import reading
from tests.earning.counter import Counter, in_parallel, rows
from tests.earning.given import CUSTOMER
from tests.earning.levels_counted import active, card_of
from tests.earning.levels_given import DAY, LAST, SET, Climber, in_force, level, steps, terms
from tests.earning.test_downgrades import MOMENT, SAIGON, WARSAW, midnight, noon

MONTHLY, THIRTY = Fee(sku="PRIME", months=1), Fee(sku="PRIME", days=30)


def given(it: Climber, code: str, ends_at: datetime, at: datetime) -> None:
    it.levels.give(CUSTOMER, it.book.in_force(at)[-1], code, ends_at, "A friend of the house", at)


def bought(it: Climber, periods: int, at: datetime, fee: Fee = MONTHLY, purchase_id: UUID | None = None) -> UUID:
    purchase_id = purchase_id or uuid4()
    it.levels.pay(CUSTOMER, purchase_id, it.book.in_force(at)[-1], Paid("l2", fee, periods), it.zone, at)
    return purchase_id


def test_a_level_that_was_given_is_a_floor_until_its_end() -> None:
    said = terms(level("l0", 0), level("l1", 100), level("l2", 200), measures=(Measure(kind="points", window="rolling_months", months=1),),
        downgrade=Downgrade(when="at_once", warn_days=7))  # fmt: skip
    it, end = Climber(in_force(said)), midnight(2026, 6, 1)
    given(it, "l1", end, noon(2026, 1, 10))
    it.buy(100, at=noon(2026, 1, 11))
    it.levels.announce(it.book, it.zone, noon(2026, 2, 10))
    assert [fact for fact in it.levels.pending if isinstance(fact, LevelLossAnnounced)] == []
    assert it.level_at(noon(2026, 3, 1)) == "l1"
    it.buy(200, at=noon(2026, 3, 2))
    assert it.level_at(noon(2026, 3, 3)) == "l2"
    assert (it.level_at(end - MOMENT), it.level_at(end)) == ("l1", "l0")
    assert [(fact.cause, fact.ended_at) for fact in it.levels.pending if isinstance(fact, LevelGrantEnded)] == [("ended", end)]


def test_a_level_that_was_given_takes_the_place_of_the_one_before_and_is_taken_back() -> None:
    it, at = Climber(in_force(steps(100, 200))), noon(2026, 1, 10)
    given(it, "l2", at + 100 * DAY, at)
    given(it, "l1", at + 50 * DAY, at)
    assert it.level_at(at + DAY) == "l1"
    with pytest.raises(DomainError, match="level_not_given"):
        it.levels.withdraw("l2", "A mistake", at)
    it.levels.withdraw("l1", "A mistake", at + DAY)
    assert it.level_at(at + DAY) == "l0"


@pytest.mark.parametrize("taken_back", [True, False])
def test_a_level_that_was_given_and_ended_counts_for_its_time_though_nothing_was_bought_meanwhile(taken_back: bool) -> None:
    it, at = Climber(in_force(steps(100))), noon(2026, 1, 10)
    given(it, "l1", at + (9 if taken_back else 1) * DAY, at)
    if taken_back:
        it.levels.withdraw("l1", "A mistake", at + DAY)
    it.levels.settle(it.book, it.zone, at + 2 * DAY)
    assert it.levels.tally(SET).grants == {}, "the end was noted"
    then = [
        it.levels.tally(SET).had_then(it.book.in_force(LAST)[-1], moment, it.zone)
        for moment in (at - MOMENT, at, at + DAY - MOMENT, at + DAY)
    ]
    assert then == ["l0", "l1", "l1", "l0"]


@pytest.mark.parametrize("end", [timedelta(), -DAY, LONGEST_GIVEN + MOMENT])
def test_a_level_is_given_until_an_end_that_is_to_come(end: timedelta) -> None:
    it, at = Climber(in_force(steps(100))), noon(2026, 1, 10)
    with pytest.raises(DomainError, match="level_end_invalid"):
        given(it, "l1", at + end, at)


@pytest.mark.parametrize("zone", [SAIGON, WARSAW])
@pytest.mark.parametrize(
    ("fee", "periods", "begun", "end"),
    [
        (MONTHLY, 1, (2026, 1, 31), (2026, 3, 1)),
        (MONTHLY, 2, (2026, 2, 28), (2026, 4, 29)),
        (THIRTY, 1, (2026, 3, 1), (2026, 4, 1)),
        (THIRTY, 2, (2026, 9, 1), (2026, 11, 1)),
    ],
)  # fmt: skip
def test_a_fee_pays_from_the_purchase_to_a_local_midnight(zone: Any, fee: Fee, periods: int, begun: Any, end: Any) -> None:
    it = Climber(in_force(steps(100, 200)), zone=zone)
    bought(it, periods, noon(*begun, zone), fee)
    last = midnight(*end, zone)
    assert (it.level_at(noon(*begun, zone)), it.level_at(last - MOMENT), it.level_at(last)) == ("l2", "l2", "l0")


def test_buying_again_extends_without_a_gap_or_a_day_more() -> None:
    it = Climber(in_force(steps(100, 200)))
    for day in (10, 12):
        bought(it, 1, noon(2026, 1, day))
    assert [(fact.starts_at, fact.ends_at) for fact in it.levels.pending if isinstance(fact, LevelPaid)] == [
        (noon(2026, 1, 10), midnight(2026, 2, 11)),
        (midnight(2026, 2, 11), midnight(2026, 3, 11)),
    ]


@pytest.mark.parametrize("again", [noon(2026, 1, 5), noon(2025, 12, 20), noon(2026, 1, 20)])
def test_no_time_is_paid_for_twice_however_fees_are_dated(again: datetime) -> None:
    it = Climber(in_force(steps(100, 200)))
    for at in (noon(2026, 1, 10), again):
        bought(it, 1, at)
    assert (it.level_at(midnight(2026, 3, 11) - MOMENT), it.level_at(midnight(2026, 3, 11))) == ("l2", "l0")


def test_a_fee_of_a_time_long_past_stays_there() -> None:
    it = Climber(in_force(steps(100, 200)))
    bought(it, 1, noon(2026, 1, 10))
    bought(it, 1, noon(2025, 11, 10))
    assert it.level_at(midnight(2026, 2, 11)) == "l0"


@pytest.mark.parametrize(
    ("left", "at", "end"),
    [
        (0, noon(2026, 1, 13), midnight(2026, 3, 14)),
        (1, noon(2026, 1, 13), midnight(2026, 4, 11)),
        (1, noon(2026, 3, 1), midnight(2026, 5, 2)),
    ],
)
def test_what_was_bought_to_follow_a_fee_that_comes_back_follows_without_a_gap(left: int, at: datetime, end: datetime) -> None:
    it = Climber(in_force(steps(100, 200)))
    first = bought(it, 2, noon(2026, 1, 10))
    for day in (11, 12):
        bought(it, 1, noon(2026, 1, day))
    bought(it, left, at, purchase_id=first)
    assert (it.level_at(at), it.level_at(end - MOMENT), it.level_at(end)) == ("l2", "l2", "l0")


def test_a_fee_without_end_is_extended_no_further_than_anybody_lives() -> None:
    it, forever = Climber(in_force(steps(100, 200))), Fee(sku="PRIME", days=3650)
    for _ in range(20):
        bought(it, 10**9, noon(2026, 1, 10), forever)
    assert it.level_at(noon(2999, 1, 1)) == "l2"


@pytest.mark.parametrize(
    "wrong", [Fee(sku="A"), Fee(months=1), Fee(sku="A", months=1, days=1), Fee(sku="A", months=121), Fee(sku="A", days=-1)]
)
def test_a_fee_that_cannot_be_is_refused(wrong: Fee) -> None:
    with pytest.raises(DomainError, match="level_fee_invalid"):
        terms(level("l1", None, fee=wrong)).check()
    with pytest.raises(DomainError, match="level_fee_taken"):
        terms(level("l1", 1, fee=MONTHLY), level("l2", 2, fee=Fee(sku="prime", days=1))).check()


def test_a_level_ends_at_its_instant_and_the_job_notes_it_once(counter: Counter) -> None:
    active(counter, steps(20, 100))
    customer, end = counter.customer(), datetime.now(UTC) + 30 * DAY
    answers = in_parallel(5, lambda n: counter.do(GiveLevel(customer_id=customer, level="l2", ends_at=end, reason="A prize")))
    assert [answer.levels for answer in answers if not isinstance(answer, DomainError)] == [("l2",)] * 5
    card = card_of(counter, customer)
    assert (card.source, card.loses_at, card.after and card.after.code) == ("given", end, "l0")
    assert [(c.level and c.level.code) for c in (card_of(counter, customer, at) for at in (end - MOMENT, end))] == ["l2", "l0"]
    assert [settle_levels(counter.tenant.id, at) for at in (end - MOMENT, end + DAY, end + DAY)] == [0, 1, 0]
    assert rows("earning_level_grant", counter.tenant, "level") == []


WARNED = Downgrade(warn_days=14)


@pytest.mark.parametrize("source", ["given", "paid"])
def test_the_customer_is_told_once_before_a_level_ends_that_was_given_or_paid_for(source: str) -> None:
    it, at, end = Climber(in_force(replace(steps(100, 200), downgrade=WARNED))), noon(2026, 1, 10), midnight(2026, 2, 11)
    given(it, "l2", end, at) if source == "given" else bought(it, 1, at)
    for day in (end - 14 * DAY - MOMENT, end - 14 * DAY, end - DAY, end):
        it.levels.announce(it.book, it.zone, day)
    (told,) = [fact for fact in it.levels.pending if isinstance(fact, LevelLossAnnounced)]
    assert (told.level, told.after, told.loses_at, told.source, told.announced_at) == ("l2", "l0", end, source, end - 14 * DAY)


def test_who_pays_again_or_has_earned_the_level_is_told_of_no_end() -> None:
    it, at = Climber(in_force(replace(steps(100, 200), downgrade=WARNED))), noon(2026, 1, 10)
    bought(it, 1, at)
    bought(it, 1, at + DAY)
    it.levels.announce(it.book, it.zone, midnight(2026, 2, 10))
    it.buy(200, at=midnight(2026, 2, 12))
    it.levels.announce(it.book, it.zone, midnight(2026, 3, 10))
    assert [fact for fact in it.levels.pending if isinstance(fact, LevelLossAnnounced)] == []


@pytest.mark.usefixtures("own_log")
def test_the_job_notes_once_that_a_level_will_end(counter: Counter) -> None:
    active(counter, replace(STARTERS["prime"]("VND", "en"), downgrade=WARNED))
    customer, now = counter.customer(), datetime.now(UTC)
    counter.do(GiveLevel(customer_id=customer, level="prime", ends_at=now + 30 * DAY, reason="A prize"))
    days = (10, 17, 18, 31, 32)
    assert [settle_levels(counter.tenant.id, now + day * DAY) for day in days] == [0, 1, 0, 1, 0]
    live = {table: checksum(table) for table in PROJECTIONS["earning.customer_levels"].tables}
    assert rebuild(PROJECTIONS["earning.customer_levels"], batch=1, swap=False).checksums == live


def test_a_level_goes_when_nothing_holds_it_any_more() -> None:
    it, at = in_force(steps(100, 200)), noon(2026, 1, 10)
    falls = (Fall(it, "l2", "l0", at + 10 * DAY),)
    first, second = Grant("l2", at, at + 20 * DAY, UUID(int=1)), Grant("l2", at + 20 * DAY, at + 30 * DAY, UUID(int=2))
    lower = Grant("l1", at, at + 40 * DAY)

    def lost(standing: Standing) -> tuple[datetime, str] | None:
        loss = standing.loss(it, at)
        return (loss.at, loss.after) if loss else None

    assert lost(Standing("l2", at, falls)) == (at + 10 * DAY, "l0")
    assert lost(Standing("l2", at, falls, grants=(first, second))) == (at + 30 * DAY, "l0")
    assert lost(Standing("l2", at, falls, grants=(first, lower))) == (at + 20 * DAY, "l1")
    assert Standing("l2", at, grants=(first, lower)).loss(it, at) is None


@pytest.mark.usefixtures("own_log")
def test_a_level_of_somebody_who_was_erased_ends_at_its_time(counter: Counter) -> None:
    active(counter, steps(20, 100))
    customer, end = counter.customer(), datetime.now(UTC) + 30 * DAY
    counter.do(GiveLevel(customer_id=customer, level="l2", ends_at=end, reason="A prize"))
    with reading(counter.tenant.id):
        SubjectKeys().destroy(customer)
    call_command("rebuild", "customers.customers")
    assert settle_levels(counter.tenant.id, end) == 1


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"level": "l9"}, "earning.level_unknown"),
        ({"reason": " "}, "earning.reason_missing"),
        ({"customer_id": UUID(int=1)}, "earning.customer_unknown"),
    ],
)
def test_what_cannot_be_given_is_refused(counter: Counter, wrong: dict[str, Any], code: str) -> None:
    active(counter, steps(20))
    told = {"customer_id": counter.customer(), "level": "l1", "ends_at": datetime.now(UTC) + DAY, "reason": "A prize"} | wrong
    with pytest.raises(DomainError) as refused:
        counter.do(GiveLevel(**told))
    assert refused.value.code == code
    with pytest.raises(DomainError, match="level_not_given"):
        counter.do(WithdrawLevel(customer_id=counter.customer(), level="l1", reason="A mistake"))
    with pytest.raises(DomainError, match="customer_unknown"):
        counter.do(WithdrawLevel(customer_id=UUID(int=1), level="l1", reason="A mistake"))
