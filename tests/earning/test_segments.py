"""Rules for segments: what they see of a customer at the counter, what the log keeps of it, and how it is explained."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest

from customers.commands import ActivateSegment, CreateSegment, DeactivateSegment, EnterSegment, LeaveSegment
from earning import queries
from earning.commands import ActivateLevelSet, CreateLevelSet
from loyalty.bus import dispatch
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.counter import Counter, in_parallel, rows
from tests.earning.levels_given import steps
from tests.earning.shops import PURCHASES, RULES, Shops, ago, recorded
from tests.support.client import ApiClient

IN_VIP = {"segments": {"any": ["VIP"]}}
SAID = {"condition": {"op": "eq", "field": "customer.segment", "values": ["vip"]}}


def do(tenant: Tenant, command: Any) -> Any:
    return dispatch(command, tenant_id=tenant.id, actor="staff:1", channel="test")


@pytest.fixture
def vip(tenant: Tenant) -> UUID:
    return do(tenant, CreateSegment(code="vip", name="Khách quý")).segment_id


@pytest.fixture
def rule(api: ApiClient) -> Any:
    """`rule(scope)`: the id of a rule of one point for each 1,000, in force since the day before yesterday."""

    def make(scope: dict[str, Any]) -> str:
        terms = {"kind": "points_per_amount", "points": "1", "per": 1000}
        rule_id: str = api.post(RULES, {"name": "VIP", "terms": terms, "scope": scope}).json()["rule_id"]
        api.post(f"{RULES}/{rule_id}/activate", {"effective_at": ago(days=2)})
        return rule_id

    return make


def trial_of(tenant: Tenant, rule_id: str, shops: Shops) -> int:
    """What the rule would give the customer for 100,000."""
    with reading(tenant.id):
        return queries.trial(UUID(rule_id), Counter(tenant, shops.cafe, shops.corner).order(shops.customer, 100_000)).own


@pytest.mark.parametrize("scope", [IN_VIP, SAID])
def test_who_is_in_the_segment_earns_and_the_log_keeps_that_they_were(
    api: ApiClient, shops: Shops, tenant: Tenant, vip: UUID, rule: Any, scope: dict[str, Any]
) -> None:
    made = rule(scope)
    body = shops.sale({"total": 100_000})
    assert api.post(f"{PURCHASES}?dry_run=true", body).json()["points"] == 10
    do(tenant, EnterSegment(segment_id=vip, customer_id=shops.customer))
    tried = api.post(f"{PURCHASES}?dry_run=true", body).json()["points"]
    assert trial_of(tenant, made, shops) == 100
    bought = recorded(api, body)
    assert bought["points"] == tried == 10 + 100
    do(tenant, LeaveSegment(segment_id=vip, customer_id=shops.customer))
    explained = api.get(f"{PURCHASES}/{bought['purchase_id']}/explanation").json()
    assert explained["points"] == 110
    (check,) = (c for r in explained["rules"] for c in r["checks"])
    assert check["met"]
    assert "Khách quý" in check["seen"]
    assert "Khách quý" in check["asked"]
    back = {"document_number": "R-1", "returned_at": ago(seconds=5), "lines": [{"line": 1, "amount": 50_000}]}
    assert api.post(f"{PURCHASES}/{bought['purchase_id']}/returns", back).json()["points"] == 55


def test_an_inactive_segment_is_nobodys(api: ApiClient, shops: Shops, tenant: Tenant, vip: UUID, rule: Any) -> None:
    made = rule(IN_VIP)
    do(tenant, EnterSegment(segment_id=vip, customer_id=shops.customer))
    warned = []
    for command, points in ((None, 100), (DeactivateSegment(segment_id=vip), 0), (ActivateSegment(segment_id=vip), 100)):
        if command:
            do(tenant, command)
        assert trial_of(tenant, made, shops) == points
        warned.append([one["code"] for one in api.get(f"{RULES}/{made}/warnings").json()])
    assert ["no_such_segment" in codes for codes in warned] == [False, True, False]


def test_levels_and_segments_that_nobody_can_have_are_warned_of_when_a_rule_is_saved(api: ApiClient, tenant: Tenant, vip: UUID) -> None:
    made = do(tenant, CreateLevelSet(terms=steps(1)))
    terms = {"kind": "points_per_amount", "points": "1", "per": 1000}
    asked = [{"levels": {"any": ["L1"]}}, SAID, {"condition": {"op": "eq", "field": "customer.level", "values": ["L1"]}}]

    def warned() -> list[list[str]]:
        saved = [api.post(RULES, {"name": f"{n}", "terms": terms, "scope": scope}).json() for n, scope in enumerate(asked)]
        return [[one["code"] for one in rule["warnings"]] for rule in saved]

    assert warned() == [["level_to_come"], ["never_met"], ["level_to_come"]]
    do(tenant, ActivateLevelSet(set_id=made.set_id))
    do(tenant, EnterSegment(segment_id=vip, customer_id=Counter(tenant).customer()))
    assert warned() == [[], [], []]


def test_segments_stand_in_the_log_only_where_a_rule_asks_for_them(
    api: ApiClient, shops: Shops, tenant: Tenant, vip: UUID, rule: Any
) -> None:
    do(tenant, EnterSegment(segment_id=vip, customer_id=shops.customer))

    def seen(bought: dict[str, Any]) -> Any:
        log = (json.loads(payload) for _, payload in rows("event.event", tenant, "name, payload::text") if bought["purchase_id"] in payload)
        return next(told["seen"]["segments"] for told in log if "seen" in told)

    assert seen(recorded(api, shops.sale())) == []
    rule(IN_VIP)
    assert seen(recorded(api, shops.sale())) == ["vip"]


def test_a_purchase_sees_the_segment_or_not_whoever_changes_it_meanwhile(shops: Shops, tenant: Tenant, vip: UUID, rule: Any) -> None:
    """Each purchase has the points of what its event says was seen; none fails, none waits for ever."""
    rule(IN_VIP)
    counter = Counter(tenant, shops.cafe, shops.corner)

    def one(n: int) -> Any:
        if n % 3:
            return counter.sell(shops.customer, 100_000)
        return do(tenant, (EnterSegment if n % 2 else LeaveSegment)(segment_id=vip, customer_id=shops.customer))

    answers = in_parallel(12, one)
    bought = [answer for n, answer in enumerate(answers) if n % 3]
    told = {
        event["purchase_id"]: event["seen"]["segments"]
        for name, payload in rows("event.event", tenant, "name, payload::text")
        if name == "earning.purchase_recorded"
        for event in [json.loads(payload)]
    }
    assert [answer.points for answer in bought] == [110 if told[str(answer.purchase_id)] else 10 for answer in bought]
