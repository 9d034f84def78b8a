"""What a point of sale took: counts and revenue that follow purchases and returns, live and rebuilt."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from earning.commands import ReturnGoods, ReturnLine
from loyalty.projections.projection import PROJECTIONS
from loyalty.projections.rebuild import checksum, rebuild
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from pos.models import Takings
from pos.queries import point_of_sale
from tests.pos.given import a_customer, a_merchant, a_place, bring_level, say, sold

NOW = datetime(2026, 3, 7, 8, 5, tzinfo=UTC)


def taken_back(
    tenant: Tenant, purchase_id: UUID, merchant_id: UUID, at_place: UUID, number: str, *lines: ReturnLine, customer_id: UUID | None = None
) -> None:
    command = ReturnGoods(
        purchase_id=purchase_id, customer_id=customer_id, merchant_id=merchant_id, pos_id=at_place, document_scope="merchant",
        document_number=number, returned_at=NOW + timedelta(hours=1), zone=tenant.time_zone, lines=lines or None,
    )  # fmt: skip
    say(tenant, command, at=NOW + timedelta(hours=2))


def takings(tenant: Tenant, pos_id: UUID) -> tuple[int, int, int]:
    bring_level("pos.takings")
    with reading(tenant.id):
        card = point_of_sale(pos_id)
    return card.purchases, card.undone, card.revenue


def test_a_place_without_purchases_took_nothing(tenant: Tenant) -> None:
    assert takings(tenant, a_place(tenant)) == (0, 0, 0)


def test_purchases_count_and_returns_are_taken_off_where_the_goods_had_been_bought(tenant: Tenant) -> None:
    cafe = a_merchant(tenant)
    here, there = a_place(tenant, "A", merchant_id=cafe), a_place(tenant, "B", merchant_id=cafe)
    who = a_customer(tenant)
    first = sold(tenant, cafe, here, "1", 250_000, NOW, who)
    second = sold(tenant, cafe, here, "2", 100_000, NOW)
    sold(tenant, cafe, there, "3", 70_000, NOW)
    sold(tenant, cafe, None, "4", 5_000_000, NOW)
    assert (takings(tenant, here), takings(tenant, there)) == ((2, 0, 350_000), (1, 0, 70_000))
    taken_back(tenant, first, cafe, there, "R1", ReturnLine(line=1, amount=49_000), customer_id=who)
    assert (takings(tenant, here), takings(tenant, there)) == ((2, 0, 301_000), (1, 0, 70_000))
    taken_back(tenant, first, cafe, there, "R2", customer_id=who)
    taken_back(tenant, second, cafe, here, "R3")
    assert (takings(tenant, here), takings(tenant, there)) == ((2, 2, 0), (1, 0, 70_000))


@pytest.mark.usefixtures("own_log")
def test_live_and_rebuilt_in_any_batch_are_the_same_and_equal_a_plain_sum(tenant: Tenant) -> None:
    dice, cafe = random.Random(3), a_merchant(tenant)
    places = [a_place(tenant, f"P-{n}", merchant_id=cafe) for n in range(3)]
    expected = {p: [0, 0, 0] for p in places}
    for n in range(40):
        place, total = dice.choice(places), dice.randrange(10, 500) * 1000
        bought = sold(tenant, cafe, place, f"D{n}", total, NOW)
        expected[place][0] += 1
        expected[place][2] += total
        if dice.random() < 0.3:
            taken_back(tenant, bought, cafe, dice.choice(places), f"R{n}")
            expected[place][1] += 1
            expected[place][2] -= total
        if dice.random() < 0.2:
            bring_level("pos.takings")
    assert {p: list(takings(tenant, p)) for p in places} == expected
    live = checksum("pos_takings")
    for window in (1, 7, 1000):
        assert rebuild(PROJECTIONS["pos.takings"], batch=window, swap=False).checksums == {"pos_takings": live}, window
    rebuild(PROJECTIONS["pos.takings"])
    assert checksum("pos_takings") == live
    with reading(tenant.id):
        assert Takings.objects.count() == len(places)
