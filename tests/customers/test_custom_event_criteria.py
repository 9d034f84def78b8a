"""Segments ask how often somebody did something beside buying: by events, by night, and across merges and erasures."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from customers.commands import CreateSegment, Criteria, EraseCustomer, MergeCustomers, RegisterCustomer, UnmergeCustomer
from customers.domain.criteria import SHAPES
from customers.forms.criterion_rows import VALUES_OF
from earning.commands import CreateCustomEventType, ReportCustomEvent, RuleText
from loyalty.domain.errors import DomainError
from loyalty.projections.projection import PROJECTIONS
from loyalty.projections.rebuild import checksum, rebuild
from loyalty.tenancy.models import Tenant
from tests.customers.criteria_given import ask, do, met_by, night, one
from tests.customers.given import NOW, bring_level
from tests.earning.counter import rows
from tests.support.client import ApiClient
from tests.support.pages import field_of, text_of

SEGMENTS = "/admin/customers/segment/"
CSS = Path(__file__).parents[2] / "templates/static/admin_kit/admin.css"
NAMES = {"vi": "Đánh giá", "en": "Review", "pl": "Ocena"}


@pytest.fixture
def types(tenant: Tenant) -> None:
    for code in ("review", "course"):
        texts = tuple(RuleText(language=language, name=f"{name} {code}") for language, name in NAMES.items())
        do(tenant, CreateCustomEventType(code=code, texts=texts, schema={"type": "object"}))


@pytest.fixture
def somebody(tenant: Tenant, types: None) -> UUID:
    customer_id: UUID = do(tenant, RegisterCustomer(first_name="Hương", phone="+84912000001")).customer_id
    return customer_id


def did(tenant: Tenant, customer: UUID, kind: str, reference: str, days: int, now: datetime = NOW) -> None:
    at = now - timedelta(days=days)
    told = ReportCustomEvent(customer_id=customer, type=kind, reference_id=reference, occurred_at=at, attributes={"name": "Hương"})
    do(tenant, told, now)


def come_level() -> None:
    for projection in ("customers.purchases", "customers.custom_events", "customers.dynamic_segments"):
        bring_level(projection)


def reviewed(**more: Any) -> Criteria:
    return ask(one("custom_event", values=("review",), **{"at_least": 2} | more))


def in_segment(tenant: Tenant, segment: UUID) -> set[UUID]:
    return {customer for customer, held in rows("customers_segment_member", tenant, "customer_id, segment_id") if held == segment}


def test_each_criterion_is_met_by_whom_it_says(tenant: Tenant, somebody: UUID) -> None:
    lan = do(tenant, RegisterCustomer(first_name="Lan")).customer_id
    for reference, days in (("1", 40), ("2", 20), ("3", 5)):
        did(tenant, somebody, "review", reference, days)
    did(tenant, lan, "course", "1", 10)
    bring_level("customers.custom_events")
    asked: list[tuple[dict[str, Any], set[UUID]]] = [
        ({"values": ("review",), "at_least": 3}, {somebody}),
        ({"values": ("Review",), "at_least": 4}, set()),
        ({"values": ("review", "course"), "at_least": 1}, {somebody, lan}),
        ({"values": ("review",), "at_most": 0}, {lan}),
        ({"values": ("review",), "at_least": 2, "at_most": 2, "days": 30}, {somebody}),
        ({"values": ("review",), "at_least": 2, "days": 19}, set()),
        ({"values": ("review",), "at_most": 1, "days": 19}, {somebody, lan}),
        ({"values": ("review",), "at_least": 1, "first": date(2025, 1, 1), "last": date(2025, 1, 31)}, {somebody}),
        ({"values": ("nothing",), "at_least": 1}, set()),
    ]
    for fields, expected in asked:
        criteria = ask(one("custom_event", **fields))
        alone = {customer for customer in (somebody, lan) if met_by(tenant, criteria, among=[customer])}
        assert (met_by(tenant, criteria), alone) == (expected, expected), fields


def test_an_event_brings_somebody_in_and_the_night_takes_them_out(tenant: Tenant, somebody: UUID) -> None:
    """What follows from events is judged by the clock."""
    now = datetime.now(UTC)
    segment = do(tenant, CreateSegment(code="fans", name="Fan", criteria=reviewed(days=30))).segment_id
    did(tenant, somebody, "review", "1", 20, now)
    come_level()
    assert in_segment(tenant, segment) == set()
    did(tenant, somebody, "review", "2", 1, now)
    bring_level("customers.dynamic_segments")
    assert in_segment(tenant, segment) == set(), "nobody is judged by events that are not in the table yet, and none is passed over"
    come_level()
    assert in_segment(tenant, segment) == {somebody}
    night(tenant, now=now + timedelta(days=9))
    assert in_segment(tenant, segment) == {somebody}
    night(tenant, now=now + timedelta(days=11))
    assert in_segment(tenant, segment) == set()


def test_who_is_merged_counts_together_and_apart_again_when_it_is_undone(tenant: Tenant, somebody: UUID) -> None:
    other = do(tenant, RegisterCustomer(first_name="Hường", phone="+84912000002")).customer_id
    segment = do(tenant, CreateSegment(code="fans", name="Fan", criteria=reviewed())).segment_id
    did(tenant, somebody, "review", "1", 3)
    did(tenant, other, "review", "2", 2)
    come_level()
    assert in_segment(tenant, segment) == set()
    do(tenant, MergeCustomers(customer_id=somebody, other_id=other, reason="registered twice"))
    come_level()
    (survivor,) = in_segment(tenant, segment)
    assert survivor in {somebody, other}
    absorbed = other if survivor == somebody else somebody
    did(tenant, absorbed, "review", "3", 1)
    come_level()
    assert met_by(tenant, reviewed(at_least=3)) == {survivor}
    do(tenant, UnmergeCustomer(customer_id=absorbed, reason="two after all"))
    come_level()
    assert in_segment(tenant, segment) == {absorbed}, "what came by somebody stays theirs"


def test_who_is_erased_is_in_no_segment_and_what_they_did_stays_without_a_name(tenant: Tenant, somebody: UUID) -> None:
    segment = do(tenant, CreateSegment(code="fans", name="Fan", criteria=reviewed(at_least=1))).segment_id
    did(tenant, somebody, "review", "1", 1)
    come_level()
    assert in_segment(tenant, segment) == {somebody}
    do(tenant, EraseCustomer(customer_id=somebody, reason="asked"))
    come_level()
    night(tenant)
    assert in_segment(tenant, segment) == set()
    assert rows("customers_custom_event", tenant, "customer_id, type") == [(somebody, "review")]


@pytest.mark.usefixtures("own_log")
def test_what_is_kept_of_events_is_what_the_log_says(tenant: Tenant, somebody: UUID) -> None:
    for n in range(5):
        did(tenant, somebody, "review", str(n), n)
    bring_level("customers.custom_events")
    live = checksum("customers_custom_event")
    for batch in (1, 1000):
        made = rebuild(PROJECTIONS["customers.custom_events"], batch=batch, swap=False)
        assert (made.events, made.checksums) == (5, {"customers_custom_event": live})


def test_a_custom_event_that_is_not_there_is_refused_at_its_field(api: ApiClient, somebody: UUID) -> None:
    asked = {"groups": [{"any": [{"kind": "custom_event", "values": ["review", "unheard_of"], "at_least": 1}]}]}
    said = api.post("/api/v1/segments/count", {"criteria": asked}).json()
    assert (said["code"], said["errors"][0]["pointer"]) == ("customers.criterion_of_nothing", "/criteria/groups/0/any/0/values")
    asked["groups"][0]["any"][0]["values"] = ["Review"]
    assert api.post("/api/v1/segments/count", {"criteria": asked}).json() == {"customers": 0, "estimated": False}


def test_it_is_chosen_from_a_list_and_read_back_in_three_languages(tenant: Tenant, admin_site: Any, somebody: UUID) -> None:
    typed = {"group0_0_kind": "custom_event", "group0_0_events": ["review", "course"], "group0_0_at_least": "2", "group0_0_days": "30"}
    spoken = text_of(admin_site.post(f"{SEGMENTS}create-dynamic/", typed, headers={"HX-Request": "true"}))
    assert "Number of events (Review course or Review review): at least 2, in the last 30 days." in spoken
    named = {"name": "Fan", "code": "fans", "description": ""}
    page = admin_site.post(f"{SEGMENTS}create-dynamic/", named | typed | {"group0_0_at_least": ""})
    assert "needs a value" in field_of(page, "group0_0_at_least")
    admin_site.post(f"{SEGMENTS}create-dynamic/", named | typed)
    ((segment,),) = rows("customers_segment", tenant, "id")
    told = {
        "vi": "Số sự kiện (Đánh giá course hoặc Đánh giá review): ít nhất 2",
        "pl": "Liczba zdarzeń (Ocena course lub Ocena review): co najmniej 2",
    }
    for language, said in told.items():
        admin_site.cookies["django_language"] = language
        assert said in text_of(admin_site.get(f"{SEGMENTS}{segment}/change/")), language
    form = admin_site.get(f"{SEGMENTS}{segment}/criteria/").content.decode()
    assert re.search(r'value="review" selected', form)


def test_the_form_shows_the_fields_that_each_kind_has() -> None:
    """The page hides by the style sheet what a kind does not have."""
    shown: dict[str, set[str]] = {}
    for kinds, field in re.findall(r'option:is\(([^)]*)\):checked\) > \[data-field\$="_(\w+)"\]', CSS.read_text()):
        shown[field] = set(re.findall(r'value="(\w+)"', kinds))
    wanted: dict[str, set[str]] = {}
    for kind, shape in SHAPES.items():
        for field in (*shape.needs, *shape.may):
            wanted.setdefault(VALUES_OF.get(kind, field) if field == "values" else field, set()).add(kind)
    assert {field: kinds for field, kinds in shown.items() if field in wanted} == wanted


def test_a_range_is_needed(tenant: Tenant) -> None:
    with pytest.raises(DomainError, match=r"customers\.criterion_incomplete") as refused:
        do(tenant, CreateSegment(code="fans", name="Fan", criteria=ask(one("custom_event", values=("review",)))), datetime.now(UTC))
    assert refused.value.field == "criteria.groups.0.any.0.at_least"
