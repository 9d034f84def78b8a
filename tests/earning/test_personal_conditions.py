"""Rules that ask about the customer's person: what they see, what the log keeps, and that a return uses what was kept."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earning.commands import Among, Condition, Hours, RuleScope
from earning.domain.facts import Facts, questions
from earning.domain.personal import Profile, answered_yes
from earning.domain.seen import CustomerSeen
from loyalty.tenancy.models import Tenant
from tests.earning.counter import rows
from tests.earning.given import NOON, SHOP, ZONE, line, per, rules, sale
from tests.earning.shops import PURCHASES, RULES, Shops, ago, recorded
from tests.support.client import ApiClient

LINH = Profile(
    gender="female",
    birth_date=date(1990, 3, 3),
    registered_at=datetime(2026, 2, 28, 18, tzinfo=UTC),
    language="vi",
    labels={"Club": "Gold"},
)


def asks(op: Any, field: str, *values: str | int) -> Condition:
    return Condition(op=op, field=field, values=values)


def points(condition: Condition, profile: Profile, at: datetime = NOON) -> int:
    rule_set = rules((per(10_000), RuleScope(condition=condition, zone=ZONE)))
    bought = sale(100_000, purchased_at=at)
    seen = CustomerSeen(met=answered_yes(rule_set.questions("VND", at), profile, at))
    return sum(c.points for c in rule_set.worth(replace(bought, seen=seen)))


@pytest.mark.parametrize(
    ("condition", "met"),
    [
        (asks("eq", "customer.gender", "Female"), True),
        (asks("eq", "customer.gender", "male"), False),
        (asks("between", "customer.age", 18, 35), True),
        (asks("ge", "customer.age", 36), False),
        (asks("eq", "customer.birth_month", 3), True),
        (asks("eq", "customer.language", "pl"), False),
        (asks("eq", "customer.label.club", "GOLD"), True),
        (asks("le", "customer.member_days", 1), True),
        (asks("lt", "customer.member_days", 1), False),
        (Condition(op="not", parts=(asks("eq", "customer.gender", "male"),)), True),
    ],
)
def test_a_rule_asks_about_the_person(condition: Condition, met: bool) -> None:
    assert points(condition, LINH) == (10 if met else 0)


def test_what_is_not_known_meets_nothing_and_a_birthday_begins_at_local_midnight() -> None:
    assert points(asks("ge", "customer.age", 0), Profile()) == 0
    older = asks("ge", "customer.age", 36)
    assert points(older, LINH, datetime(2026, 3, 2, 16, 59, tzinfo=UTC)) == 0
    assert points(older, LINH, datetime(2026, 3, 2, 17, 0, tzinfo=UTC)) == 10


LEAVES = st.sampled_from(
    [
        asks("ge", "purchase.total", 100_000),
        asks("eq", "line.sku", "a"),
        asks("in", "purchase.channel", "pos", "x"),
        asks("contains", "line.name", "ca"),
        asks("between", "purchase.hour", 8, 12),
        asks("eq", "customer.gender", "female"),
        asks("ne", "customer.segment", "vip"),
    ]
)
TREES = st.recursive(
    LEAVES,
    lambda parts: st.one_of(
        st.lists(parts, min_size=1, max_size=3).map(lambda p: Condition(op="and", parts=tuple(p))),
        st.lists(parts, min_size=1, max_size=3).map(lambda p: Condition(op="or", parts=tuple(p))),
        parts.map(lambda p: Condition(op="not", parts=(p,))),
    ),
    max_leaves=8,
)


@given(
    condition=st.none() | TREES,
    minimum=st.none() | st.integers(0, 200_000),
    weekdays=st.sets(st.integers(0, 6)),
    hours=st.booleans(),
    levels=st.sampled_from([Among(), Among(any=("gold",)), Among(none=("GOLD",))]),
    total=st.integers(1, 200_000),
    held=st.booleans(),
    yes=st.booleans(),
)
def test_a_rule_fits_exactly_when_every_check_of_its_explanation_is_met(
    condition: Condition | None, minimum: int | None, weekdays: set[int], hours: bool, levels: Among, total: int, held: bool, yes: bool
) -> None:
    scope = RuleScope(
        condition=condition,
        minimum=minimum,
        weekdays=tuple(weekdays),
        hours=(Hours(opens=600, closes=720),) if hours else (),
        levels=levels,
        places=(SHOP,),
        zone=ZONE,
    )
    asked = questions(condition, ZONE) if condition else []
    seen = CustomerSeen(levels=("gold",) if held else (), met=tuple(q.id for q in asked) if yes else ())
    facts = Facts(replace(sale(line(total, 1, sku="A", name="Cà phê / Cake")), seen=seen))
    assert scope.fits(facts) == all(check.met for check in scope.checks(facts))


def test_segments_are_none_until_there_are_some() -> None:
    facts = Facts(sale(100_000))
    assert RuleScope(segments=Among(none=("vip",))).fits(facts)
    assert not RuleScope(segments=Among(any=("vip",))).fits(facts)


def test_the_log_keeps_the_answer_and_a_return_uses_it(api: ApiClient, shops: Shops, tenant: Tenant) -> None:
    api.patch(f"/api/v1/customers/{shops.customer}", {"gender": "female"})
    women = {"condition": {"op": "eq", "field": "customer.gender", "values": ["female"]}}
    terms = {"kind": "points_per_amount", "points": "1", "per": 1000}
    rule = api.post(RULES, {"name": "8/3", "terms": terms, "scope": women}).json()["rule_id"]
    api.post(f"{RULES}/{rule}/activate", {"effective_at": ago(days=2)})
    body = shops.sale({"total": 100_000})
    tried = api.post(f"{PURCHASES}?dry_run=true", body).json()["points"]
    bought = recorded(api, body)
    assert bought["points"] == tried == 10 + 100
    kept = [json.loads(payload) for (payload,) in rows("event.event", tenant, "payload::text") if bought["purchase_id"] in payload]
    assert kept
    assert "female" not in json.dumps(kept)
    api.patch(f"/api/v1/customers/{shops.customer}", {"gender": "male"})
    explained = api.get(f"{PURCHASES}/{bought['purchase_id']}/explanation").json()
    assert explained["points"] == 110
    (told,) = (c for r in explained["rules"] for c in r["checks"])
    assert (told["met"], told["seen"]) == (True, "gender of the customer: not kept, because it is personal")
    back = {"document_number": "R-1", "returned_at": ago(seconds=5), "lines": [{"line": 1, "amount": 50_000}]}
    assert api.post(f"{PURCHASES}/{bought['purchase_id']}/returns", back).json()["points"] == 55
