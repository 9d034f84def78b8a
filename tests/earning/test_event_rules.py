"""Points for custom events: rules decide them when they are reported, once each, within their limits, and explain them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command

from customers.commands import EraseCustomer, MergeCustomers, UnmergeCustomer
from earning import queries
from earning.commands import (
    ActivateRule,
    Condition,
    ConfigureWallet,
    CreateCustomEventType,
    CreateRule,
    CustomEventAnswer,
    CustomEventPoints,
    Limit,
    ReportCustomEvent,
    RuleScope,
)
from earning.domain.custom_event import CustomEvent
from earning.domain.rule_texts import RuleText
from loyalty.domain.errors import DomainError
from loyalty.eventstore import store
from loyalty.guards import disagreements
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.counter import Counter, in_parallel, rows
from tests.earning.given import line, per

DAY = timedelta(days=1)
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
SCHEMA = {
    "type": "object",
    "properties": {"stars": {"type": "integer"}, "kilos": {"type": "number"}, "shop": {"type": "string"}, "first": {"type": "boolean"}},
    "additionalProperties": False,
}


@pytest.fixture
def counter(tenant: Tenant) -> Counter:
    """Two types of events, and no rule yet."""
    counter = Counter(tenant)
    texts = tuple(RuleText(language=language, name=name) for language, name in [("vi", "Đánh giá"), ("en", "Review"), ("pl", "Ocena")])
    for code in ("review", "bottles"):
        counter.do(CreateCustomEventType(code=code, texts=texts, schema=SCHEMA))
    return counter


def rule(
    counter: Counter, points: str = "50", *, kind: str = "review", wallet: str = "points", scope: RuleScope | None = None, **told: Any
) -> UUID:
    terms = CustomEventPoints(type=kind, points=Decimal(points), **told)
    made = counter.do(CreateRule(name=f"{points} for {kind}", terms=terms, wallet=wallet, scope=scope or RuleScope()))
    counter.do(ActivateRule(rule_id=made.rule_id, effective_at=BEGINNING))
    return made.rule_id


def report(
    counter: Counter, whose: UUID, kind: str = "review", reference: str = "", ago: timedelta = timedelta(hours=1), **told: Any
) -> CustomEventAnswer:
    at = datetime.now(UTC).replace(microsecond=0) - ago if ago else None
    order = ReportCustomEvent(customer_id=whose, type=kind, reference_id=reference or uuid4().hex, attributes=told, occurred_at=at)
    return counter.do(order, channel="api")


def balance(counter: Counter, whose: UUID, wallet: str = "points") -> int:
    with reading(counter.tenant.id):
        return queries.balance(whose, datetime.now(UTC), wallet).balance


def agree(tenant: Tenant) -> list[Any]:
    return [one for _name, one in disagreements() if one.tenant_id == tenant.id]


def test_an_event_brings_what_its_rule_gives_once(counter: Counter, tenant: Tenant) -> None:
    rule(counter)
    whose = counter.customer()
    first, again = (report(counter, whose, reference="r-1", ago=timedelta(hours=2)) for _ in range(2))
    assert (first.points, first.duplicate) == (50, False)
    assert (again.points, again.duplicate) == (50, True)
    assert report(counter, whose, "bottles").points == 0
    assert balance(counter, whose) == 50
    with reading(tenant.id):
        (moved,) = queries.statement(whose)
        (lot,) = queries.lots(whose)
    assert (moved.kind, moved.points, moved.reference_id, moved.purchase_id) == ("earned", 50, first.custom_event_id, None)
    assert [one.name for one in moved.reasons] == ["50 for review"]
    assert (lot.source, lot.points, lot.purchase_id) == ("deed", 50, None)
    assert agree(tenant) == []


@pytest.mark.parametrize(
    ("told", "points"),
    [({"kilos": Decimal("2.5")}, 5), ({"kilos": Decimal("0.4")}, 0), ({"kilos": -3}, 0), ({}, 0), ({"shop": "7"}, 0), ({"kilos": 7}, 14)],
)
def test_points_for_each_of_a_number_that_the_event_tells(counter: Counter, told: dict[str, Any], points: int) -> None:
    rule(counter, "2", kind="bottles", attribute="kilos")
    assert report(counter, counter.customer(), "bottles", **told).points == points


@pytest.mark.parametrize(
    ("condition", "told", "points"),
    [
        (Condition(op="ge", field="event.attribute.stars", values=(4,)), {"stars": 5}, 50),
        (Condition(op="ge", field="event.attribute.stars", values=(4,)), {"stars": 3}, 0),
        (Condition(op="ge", field="event.attribute.stars", values=(4,)), {}, 0),
        (Condition(op="gt", field="event.attribute.kilos", values=(2,)), {"kilos": Decimal("2.5")}, 50),
        (Condition(op="eq", field="event.attribute.shop", values=("LÊ LỢI",)), {"shop": "Lê Lợi"}, 50),
        (Condition(op="eq", field="event.attribute.first", values=("true",)), {"first": True}, 50),
        (Condition(op="eq", field="event.attribute.stars", values=("5",)), {"stars": 5}, 0),
        (Condition(op="eq", field="customer.gender", values=("female",)), {}, 50),
    ],
)
def test_conditions_ask_what_the_event_says_and_whose_it_is(
    counter: Counter, tenant: Tenant, condition: Condition, told: dict[str, Any], points: int
) -> None:
    rule(counter, scope=RuleScope(condition=condition))
    made = report(counter, counter.customer(gender="female"), **told)
    assert made.points == points
    with reading(tenant.id):
        (turn,) = queries.event_explanation(made.custom_event_id).rules
        said = [r.event for r in store.load(made.custom_event_id)]
    assert turn.explained.outcome == ("gave" if points else "not_met")
    assert turn.explained.points == points
    assert "LÊ LỢI".casefold() not in repr(said[1]).casefold(), "what the event says is kept sealed, in the report alone"


def test_a_rule_may_ask_for_earlier_events_of_the_type(counter: Counter) -> None:
    rule(counter, scope=RuleScope(condition=Condition(op="eq", field="event.times.review", values=(2,))))
    whose = counter.customer()
    assert [report(counter, whose, ago=(4 - n) * timedelta(hours=1)).points for n in range(4)] == [0, 0, 50, 0]


@pytest.mark.parametrize(
    ("scope", "field"),
    [
        (RuleScope(minimum=1), "scope.minimum"),
        (RuleScope(channels=("pos",)), "scope.channels"),
        (RuleScope(condition=Condition(op="ge", field="purchase.total", values=(1,))), "scope.condition.field"),
        (RuleScope(condition=Condition(op="ge", field="event.attribute.", values=(1,))), "scope.condition.field"),
    ],
)
def test_it_asks_nothing_of_purchases(counter: Counter, scope: RuleScope, field: str) -> None:
    with pytest.raises(DomainError) as refused:
        rule(counter, scope=scope)
    assert refused.value.field == field


def test_a_rule_of_purchases_asks_nothing_of_what_an_event_says(counter: Counter) -> None:
    asked = RuleScope(condition=Condition(op="ge", field="event.attribute.stars", values=(1,)))
    with pytest.raises(DomainError) as refused:
        counter.do(CreateRule(name="Stars", terms=per(1_000), scope=asked))
    assert refused.value.code == "earning.condition_field_unknown"


@pytest.mark.parametrize("told", [{"type": "Two words"}, {"points": Decimal(0)}, {"attribute": "a b"}])
def test_terms_that_cannot_be_are_refused_at_their_field(counter: Counter, told: dict[str, Any]) -> None:
    with pytest.raises(DomainError) as refused:
        counter.do(CreateRule(name="Odd", terms=CustomEventPoints(**{"type": "review", "points": Decimal(1)} | told)))
    assert refused.value.field == f"terms.{next(iter(told))}"


def test_purchases_and_their_returns_do_not_know_of_it(counter: Counter) -> None:
    rule(counter)
    counter.rule(per(10_000))
    whose = counter.customer()
    report(counter, whose)
    order = counter.order(whose, line(30_000, 1))
    sold = counter.do(order)
    assert (sold.points, sold.balance) == (3, 53)
    assert counter.take_back(order, sold.purchase_id).points == 3
    assert balance(counter, whose) == 50


# -- limits --------------------------------------------------------------------------------------------


def test_of_fifty_reports_at_once_as_many_count_as_the_limit_says(counter: Counter, tenant: Tenant) -> None:
    rule(counter, scope=RuleScope(limits=(Limit(of="times", most=3),)))
    whose = counter.customer()
    answers = in_parallel(50, lambda n: report(counter, whose, reference=f"r-{n}"))
    assert not [one for one in answers if isinstance(one, DomainError)]
    assert sorted(one.points for one in answers if not isinstance(one, DomainError)) == [0] * 47 + [50] * 3
    assert balance(counter, whose) == 150
    assert agree(tenant) == []


def test_of_fifty_reports_of_the_same_event_at_once_one_counts(counter: Counter, tenant: Tenant) -> None:
    rule(counter)
    whose, at = counter.customer(), datetime.now(UTC) - DAY
    order = ReportCustomEvent(customer_id=whose, type="review", reference_id="r-1", attributes={}, occurred_at=at)
    answers = in_parallel(50, lambda n: counter.do(order, channel="api"))
    assert sorted(one.duplicate for one in answers if not isinstance(one, DomainError)) == [False] + [True] * 49
    assert balance(counter, whose) == 50
    assert agree(tenant) == []


def test_points_of_a_limit_are_cut_and_a_wallet_has_its_own(counter: Counter, tenant: Tenant) -> None:
    rule(counter, "40", scope=RuleScope(limits=(Limit(of="points", most=70, period="day"),)))
    whose = counter.customer()
    found = [report(counter, whose) for _ in range(3)]
    assert [one.points for one in found] == [40, 30, 0]
    with reading(tenant.id):
        turns = [queries.event_explanation(one.custom_event_id).rules[0].explained for one in found]
    assert [(turn.outcome, turn.points, turn.over) for turn in turns] == [("gave", 40, 0), ("gave", 30, 10), ("limit_reached", 0, 40)]
    assert agree(tenant) == []


def test_a_wallet_that_is_full_keeps_points_back_and_says_so(counter: Counter, tenant: Tenant) -> None:
    with reading(tenant.id):
        card = queries.wallet("points")
    limited = replace(card.terms, limits=(Limit(of="points", most=60, period="day"),))
    counter.do(ConfigureWallet(code="points", units=card.units, decimals=card.decimals, terms=limited, seen_version=card.version))
    rule(counter)
    whose = counter.customer()
    found = [report(counter, whose, ago=timedelta(0)) for _ in range(2)]
    assert [(one.points, one.wallets[0].cut) for one in found] == [(50, 0), (10, 40)]
    with reading(tenant.id):
        turn = queries.event_explanation(found[1].custom_event_id).rules[0].explained
    assert (turn.outcome, turn.points, turn.cut) == ("gave", 10, 40)
    assert agree(tenant) == []


def test_of_two_rules_of_a_group_the_first_counts(counter: Counter, tenant: Tenant) -> None:
    rule(counter, "50", scope=RuleScope(group="one"))
    rule(counter, "70", scope=RuleScope(group="one", priority=5))
    made = report(counter, counter.customer())
    assert made.points == 70
    with reading(tenant.id):
        told = [(turn.name, turn.explained.outcome, turn.kept_out_by) for turn in queries.event_explanation(made.custom_event_id).rules]
    assert told == [("70 for review", "gave", ""), ("50 for review", "group_taken", "70 for review")]


# -- who, and when -------------------------------------------------------------------------------------


def test_customers_who_are_one_share_limits_and_points_and_part_with_their_own(counter: Counter, tenant: Tenant) -> None:
    rule(counter, scope=RuleScope(limits=(Limit(of="times", most=1),)))
    hoa, lan, other = counter.customer(), counter.customer(), counter.customer()
    assert report(counter, hoa).points == 50
    counter.do(MergeCustomers(customer_id=hoa, other_id=lan, reason="one person"), channel="admin")
    assert report(counter, lan).points == 0
    assert balance(counter, lan) == 50
    counter.do(UnmergeCustomer(customer_id=lan, reason="two persons"), channel="admin")
    assert (balance(counter, hoa), balance(counter, lan)) == (50, 0)
    assert report(counter, other).points == 50
    assert agree(tenant) == []


def test_who_was_erased_keeps_no_points_and_the_explanation_knows_what_is_left(counter: Counter, tenant: Tenant) -> None:
    rule(counter, "2", kind="bottles", attribute="kilos")
    whose = counter.customer()
    made = report(counter, whose, "bottles", kilos=4)
    counter.do(EraseCustomer(customer_id=whose), channel="admin")
    with reading(tenant.id):
        (turn,) = queries.event_explanation(made.custom_event_id).rules
    assert (turn.explained.points, turn.explained.exact) == (8, None)
    with pytest.raises(DomainError):
        report(counter, whose, "bottles", kilos=4)


def test_a_late_report_gets_the_terms_of_its_time(counter: Counter, tenant: Tenant) -> None:
    made = counter.do(CreateRule(name="Now", terms=CustomEventPoints(type="review", points=Decimal(5))))
    counter.do(ActivateRule(rule_id=made.rule_id, effective_at=datetime.now(UTC) - DAY))
    whose = counter.customer()
    assert [report(counter, whose, ago=ago).points for ago in (2 * DAY, DAY / 2)] == [0, 5]
    with reading(tenant.id):
        (lot,) = queries.lots(whose)
    assert abs(datetime.now(UTC) - DAY / 2 - lot.earned_at) < timedelta(minutes=1)


def test_read_models_are_the_same_when_they_are_made_anew(counter: Counter, tenant: Tenant) -> None:
    rule(counter)
    rule(counter, "3", kind="bottles", attribute="kilos")
    whose = counter.customer()
    report(counter, whose)
    report(counter, whose, "bottles", kilos=3)
    assert len(rows("earning_lot", tenant, "id")) == 2
    call_command("rebuild", "earning.accounts", "earning.custom_events", compare=True)


def test_where_no_rule_looks_nothing_is_decided(counter: Counter) -> None:
    made = report(counter, counter.customer())
    with reading(counter.tenant.id):
        event = CustomEvent.replay(made.custom_event_id, [r.event for r in store.load(made.custom_event_id)])
    assert event.counted is None
    assert made.wallets == ()
