"""What looks wrong about a rule when it is saved."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from earning.commands import Among, Condition, Hours, LevelFactor, Limit, Multiplier, ProductPoints, RuleScope, Selection, Terms, Window
from earning.domain.conditions import Operator
from earning.domain.facts import FEW
from earning.domain.impossible import never
from earning.domain.rule_warnings import Held, RuleWarning, Standing, warnings_of
from tests.earning.given import NOON, per

HOUR = timedelta(hours=1)
MINE = UUID(int=99)
HELD = Held(levels=frozenset({"gold", "new", "old"}), segments=frozenset({"new"}))
CONFLICTING = Condition(
    op="and",
    parts=(
        Condition(op="gt", field="purchase.total", values=(5,)),
        Condition(op="and", parts=(Condition(op="lt", field="purchase.total", values=(6,)),)),
    ),
)


FIRST = Condition(op="eq", field="customer.first_purchase", values=("yes",))
LOYAL = Condition(op="ge", field="customer.purchases", values=(1,))


def having(field: str, code: str, op: Operator = "eq") -> Condition:
    return Condition(op=op, field=field, values=(code,))


def said(terms: Terms, scope: RuleScope = RuleScope(), *others: Standing, **mine: object) -> list[tuple[str, UUID | None]]:
    rule = Standing(rule_id=MINE, name="mine", terms=terms, scope=scope, **mine)
    return [(one.code, one.other_id) for one in warnings_of(rule, others, HELD)]


def other(terms: Terms, scope: RuleScope = RuleScope(), **more: object) -> Standing:
    return Standing(rule_id=UUID(int=1), name="other", terms=terms, scope=scope, **more)


@pytest.mark.parametrize(
    ("scope", "code"),
    [
        (RuleScope(condition=CONFLICTING), "never_met"),
        (RuleScope(condition=Condition(op="lt", field="purchase.total", values=(300,)), minimum=300), "never_met"),
        (RuleScope(condition=Condition(op="eq", field="purchase.weekday", values=(7,))), "never_met"),
        (RuleScope(levels=Among(any=("xx",))), "no_such_level"),
        (RuleScope(levels=Among(all=("gold", "xx"))), "no_such_level"),
        (RuleScope(condition=having("customer.segment", "xx")), "never_met"),
        (RuleScope(segments=Among(any=("vip",))), "nobody_in_segments"),
        (RuleScope(segments=Among(all=("New", "vip"))), "nobody_in_segments"),
        (RuleScope(windows=(Window(starts=NOON - 2 * HOUR, ends=NOON - HOUR),)), "never_in_time"),
    ],
)
def test_a_rule_that_never_counts_is_told_of(scope: RuleScope, code: str) -> None:
    assert said(per(10_000), scope, starts=NOON) == [(code, None)]


@pytest.mark.parametrize(
    "condition",
    [
        having("customer.level", "GOLD"),
        having("customer.level", "New", "ne"),
        having("customer.segment", "New"),
        Condition(op="not", parts=(having("customer.level", "old"),)),
        Condition(op="and", parts=(having("customer.level", "gold"), having("customer.level", "new"))),
    ],
)
def test_a_condition_on_levels_and_segments_that_somebody_has_is_not(condition: Condition) -> None:
    assert said(per(10_000), RuleScope(condition=condition)) == []


EITHER = Condition(op="or", parts=(having("customer.level", "xx"), having("customer.segment", "New")))
LOST = RuleWarning(code="no_such_level", named=("xx",))
UNSEEN = RuleWarning(code="no_such_segment", named=("vip", "odd"))
NEITHER = Condition(op="not", parts=(Condition(op="in", field="customer.segment", values=("vip", "odd", "Empty")),))


@pytest.mark.parametrize(
    ("scope", "told"),
    [
        (RuleScope(levels=Among(none=("xx", "Gold"))), [LOST]),
        (RuleScope(condition=having("customer.level", "xx", "ne")), [LOST]),
        (RuleScope(condition=Condition(op="not", parts=(having("customer.level", "xx"),))), [LOST]),
        (RuleScope(condition=EITHER), [LOST]),
        (RuleScope(condition=having("customer.level", "xx")), [RuleWarning(code="never_met"), LOST]),
        (RuleScope(segments=Among(none=("vip", "odd", "Empty"))), [UNSEEN]),
        (RuleScope(segments=Among(any=("vip", "odd", "new"))), [UNSEEN]),
        (RuleScope(condition=NEITHER), [UNSEEN]),
        (RuleScope(segments=Among(all=("empty",))), [RuleWarning(code="nobody_in_segments", named=("empty",))]),
        (RuleScope(segments=Among(any=("vip", "odd"))), [UNSEEN]),
        (RuleScope(merchants=(MINE,)), [RuleWarning(code="no_such_merchant", named=(str(MINE),))]),
        (RuleScope(places=(MINE,)), [RuleWarning(code="no_such_place", named=(str(MINE),))]),
    ],
)
def test_what_a_rule_names_and_is_not_there_is_told_of_by_name(scope: RuleScope, told: list[RuleWarning]) -> None:
    """Left out, too: a slip there gives points to everybody."""
    held = replace(HELD, active_segments=frozenset({"new", "empty"}), merchants=frozenset(), places=frozenset())
    assert list(warnings_of(Standing(rule_id=MINE, name="mine", terms=per(10_000), scope=scope), [], held)) == told


LATER = RuleWarning(code="level_to_come", named=("Plus",))


@pytest.mark.parametrize(
    ("scope", "told"),
    [
        (RuleScope(levels=Among(any=("Plus",))), [LATER]),
        (RuleScope(levels=Among(all=("Plus",), none=("gold",))), [LATER]),
        (RuleScope(condition=having("customer.level", "Plus")), [LATER]),
        (RuleScope(levels=Among(any=("Plus", "xx"))), [LOST, LATER]),
    ],
)
def test_a_rule_for_a_level_of_a_set_that_is_not_active_yet_is_looked_at_as_it_will_count(
    scope: RuleScope, told: list[RuleWarning]
) -> None:
    held = replace(HELD, levels_to_come=frozenset({"plus"}))
    mine, base = Standing(rule_id=MINE, name="mine", terms=per(10_000), scope=scope), other(per(40_000))
    over = RuleWarning(code="overlaps", other_id=UUID(int=1), other_name="other")
    assert list(warnings_of(mine, [base], held)) == [*told, over]
    assert list(warnings_of(base, [mine, base], held)) == [replace(over, other_id=MINE, other_name="mine")]


@pytest.mark.parametrize("segments", [Among(any=("vip", "NEW")), Among(all=("new",)), Among(none=("vip", "new"))])
def test_a_rule_for_segments_that_somebody_is_in_is_not(segments: Among) -> None:
    assert said(per(10_000), RuleScope(segments=segments)) == []


@pytest.mark.parametrize(
    "condition",
    [
        Condition(op="or", parts=(CONFLICTING, Condition(op="ge", field="purchase.hour", values=(9,)))),
        Condition(op="not", parts=(CONFLICTING,)),
        Condition(
            op="and",
            parts=(Condition(op="gt", field="line.total", values=(5,)), Condition(op="lt", field="line.total", values=(3,))),
        ),
        Condition(op="in", field="purchase.payment_method", values=("Cash", "card")),
    ],
)
def test_what_may_be_met_is_left_alone(condition: Condition) -> None:
    assert not never(condition, {}, FEW)


def test_texts_that_must_be_two_things_at_once_are_never_met() -> None:
    both = [Condition(op="eq", field="purchase.payment_method", values=(name,)) for name in ("Cash", "card")]
    assert never(Condition(op="and", parts=tuple(both)), {}, FEW)
    assert not never(
        Condition(op="and", parts=(both[0], Condition(op="in", field="purchase.payment_method", values=("CASH", "x")))), {}, FEW
    )


def test_two_rules_for_the_same_purchases_overlap() -> None:
    assert said(per(10_000), RuleScope(minimum=300), other(per(40_000))) == [("overlaps", UUID(int=1))]
    assert said(per(10_000, only=Selection(skus=("A",))), RuleScope(), other(per(40_000))) == [("overlaps", UUID(int=1))]


def test_rules_that_cannot_both_count_do_not_overlap() -> None:
    grouped = RuleScope(group="coffee")
    assert said(per(10_000), replace(grouped, priority=1), other(per(40_000), grouped)) == []
    assert said(per(10_000), RuleScope(minimum=300), other(per(40_000), RuleScope(maximum=900))) == []
    assert said(per(10_000), RuleScope(weekdays=(0, 2)), other(per(40_000), RuleScope(weekdays=(1,)))) == []
    morning, late = (RuleScope(hours=(Hours(opens=a * 60, closes=b * 60),)) for a, b in ((7, 11), (22, 7)))
    assert said(per(10_000), morning, other(per(40_000), late)) == []
    assert said(per(10_000), RuleScope(), other(per(40_000), ends=NOON), starts=NOON) == []
    early, late = (RuleScope(windows=(Window(starts=NOON + n * HOUR, ends=NOON + (n + 1) * HOUR),)) for n in range(2))
    assert said(per(10_000), early, other(per(40_000), late)) == []
    assert said(per(10_000, only=Selection(skus=("A",))), RuleScope(), other(per(40_000, only=Selection(skus=("B",))))) == []
    assert said(per(10_000), RuleScope(), other(ProductPoints(points=Decimal(1)))) == []
    for scope in (RuleScope(), RuleScope(stops=True, priority=1)):
        assert said(per(10_000), RuleScope(), other(replace(per(1), currency="EUR"), scope)) == []


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (RuleScope(minimum=300), RuleScope(weekdays=(1,))),
        (RuleScope(weekdays=(1, 2)), RuleScope(weekdays=(2, 3))),
        (RuleScope(hours=(Hours(opens=600, closes=720),)), RuleScope(hours=(Hours(opens=1380, closes=601),))),
        (
            RuleScope(windows=(Window(starts=NOON, ends=NOON + 3 * HOUR),)),
            RuleScope(windows=(Window(starts=NOON + 2 * HOUR, ends=NOON + 5 * HOUR),)),
        ),
    ],
)
def test_rules_that_count_for_the_same_at_some_times_overlap(mine: RuleScope, theirs: RuleScope) -> None:
    assert said(per(10_000), mine, other(per(40_000), theirs)) == [("overlaps", UUID(int=1))]


@pytest.mark.parametrize(
    ("scope", "terms", "code"),
    [
        (RuleScope(levels=Among(all=("gold",), none=("Gold",))), per(1), "contradicts_itself"),
        (RuleScope(levels=Among(any=("gold", "new"), none=("gold", "new", "old"))), per(1), "contradicts_itself"),
        (RuleScope(channels=("online",), places=(UUID(int=5),)), per(1), "contradicts_itself"),
        (RuleScope(), per(1, only=Selection(skus=("A",)), never=Selection(skus=("a", "b"))), "no_lines_left"),
        (RuleScope(condition=Condition(op="eq", field="purchase.channel", values=("shop",))), per(1), "never_met"),
        (RuleScope(condition=Condition(op="and", parts=(FIRST, LOYAL))), per(1), "never_met"),
    ],
)
def test_what_contradicts_itself_is_told_of(scope: RuleScope, terms: Terms, code: str) -> None:
    assert said(terms, scope) == [(code, None)]


def test_levels_of_which_some_are_left_out_may_be_met() -> None:
    assert said(per(1), RuleScope(levels=Among(any=("gold", "new"), none=("gold",)))) == []
    assert said(per(1), RuleScope(condition=FIRST)) == []


def test_a_multiplier_needs_something_to_multiply() -> None:
    double = Multiplier(factor=Decimal(2))
    assert said(double) == [("nothing_to_multiply", None)]
    assert said(double, RuleScope(), other(per(40_000))) == []
    assert said(double, RuleScope(), other(per(40_000), ends=NOON), starts=NOON) == [("nothing_to_multiply", None)]


def test_a_multiplier_that_names_an_unknown_level_is_told_of() -> None:
    factors = [
        Multiplier(by_level=tuple(LevelFactor(level=code, factor=Decimal(2)) for code in codes)) for codes in (("Gold",), ("gold", "xx"))
    ]
    assert [said(terms, RuleScope(), other(per(40_000))) for terms in factors] == [[], [("no_such_level", None)]]


def test_a_rule_that_another_of_its_group_always_precedes_is_told_of() -> None:
    grouped = RuleScope(group="coffee")
    assert said(per(10_000), grouped, other(per(40_000), grouped)) == [("group_taken", UUID(int=1))]
    assert said(per(10_000), RuleScope(group="Coffee"), other(per(40_000), grouped)) == [("group_taken", UUID(int=1))]
    assert said(per(10_000), RuleScope(group="Coffee", priority=1), other(per(40_000), grouped)) == []
    assert said(ProductPoints(points=Decimal(1)), grouped, other(per(40_000), grouped)) == [("group_taken", UUID(int=1))]
    assert said(per(10_000), grouped, other(per(40_000), replace(grouped, minimum=300))) == []
    limited = replace(grouped, limits=(Limit(of="times", most=1),))
    assert said(per(10_000), grouped, other(per(40_000), limited)) == []


def test_a_stopping_rule_that_comes_first_shadows_the_ones_after_it() -> None:
    stops = RuleScope(stops=True, priority=1)
    assert said(per(10_000), RuleScope(minimum=300), other(per(40_000), stops)) == [("shadowed", UUID(int=1))]
    assert said(per(10_000), RuleScope(priority=2), other(per(40_000), stops)) == [("overlaps", UUID(int=1))]
    assert said(per(10_000), RuleScope(), other(per(40_000), RuleScope(stops=True, priority=1, minimum=300))) == []


def test_a_rule_before_a_stopping_one_gives_beside_it() -> None:
    one, stop = other(per(100)), Standing(rule_id=MINE, name="one stop", terms=per(100), scope=RuleScope(stops=True))
    told = [[(w.code, w.other_id) for w in warnings_of(rule, [one, stop], HELD)] for rule in (one, stop)]
    assert told == [[("overlaps", MINE)], [("overlaps", UUID(int=1))]]


def test_a_rule_that_never_counts_gives_nothing_beside_another() -> None:
    one, stop = other(per(100)), Standing(rule_id=MINE, name="one stop", terms=per(100), scope=RuleScope(stops=True))
    third = Standing(rule_id=UUID(int=3), name="third", terms=per(100), scope=RuleScope())
    assert [(w.code, w.other_id) for w in warnings_of(third, [one, stop, third], HELD)] == [("shadowed", MINE)]
    assert [w.other_id for w in warnings_of(one, [one, stop, third], HELD)] == [MINE]
    past = RuleScope(windows=(Window(starts=NOON - 2 * HOUR, ends=NOON - HOUR),))
    assert said(per(10_000), past, one, starts=NOON) == [("never_in_time", None)]
    late = replace(one, scope=past, starts=NOON)
    assert said(per(10_000), RuleScope(), late) == []


def test_of_two_best_multipliers_only_one_counts() -> None:
    best, compound = (Multiplier(factor=Decimal(4), combine=how) for how in ("best", "compound"))
    base = Standing(rule_id=UUID(int=2), name="base", terms=per(1), scope=RuleScope())
    assert said(best, RuleScope(), base, other(best)) == []
    assert said(best, RuleScope(), base, other(compound)) == [("overlaps", UUID(int=1))]
