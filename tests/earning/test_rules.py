"""How a rule comes into force, and what it gives."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from earning.domain.rule_set import RuleSet
from earning.domain.rules import EarningRule, InForce, PlannedEnd, RuleVersion
from loyalty.domain.errors import Conflict, DomainError, NotFound
from tests.earning.given import NOON, per, sale

HOUR = timedelta(hours=1)


def drafted() -> EarningRule:
    rule = EarningRule(UUID(int=1))
    rule.create("One point per 10,000 đồng", per(10_000), "points")
    return rule


@pytest.mark.parametrize(
    ("terms", "amount", "points"),
    [
        (per(40_000, "5"), 60_000, 7),
        (per(40_000, "5", rounding="ceil"), 60_000, 8),
        (per(40_000, "5", rounding="half_up"), 60_000, 8),
        (per(40_000, "5", whole_steps=True), 79_999, 5),
        (per(100, "2.3"), 1000, 23),
        (per(100, "2.3", whole_steps=True, rounding="half_up"), 350, 7),
        (per(3, "0.000001"), 10**15, 333_333_333),
        (per(10_000, rounding="ceil"), 0, 0),
        (per(10_000, rounding="ceil"), -5, 0),
        (per(10_000), 9_999, 0),
    ],
)
def test_points_per_amount_are_exact_and_rounded_once(terms, amount: int, points: int) -> None:
    assert terms.worth(amount) == points


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        (per(10_000, "0"), "earning.rule_points_invalid"),
        (per(10_000, "NaN"), "earning.rule_points_invalid"),
        (per(10_000, "Infinity"), "earning.rule_points_invalid"),
        (per(10_000, "1000001"), "earning.rule_points_invalid"),
        (per(10_000, "0.0000001"), "earning.rule_points_too_exact"),
        (per(0), "earning.rule_amount_invalid"),
    ],
)
def test_a_rule_must_make_sense(terms, code: str) -> None:
    with pytest.raises(DomainError, match=rf"^{code}"):
        EarningRule(UUID(int=1)).create("A rule", terms, "points")


def test_a_rule_needs_a_name() -> None:
    for name in ("", "  ", "x" * 121):
        with pytest.raises(DomainError, match=r"^earning.rule_name_invalid"):
            EarningRule(UUID(int=1)).create(name, per(10_000), "points")


def test_a_rule_is_drafted_activated_changed_paused_and_activated_again() -> None:
    rule = drafted()
    assert (rule.state, rule.number) == ("draft", 1)
    rule.activate(NOON)
    rule.change("Two points", per(10_000, "2"), NOON + HOUR, seen=1)
    rule.pause(NOON + 2 * HOUR)
    assert (rule.state, rule.number) == ("paused", 2)
    rule.activate(NOON + 3 * HOUR)
    assert rule.state == "active"
    assert EarningRule.replay(rule.id, rule.pending).effective_at == NOON + 3 * HOUR


def test_a_rule_changes_only_what_its_editor_saw() -> None:
    rule = drafted()
    rule.change("Two points", per(10_000, "2"), NOON, seen=1)
    with pytest.raises(Conflict, match=r"^earning.rule_changed_meanwhile"):
        rule.change("Three points", per(10_000, "3"), NOON, seen=1)
    rule.change("Three points", per(10_000, "3"), NOON, seen=None)


def test_a_rule_does_not_come_into_force_twice_and_must_exist() -> None:
    rule = drafted()
    with pytest.raises(Conflict, match=r"^earning.rule_is_not_active"):
        rule.pause(NOON)
    rule.activate(NOON)
    with pytest.raises(Conflict, match=r"^earning.rule_is_active"):
        rule.activate(NOON)
    with pytest.raises(NotFound, match=r"^earning.rule_unknown"):
        EarningRule(UUID(int=2)).activate(NOON)


def test_what_held_is_not_decided_again() -> None:
    rule = drafted()
    rule.activate(NOON - HOUR, NOON)
    with pytest.raises(DomainError, match=r"^earning.rule_since_before") as refused:
        rule.change("Two points", per(10_000, "2"), NOON - 2 * HOUR, seen=1, now=NOON)
    assert (refused.value.field, refused.value.params["earliest"]) == ("effective_at", NOON - HOUR)
    rule.change("Two points", per(10_000, "2"), NOON - HOUR, seen=1, now=NOON)
    assert rule.effective_at == NOON - HOUR


def test_a_scheduled_rule_becomes_active_and_ends_by_time_alone() -> None:
    rule = drafted()
    rule.activate(NOON + HOUR, NOON)
    rule.end(NOON + 2 * HOUR, NOON)
    assert [rule.state_at(NOON + n * HOUR / 2) for n in range(5)] == ["scheduled", "scheduled", "active", "active", "ended"]


def test_a_scheduled_rule_gets_another_start_or_is_taken_out_of_the_schedule() -> None:
    rule = drafted()
    rule.activate(NOON + 9 * HOUR, NOON)
    rule.change("Two points", per(10_000, "2"), NOON, seen=1)
    assert (rule.state_at(NOON + 8 * HOUR), rule.effective_at) == ("scheduled", NOON + 9 * HOUR)
    rule.activate(NOON + HOUR, NOON)
    assert (rule.state_at(NOON), rule.state_at(NOON + HOUR)) == ("scheduled", "active")
    rule.pause(NOON)
    assert rule.state_at(NOON + HOUR) == "paused"


def test_an_end_is_final_and_says_which_rule_it_is_of() -> None:
    rule = drafted()
    rule.activate(NOON)
    rule.end(NOON + 2 * HOUR, NOON)
    rule.end(None, NOON)
    assert rule.state_at(NOON + 9 * HOUR) == "active"
    rule.end(NOON + HOUR, NOON)
    late = NOON + HOUR
    for order in (
        lambda: rule.activate(late),
        lambda: rule.pause(late),
        lambda: rule.end(None, late),
        lambda: rule.change("Three points", per(10_000), late, seen=None),
    ):
        with pytest.raises(Conflict, match=r"^earning.rule_is_ended") as refused:
            order()
        assert refused.value.params["name"] == "One point per 10,000 đồng"


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (lambda rule: rule.end(NOON - HOUR, NOON), "earning.rule_end_is_over"),
        (lambda rule: rule.end(NOON + HOUR, NOON), "earning.rule_ends_before_start"),
        (lambda rule: (rule.end(NOON + 3 * HOUR, NOON), rule.activate(NOON + 3 * HOUR, NOON)), "earning.rule_starts_after_end"),
    ],
)
def test_a_rule_ends_after_it_starts(order, code: str) -> None:
    rule = drafted()
    rule.activate(NOON + 2 * HOUR, NOON)
    with pytest.raises(DomainError, match=rf"^{code}"):
        order(rule)


def test_a_purchase_sees_an_end_as_far_as_it_was_known() -> None:
    ends = (PlannedEnd(NOON, known=5), PlannedEnd(None, known=7), PlannedEnd(NOON + HOUR, known=9))
    version = RuleVersion(rule_id=UUID(int=1), version=1, terms=per(10_000), periods=(InForce(began=1),), ends=ends)
    known = {known: [version.in_force(NOON + n * HOUR, known) for n in range(2)] for known in (0, 4, 5, 7, 9, None)}
    assert known == {
        0: [False, False], 4: [True, True], 5: [False, False], 7: [True, True], 9: [True, False], None: [True, False],
    }  # fmt: skip


def test_a_purchase_is_decided_by_the_version_of_its_time() -> None:
    rule_id = UUID(int=1)
    versions = [
        RuleVersion(
            rule_id=rule_id, version=1, terms=per(10_000), periods=(InForce(NOON, NOON + HOUR), InForce(NOON + 3 * HOUR, NOON + 4 * HOUR))
        ),
        RuleVersion(rule_id=rule_id, version=2, terms=per(10_000, "2"), periods=(InForce(NOON + 4 * HOUR, None),)),
    ]
    for after, points in ((-1, []), (0, [10]), (1, []), (3, [10]), (4, [20]), (999, [20])):
        given = RuleSet(versions).worth(sale(100_000, purchased_at=NOON + after * HOUR))
        assert [c.points for c in given] == points


def test_decimal_points_stay_exact() -> None:
    assert per(1, "0.1").exact(3) == Decimal("0.3")
