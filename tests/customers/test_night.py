"""The night brings dynamic segments level with one look at each customer; what follows events does the same, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import OperationalError, connections, transaction

from customers import audiences, refreshing
from customers.audiences import Asking, Reach, Within, counting
from customers.commands import (
    ActivateCustomer,
    ChangeConsents,
    CreateSegment,
    Criteria,
    DeactivateCustomer,
    EditCustomer,
    Group,
    RegisterCustomer,
)
from earning.commands import CreateCustomEventType, Line, ReportCustomEvent, RuleText
from loyalty.domain.errors import DomainError
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.customers.criteria_given import OTHER_SHOP, SHOP, ask, bring_back, buy, differing_now, do, met_by, night, one
from tests.customers.given import NOW, bring_level
from tests.earning.counter import rows

COFFEE, TEA = one("bought", what="sku", values=("cf",)), one("bought", what="sku", values=("tea",), days=30)
VIP, OFTEN = one("label", name="tier", values=("vip",)), one("purchases", at_least=2)
ASKED: list[Criteria] = [
    ask(COFFEE),
    ask(OFTEN, VIP),
    Criteria(groups=(Group(any=(TEA, VIP)), Group(any=(COFFEE,), negated=True))),
    ask(one("bought_at", places=(SHOP,), days=30)),
    ask(one("share_at", places=(SHOP,), at_least=60)),
    ask(one("total", at_most=40_000)),
    ask(one("average", at_least=30_000)),
    ask(one("last_purchase", at_least=65)),
    ask(one("consent", values=("marketing_sms",))),
    ask(one("custom_event", values=("review",), at_least=2, days=30)),
    ask(one("custom_event", values=("review", "course"), at_most=0)),
    ask(one("birthday", days=40), one("registered", first=date(2025, 3, 1))),
    Criteria(groups=(Group(any=(one("points", wallet="points", at_least=1),), negated=True), Group(any=(OFTEN, COFFEE)))),
]


@pytest.fixture
def segments(tenant: Tenant) -> dict[UUID, Criteria]:
    return {do(tenant, CreateSegment(code=f"s{n}", name=f"S{n}", criteria=asked)).segment_id: asked for n, asked in enumerate(ASKED)}


def members(tenant: Tenant) -> dict[UUID, set[UUID]]:
    found: dict[UUID, set[UUID]] = {}
    for segment, customer in rows("customers_segment_member", tenant, "segment_id, customer_id"):
        found.setdefault(segment, set()).add(customer)
    return found


def history(tenant: Tenant, chance: Random, steps: int) -> Iterator[None]:
    """Things that happen to a few people, one after another, until now: what follows from events is judged by the clock."""
    now = datetime.now(UTC)
    names = tuple(RuleText(language=language, name="x") for language in ("vi", "en", "pl"))
    for code in ("review", "course"):
        do(tenant, CreateCustomEventType(code=code, texts=names, schema={"type": "object"}))
    people, bought = [do(tenant, RegisterCustomer(first_name=f"Số {n}")).customer_id for n in range(5)], []
    for step in range(steps):
        customer, kind = chance.choice(people), chance.randrange(7)
        if kind <= 1:
            sold = Line(total=chance.randrange(1, 9) * 10_000, sku=chance.choice(("CF", "tea")))
            at, place = now - timedelta(days=chance.randrange(1, 60)), chance.choice((SHOP, OTHER_SHOP))
            bought.append((customer, buy(tenant, customer, f"{step}", at, sold, place=place), at, sold.total))
        elif kind == 2 and bought:
            whose, purchase, at, amount = bought.pop(chance.randrange(len(bought)))
            bring_back(tenant, whose, purchase, f"R{step}", at + timedelta(hours=1), 1, amount)
        elif kind == 3:
            labels = {"Tier": "VIP"} if chance.random() < 0.6 else {}
            do(tenant, EditCustomer(customer_id=customer, labels=labels, birth_date=date(1990, chance.randrange(1, 13), 5)))
        elif kind == 4:
            at, what = now - timedelta(days=chance.randrange(1, 60)), chance.choice(("review", "course"))
            with suppress(DomainError):  # nothing is taken of who takes no part
                do(tenant, ReportCustomEvent(customer_id=customer, type=what, reference_id=f"{step}", occurred_at=at), now)
        elif kind == 5:
            consents: Any = {"marketing_sms": chance.random() < 0.6}
            do(tenant, ChangeConsents(customer_id=customer, consents=consents, text_version="1", source="staff"))
        else:
            switch(tenant, customer, chance)
        yield


def switch(tenant: Tenant, customer: UUID, chance: Random) -> None:
    order = ActivateCustomer(customer_id=customer) if chance.random() < 0.7 else DeactivateCustomer(customer_id=customer, reason="Thử")
    do(tenant, order)


def come_level() -> None:
    for projection in ("customers.purchases", "customers.custom_events", "customers.dynamic_segments"):
        bring_level(projection)


@pytest.mark.parametrize("seed", [1, 2])
def test_after_any_history_the_night_finds_everybody_where_events_have_put_them(
    tenant: Tenant, segments: dict[UUID, Criteria], seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Step by step, in one go by the night, and as each segment says by itself, they are the same people."""
    monkeypatch.setattr(refreshing, "LOOKED_UP", 2)
    for number, _ in enumerate(history(tenant, Random(seed), 40)):
        if number % 3 == 0:
            come_level()
    come_level()
    now, by_events = datetime.now(UTC), members(tenant)
    assert by_events == {segment: met for segment, asked in segments.items() if (met := met_by(tenant, asked, now))}
    assert len(by_events) > len(ASKED) / 2
    assert differing_now(tenant, now) == []
    later = now + timedelta(days=70)
    night(tenant, now=later)
    assert members(tenant) == {segment: met for segment, asked in segments.items() if (met := met_by(tenant, asked, later))}
    assert members(tenant) != by_events


