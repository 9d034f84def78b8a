"""Criteria of segments: what can be asked, and who meets it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from customers.commands import (
    ChangeConsents,
    Criteria,
    Criterion,
    DeactivateCustomer,
    Group,
    RegisterCustomer,
)
from customers.domain.criteria import KINDS, SHAPES, checked
from customers.domain.segment import Segment, segment_id_for
from customers.events import SegmentCreated, SegmentCriteriaChanged
from earning.commands import Line
from loyalty.domain.errors import DomainError
from loyalty.projections.rebuild import checksum
from loyalty.tenancy.models import Tenant
from tests.customers.criteria_given import FILLED, OTHER_SHOP, REGULARS, SHOP, ask, bring_back, buy, days_ago, do, met_by, one
from tests.customers.given import LATER, NOW, bring_level

# -- what can be asked ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_says_what_it_needs_and_what_means_nothing_to_it(kind: Any) -> None:
    shape = SHAPES[kind]
    told = FILLED | ({"values": ("marketing_sms",)} if kind == "consent" else {})
    needed = {name: told[name] for name in (*shape.needs, *shape.may[: kind in {"points", "custom_event"} or not shape.needs])}
    assert checked(ask(one(kind, **needed)))
    for name in shape.needs:
        with pytest.raises(DomainError, match=r"customers\.criterion_incomplete"):
            checked(ask(one(kind, **{other: value for other, value in needed.items() if other != name})))
    for name in FILLED.keys() - set(shape.needs) - set(shape.may):
        with pytest.raises(DomainError, match=r"customers\.criterion_meaningless"):
            checked(ask(one(kind, **needed | {name: FILLED[name]})))


@pytest.mark.parametrize(
    ("asked", "code", "field"),
    [
        (Criteria(groups=()), "criteria_missing", "criteria"),
        (Criteria(groups=(Group(any=()),)), "criteria_missing", "criteria.groups.0.any"),
        (ask(one("registered")), "criterion_incomplete", "criteria.groups.0.any.0.places"),
        (ask(one("points", wallet="points")), "criterion_incomplete", "criteria.groups.0.any.0.at_least"),
        (ask(one("custom_event", values=("review",))), "criterion_incomplete", "criteria.groups.0.any.0.at_least"),
        (ask(one("purchases", days=5)), "criterion_incomplete", "criteria.groups.0.any.0.at_least"),
        (ask(one("purchases", at_least=5, at_most=2)), "criterion_range", "criteria.groups.0.any.0.at_most"),
        (ask(one("purchases", at_least=10**16)), "criterion_number", "criteria.groups.0.any.0.at_least"),
        (ask(one("share_at", places=(SHOP,), at_least=101)), "criterion_number", "criteria.groups.0.any.0.at_least"),
        (ask(one("overdue", at_least=0)), "criterion_number", "criteria.groups.0.any.0.at_least"),
        (ask(one("favourite", what="label", values=("roast",))), "criterion_meaningless", "criteria.groups.0.any.0.what"),
        (ask(one("birthday", days=366)), "criterion_number", "criteria.groups.0.any.0.days"),
        (ask(one("bought_at", places=(SHOP,), days=1, first=date(2025, 1, 1))), "criterion_period", "criteria.groups.0.any.0.days"),
        (ask(one("registered", first=date(2025, 2, 1), last=date(2025, 1, 1))), "criterion_range", "criteria.groups.0.any.0.last"),
        (ask(one("registered", last=date.max)), "criterion_day", "criteria.groups.0.any.0.last"),
        (ask(one("label", name="a\0")), "unprintable_text", "criteria.groups.0.any.0.name"),
        (ask(one("customers", customers=tuple(uuid4() for _ in range(1001)))), "too_many_values", "criteria.groups.0.any.0.customers"),
        (ask(one("consent", values=("marketing_fax",))), "unknown_purpose", "criteria.groups.0.any.0.values"),
        (ask(one("horoscope")), "criterion_unknown", "criteria.groups.0.any.0.kind"),
    ],
)
def test_what_cannot_be_asked_is_refused_at_its_place(asked: Criteria, code: str, field: str) -> None:
    with pytest.raises(DomainError, match=rf"customers\.{code}") as refusal:
        checked(asked)
    assert refusal.value.field == field


def test_a_dynamic_segment_is_made_and_asks_something_else() -> None:
    segment = Segment(segment_id_for(1, "regulars"))
    segment.create("regulars", "Khách quen", "", NOW, REGULARS)
    more = ask(one("purchases", at_least=3))
    segment.ask(REGULARS, LATER)
    segment.ask(more, LATER)
    segment.ask(ask(*(replace(criterion, values=()) for criterion in more.each())), LATER)
    made = SegmentCreated(segment_id=segment.id, code="regulars", name="Khách quen", description="", criteria=REGULARS, created_at=NOW)
    assert segment.pending == [made, SegmentCriteriaChanged(segment_id=segment.id, criteria=more, changed_at=LATER)]


def test_a_segment_that_is_filled_by_hand_stays_so() -> None:
    segment = Segment(segment_id_for(1, "vip"))
    segment.create("vip", "VIP", "", NOW)
    with pytest.raises(DomainError, match=r"customers\.segment_is_static"):
        segment.ask(REGULARS, LATER)


# -- who meets it ---------------------------------------------------------------------------------


@pytest.fixture
def people(tenant: Tenant) -> dict[str, UUID]:
    """An bought coffee twice in SHOP and tea once elsewhere; Bình bought tea 40 days ago; Chi never bought; Dũng is barred."""
    told: dict[str, Any] = {
        "an": {"birth_date": date(1990, 3, 1), "labels": {"Tier": "GOLD", "vip": ""}},
        "binh": {"birth_date": date(1992, 2, 29), "labels": {"tier": "silver"}},
        "chi": {"birth_date": date(1985, 3, 9)},
        "dung": {"birth_date": date(1985, 3, 1)},
    }
    found = {
        name: do(tenant, RegisterCustomer(first_name=name, **facts), NOW - timedelta(days=366 + place)).customer_id
        for place, (name, facts) in enumerate(told.items())
    }
    coffee = Line(total=30_000, sku="CF-1", maker="Trung Nguyên", category="Cà phê", labels={"roast": "Dark"})
    tea = Line(total=20_000, sku="TEA-1", category="Trà")
    buy(tenant, found["an"], "1", days_ago(20), coffee)
    buy(tenant, found["an"], "2", days_ago(10), coffee, tea)
    buy(tenant, found["an"], "3", days_ago(5), tea, place=OTHER_SHOP)
    buy(tenant, found["binh"], "4", days_ago(40), tea, place=OTHER_SHOP)
    buy(tenant, found["dung"], "5", days_ago(1), coffee)
    do(tenant, DeactivateCustomer(customer_id=found["dung"], reason="Thử"))
    for name, said in (("an", True), ("binh", True), ("chi", True), ("chi", False)):
        consents = {"marketing_sms" if name == "an" else "marketing_email": said}
        do(tenant, ChangeConsents(customer_id=found[name], consents=consents, text_version="1", source="staff"))
    bring_level("customers.purchases")
    return found


ASKED: list[tuple[Criterion, set[str]]] = [
    (one("bought_at", places=(SHOP,)), {"an"}),
    (one("bought_at", places=(SHOP, OTHER_SHOP)), {"an", "binh"}),
    (one("bought_at", places=(OTHER_SHOP,), days=30), {"an"}),
    (one("share_at", places=(SHOP,), at_least=66), {"an"}),
    (one("share_at", places=(SHOP,), at_least=67), set()),
    (one("purchases", at_least=2), {"an"}),
    (one("purchases", at_most=2), {"binh", "chi"}),
    (one("purchases", at_most=0, days=30), {"binh", "chi"}),
    (one("purchases", at_least=1, first=date(2025, 1, 1), last=date(2025, 1, 31)), {"binh"}),
    (one("total", at_least=100_000), {"an"}),
    (one("total", at_most=20_000), {"binh", "chi"}),
    (one("average", at_least=33_333, at_most=33_334), {"an"}),
    (one("average", at_most=20_000), {"binh"}),
    (one("last_purchase", at_least=30), {"binh"}),
    (one("last_purchase", at_least=5, at_most=5), {"an"}),
    (one("last_purchase", at_most=4), set()),
    (one("bought", what="sku", values=("cf-1",)), {"an"}),
    (one("bought", what="maker", values=("trung nguyên", "?")), {"an"}),
    (one("bought", what="category", values=("TRÀ",)), {"an", "binh"}),
    (one("bought", what="label", values=("roast",)), {"an"}),
    (one("bought", what="label", values=("roast=light",)), set()),
    (one("visits", at_least=2), {"an"}),
    (one("visits", at_least=3, days=15), set()),
    (one("favourite", what="sku", values=("tea-1",)), {"an", "binh"}),
    (one("favourite", what="sku", values=("cf-1",)), set()),
    (one("favourite", what="sku", values=("cf-1",), last=date(2025, 2, 20)), {"an"}),
    (one("favourite", what="maker", values=("Trung Nguyên",)), {"an"}),
    (one("overdue", at_least=66), {"an"}),
    (one("overdue", at_least=67), set()),
    (one("birthday", days=0), {"an"}),
    (one("birthday", days=8), {"an", "chi"}),
    (one("registered", last=date(2024, 2, 28)), {"binh", "chi"}),
    (one("registered", days=365), set()),
    (one("label", name="TIER"), {"an", "binh"}),
    (one("label", name="tier", values=("gold",)), {"an"}),
    (one("points", wallet="points", at_most=0), {"an", "binh", "chi"}),
    (one("points", wallet="points", at_least=1), set()),
    (one("level", values=("nobody-has-it",)), set()),
    (one("consent", values=("marketing_sms", "marketing_email")), {"an", "binh"}),
    (one("consent", values=("analytics",)), set()),
]


def test_each_criterion_is_met_by_whom_it_says(tenant: Tenant, people: dict[str, UUID]) -> None:
    """In one go for all customers and, the same, for each of them alone."""
    names = {customer: name for name, customer in people.items()}
    for criterion, expected in ASKED:
        found = {names[customer] for customer in met_by(tenant, ask(criterion))}
        alone = {name for name, customer in people.items() if met_by(tenant, ask(criterion), among=[customer])}
        assert (found, alone) == (expected, expected), criterion


def test_groups_are_joined_as_they_say(tenant: Tenant, people: dict[str, UUID]) -> None:
    tea, gold = one("bought", what="sku", values=("tea-1",)), one("label", name="tier", values=("gold",))
    chi = one("customers", customers=(people["chi"],))
    both = Criteria(groups=(Group(any=(tea,)), Group(any=(gold,))))
    besides = Criteria(groups=(Group(any=(tea, chi)), Group(any=(gold,), negated=True)))
    assert met_by(tenant, both) == {people["an"]}
    assert met_by(tenant, besides) == {people["binh"], people["chi"]}
    assert met_by(tenant, Criteria(groups=(Group(any=(tea,), negated=True),))) == {people["chi"]}


def test_a_birthday_on_29_february_is_thought_of_a_day_before_in_other_years(tenant: Tenant, people: dict[str, UUID]) -> None:
    def born(day: datetime) -> bool:
        return people["binh"] in met_by(tenant, ask(one("birthday", days=0)), day)

    assert [born(NOW.replace(year=year, month=2, day=day)) for year, day in ((2025, 28), (2028, 28), (2028, 29))] == [True, False, True]
    assert not born(NOW)


def test_an_anniversary_is_not_the_day_of_registration_itself(tenant: Tenant) -> None:
    joined = do(tenant, RegisterCustomer(first_name="Hoa")).customer_id
    days = [(0, 0), (1, 363), (1, 364), (358, 7), (365, 0)]
    met = [joined in met_by(tenant, ask(one("anniversary", days=within)), NOW + timedelta(days=later)) for later, within in days]
    assert met == [False, False, True, True, True]


def test_what_came_back_counts_no_longer(tenant: Tenant, people: dict[str, UUID]) -> None:
    coffee, tea = (ask(one("bought", what="sku", values=(sku,))) for sku in ("CF-1", "TEA-1"))
    bought = buy(tenant, people["chi"], "9", days_ago(3), Line(total=30_000, sku="CF-1"), Line(total=20_000, sku="TEA-1"))
    bring_back(tenant, people["chi"], bought, "R1", days_ago(2), 1, 30_000)
    bring_level("customers.purchases")
    assert [people["chi"] in met_by(tenant, asked) for asked in (coffee, tea)] == [False, True]
    assert people["chi"] in met_by(tenant, ask(one("total", at_least=20_000, at_most=20_000)))
    bring_back(tenant, people["chi"], bought, "R2", days_ago(1), 2, 20_000)
    bring_level("customers.purchases")
    assert people["chi"] not in met_by(tenant, ask(one("purchases", at_least=1)))


def test_several_purchases_of_a_day_are_one_visit_and_stays_away_is_told_by_the_day(tenant: Tenant) -> None:
    """Visits on 1, 5 and 11 days of which the mean distance is 5: after 10 days without any it is 200 percent."""
    who = do(tenant, RegisterCustomer(first_name="Hoa")).customer_id
    first = NOW - timedelta(days=40)
    for number, day in enumerate((0, 0, 4, 10)):
        buy(tenant, who, f"V{number}", first + timedelta(days=day, hours=number % 2))
    bring_level("customers.purchases")
    assert who in met_by(tenant, ask(one("visits", at_least=3, at_most=3)))

    def away(days: int, percent: int) -> bool:
        return who in met_by(tenant, ask(one("overdue", at_least=percent)), first + timedelta(days=10 + days))

    assert [away(*one) for one in ((9, 180), (9, 181), (10, 200), (10, 201), (0, 1))] == [True, False, True, False, False]


def test_what_is_kept_of_purchases_is_what_the_log_says(tenant: Tenant, people: dict[str, UUID]) -> None:
    from django.core.management import call_command

    bought = buy(tenant, people["chi"], "9", days_ago(3), Line(total=30_000, sku="b"), Line(total=20_000, sku="a"), Line(total=5, sku="ă"))
    bring_back(tenant, people["chi"], bought, "R1", days_ago(2), 2, 5_000)
    bring_level("customers.purchases")
    live = checksum("customers_purchase")
    call_command("rebuild", "customers.purchases")
    assert checksum("customers_purchase") == live
