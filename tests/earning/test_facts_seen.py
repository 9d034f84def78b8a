"""Events keep what their decision saw: the rules as they were then, and what their document's number counts in."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connections

from earning import queries
from earning.commands import ActivateRule, ChangeRule, CreateRule, PauseRule, RecordPurchase
from earning.domain.document import document_id
from earning.domain.rule_set import RuleSet
from earning.events import PurchaseRecorded, ReturnDocumented
from earning.handlers.rules import IN_TURN
from earning.queries.rulebook import rules_here
from loyalty.eventstore import store
from loyalty.projections.rebuild import checksum
from loyalty.tenancy import reading
from tests.earning.counter import Counter, in_parallel
from tests.earning.given import NOON, per, sale

HOUR = timedelta(hours=1)


@pytest.fixture
def counter(tenant) -> Counter:
    return Counter(tenant)


def why_nothing(counter: Counter, purchase_id: UUID) -> str | None:
    with reading(counter.tenant.id):
        return queries.purchase(purchase_id).why_nothing


def first_event(counter: Counter, stream: UUID) -> Any:
    with reading(counter.tenant.id):
        return store.load(stream)[0].event


def test_a_rule_that_was_back_dated_later_does_not_explain_why_there_was_nothing(counter: Counter) -> None:
    customer = counter.customer()
    before = counter.sell(customer, 9_999).purchase_id
    counter.rule()
    after = counter.sell(customer, 9_999).purchase_id
    assert (why_nothing(counter, before), why_nothing(counter, after)) == ("no_rule", "too_little")
    assert first_event(counter, before).rules_position == 0
    assert first_event(counter, after).rules_position > 0


def worth(rules: RuleSet) -> list[list[tuple[UUID, int, int]]]:
    """What a sale of 100,000 is worth, hour by hour: rule, version and points."""
    at = [NOON + n * HOUR for n in range(12)]
    return [sorted((c.rule_id, c.version, c.points) for c in rules.worth(sale(100_000, purchased_at=moment))) for moment in at]


def worth_as_known(rules: RuleSet, position: int) -> list[list[tuple[UUID, int, int]]]:
    """The same when nothing is left of it, by the rules as they were known when the log went to `position`."""
    sales = [replace(sale(100_000, purchased_at=NOON + n * HOUR), rules_position=position) for n in range(12)]
    return [sorted((c.rule_id, c.version, c.points) for c in rules.less(one, (), (100_000,), (0,), {"points": 10**9})) for one in sales]


def changes(counter: Counter) -> Iterator[object]:
    """What may happen to two rules, step by step."""
    one, two = (counter.do(CreateRule(name=name, terms=per(10_000))).rule_id for name in ("One", "Two"))
    yield counter.do(ActivateRule(rule_id=one, effective_at=NOON + 2 * HOUR))
    yield counter.do(ChangeRule(rule_id=two, name="Three", terms=per(10_000, "3")))
    yield counter.do(ActivateRule(rule_id=two, effective_at=NOON))
    yield counter.do(ChangeRule(rule_id=one, name="Two", terms=per(10_000, "2"), effective_at=NOON + 4 * HOUR))
    yield counter.do(ChangeRule(rule_id=two, name="Four", terms=per(10_000, "4"), effective_at=NOON + HOUR))
    yield counter.do(ChangeRule(rule_id=two, name="Five", terms=per(10_000, "5"), effective_at=NOON + HOUR))
    yield counter.do(PauseRule(rule_id=one))
    yield counter.do(ActivateRule(rule_id=one))


def test_rules_as_they_were_known_are_those_that_were_seen(counter: Counter) -> None:
    seen = []
    for _ in changes(counter):
        with reading(counter.tenant.id):
            rules = rules_here()
        seen.append((rules.position, worth(rules)))
    assert len({position for position, _ in seen}) == len(seen)
    with reading(counter.tenant.id):
        assert [(position, worth_as_known(rules_here(), position)) for position, _ in seen] == seen


def test_what_was_called_off_is_never_taken_for_in_force(counter: Counter) -> None:
    soon, rule_id = datetime.now(UTC) + HOUR, counter.do(CreateRule(name="One", terms=per(10_000))).rule_id
    counter.do(ActivateRule(rule_id=rule_id, effective_at=soon))
    counter.do(PauseRule(rule_id=rule_id))
    with reading(counter.tenant.id):
        known = rules_here().position
    counter.do(ChangeRule(rule_id=rule_id, name="Two", terms=per(10_000, "2")))
    with reading(counter.tenant.id):
        assert not rules_here().any_in_force(replace(sale(100_000, purchased_at=soon), rules_position=known))


def test_rules_of_an_older_release_are_active_since_the_log_says_so(counter: Counter) -> None:
    for _ in changes(counter):
        live = checksum("earning_rule")
    with connections["owner"].cursor() as cursor:
        cursor.execute("update earning_rule set active_from = effective_at where state = 'active'")
        assert checksum("earning_rule") != live
        cursor.execute(import_module("earning.migrations.0020_since_when_rules_are_active").ACTIVE_FROM)
    assert checksum("earning_rule") == live


@pytest.mark.parametrize(
    ("scope", "zone"), [("merchant", ""), ("pos", ""), ("pos_year", "Asia/Ho_Chi_Minh"), ("pos_day", "Asia/Ho_Chi_Minh")]
)
def test_the_id_of_a_document_follows_from_its_event(counter: Counter, scope: Any, zone: str) -> None:
    order = counter.order(counter.customer(), 250_000, document_scope=scope)
    sale: PurchaseRecorded = first_event(counter, counter.do(order).purchase_id)
    assert sale.zone == zone
    assert id_told(counter, sale, sale.purchased_at) == sale.purchase_id
    back = counter.return_order(order, sale.purchase_id)
    returned: ReturnDocumented = first_event(counter, counter.do(back).return_id)
    assert returned.zone == zone
    assert id_told(counter, returned, returned.returned_at) == returned.return_id


def id_told(counter: Counter, event: PurchaseRecorded | ReturnDocumented, at: datetime) -> UUID:
    assert event.merchant_id
    assert event.document_scope
    return document_id(
        counter.tenant.id, event.merchant_id, event.document_scope, event.pos_id, event.document_number, at, event.zone or "UTC"
    )


def test_a_recorded_sale_is_the_same_whatever_became_of_the_rules(counter: Counter) -> None:
    order: RecordPurchase = counter.order(counter.customer(), 250_000, purchased_at=datetime.now(UTC) - HOUR)
    counter.do(order)
    counter.rule()
    assert counter.do(order).duplicate


def test_what_changes_the_rules_in_force_waits_for_the_change_before_it(counter: Counter, other_tenant) -> None:
    """Otherwise the later position could be seen before the earlier one, and a purchase would keep the wrong one."""
    rule = counter.rule()
    with psycopg.connect(os.environ["DATABASE_URL"]) as earlier:
        earlier.execute(IN_TURN, [counter.tenant.id])

        def change(client: int) -> str:
            if client == 0:
                return counter.do(PauseRule(rule_id=rule)).state
            Counter(other_tenant).rule()
            time.sleep(0.5)
            with reading(counter.tenant.id):
                meanwhile = queries.rule(rule).state
            earlier.commit()
            return meanwhile

        assert in_parallel(2, change) == ["paused", "active"]
