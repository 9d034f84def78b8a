"""Levels that a purchase pays for: they come with the fee and go with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from earning import queries
from earning.commands import ReturnLine, Thousandths
from earning.domain.levels.grants import Fee
from earning.domain.levels.starters import STARTERS
from loyalty.projections.projection import PROJECTIONS
from loyalty.projections.rebuild import checksum, rebuild
from loyalty.tenancy import reading
from tests.earning.counter import Counter, rows
from tests.earning.given import line
from tests.earning.levels_counted import active, card_of
from tests.earning.levels_given import DAY, level, terms


@pytest.mark.usefixtures("own_log")
def test_a_paid_level_comes_with_the_fee_and_goes_with_it(counter: Counter) -> None:
    active(counter, STARTERS["prime"]("VND", "en"))
    customer = counter.customer()
    order = counter.order(customer, line(50_000, 1), line(198_000, 2, sku="prime", kind="fee"))
    sold = counter.do(order)
    card = card_of(counter, customer)
    assert (card.level and card.level.code, card.source, card.since, card.next_level) == ("prime", "paid", order.purchased_at, None)
    counter.take_back(order, sold.purchase_id, ReturnLine(line=2, quantity=Thousandths(1000)))
    half = card_of(counter, customer)
    assert (half.source, half.loses_at) == ("paid", Fee(sku="PRIME", months=1).end(order.purchased_at, 1, counter.tenant.zone))
    live = {table: checksum(table) for table in PROJECTIONS["earning.customer_levels"].tables}
    assert rebuild(PROJECTIONS["earning.customer_levels"], batch=1, swap=False).checksums == live
    counter.take_back(order, sold.purchase_id, ReturnLine(line=2, quantity=Thousandths(1000)))
    assert card_of(counter, customer).level is None


@pytest.mark.usefixtures("own_log")
def test_each_level_whose_fee_a_purchase_has_is_paid_for(counter: Counter) -> None:
    """Two of one set, and one of another."""
    silver, gold = (level(code, None, fee=Fee(sku=code, months=months)) for code, months in (("silver", 2), ("gold", 1)))
    active(counter, terms(silver, gold))
    active(counter, terms(level("club", None, fee=Fee(sku="CLUB", days=10))))
    customer = counter.customer()
    order = counter.order(customer, *(line(100_000, 1, sku=sku, kind="fee") for sku in ("SILVER", "GOLD", "CLUB")))
    sold = counter.do(order)
    assert set(sold.levels) == {"gold", "club"}
    live = {table: checksum(table) for table in PROJECTIONS["earning.customer_levels"].tables}
    assert rebuild(PROJECTIONS["earning.customer_levels"], batch=1000, swap=False).checksums == live
    counter.take_back(order, sold.purchase_id, ReturnLine(line=2, quantity=Thousandths(1000)))
    assert sorted(rows("earning_level_grant", counter.tenant, "level")) == [("club",), ("silver",)]
    with reading(counter.tenant.id):
        assert {card.level and card.level.code for card in queries.customer_levels(customer)} == {"silver", "club"}


def test_a_fee_of_nothing_pays_for_nothing(counter: Counter) -> None:
    active(counter, STARTERS["prime"]("VND", "en"))
    customer = counter.customer()
    assert counter.sell(customer, line(50_000, 1), line(0, 1, sku="PRIME", kind="fee")).levels == ()


def test_a_fee_that_comes_back_after_its_time_pays_for_nothing_more(counter: Counter) -> None:
    active(counter, STARTERS["prime"]("VND", "en"))
    customer, then = counter.customer(), datetime.now(UTC) - 90 * DAY
    order = counter.order(customer, line(198_000, 2, sku="prime", kind="fee"), purchased_at=then)
    sold = counter.do(order, at=then)
    one = counter.return_order(order, sold.purchase_id, ReturnLine(line=1, quantity=Thousandths(1000)))
    counter.do(replace(one, returned_at=datetime.now(UTC)))
    assert card_of(counter, customer).level is None
