"""Dynamic segments: what can be asked, who meets it, and that nobody is in one, or out of it, by what is no longer so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from customers.audiences import Asking, matching
from customers.commands import (
    ActivateSegment,
    ChangeConsents,
    ChangeCriteria,
    CreateSegment,
    Criteria,
    Criterion,
    DeactivateCustomer,
    DeactivateSegment,
    EditCustomer,
    EnterSegment,
    EraseCustomer,
    Group,
    MatchCriteria,
    RegisterCustomer,
)
from customers.domain.criteria import KINDS, SHAPES, checked
from customers.domain.segment import Segment, segment_id_for
from customers.events import SegmentCreated, SegmentCriteriaChanged
from customers.refreshing import differing, refresh_segment, set_nightly_going
from customers.tasks import refresh_segments
from earning.commands import Line, RecordPurchase, ReturnGoods, ReturnLine
from loyalty.bus import dispatch
from loyalty.domain.errors import DomainError
from loyalty.jobs.models import JobRun
from loyalty.projections.rebuild import checksum
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.customers.given import LATER, MERCHANT, NOW, bring_level
from tests.earning.counter import in_parallel, rows

MEMBERS = "customers_segment_member"
SHOP, OTHER_SHOP = uuid4(), uuid4()
FILLED: dict[str, Any] = {
    "places": (SHOP,), "what": "sku", "values": ("CF-1",), "name": "tier", "wallet": "points", "customers": (SHOP,), "at_least": 2,
    "at_most": 5, "days": 30, "first": date(2025, 1, 1), "last": date(2025, 1, 31),
}  # fmt: skip


def ask(*criteria: Criterion) -> Criteria:
    return Criteria(groups=(Group(any=criteria),))


def one(kind: str, **fields: Any) -> Criterion:
    return Criterion(kind=kind, **fields)  # type: ignore[arg-type]


REGULARS = ask(one("purchases", at_least=2))


# -- what can be asked ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_says_what_it_needs_and_what_means_nothing_to_it(kind: Any) -> None:
    shape = SHAPES[kind]
    told = FILLED | ({"values": ("marketing_sms",)} if kind == "consent" else {})
    needed = {name: told[name] for name in (*shape.needs, *shape.may[: kind == "points" or not shape.needs])}
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
        (ask(one("purchases", days=5)), "criterion_incomplete", "criteria.groups.0.any.0.at_least"),
        (ask(one("purchases", at_least=5, at_most=2)), "criterion_range", "criteria.groups.0.any.0.at_most"),
        (ask(one("purchases", at_least=10**16)), "criterion_number", "criteria.groups.0.any.0.at_least"),
        (ask(one("share_at", places=(SHOP,), at_least=101)), "criterion_number", "criteria.groups.0.any.0.at_least"),
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


def do(tenant: Tenant, command: Any, at: datetime = NOW) -> Any:
    return dispatch(command, tenant_id=tenant.id, actor="staff:1", channel="test", at=at)


def buy(tenant: Tenant, customer: UUID, number: str, at: datetime, *lines: Line, place: UUID | None = SHOP) -> UUID:
    sold = lines or (Line(total=50_000),)
    command = RecordPurchase(
        customer_id=customer, merchant_id=MERCHANT, pos_id=place, document_scope="merchant", document_number=number, purchased_at=at,
        zone="Asia/Ho_Chi_Minh", currency=tenant.currency, total=sum(line.total for line in sold), lines=sold,
    )  # fmt: skip
    return do(tenant, command, at + timedelta(minutes=1)).purchase_id


def met_by(tenant: Tenant, asked: Criteria, now: datetime = NOW, among: Any = None) -> set[UUID]:
    with reading(tenant.id), connection.cursor() as cursor:
        cursor.execute(*matching(checked(asked), Asking(tenant.id, tenant.zone, now, among)))
        found = [row[0] for row in cursor.fetchall()]
    assert len(found) == len(set(found))
    return set(found)


def bring_back(tenant: Tenant, customer: UUID, purchase: UUID, number: str, at: datetime, line: int, amount: int) -> None:
    command = ReturnGoods(
        purchase_id=purchase, customer_id=customer, merchant_id=MERCHANT, pos_id=None, document_scope="merchant", document_number=number,
        returned_at=at, zone="Asia/Ho_Chi_Minh", lines=(ReturnLine(line=line, amount=amount),),
    )  # fmt: skip
    do(tenant, command, at)


def days_ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


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


def test_what_is_kept_of_purchases_is_what_the_log_says(tenant: Tenant, people: dict[str, UUID]) -> None:
    from django.core.management import call_command

    bought = buy(tenant, people["chi"], "9", days_ago(3), Line(total=30_000, sku="b"), Line(total=20_000, sku="a"), Line(total=5, sku="ă"))
    bring_back(tenant, people["chi"], bought, "R1", days_ago(2), 2, 5_000)
    bring_level("customers.purchases")
    live = checksum("customers_purchase")
    call_command("rebuild", "customers.purchases")
    assert checksum("customers_purchase") == live


# -- kept level -----------------------------------------------------------------------------------


@pytest.fixture
def regulars(tenant: Tenant) -> UUID:
    return do(tenant, CreateSegment(code="regulars", name="Khách quen", criteria=REGULARS)).segment_id


@pytest.fixture
def somebody(tenant: Tenant) -> UUID:
    return do(tenant, RegisterCustomer(first_name="Hương")).customer_id


def in_segment(tenant: Tenant, segment: UUID) -> set[UUID]:
    return {customer for customer, held in rows(MEMBERS, tenant, "customer_id, segment_id") if held == segment}


def come_level() -> None:
    for projection in ("customers.purchases", "customers.dynamic_segments"):
        bring_level(projection)


def night(tenant: Tenant, segment: UUID, now: datetime = NOW) -> None:
    refresh_segment(Silent(tenant.id), segment, now)  # type: ignore[arg-type]


class Silent:
    """Long work whose words nobody keeps."""

    def __init__(self, tenant_id: int) -> None:
        self.tenant_id = tenant_id

    def count(self, name: str, by: int = 1) -> None: ...

    def advance(self, rows: int) -> None: ...


def test_who_meets_criteria_comes_in_after_the_purchase_and_goes_out_after_the_return(
    tenant: Tenant, regulars: UUID, somebody: UUID
) -> None:
    buy(tenant, somebody, "1", days_ago(3))
    come_level()
    assert in_segment(tenant, regulars) == set()
    second = buy(tenant, somebody, "2", days_ago(2))
    bring_level("customers.dynamic_segments")
    assert in_segment(tenant, regulars) == set(), "nobody is judged by purchases that are not in the table yet, and none is passed over"
    come_level()
    assert rows(MEMBERS, tenant, "customer_id, way, entered_by") == [(somebody, "criteria", "process:customers.dynamic_segments")]
    bring_back(tenant, somebody, second, "R", days_ago(1), 1, 50_000)
    come_level()
    assert in_segment(tenant, regulars) == set()


def test_a_profile_a_barred_and_an_erased_customer_are_looked_at_too(tenant: Tenant, somebody: UUID) -> None:
    gold = do(tenant, CreateSegment(code="gold", name="Vàng", criteria=ask(one("label", name="tier", values=("gold",))))).segment_id
    steps: list[tuple[Any, bool]] = [
        (EditCustomer(customer_id=somebody, labels={"tier": "Gold"}), True),
        (DeactivateCustomer(customer_id=somebody, reason="Thử"), False),
    ]
    for command, there in steps:
        do(tenant, command)
        come_level()
        assert (in_segment(tenant, gold) == {somebody}) is there
    other = do(tenant, RegisterCustomer(first_name="Hoa", labels={"tier": "gold"})).customer_id
    come_level()
    assert in_segment(tenant, gold) == {other}
    do(tenant, EraseCustomer(customer_id=other))
    assert in_segment(tenant, gold) == set()
    night(tenant, gold)
    assert in_segment(tenant, gold) == set()


def test_the_night_finds_what_time_did(tenant: Tenant, somebody: UUID) -> None:
    asked = ask(one("last_purchase", at_least=30))
    away = do(tenant, CreateSegment(code="away", name="Lâu chưa ghé", criteria=asked)).segment_id
    buy(tenant, somebody, "1", days_ago(29))
    come_level()
    night(tenant, away)
    assert in_segment(tenant, away) == set()
    night(tenant, away, NOW + timedelta(days=1))
    assert in_segment(tenant, away) == {somebody}


def test_nobody_is_put_by_hand_where_criteria_decide(tenant: Tenant, regulars: UUID, somebody: UUID) -> None:
    with pytest.raises(DomainError, match=r"customers\.segment_has_criteria"):
        do(tenant, EnterSegment(segment_id=regulars, customer_id=somebody))


def test_only_active_dynamic_segments_of_the_tenant_are_matched(
    tenant: Tenant, other_tenant: Tenant, regulars: UUID, somebody: UUID
) -> None:
    static = do(tenant, CreateSegment(code="vip", name="VIP")).segment_id
    everybody = ask(one("purchases", at_least=0))
    theirs = do(other_tenant, CreateSegment(code="all", name="All", criteria=everybody)).segment_id
    do(tenant, ChangeCriteria(segment_id=regulars, criteria=everybody))
    do(tenant, DeactivateSegment(segment_id=regulars))
    order = MatchCriteria(segment_ids=(static, theirs, regulars, uuid4()), customer_ids=(somebody, uuid4(), somebody))
    assert do(tenant, order).entered == 0
    do(tenant, ActivateSegment(segment_id=regulars))
    assert do(tenant, order).entered == 1
    assert do(other_tenant, replace(order, segment_ids=(theirs,))).entered == 0
    assert rows(MEMBERS, tenant, "customer_id, segment_id") == [(somebody, regulars)]


def test_a_change_of_criteria_and_each_new_day_are_worked_on_once(tenant: Tenant, regulars: UUID, somebody: UUID) -> None:
    bring_level("customers.criteria_of_segments")
    everybody = ask(one("purchases", at_least=0))
    do(tenant, ChangeCriteria(segment_id=regulars, criteria=everybody))
    bring_level("customers.criteria_of_segments")
    for run in runs(tenant):
        refresh_segments(tenant.id, str(run.id))
    assert in_segment(tenant, regulars) == {somebody}
    days = [NOW, NOW + timedelta(minutes=1), NOW + timedelta(days=1)]
    in_parallel(6, lambda n: set_nightly_going(days[n % 3]))
    assert sorted(run.params["cause"] for run in runs(tenant) if run.actor == "system") == ["2025-03-01", "2025-03-02"]


def runs(tenant: Tenant) -> list[JobRun]:
    with reading(tenant.id):
        return list(JobRun.objects.filter(tenant_id=tenant.id, kind="customers.refresh_segments"))


def test_many_purchases_returns_and_refreshes_at_once_leave_who_belongs_there(tenant: Tenant, regulars: UUID) -> None:
    """Tills sell and take back while the night and the look after the commit go on: each entry is one event, and the end is right."""
    people = [do(tenant, RegisterCustomer(first_name=f"Số {n}")).customer_id for n in range(4)]
    for customer in people:
        buy(tenant, customer, f"first {customer}", days_ago(3))

    def act(n: int) -> None:
        if n % 4 == 0:
            night(tenant, regulars)
        elif n % 4 == 1:
            come_level()
        else:
            customer = people[n % 3]
            bought = buy(tenant, customer, f"{n} {customer}", days_ago(2))
            if n % 2:
                bring_back(tenant, customer, bought, f"R {n}", days_ago(1), 1, 50_000)

    for turn in range(3):
        answers = in_parallel(8, lambda n, turn=turn: act(n + 8 * turn))
        assert [answer for answer in answers if isinstance(answer, Exception)] == []
    come_level()
    assert in_segment(tenant, regulars) == met_by(tenant, REGULARS)
    assert differing(tenant.id, regulars, UUID(int=0), NOW) == []
    changes: dict[UUID, list[str]] = {}
    for name, stream, _ in rows("event.event", tenant, "name, stream_id, position", "position"):
        if name in {"customers.segment_entered", "customers.segment_left"}:
            changes.setdefault(stream, []).append(name.removeprefix("customers.segment_"))
    assert len(changes) == len(people) - 1
    for told in changes.values():
        assert told == (["entered", "left"] * len(told))[: len(told)]
