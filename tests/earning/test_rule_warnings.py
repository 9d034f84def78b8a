"""What looks wrong about a rule when it is saved."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from earning.commands import Among, Condition, ProductPoints, RuleScope, Selection, Terms, Window
from earning.domain.rule_warnings import Standing, never, warnings_of
from tests.earning.given import NOON, per

HOUR = timedelta(hours=1)
MINE = UUID(int=99)
CONFLICTING = Condition(
    op="and",
    parts=(
        Condition(op="gt", field="purchase.total", values=(5,)),
        Condition(op="and", parts=(Condition(op="lt", field="purchase.total", values=(6,)),)),
    ),
)


def said(terms: Terms, scope: RuleScope = RuleScope(), *others: Standing, **mine: object) -> list[tuple[str, UUID | None]]:
    rule = Standing(rule_id=MINE, name="mine", terms=terms, scope=scope, **mine)
    return [(one.code, one.other_id) for one in warnings_of(rule, others, {"new"})]


def other(terms: Terms, scope: RuleScope = RuleScope(), **more: object) -> Standing:
    return Standing(rule_id=UUID(int=1), name="other", terms=terms, scope=scope, **more)


@pytest.mark.parametrize(
    ("scope", "code"),
    [
        (RuleScope(condition=CONFLICTING), "never_met"),
        (RuleScope(condition=Condition(op="lt", field="purchase.total", values=(300,)), minimum=300), "never_met"),
        (RuleScope(condition=Condition(op="eq", field="purchase.weekday", values=(7,))), "never_met"),
        (RuleScope(segments=Among(any=("vip",))), "nobody_in_segments"),
        (RuleScope(segments=Among(all=("New", "vip"))), "nobody_in_segments"),
        (RuleScope(windows=(Window(starts=NOON - 2 * HOUR, ends=NOON - HOUR),)), "never_in_time"),
    ],
)
def test_a_rule_that_never_counts_is_told_of(scope: RuleScope, code: str) -> None:
    assert said(per(10_000), scope, starts=NOON) == [(code, None)]


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
    assert not never(condition, {})


def test_texts_that_must_be_two_things_at_once_are_never_met() -> None:
    both = [Condition(op="eq", field="purchase.payment_method", values=(name,)) for name in ("Cash", "card")]
    assert never(Condition(op="and", parts=tuple(both)), {})
    assert not never(Condition(op="and", parts=(both[0], Condition(op="in", field="purchase.payment_method", values=("CASH", "x")))), {})


def test_two_rules_for_the_same_purchases_overlap() -> None:
    assert said(per(10_000), RuleScope(minimum=300), other(per(40_000))) == [("overlaps", UUID(int=1))]
    assert said(per(10_000, only=Selection(skus=("A",))), RuleScope(), other(per(40_000))) == [("overlaps", UUID(int=1))]


def test_rules_that_cannot_both_count_do_not_overlap() -> None:
    grouped = RuleScope(group="coffee")
    assert said(per(10_000), grouped, other(per(40_000), grouped)) == []
    assert said(per(10_000), RuleScope(minimum=300), other(per(40_000), RuleScope(weekdays=(1,)))) == []
    assert said(per(10_000), RuleScope(), other(per(40_000), ends=NOON), starts=NOON) == []
    early, late = (RuleScope(windows=(Window(starts=NOON + n * HOUR, ends=NOON + (n + 1) * HOUR),)) for n in range(2))
    assert said(per(10_000), early, other(per(40_000), late)) == []
    assert said(per(10_000, only=Selection(skus=("A",))), RuleScope(), other(per(40_000, only=Selection(skus=("B",))))) == []
    assert said(per(10_000), RuleScope(), other(ProductPoints(points=Decimal(1)))) == []
    for scope in (RuleScope(), RuleScope(stops=True, priority=1)):
        assert said(per(10_000), RuleScope(), other(replace(per(1), currency="EUR"), scope)) == []


def test_a_stopping_rule_that_comes_first_shadows_the_ones_after_it() -> None:
    stops = RuleScope(stops=True, priority=1)
    assert said(per(10_000), RuleScope(minimum=300), other(per(40_000), stops)) == [("shadowed", UUID(int=1))]
    assert said(per(10_000), RuleScope(priority=2), other(per(40_000), stops)) == []
    assert said(per(10_000), RuleScope(), other(per(40_000), RuleScope(stops=True, priority=1, minimum=300))) == []
    older = Standing(rule_id=MINE, name="mine", terms=per(10_000), scope=RuleScope())
    younger = other(per(40_000), RuleScope(stops=True))
    assert list(warnings_of(older, [older, younger], ())) == []
