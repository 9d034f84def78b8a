"""Limits of rules: how often and for how many points they count, and that room is given back by returns and taken only once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connections

from earning import queries
from earning.commands import ActivateRule, CreateRule, Limit, Multiplier, ProductPoints, ReturnLine, RuleScope, Thousandths
from earning.domain.limits import Limits, Room
from earning.domain.rules import EarningRule
from earning.handlers import purchases
from loyalty.domain.errors import Conflict, DomainError
from loyalty.domain.period import period_start
from loyalty.guards import disagreements
from loyalty.messages.refusals import message
from loyalty.tenancy import reading
from tests.earning.counter import Counter, in_parallel, rows
from tests.earning.given import Shop, line, per, purchase_order, rules
from tests.earning.limited_shop import LimitedShop
from tests.support.client import ApiClient
from tests.support.pages import text_of

pytestmark = pytest.mark.usefixtures("own_log_of_module")
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
TIMES, POINTS = "times", "points"


@pytest.fixture
def counter(tenant: Any) -> Counter:
    return Counter(tenant)


def limited(counter: Counter, *limits: Limit, terms: Any = None, **scope: Any) -> UUID:
    terms = terms or replace(per(1000), currency=counter.tenant.currency)
    made = counter.do(CreateRule(name="Limited", terms=terms, scope=RuleScope(limits=limits, zone=counter.tenant.time_zone, **scope)))
    counter.do(ActivateRule(rule_id=made.rule_id, effective_at=LONG_AGO))
    return made.rule_id


def limit(of: Any, most: int, **more: Any) -> Limit:
    return Limit(of=of, most=most, **more)


@pytest.mark.parametrize(
    ("period", "start"),
    [
        ("day", "2026-03-01"),
        ("week", "2026-02-23"),
        ("month", "2026-03-01"),
        ("quarter", "2026-01-01"),
        ("half_year", "2026-01-01"),
        ("year", "2026-01-01"),
        ("ever", ""),
    ],
)
def test_periods_are_those_of_the_calendar(period: Any, start: str) -> None:
    """A Sunday in Ho Chi Minh City, while it is Saturday in London."""
    at = datetime(2026, 2, 28, 17, tzinfo=UTC)
    assert period_start(period, at, "Asia/Ho_Chi_Minh") == start
    assert period_start("day", at - timedelta(microseconds=1), "Asia/Ho_Chi_Minh") == "2026-02-28"


def test_half_years_and_quarters_begin_on_their_first_day() -> None:
    at = datetime(2026, 11, 26, tzinfo=UTC)
    assert [period_start(p, at, "UTC") for p in ("quarter", "half_year")] == ["2026-10-01", "2026-07-01"]  # type: ignore[arg-type]


def test_times_are_all_or_nothing_and_points_are_what_fits(counter: Counter) -> None:
    customer, other = counter.customer(), counter.customer()
    limited(counter, limit(TIMES, 2))
    assert [counter.sell(customer, 100_000).points for _ in range(4)] == [100, 100, 0, 0]
    assert counter.sell(other, 100_000).points == 100
    limited(counter, limit(POINTS, 150, whose="all"), terms=ProductPoints(points=Decimal(100)))
    assert [counter.sell(other, line(100_000, 1)).points for _ in range(3)] == [200, 50, 0]


def test_a_limit_counts_anew_in_the_next_period(counter: Counter) -> None:
    customer = counter.customer()
    limited(counter, limit(TIMES, 1, period="day"))
    now = datetime.now(UTC).replace(microsecond=0)
    days = [
        counter.do(counter.order(customer, 100_000, purchased_at=now - timedelta(days=n)), channel="import").points for n in (3, 3, 2, 1)
    ]
    assert days == [100, 0, 100, 100]


def test_a_return_gives_room_back(counter: Counter) -> None:
    customer = counter.customer()
    limited(counter, limit(TIMES, 1), limit(POINTS, 150))
    order = counter.order(customer, line(200_000, 2))
    sold = counter.do(order)
    assert (sold.points, counter.sell(customer, 100_000).points) == (150, 0)
    half = ReturnLine(line=1, quantity=Thousandths(1000))
    assert counter.take_back(order, sold.purchase_id, half).points == 50
    assert counter.sell(customer, 100_000).points == 0
    assert counter.take_back(order, sold.purchase_id).points == 100
    assert counter.sell(customer, 100_000).points == 100
    assert sorted(rows("earning_limit", counter.tenant, "used")) == [(1,), (100,)]


def test_a_multiplier_without_room_multiplies_nothing(counter: Counter) -> None:
    counter.rule(replace(per(1000), currency=counter.tenant.currency))
    limited(counter, limit(POINTS, 120), terms=Multiplier(factor=Decimal(2)))
    customer = counter.customer()
    sold = [counter.sell(customer, 100_000) for _ in range(3)]
    assert [one.points for one in sold] == [200, 120, 100]
    with reading(counter.tenant.id):
        told = [queries.explanation(one.purchase_id).rules[1].explained for one in sold]
    assert [(one.outcome, one.points, one.over) for one in told] == [("gave", 100, 0), ("gave", 20, 80), ("limit_reached", 0, 100)]


@pytest.mark.parametrize(("rounding", "points"), [("floor", 1), ("half_up", 2), ("ceil", 2)])
def test_what_multiplies_the_rest_that_fits_is_rounded_as_its_rule_says(rounding: Any, points: int) -> None:
    """One point of ten fits; half as much again is half a point."""
    shop = LimitedShop(rules((per(1000, rounding=rounding), RuleScope(limits=(limit(POINTS, 1),))), Multiplier(factor=Decimal("1.5"))))
    sold = shop.record(purchase_order(line(10_000, 1)))
    assert sold.lot is not None
    assert sold.lot.points == points
    shop.take_back("A-1")
    assert (shop.account.balance, +shop.used) == (0, {})


def test_what_is_used_of_a_budget_stands_on_the_page_of_its_rule(counter: Counter, admin_site: Any, api: ApiClient) -> None:
    rule = limited(counter, limit(POINTS, 150, whose="all"), limit(TIMES, 9, whose="all", period="year"), limit(TIMES, 5))
    page, year = f"/admin/earning/rule/{rule}/change/", datetime.now(counter.tenant.zone).year + 1
    for used, times in ((0, 0), (100, 1), (150, 2)):
        said = text_of(admin_site.get(page))
        assert f"At most 150 points for all together, in all. Used so far: {used} points. It does not begin anew." in said
        assert f"9 times for all together, a year. Used so far: {times}. It begins anew on 1 Jan {year}." in said
        assert said.count("Used so far") == 2
        told = api.get(f"/api/v1/rules/{rule}/limits").json()
        assert [(one["limit"]["of"], one["used"], one["begins_anew"]) for one in told] == [
            ("points", used, None), ("times", times, f"{year}-01-01"),
        ]  # fmt: skip
        assert told[0]["sentence"] in said
        counter.sell(counter.customer(), 100_000)


def test_the_same_document_again_uses_nothing(counter: Counter) -> None:
    limited(counter, limit(TIMES, 2))
    order = counter.order(counter.customer(), 100_000)
    assert [counter.do(order).points for _ in range(3)] == [100] * 3
    assert rows("earning_limit", counter.tenant, "used") == [(1,)]


def test_a_preview_sees_the_room_and_takes_none(counter: Counter) -> None:
    customer = counter.customer()
    limited(counter, limit(POINTS, 150))
    for expected in (100, 50, 0):
        order = counter.order(customer, 100_000)
        with reading(counter.tenant.id):
            assert queries.preview(order).points == expected
        assert counter.do(order, dry_run=True).points == expected
        assert counter.do(order).points == expected


def test_an_explanation_says_that_there_was_no_room(counter: Counter) -> None:
    customer = counter.customer()
    limited(counter, limit(POINTS, 150))
    sold = [counter.sell(customer, 100_000) for _ in range(3)]
    with reading(counter.tenant.id):
        told = [queries.explanation(one.purchase_id) for one in sold]
    assert [(one.points, one.rules[0].explained.outcome) for one in told] == [
        ({"points": 100}, "gave"),
        ({"points": 50}, "gave"),
        ({}, "limit_reached"),
    ]


@pytest.mark.parametrize("whose", ["customer", "all"])
@pytest.mark.rounds
def test_fifty_purchases_at_once_use_exactly_what_is_allowed(counter: Counter, whose: Any) -> None:
    customer = counter.customer()
    people = [customer if whose == "customer" else counter.customer() for _ in range(50)]
    limited(counter, limit(TIMES, 7, whose=whose))
    answers = in_parallel(10, lambda n: [counter.sell(people[5 * n + k], 100_000).points for k in range(5)])
    points = [p for one in answers for p in (one if isinstance(one, list) else [one])]
    assert sorted(points) == [0] * 43 + [100] * 7
    assert rows("earning_limit", counter.tenant, "used") == [(7,)]


@pytest.mark.rounds
def test_fifty_purchases_at_once_share_a_budget_of_points(counter: Counter) -> None:
    people = [counter.customer() for _ in range(10)]
    limited(counter, limit(POINTS, 1234, whose="all"))
    answers = in_parallel(10, lambda n: [counter.sell(people[n], 100_000).points for _ in range(5)])
    points = sorted(p for one in answers for p in one)  # type: ignore[union-attr]
    assert points == [0] * 37 + [34] + [100] * 12
    assert rows("earning_limit", counter.tenant, "used") == [(1234,)]


def test_what_finds_no_room_any_more_hears_of_which_limit_and_when_it_begins_anew(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = counter.customer()
    limited(counter, limit(POINTS, 150, period="day"))
    counter.sell(customer, 100_000)
    monkeypatch.setattr(purchases, "room_in", lambda unit, sale, rules, *_: rules)
    with pytest.raises(Conflict) as refused:
        counter.sell(customer, 100_000)
    assert refused.value.code == "earning.limit_reached"
    said = message(refused.value)
    for part in ("(Limited)", "At most 150 points for each customer, a day.", "It begins anew on", "with what is left"):
        assert part in said, said
    assert rows("earning_limit", counter.tenant, "used") == [(100,)], "nothing is noted of what was refused"


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        ((limit(TIMES, 0),), "earning.rule_limit_invalid"),
        ((limit(POINTS, 10**16),), "earning.rule_limit_invalid"),
        ((limit(TIMES, 1), limit(TIMES, 2)), "earning.rule_too_many_limits"),
    ],
)
def test_limits_that_no_rule_can_have(limits: Any, code: str) -> None:
    with pytest.raises(DomainError, match=rf"^{code}"):
        EarningRule(UUID(int=1)).create("A rule", per(1000), "points", RuleScope(limits=limits))


def guarded(tenant: Any) -> list[tuple[UUID, str]]:
    return [(d.stream_id, d.what) for name, d in disagreements() if d.tenant_id == tenant.id and name == "earning.limits"]


def test_what_is_noted_of_limits_is_what_the_log_says(counter: Counter) -> None:
    rule_id = limited(counter, limit(TIMES, 5, period="month"), limit(POINTS, 120, whose="all"))
    customer = counter.customer()
    orders = [counter.order(customer, 50_000) for _ in range(3)]
    sold = [counter.do(order) for order in orders]
    counter.take_back(orders[0], sold[0].purchase_id)
    counter.take_back(orders[1], sold[1].purchase_id, ReturnLine(line=1, amount=20_000))
    assert guarded(counter.tenant) == []
    with connections["owner"].cursor() as cursor:
        cursor.execute("update earning_limit set used = used + 1 where tenant_id = %s and used = 2", [counter.tenant.id])
        assert cursor.rowcount == 1
    ((stream, what),) = guarded(counter.tenant)
    assert (stream, what.partition(", ")[2]) == (rule_id, "3 is noted as used and 2 was")


def test_a_multiplier_with_a_limit_counts_only_where_it_changes_whole_points() -> None:
    """1 point, rounded up: 1.7 times is 2, and so is 1.1 times that, or 1.9 times instead: neither has a turn."""
    free, few = RuleScope(), RuleScope(limits=(limit(TIMES, 2),))
    promised = [(Multiplier(factor=Decimal("1.7"), combine="best"), free), (Multiplier(factor=Decimal("1.1"), combine="compound"), few)]
    shop = Shop(rules((per(60_000, rounding="ceil"), free), *promised, (Multiplier(factor=Decimal("1.9"), combine="best"), few)))
    shop.rules = shop.rules.within(Room(Limits(), {}))
    lot = shop.record(purchase_order(line(60_000, 1))).lot
    assert lot is not None
    assert [(c.rule_id.int, c.points) for c in lot.earned.contributions] == [(100, 1), (101, 1)]
    told = shop.rules.explain(shop.document("A-1").sale, lot.earned.contributions)
    assert [(one.outcome, one.over) for one in told] == [("gave", 0), ("gave", 0), ("too_little", 0), ("too_little", 0)]
    shop.take_back("A-1")
    assert shop.account.balance == 0


def test_who_brings_all_goods_back_keeps_no_point_of_any_multiplier() -> None:
    once = RuleScope(limits=(limit(TIMES, 2),))
    times = (Multiplier(factor=Decimal("1.1"), combine="compound"), Multiplier(factor=Decimal("1.9")))
    shop = Shop(rules(per(60_000, rounding="ceil"), Multiplier(factor=Decimal("1.2")), *((one, once) for one in times)))
    shop.rules = shop.rules.within(Room(Limits(), {}))
    for total in range(50_000, 600_000, 9_973):
        number = f"A-{total}"
        shop.record(purchase_order(line(total, 3), document_number=number))
        for n in range(3):
            shop.take_back(number, ReturnLine(line=1, quantity=Thousandths(1000)), by=f"R-{number}-{n}")
        assert shop.account.balance == 0
