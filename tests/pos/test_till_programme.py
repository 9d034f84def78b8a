"""What a seller is told of the programme: what earns points here today, and which levels there are; in the reader's language."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from earning.commands import (
    ActivateLevelSet,
    ActivateRule,
    CreateLevelSet,
    CreateRule,
    CustomEventPoints,
    EndRule,
    Limit,
    PointsPerAmount,
    ProductPoints,
    RuleScope,
    RuleText,
)
from earning.domain.levels.grants import Fee
from earning.domain.levels.terms import Benefits
from earning.domain.schedule import Window
from earning.permissions import SEE_LEVELS, SEE_RULES
from loyalty.domain.period import business_day, day_period
from loyalty.staff.models import Role
from loyalty.tenancy import reading
from tests.earning.levels_given import level, terms
from tests.pos.counter import HTMX, Till
from tests.pos.given import LONG_AGO, a_place, say
from tests.support.client import visitor
from tests.support.pages import text_of

NAMES = tuple(RuleText(language=code, name=name) for code, name in (("vi", "Bánh mì"), ("en", "Baguettes"), ("pl", "Bagietki")))


def a_rule_named(till: Till, name: str, begins: datetime = LONG_AGO, texts: tuple[RuleText, ...] = (), **scope: Any) -> Any:
    made = say(till.tenant, CreateRule(name=name, terms=ProductPoints(points=Decimal(5)), scope=RuleScope(**scope), texts=texts))
    say(till.tenant, ActivateRule(rule_id=made.rule_id, effective_at=begins))
    return made.rule_id


def told(till: Till, page: str = "till-rules", language: str = "en") -> str:
    return text_of(visitor(till.tenant, till.seller, language).get(till.at(page)))


def test_a_seller_reads_what_earns_points_here_today(till: Till) -> None:
    other = a_place(till.tenant, "BT-1", "Bến Thành")
    a_rule_named(till, "Bakery", texts=NAMES, minimum=50_000, limits=(Limit(of="times", whose="customer", period="day", most=2),))
    a_rule_named(till, "Elsewhere", places=(other,))
    a_rule_named(till, "Online", channels=("online",))
    say(till.tenant, CreateRule(name="Draft", terms=PointsPerAmount(points=Decimal(1), per=1, currency="VND")))
    said = told(till)
    for sentence in ("1 point for each ₫10,000 spent", "Baguettes", "Purchases of at least ₫50,000.", "2 times for each customer, a day."):
        assert sentence in said, sentence
    for hidden in ("Bakery", "Elsewhere", "Online", "Draft"):
        assert hidden not in said, hidden
    assert "Bánh mì" in told(till, language="vi")
    assert "Bagietki" in told(till, language="pl")


def test_a_rule_that_no_purchase_decides_is_not_among_them(till: Till) -> None:
    made = say(till.tenant, CreateRule(name="Reviews", terms=CustomEventPoints(type="review", points=Decimal(5))))
    say(till.tenant, ActivateRule(rule_id=made.rule_id, effective_at=LONG_AGO))
    assert "for each event" not in told(till)


def test_what_begins_or_ends_later_today_says_when(till: Till) -> None:
    end = day_period(business_day(timezone.now(), till.tenant.zone), till.tenant.zone).end
    assert end is not None
    last = end - timedelta(seconds=1)
    a_rule_named(till, "Tonight", begins=last)
    a_rule_named(till, "Tomorrow", begins=end)
    say(till.tenant, EndRule(rule_id=a_rule_named(till, "Over soon"), ends_at=last))
    say(till.tenant, EndRule(rule_id=a_rule_named(till, "Goes on"), ends_at=end))
    said = told(till).replace("\u202f", " ")
    assert re.search(r"Tonight 5 points [^.]*\. From 11:59 PM", said)
    assert re.search(r"Over soon 5 points [^.]*\. Until 11:59 PM", said)
    assert re.search(r"Goes on 5 points [^.]*\. (?!Until)", said)
    assert "Tomorrow" not in said


def test_what_ended_earlier_today_is_left_out(till: Till) -> None:
    now = timezone.now()
    a_rule_named(till, "Over", windows=(Window(ends=now),))
    a_rule_named(till, "Still on", windows=(Window(ends=now + timedelta(minutes=1)),))
    say(till.tenant, EndRule(rule_id=a_rule_named(till, "Stopped")))
    said = told(till)
    assert "Still on" in said
    assert "Over" not in said
    assert "Stopped" not in said


def test_a_shop_where_nothing_earns_says_so(till: Till) -> None:
    for (rule_id,) in till.rows("select id from earning_rule where tenant_id = %s"):
        say(till.tenant, EndRule(rule_id=rule_id))
    assert "Nothing earns points here today" in told(till)


def test_a_seller_reads_the_levels_that_are_in_force(till: Till) -> None:
    assert "There are no levels yet" in told(till, "till-levels")
    gold = level("gold", 100, benefits=Benefits(multiplier=Decimal("1.5"), discount=500))
    made = say(till.tenant, CreateLevelSet(terms=terms(level("base", 0), gold)))
    assert "There are no levels yet" in told(till, "till-levels")
    say(till.tenant, ActivateLevelSet(set_id=made.set_id, effective_at=datetime(2020, 1, 1, tzinfo=UTC)))
    for language, sentences in {
        "en": ("Base Everybody", "Gold points × 1.5 · 5% off 100 points"),
        "pl": ("Poziom gold punkty × 1,5 · rabat 5% 100 punktów",),
        "vi": ("Hạng gold",),
    }.items():
        for sentence in sentences:
            assert sentence in told(till, "till-levels", language).replace("\xa0", " "), sentence


def test_a_level_that_is_paid_for_ends_with_its_period(till: Till) -> None:
    prime = replace(level("prime", 0), thresholds=(None,), fee=Fee(sku="PRIME", months=1))
    made = say(till.tenant, CreateLevelSet(terms=terms(prime)))
    say(till.tenant, ActivateLevelSet(set_id=made.set_id, effective_at=datetime(2020, 1, 1, tzinfo=UTC)))
    said = told(till, "till-levels")
    assert "A level that was paid for ends with its period" in said
    assert "It is kept" not in said


@pytest.mark.parametrize("page", ["till-rules", "till-levels"])
def test_both_pages_lead_back_to_the_counter_and_follow_what_htmx_puts_there(till: Till, page: str) -> None:
    whole = till.client.get(till.at(page)).content.decode()
    assert f'href="{till.at(page)}" aria-current="page"' in whole
    assert f'href="{till.at("till")}"' in whole
    swapped = till.client.get(till.at("till-customer", till.customer_id), headers=HTMX).content.decode()
    assert f'<nav id="topnav" hx-swap-oob="innerHTML"><a href="{till.at("till")}" aria-current="page"' in swapped
    assert till.client.post(till.at(page)).status_code == 405


def test_who_may_not_see_rules_or_levels_has_neither(till: Till) -> None:
    with reading(till.tenant.id):
        role = Role.objects.get(tenant_id=till.tenant.id, code="seller")
        role.permissions = [p for p in role.permissions if p not in {SEE_RULES, SEE_LEVELS}]
        role.save()
    client = visitor(till.tenant, till.seller)
    assert [client.get(till.at(page)).status_code for page in ("till-rules", "till-levels", "till")] == [403, 403, 200]
    assert till.at("till-rules") not in client.get(till.at("till")).content.decode()