def test_every_customer_is_in_one_stretch(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refreshing, "LOOKED_UP", 2)
    people = sorted(do(tenant, RegisterCustomer(first_name=f"Số {n}")).customer_id for n in range(5))
    stretches = [*refreshing.stretches(tenant.id)]
    assert [number for _, number in stretches] == [2, 2, 1]
    assert [[one for one in people if first <= one <= last] for (first, last), _ in stretches] == [people[:2], people[2:4], people[4:]]


def test_a_segment_that_fails_holds_up_no_other(tenant: Tenant, segments: dict[UUID, Criteria], monkeypatch: pytest.MonkeyPatch) -> None:
    somebody = do(tenant, RegisterCustomer(first_name="Hoa")).customer_id
    failing, looked = sorted(segments)[3], refreshing.differing

    def broken(tenant_id: int, asked: Any, *rest: Any) -> Any:
        if failing in asked:
            raise ArithmeticError("cannot be asked")
        return looked(tenant_id, asked, *rest)

    monkeypatch.setattr(refreshing, "differing", broken)
    counted = night(tenant)
    assert counted["segments_failed"] == 1
    expected = {segment for segment, asked in segments.items() if segment != failing and somebody in met_by(tenant, asked)}
    assert expected == members(tenant).keys() != set()


def test_many_segments_are_one_look_at_each_table(tenant: Tenant, segments: dict[UUID, Criteria]) -> None:
    """What several criteria measure alike is measured once."""
    with reading(tenant.id):
        looked = audiences.differing(segments, Asking(tenant.id, tenant.zone, NOW, Within(UUID(int=0), uuid4()))).text
    assert [looked.count(f"from {table}") for table in ("customers_customer", "customers_purchase", "customers_consent")] == [1, 1, 1]
    assert looked.count("sum(kept)") == 1


def test_what_somebody_buys_most_is_worked_out_once_however_many_segments_ask(tenant: Tenant) -> None:
    fields: list[dict[str, Any]] = [{"values": ("tea",)}, {"values": ("coffee",)}, {"values": ("tea",), "days": 30}]
    asked = {UUID(int=n): ask(one("favourite", what="category", **more)) for n, more in enumerate(fields)}
    with reading(tenant.id):
        looked = audiences.differing(asked, Asking(tenant.id, tenant.zone, NOW, Within(UUID(int=0), uuid4()))).text
    assert looked.count("distinct on (customer_id)") == 2


def test_criteria_are_parted_where_there_are_too_many_for_one_look(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refreshing, "ASKED_AT_ONCE", 3)
    asked = {UUID(int=n): ask(*[COFFEE] * size) for n, size in enumerate((1, 2, 5, 1, 1))}
    assert [[*part] for part in refreshing._in_parts(asked)] == [[UUID(int=n) for n in part] for part in ((0, 1), (2,), (3, 4))]


# -- how many criteria mean ------------------------------------------------------------------------


def counted(tenant: Tenant, asked: Criteria) -> Reach:
    with reading(tenant.id):
        return audiences.reach(asked, NOW)


def test_whom_criteria_mean_is_estimated_where_counting_takes_too_long(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    people = [do(tenant, RegisterCustomer(first_name=f"Số {n}", labels={"tier": "vip"} if n % 2 else {})).customer_id for n in range(8)]
    vip = ask(VIP)
    assert counted(tenant, vip) == Reach(4, tuple(sorted(people[1::2], reverse=True)))
    really = counting._counted

    def impatient(criteria: Criteria, asking: Asking, patience: str) -> Any:
        if asking.among is None:
            raise OperationalError("too long")
        return really(criteria, asking, patience)

    monkeypatch.setattr(counting, "_counted", impatient)
    assert counted(tenant, vip) == Reach(4, tuple(sorted(people[1::2], reverse=True)), estimated=True)


def test_nobody_waits_for_a_count_that_does_not_come(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    for patience in ("EXACTLY", "ROUGHLY"):
        monkeypatch.setattr(counting, patience, "100ms")
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("lock table customers_purchase in access exclusive mode")
        assert counted(tenant, ask(OFTEN)) == Reach(None)
    assert counted(tenant, ask(OFTEN)) == Reach(0)


@pytest.mark.parametrize(("number", "said"), [(0, 0), (7, 7), (99, 99), (996, 1000), (12_345, 12_000), (987_654, 990_000)])
def test_an_estimate_has_two_digits(number: int, said: int) -> None:
    assert counting._rounded(number) == said


def test_criteria_that_cannot_be_asked_are_not_counted(tenant: Tenant) -> None:
    with pytest.raises(DomainError, match=r"customers\.criterion_incomplete"):
        counted(tenant, ask(one("birthday")))
