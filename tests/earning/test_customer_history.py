"""Rules ask what a customer had bought before: the purchase keeps what was seen, and of purchases at once exactly one is the first."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ValidationError

from earning import queries
from earning.commands import ActivateRule, ClaimPurchase, Condition, CreateRule, ReturnLine, RuleScope
from earning.domain.facts import Facts, condition_test
from earning.domain.purchase import Purchase
from earning.domain.seen import CustomerSeen, History, Visit
from earning.forms.rules.conditions import leaf_of, rows_of
from earning.kinds.conditions import condition_sentence
from loyalty.bus import dispatch_all
from loyalty.domain.errors import DomainError
from loyalty.domain.period import business_day, local_midnight
from loyalty.eventstore import store
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.counter import Counter, in_parallel
from tests.earning.given import NOON, line, per, sale

FIRST = Condition(op="eq", field="customer.first_purchase", values=("yes",))
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def asks(op: Any, field: str, *values: str | int) -> Condition:
    return Condition(op=op, field=f"customer.{field}", values=values)


@pytest.mark.parametrize(
    ("history", "condition", "met"),
    [
        (History(), FIRST, True),
        (History(purchases=1, spent=5, last_at=NOON - DAY), FIRST, False),
        (None, FIRST, False),
        (History(purchases=9), asks("ge", "purchases", 9), True),
        (History(purchases=9, spent=99), asks("gt", "spent", 99), False),
        (History(purchases=1, last_at=NOON - 30 * DAY), asks("between", "days_since_purchase", 30, 30), True),
        (History(), asks("ge", "days_since_purchase", 0), False),
    ],
)
def test_a_condition_looks_at_what_had_been_bought_before(history: History | None, condition: Condition, met: bool) -> None:
    sold = replace(sale(10_000), seen=CustomerSeen(history=history))
    assert condition_test(condition, "Asia/Ho_Chi_Minh")(Facts(sold)) is met


SECOND = Visit(number=2, purchases=1, days_since=7, before_at_merchant=3)


@pytest.mark.parametrize(
    ("condition", "met"),
    [
        (Condition(op="ge", field="visit.number", values=(2,)), True),
        (Condition(op="eq", field="visit.purchases", values=(1,)), True),
        (Condition(op="gt", field="visit.days_since", values=(7,)), False),
        (Condition(op="eq", field="visit.first_here", values=("yes",)), True),
        (Condition(op="eq", field="visit.first_at_merchant", values=("yes",)), False),
    ],
)
def test_a_condition_looks_at_the_visit_and_at_nothing_where_none_was_seen(condition: Condition, met: bool) -> None:
    sold = replace(sale(10_000), seen=CustomerSeen(visit=SECOND))
    assert condition_test(condition, "UTC")(Facts(sold)) is met
    assert condition_test(condition, "UTC")(Facts(sale(10_000))) is False


HERE = Condition(op="ne", field="visit.first_here", values=("no",))
ROWS = [HERE, FIRST, asks("ge", "purchases", 3), asks("lt", "spent", 200_000), asks("gt", "days_since_purchase", 30)]


@pytest.mark.parametrize("condition", ROWS)
def test_a_row_of_the_form_says_the_condition_in_words_and_back(condition: Condition) -> None:
    _join, (row,) = rows_of(condition, "VND")
    assert leaf_of(row, "VND") == condition


def test_what_is_no_word_is_told_with_those_there_are() -> None:
    with pytest.raises(ValidationError) as refused:
        leaf_of({"field": "customer.first_purchase", "label": "", "op": "eq", "values": "maybe"}, "VND")
    assert refused.value.message_dict == {"values": ["Enter one of these: yes, no."]}


def test_it_is_said_in_words() -> None:
    assert condition_sentence(FIRST, "VND") == "it is the customer's first purchase"
    assert condition_sentence(HERE, "VND") == "it is the customer's first purchase at this point of sale"


@pytest.fixture
def counter(tenant: Tenant) -> Counter:
    """100 points for a customer's first purchase."""
    counter = Counter(tenant)
    terms = per(1, "100", whole_steps=True, rounding="floor")
    made = counter.do(CreateRule(name="Welcome", terms=replace(terms, per=1_000_000), scope=RuleScope(condition=FIRST)))
    counter.do(ActivateRule(rule_id=made.rule_id, effective_at=datetime(2000, 1, 1, tzinfo=UTC)))
    return counter


SALE = line(1_000_000, 2)


def seen(tenant: Tenant, purchase_id: UUID) -> str:
    """What the explanation says was seen."""
    with reading(tenant.id):
        (rule,) = queries.explanation(purchase_id).rules
    (check,) = rule.explained.checks
    return "".join(check.seen["customer.first_purchase"])


def test_of_fifty_first_purchases_at_once_exactly_one_is_the_first(counter: Counter, tenant: Tenant) -> None:
    whose = counter.customer()
    answers = in_parallel(50, lambda _: counter.sell(whose, SALE))
    assert not [answer for answer in answers if isinstance(answer, DomainError)]
    assert sorted(answer.points for answer in answers if not isinstance(answer, DomainError)) == [0] * 49 + [100]
    told = [seen(tenant, answer.purchase_id) for answer in answers if not isinstance(answer, DomainError)]
    assert (told.count("yes"), told.count("no")) == (1, 49)


