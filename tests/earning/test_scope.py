"""For which purchases a rule is: when, where, for whom, on which conditions; and how that is explained."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import msgspec
import pytest

from earning.api.scopes import ConditionBody
from earning.commands import Among, Condition, Hours, Limit, RuleScope, Window
from earning.domain.facts import ALL_FIELDS
from earning.domain.rules import EarningRule
from earning.domain.scope import Check
from earning.domain.seen import CustomerSeen
from earning.kinds.conditions import FIELD_NAMES
from loyalty.domain.errors import DomainError
from loyalty.domain.period import day_period
from tests.earning.given import NOON, SHOP, Shop, line, per, purchase_order, rules, sale

WARSAW, SAIGON = "Europe/Warsaw", "Asia/Ho_Chi_Minh"
HOUR = timedelta(hours=1)


def counts(scope: RuleScope, sold: Any = None, **changes: Any) -> bool:
    return bool(rules((per(1000), scope)).worth(sold or sale(line(100_000, 2, sku="CF-1", labels={"Hot": "Yes"}), **changes)))


def leaf(op: Any, field: str, *values: str | int) -> Condition:
    return Condition(op=op, field=field, values=values)


def test_a_rule_counts_within_its_windows_from_their_start_and_before_their_end() -> None:
    scope = RuleScope(windows=(Window(starts=NOON, ends=NOON + HOUR), Window(starts=NOON + 3 * HOUR)))
    moment = timedelta(microseconds=1)
    at = {-moment: False, moment * 0: True, HOUR - moment: True, HOUR: False, 3 * HOUR: True, 99 * HOUR: True}
    assert {after: counts(scope, purchased_at=NOON + after) for after in at} == at


def test_whether_a_rule_may_count_at_a_shop_on_a_day_is_known_beforehand() -> None:
    """The day is Monday, 2 March, in Saigon; in Warsaw it begins on Sunday at six in the evening."""
    monday, here, moment = day_period(date(2026, 3, 2), ZoneInfo(SAIGON)), (SHOP, uuid4()), timedelta(microseconds=1)
    assert monday.start is not None
    assert monday.end is not None
    may = {
        RuleScope(): True,
        RuleScope(merchants=(SHOP,), places=(here[1],), channels=("pos", "online")): True,
        RuleScope(merchants=(uuid4(),)): False,
        RuleScope(places=(uuid4(),)): False,
        RuleScope(channels=("online",)): False,
        RuleScope(windows=(Window(ends=monday.start),)): False,
        RuleScope(windows=(Window(ends=monday.start + moment),)): True,
        RuleScope(windows=(Window(starts=monday.end - moment),)): True,
        RuleScope(windows=(Window(starts=monday.end),)): False,
        RuleScope(weekdays=(0,), zone=SAIGON): True,
        RuleScope(weekdays=(6,), zone=SAIGON): False,
        RuleScope(weekdays=(6,), zone=WARSAW): True,
        RuleScope(weekdays=(1,), zone=WARSAW): False,
    }
    assert {scope: scope.may_fit(*here, monday) for scope in may} == may


def test_weekdays_and_hours_are_those_of_the_rules_zone() -> None:
    """Noon in Ho Chi Minh City, a Monday, is six in the morning in Warsaw."""
    assert counts(RuleScope(weekdays=(0,), hours=(Hours(opens=12 * 60, closes=13 * 60),), zone=SAIGON))
    assert not counts(RuleScope(weekdays=(0,), hours=(Hours(opens=12 * 60, closes=13 * 60),), zone=WARSAW))
    assert counts(RuleScope(weekdays=(0,), hours=(Hours(opens=6 * 60, closes=6 * 60 + 1),), zone=WARSAW))
    assert not counts(RuleScope(weekdays=(1, 6), zone=SAIGON))


@pytest.mark.parametrize(("clock", "expected"), [((21, 59), False), ((22, 0), True), ((1, 59), True), ((2, 0), False)])
def test_hours_may_run_over_midnight(clock: tuple[int, int], expected: bool) -> None:
    at = datetime(2026, 3, 2, *clock, tzinfo=ZoneInfo(SAIGON)).astimezone(UTC)
    assert counts(RuleScope(hours=(Hours(opens=22 * 60, closes=2 * 60),), zone=SAIGON), purchased_at=at) is expected


@pytest.mark.parametrize(("day", "hour_utc"), [((2026, 3, 28), 1), ((2026, 3, 29), 0), ((2026, 10, 25), 0), ((2026, 10, 26), 1)])
def test_hours_follow_the_clock_when_it_is_put_forward_and_back(day: tuple[int, int, int], hour_utc: int) -> None:
    """Two in the morning of Warsaw, or the hour before it is skipped."""
    at = datetime(*day, hour_utc, 30, tzinfo=UTC)
    local = at.astimezone(ZoneInfo(WARSAW))
    assert counts(RuleScope(hours=(Hours(opens=local.hour * 60, closes=local.hour * 60 + 60),), zone=WARSAW), purchased_at=at)


def test_a_rule_may_be_for_some_places_merchants_and_channels() -> None:
    assert counts(RuleScope(places=(SHOP,), channels=("pos",)))
    assert not counts(RuleScope(places=(uuid4(),)))
    assert not counts(RuleScope(merchants=(uuid4(),)))
    assert not counts(RuleScope(channels=("online",)))
    assert counts(RuleScope(channels=("online",)), pos_id=None)


@pytest.mark.parametrize(
    ("levels", "level", "expected"),
    [
        (Among(any=("Gold", "Silver")), "gold", True),
        (Among(any=("Gold",)), "", False),
        (Among(none=("Gold",)), "", True),
        (Among(none=("Gold",)), "gold", False),
    ],
)
def test_a_rule_may_be_for_some_levels(levels: Among, level: str, expected: bool) -> None:
    assert counts(RuleScope(levels=levels), replace(sale(100_000), seen=CustomerSeen(levels=(level,) if level else ()))) is expected


@pytest.mark.parametrize(
    ("segments", "expected"),
    [
        (Among(any=("a", "x")), True),
        (Among(all=("a", "b")), True),
        (Among(all=("a", "x")), False),
        (Among(any=("a",), none=("b",)), False),
    ],
)
def test_a_rule_may_be_for_some_segments(segments: Among, expected: bool) -> None:
    assert counts(RuleScope(segments=segments), replace(sale(100_000), seen=CustomerSeen(segments=("A", "b")))) is expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (leaf("eq", "purchase.total", 100_000), True),
        (leaf("ne", "purchase.total", 100_000), False),
        (leaf("lt", "purchase.total", 100_000), False),
        (leaf("le", "purchase.total", 100_000), True),
        (leaf("gt", "purchase.total", 99_999), True),
        (leaf("ge", "purchase.total", 100_001), False),
        (leaf("in", "line.sku", "x", "cf-1"), True),
        (leaf("between", "line.quantity", 2000, 3000), True),
        (leaf("between", "line.quantity", 2001, 3000), False),
        (leaf("contains", "line.sku", "F-"), True),
        (leaf("eq", "line.label.hot", "YES"), True),
        (leaf("ne", "line.label.cold", "yes"), False),
        (leaf("eq", "purchase.weekday", 0), True),
        (leaf("eq", "purchase.day", "2026-03-02"), True),
        (leaf("eq", "customer.standing", "active"), True),
        (leaf("eq", "customer.level", "gold"), False),
        (Condition(op="not", parts=(leaf("eq", "customer.level", "gold"),)), True),
        (Condition(op="and", parts=(leaf("ge", "purchase.total", 1), leaf("eq", "purchase.lines", 2))), False),
        (Condition(op="or", parts=(leaf("eq", "purchase.lines", 2), leaf("eq", "purchase.channel", "pos"))), True),
    ],
)
def test_conditions(condition: Condition, expected: bool) -> None:
    assert counts(RuleScope(condition=condition, zone=SAIGON)) is expected


def nested(depth: int) -> Condition:
    return leaf("ge", "purchase.total", 1) if depth == 1 else Condition(op="not", parts=(nested(depth - 1),))


@pytest.mark.parametrize(
    ("scope", "code"),
    [
        (RuleScope(condition=nested(11)), "earning.condition_too_large"),
        (RuleScope(condition=Condition(op="or", parts=(nested(1),) * 200)), "earning.condition_too_large"),
        (RuleScope(condition=Condition(op="and")), "earning.condition_parts_invalid"),
        (RuleScope(condition=Condition(op="not", parts=(nested(1), nested(1)))), "earning.condition_parts_invalid"),
        (RuleScope(condition=leaf("eq", "customer.__class__", "x")), "earning.condition_field_unknown"),
        (RuleScope(condition=leaf("eq", "line.label.", "x")), "earning.condition_field_unknown"),
        (RuleScope(condition=leaf("eq", "purchase.total", "100")), "earning.condition_number_needed"),
        (RuleScope(windows=(Window(),)), "earning.rule_window_empty"),
        (RuleScope(windows=(Window(starts=datetime(1, 1, 2, tzinfo=UTC)),)), "earning.rule_window_out_of_reach"),
        (RuleScope(condition=leaf("eq", "line.sku", 5)), "earning.condition_text_needed"),
        (RuleScope(condition=leaf("contains", "purchase.total", 5)), "earning.condition_number_needed"),
        (RuleScope(condition=leaf("between", "purchase.total", 5)), "earning.condition_values_invalid"),
        (RuleScope(condition=leaf("in", "line.sku")), "earning.condition_values_invalid"),
        (RuleScope(windows=(Window(starts=NOON, ends=NOON),)), "earning.rule_window_invalid"),
        (RuleScope(weekdays=(7,)), "earning.rule_weekday_invalid"),
        (RuleScope(hours=(Hours(opens=60, closes=60),)), "earning.rule_hours_invalid"),
        (RuleScope(zone="Mars/Base"), "earning.rule_zone_invalid"),
        (RuleScope(zone="../etc"), "earning.rule_zone_invalid"),
        (RuleScope(levels=Among(any=(" ",))), "earning.selection_empty"),
    ],
)
def test_scopes_that_no_rule_can_have(scope: RuleScope, code: str) -> None:
    with pytest.raises(DomainError, match=rf"^{code}"):
        EarningRule(UUID(int=1)).create("A rule", per(1000), "points", scope)


@pytest.mark.parametrize(
    ("scope", "field"),
    [
        (RuleScope(levels=Among(any=("a",) * 300, none=("b",) * 201)), "scope.levels.none.200"),
        (RuleScope(merchants=(SHOP,) * 501), "scope.merchants.500"),
        (RuleScope(windows=(Window(ends=NOON),) * 51), "scope.windows.50"),
        (RuleScope(hours=(Hours(opens=0, closes=60),) * 51), "scope.hours.50"),
        (RuleScope(limits=(Limit(of="times", most=1),) * 21), "scope.limits.20"),
    ],
)
def test_what_is_too_much_is_the_first_that_is_beyond(scope: RuleScope, field: str) -> None:
    with pytest.raises(DomainError) as refused:
        EarningRule(UUID(int=1)).create("A rule", per(1000), "points", scope)
    assert refused.value.field == field


def test_a_tree_of_two_hundred_nodes_ten_deep_is_fine() -> None:
    EarningRule(UUID(int=1)).create("A rule", per(1000), "points", RuleScope(condition=nested(10)))
    EarningRule(UUID(int=1)).create("A rule", per(1000), "points", RuleScope(condition=Condition(op="or", parts=(nested(1),) * 199)))


def test_each_rule_explains_what_it_asked_what_it_saw_and_what_came_of_it() -> None:
    rule_set = rules(
        (per(1000), RuleScope(stops=True, minimum=1000)),
        per(500),
        (per(100), RuleScope(group="g", priority=1, minimum=200_000, channels=("pos",))),
        (per(10**9), RuleScope(priority=2)),
    )
    sold = replace(sale(100_500), rules_position=None)
    told = rule_set.explain(sold)
    assert [(one.outcome, one.points) for one in told] == [("too_little", 0), ("not_met", 0), ("gave", 100), ("stopped", 0)]
    assert told[1].checks == (Check("minimum", False, 100_500), Check("channels", True, "pos"))
    assert (told[2].exact, told[2].amounts) == (rule_set.explain(sold)[2].exact, (100_500,))
    assert sum(one.points for one in told) == sum(c.points for c in rule_set.worth(sold))


def test_what_is_kept_must_still_be_what_the_rule_is_for() -> None:
    shop = Shop(rules((per(1000), RuleScope(condition=leaf("eq", "line.sku", "gift")))))
    shop.record(purchase_order(line(100_000, 1), line(1000, 1, sku="gift")))
    assert shop.account.balance == 101
    shop.take_back("A-1", *[])
    assert shop.account.balance == 0


def test_every_field_has_words_and_stands_in_the_schema_and_the_documentation() -> None:
    _, parts = msgspec.json.schema_components([ConditionBody])
    codes, labels = parts["ConditionBody"]["properties"]["field"]["anyOf"]
    assert set(codes["enum"]) - {""} == set(FIELD_NAMES) == {name for name in ALL_FIELDS if not name.endswith(("NAME", "TYPE"))}
    documented = (Path(__file__).parents[2] / "docs/earning-rules.md").read_text()
    assert [name for name in ALL_FIELDS if f"`{name}`" not in documented] == []
    named = ("line.label.color", "customer.label.vip", "event.times.course", "line.label.", "event.label.x")
    assert [bool(re.match(labels["pattern"], name)) for name in named] == [True, True, True, False, False]


def test_the_conditions_in_the_documentation_are_conditions() -> None:
    documented = (Path(__file__).parents[2] / "docs/earning-rules.md").read_text()
    examples = re.findall(r"```\n(\{.*?\})\n```", documented, re.DOTALL) + re.findall(r"`(\{\"op\".*?\})`", documented)
    read = [msgspec.convert(msgspec.to_builtins(msgspec.json.decode(one, type=ConditionBody)), Condition) for one in examples]
    for condition in read:
        RuleScope(condition=condition).check()
    assert len(read) > 5


def test_a_field_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(DomainError) as refused:
        RuleScope(condition=leaf("eq", "event.view_menu", "x")).check()
    assert refused.value.params["known"] == ", ".join(ALL_FIELDS)


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        (leaf("eq", "purchase.day", "27/11/2026"), "day_invalid"),
        (leaf("between", "purchase.day", "2026-11-01", "27.11.2026"), "day_invalid"),
        (leaf("eq", "line.kind", "hàng"), "value_unknown"),
        (leaf("in", "customer.standing", "active", "vip"), "value_unknown"),
        (leaf("eq", "customer.gender", "nam"), "value_unknown"),
        (leaf("eq", "purchase.hour", 25), "value_unknown"),
        (leaf("ne", "purchase.weekday", 9), "value_unknown"),
    ],
)
def test_what_a_field_can_never_hold_is_refused(condition: Condition, code: str) -> None:
    with pytest.raises(DomainError, match=f"^earning.condition_{code} .*'name': '{condition.field}'"):
        RuleScope(condition=Condition(op="not", parts=(condition,))).check()


@pytest.mark.parametrize(
    "condition", [leaf("contains", "purchase.day", "-12-24"), leaf("eq", "line.kind", "GOODS"), leaf("lt", "purchase.hour", 24)]
)
def test_what_a_field_may_hold_is_not(condition: Condition) -> None:
    RuleScope(condition=condition).check()
