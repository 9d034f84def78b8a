"""What rules and orders see of customers who turned out to be one: what either bought, and that an account of either is blocked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from earning import queries
from earning.commands import ActivateRule, BlockAccount, Condition, CreateRule, RuleScope, UnblockAccount
from loyalty.domain.errors import DomainError
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.counter import Counter, in_parallel
from tests.earning.given import per
from tests.earning.test_merging import COFFEE, Pair

DAY = timedelta(days=1)


@pytest.fixture
def bare_counter(tenant: Tenant) -> Counter:
    """Where nothing is given yet."""
    return Counter(tenant)


def rule_when(counter: Counter, field: str, op: str, value: str | int) -> None:
    """1 point per 10,000 for purchases that meet a condition."""
    asked = Condition(op=op, field=field, values=(value,))  # type: ignore[arg-type]
    made = counter.do(CreateRule(name="When", terms=per(10_000), scope=RuleScope(condition=asked)))
    counter.do(ActivateRule(rule_id=made.rule_id, effective_at=datetime(2000, 1, 1, tzinfo=UTC)))


def bought_before(counter: Counter, whose: UUID) -> None:
    counter.do(counter.order(whose, COFFEE, purchased_at=datetime.now(UTC) - 2 * DAY), channel="admin")


@pytest.mark.parametrize(
    ("field", "op", "value", "apart", "together"),
    [
        ("customer.first_purchase", "eq", "yes", 50, 0),
        ("customer.purchases", "ge", 1, 0, 50),
        ("customer.spent", "ge", COFFEE, 0, 50),
        ("customer.days_since_purchase", "ge", 1, 0, 50),
        ("visit.number", "ge", 2, 0, 50),
        ("visit.days_since", "ge", 1, 0, 50),
    ],
)
def test_what_the_other_one_bought_counts_while_they_are_one(
    bare_counter: Counter, field: str, op: str, value: str | int, apart: int, together: int
) -> None:
    rule_when(bare_counter, field, op, value)
    pair = Pair(bare_counter, 0, 0)
    bought_before(bare_counter, pair.hoa)
    assert bare_counter.sell(pair.lan, COFFEE, number="A-1").points == apart
    other = Pair.__new__(Pair)
    other.counter = bare_counter
    other.hoa, other.lan = (bare_counter.customer(first_name=name) for name in ("An", "Bình"))
    bought_before(bare_counter, other.hoa)
    other.merge()
    assert bare_counter.sell(other.lan, COFFEE, number="A-2").points == together


def test_of_fifty_purchases_of_both_at_once_exactly_one_is_the_first(bare_counter: Counter) -> None:
    rule_when(bare_counter, "customer.first_purchase", "eq", "yes")
    pair = Pair(bare_counter, 0, 0)
    pair.merge()
    answers = in_parallel(50, lambda n: bare_counter.sell((pair.hoa, pair.lan)[n % 2], COFFEE))
    assert sorted(answer.points for answer in answers if not isinstance(answer, DomainError)) == [0] * 49 + [50]


def test_both_are_blocked_by_either_and_free_again_whoever_is_named(counter: Counter) -> None:
    pair = Pair(counter)
    for whose, reason in ((pair.hoa, "lost phone"), (pair.lan, "lost card")):
        counter.do(BlockAccount(customer_id=whose, reason=reason))
    pair.merge()
    for whose in (pair.hoa, pair.lan):
        with reading(counter.tenant.id):
            assert [one.reason for one in queries.blockings(whose)] == ["lost phone", "lost card"]
    with pytest.raises(DomainError, match="account_is_blocked"):
        pair.spend(pair.hoa, 1)
    counter.do(UnblockAccount(customer_id=pair.lan, reason="found"))
    assert pair.spend(pair.hoa, 100).available == 20
    pair.unmerge()
    with pytest.raises(DomainError, match="not_enough_points"):
        pair.spend(pair.hoa, 1)
    assert pair.spend(pair.lan, 1).available == 59
