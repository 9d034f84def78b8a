"""What kinds of rules give, alone and together: the worked examples, in the domain and through a recorded purchase."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from earning.commands import (
    ActivateRule,
    CreateRule,
    LabelFactor,
    LabelValue,
    LevelFactor,
    Limit,
    Line,
    Multiplier,
    PointsPerAmount,
    ProductPoints,
    RuleScope,
    Selection,
    Terms,
)
from earning.domain.evaluation import Candidate, Evaluation
from earning.domain.facts import Facts
from earning.domain.rule_set import RuleSet
from earning.domain.rules import EarningRule, InForce, RuleVersion
from earning.domain.seen import CustomerSeen
from loyalty.domain.errors import DomainError
from tests.earning.counter import Counter
from tests.earning.given import line, rules, sale

BASKET = (
    line(1200, 1, sku="123", labels={"color": "red"}),
    line(10000, 1, sku="000", labels={"color": "blue"}),
    line(4000, 1, sku="0001", kind="delivery"),
)
Rule = Terms | tuple[Terms, RuleScope]


def per_euro(points: str, **more: Any) -> PointsPerAmount:
    return PointsPerAmount(points=Decimal(points), per=100, currency="EUR", **more)


def sku(*names: str) -> Selection:
    return Selection(skus=names)


def times(factor: str | None = None, *skus: str, **more: Any) -> Multiplier:
    return Multiplier(factor=None if factor is None else Decimal(factor), only=sku(*skus), **more)


def points(*promised: Rule, lines: tuple[Line, ...] = BASKET) -> int:
    return sum(each(*promised, lines=lines))


def each(*promised: Rule, lines: tuple[Line, ...] = BASKET) -> list[int]:
    return [c.points for c in rules(*promised).worth(sale(*lines, currency="EUR"))]


FOUR = per_euro("4")
RED = Selection(labels=(LabelValue(label="color", value="red"),))
EXAMPLES: dict[str, tuple[list[Rule], int]] = {
    "four points for each euro, on everything": ([FOUR], 608),
    "but not on one SKU": ([per_euro("4", never=sku("000"))], 208),
    "only on what is red": ([per_euro("4", only=RED)], 48),
    "three times as many on one SKU": ([FOUR, times("3", "123")], 704),
    "and 100 for a product": ([FOUR, ProductPoints(points=Decimal(100), only=sku("000"))], 708),
    "the second of three stops": ([per_euro("1"), (per_euro("1"), RuleScope(stops=True)), per_euro("10")], 304),
    "from 300 on": ([(FOUR, RuleScope(minimum=30_000))], 0),
}


def test_a_label_whose_name_has_an_equals_sign_is_no_other_label_with_a_value() -> None:
    only = Selection(labels=(LabelValue(label="a=b"),))
    worth = rules(ProductPoints(points=Decimal(1), each="line", only=only)).worth
    given = [sum(c.points for c in worth(sale(line(1000, labels=labels)))) for labels in ({"a=b": ""}, {"a": "b"})]
    assert given == [1, 0]


@pytest.mark.parametrize(("promised", "expected"), EXAMPLES.values(), ids=EXAMPLES.keys())
def test_the_worked_examples(promised: list[Rule], expected: int) -> None:
    assert points(*promised) == expected


@pytest.mark.parametrize(("promised", "expected"), EXAMPLES.values(), ids=EXAMPLES.keys())
def test_the_worked_examples_through_a_recorded_purchase(tenant: Any, promised: list[Rule], expected: int) -> None:
    counter = Counter(tenant)
    for n, one in enumerate(promised):
        terms, scope = one if isinstance(one, tuple) else (one, RuleScope())
        if isinstance(terms, PointsPerAmount):
            terms = replace(terms, currency=tenant.currency)
        made = counter.do(CreateRule(name=f"Rule {n}", terms=terms, scope=scope))
        counter.do(ActivateRule(rule_id=made.rule_id, effective_at=datetime(2000, 1, 1, tzinfo=UTC)))
    order = counter.order(counter.customer(), *BASKET)
    sold = counter.do(order)
    assert (sold.points, sum(c.points for c in sold.contributions)) == (expected, expected)
    assert counter.do(order).points == expected
    assert counter.take_back(order, sold.purchase_id).points == expected


def test_each_line_that_counted_stands_in_the_contribution() -> None:
    given = rules(FOUR, times("3", "123"), ProductPoints(points=Decimal(100), only=sku("000"))).worth(sale(*BASKET, currency="EUR"))
    assert [(c.points, c.amounts) for c in given] == [(608, (1200, 10000, 4000)), (96, (1200, 0, 0)), (100, (0, 10000, 0))]


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        (per_euro("1", delivery=False), 112),
        (per_euro("1", only=Selection(categories=("cà phê",))), 0),
        (per_euro("1", only=Selection(labels=(LabelValue(label="COLOR"),))), 112),
        (per_euro("1", only=RED, never=RED), 0),
        (ProductPoints(points=Decimal("1.5"), each="line"), 4),
        (ProductPoints(points=Decimal("1.5"), each="line", rounding="ceil"), 5),
        (times("3"), 0),
    ],
)
def test_which_lines_count(terms: Terms, expected: int) -> None:
    assert points(terms) == expected


def test_texts_are_compared_in_upper_and_lower_case_alike() -> None:
    basket = (line(1000, 1, category="CÀ PHÊ", maker="Straße"),)
    assert points(per_euro("1", only=Selection(categories=("Cà phê",))), lines=basket) == 10
    assert points(per_euro("1", only=Selection(makers=("STRASSE",))), lines=basket) == 10
    assert points(per_euro("1", never=Selection(makers=("strasse",))), lines=basket) == 0


def test_the_base_is_net_of_discounts_or_gross() -> None:
    basket = (line(1000, 1), line(-250, 1, kind="discount"))
    assert points(per_euro("1"), lines=basket) == 7
    assert points(per_euro("1", rewards="gross"), lines=basket) == 10


def test_units_are_counted_with_their_decimals() -> None:
    weighed = (Line(total=700, quantity=2500, sku="rice"), line(100, sku="rice"))
    assert points(ProductPoints(points=Decimal(10), only=sku("RICE")), lines=weighed) == 35


def test_factors_of_several_rules() -> None:
    two, five, best_two, best_three = times("2", "123"), times("5"), times("2", combine="best"), times("3", "123", combine="best")
    assert each(per_euro("1"), two, five) == [152, 12, 4 * 152 + 4 * 12]
    assert each(per_euro("1"), best_two, best_three) == [152, 152, 12]
    assert each(per_euro("1"), best_three, best_two) == [152, 24, 140]
    assert points(per_euro("1"), best_two, best_three, five) == 5 * (3 * 12 + 2 * 140)


def test_of_the_best_ones_the_part_of_one_that_is_outdone_is_that_of_the_larger() -> None:
    four, five, compound = times("4", combine="best"), times("5", combine="best"), times("6")
    ten = (line(1000),)
    assert each(per_euro("1"), compound, four, five, lines=ten) == [10, 50, 240]
    assert each(per_euro("1"), five, compound, four, lines=ten) == [10, 40, 250]
    assert each(per_euro("1"), four, five, four, lines=ten) == [10, 40]
    once = RuleScope(limits=(Limit(of="times", most=1),))
    assert points(per_euro("1"), (four, once), (five, once), lines=ten) == 50


def test_a_multiplier_that_is_outdone_is_told_apart_from_one_that_has_nothing_to_multiply() -> None:
    promised = [per_euro("1"), times("4", combine="best"), times("5", combine="best"), times("2", "unsold")]
    told = rules(*promised).explain(replace(sale(line(1000), currency="EUR"), rules_position=None))
    assert [(one.outcome, one.points) for one in told] == [("gave", 10), ("outdone", 0), ("gave", 40), ("no_lines", 0)]


def test_of_several_labels_of_one_rule_the_largest_counts_on_a_line() -> None:
    by_label = (LabelFactor(label="color", value="Red", factor=Decimal(2)), LabelFactor(label="size", value="L", factor=Decimal(4)))
    basket = (line(100, labels={"color": "red", "size": "l"}), line(100, labels={"color": "red"}), line(100))
    assert points(per_euro("10"), times(by_label=by_label), lines=basket) == 40 + 20 + 10
    assert points(per_euro("10"), times("3", by_label=by_label), lines=basket) == 40 + 30 + 30


def test_levels_multiply_for_those_who_have_them() -> None:
    gold = times(by_level=(LevelFactor(level="gold", factor=Decimal("1.5")),))
    for level, expected in (("GOLD", 228), ("silver", 152), ("", 152)):
        turn = Evaluation(Facts(replace(sale(*BASKET, currency="EUR"), seen=CustomerSeen(levels=(level,) if level else ()))))
        for terms in (per_euro("1"), gold):
            turn.take(Candidate(RuleVersion(rule_id=UUID(int=1), version=1, terms=terms, periods=()), terms))
        turn.finish()
        assert sum(c.points for c in turn.contributions) == expected


def test_full_amounts_are_counted_first_and_multiplied_then() -> None:
    stars = per_euro("1", whole_steps=True)
    assert points(stars, times("2"), lines=(line(150),)) == 2
    assert points(stars, times("3", "a"), lines=(line(50, sku="a"), line(60))) == 1
    assert points(stars, times("3", "a"), lines=(line(150, sku="a"), line(60))) == 2 + 2


def test_each_rule_rounds_once() -> None:
    halves = tuple(line(50, sku=str(n)) for n in range(3))
    assert points(per_euro("1"), lines=halves) == 1
    assert points(per_euro("1"), per_euro("1"), lines=halves) == 2
    assert points(per_euro("1"), times("1.5"), lines=halves) == 2
    assert points(per_euro("1", rounding="ceil"), times("1.5"), lines=halves) == 3


def test_higher_priority_comes_first_then_the_older_rule() -> None:
    first = (per_euro("1"), RuleScope(priority=5, stops=True))
    assert points(per_euro("10"), first) == 152
    assert points(per_euro("10"), (per_euro("1"), RuleScope(stops=True))) == 1520 + 152


def test_a_stopping_rule_stops_its_own_kind_only_and_only_where_it_applied() -> None:
    stopping = RuleScope(stops=True, priority=1)
    product = ProductPoints(points=Decimal(100), only=sku("000"))
    assert points((per_euro("1"), stopping), per_euro("1"), product) == 252
    assert points((per_euro("1", only=sku("none")), stopping), per_euro("1")) == 152
    assert points((per_euro("1"), replace(stopping, minimum=30_000)), per_euro("1")) == 152


def test_of_a_group_the_first_that_applies_counts() -> None:
    group = RuleScope(group="welcome")
    product = (ProductPoints(points=Decimal(100)), group)
    assert points((per_euro("1", only=sku("none")), group), (per_euro("2"), group), (per_euro("5"), group), product) == 304
    assert points((per_euro("2"), group), (per_euro("5"), RuleScope(group="Welcome"))) == 304, "capitals do not matter"


def test_a_purchase_must_lie_within_the_bounds_of_the_basket() -> None:
    for minimum, maximum, expected in ((15_200, None, 152), (15_201, None, 0), (None, 15_200, 152), (None, 15_199, 0)):
        assert points((per_euro("1"), RuleScope(minimum=minimum, maximum=maximum))) == expected


def test_a_rule_of_another_version_of_the_same_age_keeps_its_place() -> None:
    old, young = UUID(int=900), UUID(int=1)
    versions = [
        RuleVersion(rule_id=old, version=2, terms=per_euro("1"), scope=RuleScope(stops=True), periods=(InForce(),)),
        RuleVersion(rule_id=young, version=1, terms=per_euro("10"), periods=(InForce(),)),
    ]
    assert [c.rule_id for c in RuleSet(versions).worth(sale(*BASKET, currency="EUR"))] == [old]


def test_a_return_counts_anew_what_the_rules_give_for_what_is_kept() -> None:
    """With the first line the rule goes that stopped the other."""
    rule_set = rules((per_euro("10", only=sku("123")), RuleScope(stops=True)), per_euro("1"))
    sold = sale(*BASKET, currency="EUR")
    given = rule_set.worth(sold)
    less = rule_set.less(sold, given, (1000, 1000, 1000), (0, 1000, 1000), {"points": 120})
    assert (sum(c.points for c in given), sum(c.points for c in less)) == (120, 0)
    less = rule_set.less(sold, given, (1000, 1000, 1000), (0, 0, 1000), {"points": 120})
    assert [(c.points, c.amounts) for c in less] == [(120, (1200, 0, 0)), (-40, (0, 0, -4000))]


@pytest.mark.parametrize(
    ("terms", "scope", "code", "field"),
    [
        (ProductPoints(points=Decimal(0)), RuleScope(), "earning.rule_points_invalid", "terms.points"),
        (times(), RuleScope(), "earning.rule_factor_missing", "terms.factor"),
        (times("0"), RuleScope(), "earning.rule_factor_invalid", "terms.factor"),
        (times("1000.5"), RuleScope(), "earning.rule_factor_invalid", "terms.factor"),
        (times("1.00001"), RuleScope(), "earning.rule_factor_invalid", "terms.factor"),
        (times("NaN"), RuleScope(), "earning.rule_factor_invalid", "terms.factor"),
        (times("2", " "), RuleScope(), "earning.selection_empty", "terms.only.skus.0"),
        (times("2", "x" * 65), RuleScope(), "earning.text_too_long", "terms.only.skus.0"),
        (times("2", *map(str, range(2001))), RuleScope(), "earning.selection_too_long", "terms.only.skus.2000"),
        (
            times(
                by_label=tuple(LabelFactor(label="c", value=str(n), factor=Decimal(2)) for n in range(199)),
                by_level=tuple(LevelFactor(level=code, factor=Decimal(2)) for code in "abc"),
            ),
            RuleScope(),
            "earning.rule_too_many_factors",
            "terms.by_level.1",
        ),
        (times(by_level=(LevelFactor(level="", factor=Decimal(2)),)), RuleScope(), "earning.selection_empty", "terms.by_level.0.level"),
        (
            times(by_level=tuple(LevelFactor(level=code, factor=Decimal(2)) for code in ("new", "gold", "GOLD"))),
            RuleScope(),
            "earning.rule_factor_twice",
            "terms.by_level.2.level",
        ),
        (
            times(by_label=tuple(LabelFactor(label=name, value=name, factor=Decimal(2)) for name in ("c", "C"))),
            RuleScope(),
            "earning.rule_factor_twice",
            "terms.by_label.1",
        ),
        (
            times(by_label=tuple(LabelFactor(label="c", value=value, factor=Decimal(n)) for n, value in enumerate("abc"))),
            RuleScope(),
            "earning.rule_factor_invalid",
            "terms.by_label.0.factor",
        ),
        (FOUR, RuleScope(priority=1001), "earning.rule_priority_invalid", "scope.priority"),
        (FOUR, RuleScope(group="x" * 41), "earning.text_too_long", "scope.group"),
        (FOUR, RuleScope(minimum=-1), "earning.rule_basket_invalid", "scope.minimum"),
        (FOUR, RuleScope(minimum=2, maximum=1), "earning.rule_basket_impossible", "scope.maximum"),
    ],
)
def test_terms_that_no_rule_can_have(terms: Terms, scope: RuleScope, code: str, field: str) -> None:
    with pytest.raises(DomainError, match=rf"^{code}") as refused:
        EarningRule(UUID(int=1)).create("A rule", terms, "points", scope)
    assert refused.value.field == field
