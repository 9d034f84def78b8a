"""Rules ask what a customer did beside buying: how many custom events of a type, and how long ago; the purchase keeps what was seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from customers.commands import MergeCustomers
from earning import queries
from earning.commands import ActivateRule, Condition, CreateCustomEventType, CreateRule, ReportCustomEvent, RuleScope
from earning.domain.facts import Facts, condition_test
from earning.domain.impossible import bounds_of, never
from earning.domain.purchase import Purchase
from earning.domain.rule_set import RuleSet
from earning.domain.rule_texts import RuleText
from earning.domain.rule_versions import InForce, RuleVersion
from earning.domain.seen import CustomerSeen, EventsSeen
from earning.forms.rules.conditions import leaf_of, rows_of
from earning.kinds.conditions import condition_sentence
from loyalty.admin.facts import Around
from loyalty.admin.history import facts_of
from loyalty.domain.errors import DomainError
from loyalty.eventstore import store
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.counter import Counter
from tests.earning.given import NOON, line, per, sale

DAY = timedelta(days=1)
REVIEWS = EventsSeen(type="app_review", times=3, times_30_days=1, last_at=NOON - 10 * DAY)
SALE = line(10_000, 1)


def asks(op: Any, field: str, value: int) -> Condition:
    return Condition(op=op, field=f"event.{field}", values=(value,))


TWO = asks("ge", "times.app_review", 2)


@pytest.mark.parametrize(
    ("condition", "met"),
    [
        (asks("ge", "times.app_review", 3), True),
        (asks("ge", "times.App_Review", 3), True),
        (asks("gt", "times.app_review", 3), False),
        (asks("eq", "times_30_days.app_review", 1), True),
        (asks("le", "days_since.app_review", 10), True),
        (asks("lt", "days_since.app_review", 10), False),
        (asks("eq", "times.course", 0), False),
    ],
)
def test_a_condition_looks_at_the_events_of_a_type_that_were_seen(condition: Condition, met: bool) -> None:
    assert condition_test(condition, "UTC")(Facts(replace(sale(10_000), seen=CustomerSeen(events=(REVIEWS,))))) is met
    assert condition_test(condition, "UTC")(Facts(sale(10_000))) is False


def test_days_are_those_of_the_clock_of_the_rule() -> None:
    seen = EventsSeen(type="course", times=1, last_at=datetime(2026, 3, 1, 16, 30, tzinfo=UTC))
    sold = replace(sale(10_000), purchased_at=datetime(2026, 3, 1, 17, 30, tzinfo=UTC), seen=CustomerSeen(events=(seen,)))
    found = [condition_test(asks("eq", "days_since.course", 1), zone)(Facts(sold)) for zone in ("UTC", "Asia/Ho_Chi_Minh")]
    assert found == [False, True]


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("event.times.", "field_unknown"),
        ("event.times.two words", "field_unknown"),
        ("event.view_menu", "field_unknown"),
        ("event.times.ｒeview", "field_unknown"),
    ],
)
def test_a_field_that_names_no_type_is_refused(field: str, code: str) -> None:
    with pytest.raises(DomainError) as refused:
        RuleScope(condition=Condition(op="ge", field=field, values=(1,))).check()
    assert (refused.value.code, refused.value.field) == (f"earning.condition_{code}", "condition.field")
    assert "event.times.TYPE" in refused.value.params["known"]


def test_it_is_compared_with_whole_numbers_only() -> None:
    for wrong in (Condition(op="eq", field="event.times.a", values=("2",)), Condition(op="contains", field="event.times.a", values=(2,))):
        with pytest.raises(DomainError) as refused:
            RuleScope(condition=wrong).check()
        assert refused.value.code == "earning.condition_number_needed"


def test_what_can_never_be_is_told() -> None:
    both = Condition(op="and", parts=(asks("lt", "times.a", 2), asks("gt", "times.a", 4)))
    found = [never(one, bounds_of(RuleScope()), {}) for one in (asks("lt", "times.a", 0), both, TWO)]
    assert found == [True, True, False]


class Walked(Condition):
    """A condition that counts how often it is walked through."""

    __slots__ = ()
    walks: ClassVar[int] = 0

    def nodes(self, depth: int = 1) -> Iterator[tuple[Condition, int]]:
        Walked.walks += 1
        return super().nodes(depth)


def test_which_types_are_asked_for_is_found_out_once_and_not_for_each_purchase() -> None:
    conditions = [Walked(op="ge", field=f"event.times.{code}", values=(2,)) for code in ("course", "a", "a")]
    rules = RuleSet(
        RuleVersion(rule_id=uuid4(), version=1, terms=per(10_000), scope=RuleScope(condition=one), periods=(InForce(),))
        for one in conditions
    )
    before = Walked.walks
    assert rules.event_types("VND", NOON) == ["a", "course"]
    assert (before > 0, Walked.walks - before) == (True, 0)


# -- through the bus -----------------------------------------------------------------------------------


@pytest.fixture
def counter(tenant: Tenant) -> Counter:
    """100 points of a purchase from the second review on, and again to whoever took a course within three days."""
    counter = Counter(tenant)
    texts = tuple(RuleText(language=language, name=name) for language, name in [("vi", "Đánh giá"), ("en", "Review"), ("pl", "Ocena")])
    for code in ("app_review", "course"):
        counter.do(CreateCustomEventType(code=code, texts=texts, schema={"type": "object"}))
    for condition in (TWO, asks("le", "days_since.course", 3)):
        terms = replace(per(10_000), points=per(1, "100").points)
        made = counter.do(CreateRule(name="Reviews", terms=terms, scope=RuleScope(condition=condition)))
        assert made.warnings == ()
        counter.do(ActivateRule(rule_id=made.rule_id, effective_at=datetime(2000, 1, 1, tzinfo=UTC)))
    return counter


def report(counter: Counter, whose: UUID, kind: str = "app_review", ago: timedelta = timedelta(hours=1)) -> None:
    at = datetime.now(UTC) - ago
    counter.do(ReportCustomEvent(customer_id=whose, type=kind, reference_id=uuid4().hex, attributes={}, occurred_at=at), channel="api")


def seen(tenant: Tenant, purchase_id: UUID) -> list[tuple[str, int, int, bool]]:
    with reading(tenant.id):
        decided = Purchase.replay(purchase_id, [r.event for r in store.load(purchase_id)]).decided
    assert decided is not None
    return [(one.type, one.times, one.times_30_days, one.last_at is None) for one in decided.seen.events]


def test_the_second_event_brings_points_and_each_purchase_keeps_what_was_seen(counter: Counter, tenant: Tenant) -> None:
    whose, another = counter.customer(), counter.customer()
    report(counter, whose, ago=40 * DAY)
    report(counter, another)
    report(counter, another)
    first = counter.sell(whose, SALE)
    report(counter, whose)
    order = counter.order(whose, SALE)
    with reading(tenant.id):
        assert queries.preview(order).points == 100
    second = counter.do(order)
    assert (first.points, second.points) == (0, 100)
    assert seen(tenant, first.purchase_id) == [("app_review", 1, 0, False), ("course", 0, 0, True)]
    assert seen(tenant, second.purchase_id) == [("app_review", 2, 1, False), ("course", 0, 0, True)]
    with reading(tenant.id), override("en"):
        told = queries.explanation(first.purchase_id).rules[0].explained
    assert (told.outcome, told.checks[0].seen) == ("not_met", {"event.times.app_review": (1,)})
    assert counter.take_back(order, second.purchase_id).points == 100
    with reading(tenant.id), override("en"):
        told = dict(facts_of(store.load(second.purchase_id)[0].event, Around(tenant.currency)))
    assert told["Seen of the customer"][-1] == "Custom events: Review: 2, in 30 days 1; Review: 0, in 30 days 0"


def test_what_happened_after_a_purchase_is_not_seen_by_it_however_late_it_is_recorded(counter: Counter) -> None:
    whose = counter.customer()
    report(counter, whose)
    report(counter, whose)
    late = counter.order(whose, SALE, purchased_at=datetime.now(UTC) - 2 * DAY)
    assert counter.do(late, channel="import").points == 0
    assert counter.sell(whose, SALE).points == 100


def test_days_since_the_last_event_count_from_the_purchase(counter: Counter) -> None:
    whose = counter.customer()
    report(counter, whose, "course", 10 * DAY)
    assert counter.sell(whose, SALE).points == 0
    report(counter, whose, "course", 2 * DAY)
    assert counter.sell(whose, SALE).points == 100


def test_events_of_all_who_turned_out_to_be_one_count(counter: Counter, tenant: Tenant) -> None:
    hoa, lan = counter.customer(), counter.customer()
    report(counter, hoa)
    report(counter, lan)
    assert counter.sell(lan, SALE).points == 0
    counter.do(MergeCustomers(customer_id=hoa, other_id=lan, reason="one person"), channel="admin")
    order = counter.order(lan, SALE)
    with reading(tenant.id):
        assert queries.preview(order).points == 100
    assert counter.do(order).points == 100


def test_a_type_that_is_not_there_is_warned_of(counter: Counter) -> None:
    made = counter.do(CreateRule(name="Nobody", terms=per(10_000), scope=RuleScope(condition=asks("ge", "times.no_such", 1))))
    assert [(one.code, one.named) for one in made.warnings] == [("no_such_event", ("no_such",))]


# -- in words ------------------------------------------------------------------------------------------


def test_it_is_said_in_words_by_the_name_of_the_type(counter: Counter, tenant: Tenant) -> None:
    with reading(tenant.id), override("en"):
        assert condition_sentence(TWO, "VND") == "number of events “Review” of the customer is at least 2"
    with reading(tenant.id), override("vi"):
        assert "Đánh giá" in condition_sentence(asks("le", "days_since.course", 3), "VND")
        assert "no_such" in condition_sentence(asks("le", "times_30_days.no_such", 3), "VND")


@pytest.mark.parametrize("condition", [TWO, asks("lt", "times_30_days.course", 9), asks("le", "days_since.app_review", 30)])
@pytest.mark.usefixtures("counter")
def test_a_row_of_the_form_says_it_and_back(condition: Condition, tenant: Tenant) -> None:
    with reading(tenant.id):
        _join, (row,) = rows_of(condition, "VND")
        assert row["label"] in {"app_review", "course"}
        assert leaf_of(row, "VND") == condition


@pytest.mark.usefixtures("counter")
def test_a_type_can_be_named_as_it_is_called(tenant: Tenant) -> None:
    row = {"field": "event.times.", "label": "danh gia", "op": "ge", "values": "2"}
    for language in ("vi", "en"):
        with reading(tenant.id), override(language):
            assert leaf_of(row, "VND") == TWO, language


@pytest.mark.parametrize(("label", "values", "at"), [("two words", "1", "label"), ("", "1", "label"), ("app_review", "soon", "values")])
def test_a_row_that_cannot_be_is_told_at_its_place(tenant: Tenant, label: str, values: str, at: str) -> None:
    with reading(tenant.id), pytest.raises(ValidationError) as refused:
        leaf_of({"field": "event.times.", "label": label, "op": "ge", "values": values}, "VND")
    assert list(refused.value.message_dict) == [at]
