"""What lies ahead of a customer: the next level, the nearest reward, and the next point; before a purchase is recorded and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earning import queries
from earning.commands import AdjustPoints, DeactivateLevelSet, Limit, PointsPerAmount, RuleScope, WalletTerms
from earning.domain.levels.ahead import Missing, Place, nearest_reward
from earning.domain.levels.measures import Measure
from earning.domain.levels.special import RewardText, SpecialReward
from earning.domain.levels.terms import Benefits, Level
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.counter import Counter
from tests.earning.given import NOON, per
from tests.earning.levels_counted import active
from tests.earning.levels_given import DAY, in_force, level, terms
from tests.earning.test_wallets_of_rules import rule_into, set_up

CAKE = SpecialReward(
    texts=tuple(RewardText(language=language, name=name) for language, name in (("vi", "Bánh"), ("en", "Cake"), ("pl", "Ciasto")))
)
TENTH = Benefits(discount=1000)
STEPS = (level("l0", 0), level("l1", 100), level("l2", 200, benefits=TENTH, rewards=(CAKE,)))
MEASURES = (Measure(kind="points"), Measure(kind="amount"))


def standing(levels: Sequence[Level], code: str, *totals: int, set_id: UUID = UUID(int=1), **more: Any) -> Place:
    return Place(in_force(terms(*levels, **more), set_id=set_id), code, totals)


def test_the_next_level_may_bring_nothing_the_nearest_reward_does() -> None:
    place = standing(STEPS, "l0", 40)
    ahead, reward = place.next_level(), nearest_reward([place], NOON)
    assert ahead is not None
    assert (ahead.level, ahead.missing) == ("l1", (Missing(kind="points", missing=60),))
    assert reward is not None
    assert (reward.level, reward.benefits, reward.rewards, reward.missing) == ("l2", TENTH, (CAKE,), (Missing(kind="points", missing=160),))


def test_at_the_top_nothing_lies_ahead() -> None:
    place = standing(STEPS, "l2", 400)
    assert (place.next_level(), nearest_reward([place], NOON)) == (None, None)


def test_what_a_customer_has_already_is_no_reward() -> None:
    both = Benefits(discount=1000, free_delivery=True)
    place = standing((STEPS[2], level("l3", 300, benefits=both, rewards=(CAKE,)), level("l4", 400, benefits=both)), "l2", 250)
    reward = nearest_reward([place], NOON)
    assert reward is not None
    assert (reward.level, reward.benefits, reward.rewards) == ("l3", Benefits(free_delivery=True), ())
    assert nearest_reward([replace(place, level="l3")], NOON) is None


def test_a_special_reward_lies_ahead_while_it_is_in_force() -> None:
    soon = replace(CAKE, starts_at=NOON + DAY, ends_at=NOON + 2 * DAY)
    place = standing((level("l0", 0), level("l1", 100, rewards=(soon,))), "l0", 0)
    assert [nearest_reward([place], NOON + days * DAY) is not None for days in (0, 1, 2)] == [False, True, False]


def test_of_several_sets_the_one_is_nearest_to_which_the_least_of_the_way_is_left() -> None:
    spent = (Measure(kind="amount"),)
    points = standing((level("l0", 0), level("l1", 100, benefits=TENTH)), "l0", 10)
    money = standing((level("m1", 1_000_000, benefits=TENTH),), "", 600_000, set_id=UUID(int=2), measures=spent)
    reward = nearest_reward([points, money], NOON)
    assert reward is not None
    assert (reward.level, reward.missing) == ("m1", (Missing(kind="amount", missing=400_000),))


def test_what_is_missing_is_said_of_each_measure_that_is_asked_for() -> None:
    asked = level("l1", 100, 500, benefits=TENTH)
    for match, nearer in (("all", "b1"), ("any", "l1")):
        place = standing((asked,), "", 100, 0, measures=MEASURES, match=match)
        ahead = place.next_level()
        assert ahead is not None
        assert (ahead.match, ahead.missing) == (match, (Missing(kind="amount", missing=500),))
        half = standing((level("b1", 100, benefits=TENTH),), "", 50, set_id=UUID(int=2))
        reward = nearest_reward([place, half], NOON)
        assert reward is not None
        assert reward.level == nearer


@given(
    points=st.decimals(min_value="0.01", max_value=20, places=2),
    step=st.integers(1, 50_000),
    amount=st.integers(0, 500_000),
    whole=st.booleans(),
    scale=st.sampled_from([1, 10, 100]),
)
def test_the_next_point_takes_as_much_as_is_said_and_no_less(points: Decimal, step: int, amount: int, whole: bool, scale: int) -> None:
    said = PointsPerAmount(points=points, per=step, currency="VND", whole_steps=whole)
    enough = said.more_than(amount, scale)
    assert said.worth(enough, scale) > said.worth(amount, scale) == said.worth(enough - 1, scale)


def test_what_lies_ahead_is_the_same_before_a_purchase_is_recorded_and_after(tenant: Tenant) -> None:
    counter = Counter(tenant)
    counter.rule(per(10_000, whole_steps=True))
    active(counter, terms(level("l0", 0), level("l1", 20), level("l2", 100, benefits=TENTH, rewards=(CAKE,))))
    customer = counter.customer()
    for amount, following, missing in ((150_000, "l1", 5), (55_000, "l2", 80), (900_000, None, 0)):
        order = counter.order(customer, amount)
        with reading(tenant.id):
            foreseen, more = queries.preview(order), queries.points_ahead(order)
            said = queries.said_ahead(foreseen, NOON)
        answer = counter.do(order)
        for name in ("points", "balance", "levels", "next_levels", "next_reward"):
            assert getattr(answer, name) == getattr(foreseen, name), name
        assert [(one.level, [left.missing for left in one.missing]) for one in answer.next_levels] == (
            [(following, [missing])] if following else []
        )
        assert (answer.next_reward is None) == (following is None)
        assert [(one.points, one.missing) for one in more] == [(1, 5_000 if amount == 55_000 else 10_000)]
        assert any("Next reward: 10% off · Cake (L2: " in one for one in said) == (following is not None)


@pytest.mark.parametrize(
    ("of_rule", "of_wallet", "told"),
    [
        ((Limit(of="times", most=1),), (), [1, 1, None]),
        ((Limit(of="points", most=3),), (), [1, None, None]),
        ((), (Limit(of="points", most=3),), [1, None, None]),
    ],
)
def test_points_that_limits_have_no_room_for_do_not_lie_ahead(
    tenant: Tenant, of_rule: tuple[Limit, ...], of_wallet: tuple[Limit, ...], told: list[int | None]
) -> None:
    counter = Counter(tenant)
    set_up(counter, terms=WalletTerms(limits=of_wallet))
    rule_into(counter, "stars", per(10_000, whole_steps=True), RuleScope(limits=of_rule, zone=tenant.time_zone))
    customer, said = counter.customer(), []
    for amount in (15_000, 35_000):
        with reading(tenant.id):
            said.append(queries.points_ahead(counter.order(customer, amount)))
    counter.sell(customer, 35_000)
    with reading(tenant.id):
        said.append(queries.points_ahead(counter.order(customer, 5_000)))
    assert [one[0].points if one else None for one in said] == told


def test_levels_that_are_gone_when_they_are_told_are_left_out(tenant: Tenant) -> None:
    counter = Counter(tenant)
    counter.rule(per(10_000, whole_steps=True))
    set_id = active(counter, terms(level("l0", 0), level("l1", 20), level("l2", 100, benefits=TENTH)))
    answer = counter.sell(counter.customer(), 150_000)
    with reading(tenant.id):
        assert len(queries.said_ahead(answer, NOON)) == 2
    counter.do(DeactivateLevelSet(set_id=set_id))
    with reading(tenant.id):
        assert queries.said_ahead(answer, datetime.now(UTC)) == []


def test_other_wallets_are_told_where_something_is_in_them(tenant: Tenant) -> None:
    counter = Counter(tenant)
    set_up(counter, decimals=1)
    customer = counter.customer()
    with reading(tenant.id):
        assert queries.said_balances(customer) == []
    counter.do(AdjustPoints(customer_id=customer, points=25, wallet="stars", reason="welcome"))
    with reading(tenant.id):
        assert queries.said_balances(customer) == ["2.5 stars"]