def test_fifty_too_small_for_a_point_have_one_first_among_them(counter: Counter, tenant: Tenant) -> None:
    whose = counter.customer()
    answers = in_parallel(50, lambda _: counter.sell(whose, 1_000))
    told = [seen(tenant, answer.purchase_id) for answer in answers if not isinstance(answer, DomainError)]
    assert (told.count("yes"), told.count("no")) == (1, 49)


def test_of_a_batch_the_first_document_is_the_first(counter: Counter, tenant: Tenant) -> None:
    whose = counter.customer()
    orders = [counter.order(whose, SALE) for _ in range(3)]
    found = dispatch_all(orders, tenant_id=tenant.id, actor="staff:test", channel="import")
    assert [one.result.points for one in found] == [100, 0, 0]


def test_a_first_purchase_that_came_back_whole_gives_its_bonus_back_and_lets_a_later_one_be_first(counter: Counter, tenant: Tenant) -> None:
    whose = counter.customer()
    order = counter.order(whose, SALE)
    with reading(tenant.id):
        assert queries.preview(order).points == 100
    made = counter.do(order)
    assert counter.sell(whose, SALE).points == 0
    assert counter.take_back(order, made.purchase_id, ReturnLine(line=1, quantity=1000)).points == 100  # type: ignore[arg-type]
    assert counter.take_back(order, made.purchase_id).points == 0
    other = counter.customer()
    order = counter.order(other, SALE)
    assert counter.take_back(order, counter.do(order).purchase_id).points == 100
    assert counter.sell(other, SALE).points == 100
    assert seen(tenant, made.purchase_id) == "yes"


def test_a_claimed_purchase_sees_what_was_bought_until_then(counter: Counter) -> None:
    whose = counter.customer()
    nobodys = counter.sell(None, SALE)
    assert counter.sell(whose, SALE).points == 100
    assert counter.do(ClaimPurchase(purchase_id=nobodys.purchase_id, customer_id=whose)).points == 0


def test_what_was_spent_counts_what_is_kept(counter: Counter, tenant: Tenant) -> None:
    whose = counter.customer()
    order = counter.order(whose, line(90_000, 3))
    counter.take_back(order, counter.do(order).purchase_id, ReturnLine(line=1, quantity=1000))  # type: ignore[arg-type]
    made = counter.sell(whose, 10_000)
    with reading(tenant.id):
        decided = Purchase.replay(made.purchase_id, [r.event for r in store.load(made.purchase_id)]).decided
    assert decided is not None
    assert decided.seen.history == History(purchases=1, spent=60_000, last_at=order.purchased_at)


def test_visits_are_days_with_a_purchase_in_the_zone_of_the_tenant_as_levels_count_them(tenant: Tenant) -> None:
    """At half past midnight it is another visit in Ho Chi Minh City, though the rule has its clock in London."""
    counter = Counter(tenant)
    second = RuleScope(condition=Condition(op="ge", field="visit.number", values=(2,)), zone="Europe/London")
    made = counter.do(CreateRule(name="Again", terms=per(1_000, whole_steps=True), scope=second))
    counter.do(ActivateRule(rule_id=made.rule_id, effective_at=datetime(2000, 1, 1, tzinfo=UTC)))
    whose, elsewhere = counter.customer(), uuid4()
    midnight = local_midnight(business_day(datetime.now(UTC) - 3 * DAY, tenant.zone), tenant.zone)
    times = [(-1, counter.pos_id), (-0.5, counter.pos_id), (0.5, elsewhere), (49, None), (1, counter.pos_id)]
    orders = [counter.order(whose, line(5_000, 1), purchased_at=midnight + hours * HOUR, pos_id=pos) for hours, pos in times]
    with reading(tenant.id):
        assert queries.preview(orders[0], "import").points == 0
    first = counter.do(orders[0], channel="import")
    found = [first, *(one.result for one in dispatch_all(orders[1:4], tenant_id=tenant.id, actor="staff:test", channel="import"))]
    assert [one.points for one in found] == [0, 0, 5, 5]
    assert [visit(tenant, one.purchase_id) for one in found] == [
        Visit(number=1, purchases=1),
        Visit(number=1, purchases=2, before_here=1, before_at_merchant=1),
        Visit(number=2, purchases=1, days_since=1, before_at_merchant=2),
        Visit(number=3, purchases=1, days_since=2, before_at_merchant=3),
    ]
    counter.do(counter.return_order(orders[0], first.purchase_id), channel="import")
    with reading(tenant.id):
        assert queries.preview(orders[4], "import").points == 5
    late = counter.do(orders[4], channel="import")
    assert visit(tenant, late.purchase_id) == Visit(number=3, purchases=2, days_since=1, before_here=1, before_at_merchant=3)
    assert visit(tenant, found[2].purchase_id).before_at_merchant == 2
    online = counter.order(whose, line(5_000, 1), purchased_at=midnight + 2 * HOUR, pos_id=None, merchant_id=uuid4())
    assert visit(tenant, counter.do(online, channel="import").purchase_id) == Visit(number=3, purchases=3, days_since=1)


def visit(tenant: Tenant, purchase_id: UUID) -> Visit:
    """What a purchase keeps of it."""
    with reading(tenant.id):
        decided = Purchase.replay(purchase_id, [r.event for r in store.load(purchase_id)]).decided
    assert decided is not None
    assert decided.seen.visit is not None
    return decided.seen.visit
