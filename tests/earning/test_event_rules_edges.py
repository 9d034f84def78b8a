"""Points for custom events at the edges: numbers beyond any account, questions that look alike, what is left after an erasure, reports
beside everything else that a customer does, and where the points are shown.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command

from customers.commands import EraseCustomer, MergeCustomers, UnmergeCustomer
from earning import queries, rulebook
from earning.commands import (
    Condition,
    ConfigureWallet,
    CreateCustomEventType,
    CustomEventPoints,
    Expiry,
    Limit,
    ReportCustomEvent,
    RuleScope,
    SpendPoints,
    WalletTerms,
)
from earning.domain.attributes import json_of, value_of
from earning.domain.deeds import Deed
from earning.domain.levels.downgrading import Downgrade
from earning.domain.limits import Ceiling
from earning.domain.rule_texts import RuleText
from earning.domain.terms import Contribution
from earning.forms.rules.conditions import leaf_of
from earning.streams import account_of
from loyalty.domain.errors import DomainError
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.counter import Counter, in_parallel, rows
from tests.earning.given import CUSTOMER, NOON, per, rules
from tests.earning.levels_counted import GONE, SOLD_AT, active, bought_in_january, losing
from tests.earning.test_event_rules import DAY, SCHEMA, agree, balance, report, rule
from tests.pos.given import a_place, a_seller
from tests.support.client import ApiClient
from tests.support.pages import text_of

HUGE = 10**18
LIMIT = Limit(of="points", most=60, period="day")


def of_wallet(counter: Counter, **terms: Any) -> None:
    with reading(counter.tenant.id):
        card = queries.wallet("points")
    made: WalletTerms = replace(card.terms, **terms)
    counter.do(ConfigureWallet(code="points", units=card.units, decimals=card.decimals, terms=made, seen_version=card.version))


@pytest.fixture
def counter(tenant: Tenant) -> Counter:
    """Types of events, of `odd` ones anything may be told."""
    counter = Counter(tenant)
    for code, schema in (("review", SCHEMA), ("bottles", SCHEMA), ("odd", {"type": "object"})):
        texts = tuple(RuleText(language=language, name=code) for language in ("vi", "en", "pl"))
        counter.do(CreateCustomEventType(code=code, texts=texts, schema=schema))
    return counter


def asking(field: str, value: str | int) -> RuleScope:
    return RuleScope(condition=Condition(op="eq", field=f"event.attribute.{field}", values=(value,)))


@pytest.mark.parametrize("of", ["rule", "wallet", "nothing"])
def test_a_number_beyond_any_account_is_cut_by_a_limit_or_refused(counter: Counter, api: ApiClient, of: str) -> None:
    if of == "wallet":
        of_wallet(counter, limits=(LIMIT,))
    scope = RuleScope(limits=(LIMIT,) if of == "rule" else ())
    rule(counter, "1000000", kind="bottles", attribute="kilos", scope=scope)
    events = f"/api/v1/customers/{counter.customer()}/events"
    for address in ("?dry_run=true", ""):
        told = api.post(f"{events}{address}", {"type": "bottles", "reference_id": "b-1", "attributes": {"kilos": HUGE}})
        if of == "nothing":
            assert (told.status_code, told.json()["code"]) == (422, "earning.too_many_points")
        else:
            assert told.json()["points"] == 60
    if of != "nothing":
        why = api.get(f"{events}/{told.json()['custom_event_id']}/explanation")
        assert (why.json()["points"], why.json()["rules"][0]["exact"]) == (60, str(HUGE * 10**6))


def test_no_digit_of_a_number_is_lost() -> None:
    exact = Decimal("123456789012345678.12345678901234567891")
    assert value_of(json_of(exact)) == exact


def test_a_lot_is_computed_anew_and_not_merely_read() -> None:
    deed = Deed(customer_id=CUSTOMER, type="bottles", attributes={"kilos": 3}, occurred_at=NOON)
    promised = CustomEventPoints(type="bottles", points=Decimal(2), attribute="kilos")
    for said, anew in ((6, 6), (9, 6), (4, 4)):
        noted = Contribution(rule_id=UUID(int=100), version=1, points=said, amounts=())
        (turn,) = rules(promised).deeds.within(Ceiling([noted])).explain(deed, 1)
        assert (turn.points, turn.exact) == (anew, 6)


def test_a_part_of_a_text_may_be_digits_in_the_form() -> None:
    row = {"field": "event.attribute.", "label": "shop", "op": "contains", "values": "12"}
    assert leaf_of(row, "VND") == Condition(op="contains", field="event.attribute.shop", values=("12",))


@pytest.mark.parametrize(("asked", "told"), [(("stars", 4), ("Stars", 4)), (("stars", 4), ("stars", "4"))])
def test_a_rule_is_not_met_by_what_another_one_asks(counter: Counter, asked: tuple[str, Any], told: tuple[str, Any]) -> None:
    rule(counter, "1", kind="odd", scope=asking(*asked))
    rule(counter, "10", kind="odd", scope=asking(*told))
    assert [report(counter, counter.customer(), "odd", **dict([one])).points for one in (asked, told)] == [1, 10]


@pytest.mark.parametrize(("attribute", "exact"), [("", 70), ("kilos", None)])
def test_after_an_erasure_it_is_still_known_which_rule_had_no_turn(
    counter: Counter, tenant: Tenant, attribute: str, exact: int | None
) -> None:
    rule(counter, "50", kind="bottles", attribute=attribute, scope=RuleScope(group="one"))
    rule(counter, "70", kind="bottles", attribute=attribute, scope=RuleScope(group="one", priority=5))
    whose = counter.customer()
    made = report(counter, whose, "bottles", kilos=1)
    counter.do(EraseCustomer(customer_id=whose), channel="admin")
    with reading(tenant.id):
        turns = [turn.explained for turn in queries.event_explanation(made.custom_event_id).rules]
    assert [(turn.outcome, turn.points, turn.over) for turn in turns] == [("gave", 70, 0), ("group_taken", 0, 0)]
    assert turns[0].exact == exact


def test_of_many_at_once_one_is_the_first_though_this_process_knew_of_no_rule(counter: Counter) -> None:
    rule(counter, "1", kind="bottles")
    rule(counter, scope=RuleScope(condition=Condition(op="eq", field="event.times.review", values=(0,))))
    whose, at = counter.customer(), datetime.now(UTC) - DAY
    report(counter, whose, "bottles")
    rulebook._known.clear()
    told = {"customer_id": whose, "type": "review", "attributes": {}, "occurred_at": at}
    answers = in_parallel(12, lambda n: counter.do(ReportCustomEvent(**told, reference_id=f"r-{n}"), channel="api"))
    assert sorted(one.points for one in answers if not isinstance(one, DomainError)) == [0] * 11 + [50]


def test_reports_stand_beside_purchases_spending_and_a_merge(counter: Counter, tenant: Tenant) -> None:
    rule(counter, scope=RuleScope(limits=(Limit(of="times", most=9), Limit(of="points", most=5_000, whose="all"))))
    counter.rule(per(10_000))
    of_wallet(counter, limits=(Limit(of="points", most=10_000, whose="all"),))
    hoa, lan = counter.customer(), counter.customer()
    report(counter, hoa)

    def act(n: int) -> Any:
        whose = (hoa, lan)[n // 4 % 2]
        if n == 17:
            return counter.do(MergeCustomers(customer_id=hoa, other_id=lan, reason="one person"), channel="admin")
        if n % 4 == 0:
            return counter.sell(whose, 30_000)
        return counter.do(SpendPoints(customer_id=whose, points=1)) if n % 4 == 1 else report(counter, whose, reference=f"r-{n}")

    answers = in_parallel(40, act)
    assert {one.code for one in answers if isinstance(one, DomainError)} <= {"earning.not_enough_points", "earning.points_missing"}
    assert agree(tenant) == []
    call_command("rebuild", "earning.accounts", compare=True)
    together = balance(counter, hoa)
    assert together == balance(counter, lan)
    counter.do(UnmergeCustomer(customer_id=lan, reason="two persons"), channel="admin")
    assert balance(counter, hoa) + balance(counter, lan) == together
    assert agree(tenant) == []


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ({"pending_days": 3}, (True, False, False)),
        ({"expiry": Expiry(kind="rolling", months=1)}, (False, True, True)),
        ({"expiry": Expiry(kind="after_days", days=5)}, (False, True, False)),
    ],
)
def test_points_wait_and_end_by_the_terms_of_the_wallet(
    counter: Counter, tenant: Tenant, terms: dict[str, Any], expected: tuple[bool, bool, bool]
) -> None:
    of_wallet(counter, **terms)
    rule(counter)
    whose = counter.customer()
    report(counter, whose, ago=timedelta(0))
    with reading(tenant.id):
        (lot,) = queries.lots(whose)
    ((rolling,),) = rows("earning_lot", tenant, "rolling")
    assert (lot.active_from is not None, lot.expires_at is not None, rolling) == expected
    call_command("rebuild", "earning.accounts", compare=True)


def test_points_dated_before_a_level_was_lost_end_with_it(counter: Counter, tenant: Tenant) -> None:
    counter.rule()
    rule(counter)
    active(counter, replace(losing(), downgrade=Downgrade(when="at_once", reset="points")))
    whose = counter.customer()
    bought_in_january(counter, whose, 200_000)
    told = {"customer_id": whose, "type": "review", "attributes": {}}
    late, later = (
        counter.do(ReportCustomEvent(**told, reference_id=str(at), occurred_at=at), channel="import") for at in (SOLD_AT + DAY, GONE + DAY)
    )
    assert (late.points, later.points, balance(counter, whose)) == (50, 50, 50)
    call_command("rebuild", "earning.accounts", compare=True)


def test_whoever_sees_an_account_reads_which_rule_gave_the_points(
    counter: Counter, tenant: Tenant, admin_site: Any, seller_user: Any, api_as: Any
) -> None:
    rule(counter)
    whose = counter.customer()
    report(counter, whose, ago=DAY)
    a_seller(tenant, seller_user, a_place(tenant))
    (line,) = api_as(user=seller_user).get(f"/api/v1/customers/{whose}/account/statement").json()["items"]
    assert [(one["name"], one["points"]) for one in line["reasons"]] == [("50 for review", 50)]
    page = text_of(admin_site.get(f"/admin/earning/account/{account_of(whose, tenant.id)}/change/"))
    assert "50 for review" in page
