"""A purchase that is recorded after the return that cost a level: which level it sees, and what it earns."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import pytest

from earning import queries
from earning.commands import LevelFactor, Multiplier, RecordPurchase
from earning.domain.document import document_id
from loyalty.tenancy import reading
from tests.earning.counter import MINUTE, Counter
from tests.earning.levels_counted import SOLD_AT, active, level_now, losing
from tests.earning.levels_given import DAY

RETURNED_AT, LATER = SOLD_AT + 9 * DAY, SOLD_AT + 14 * DAY


@pytest.mark.parametrize(
    ("bought_at", "points"),
    [(SOLD_AT - MINUTE, 5), (SOLD_AT + DAY, 10), (RETURNED_AT - MINUTE, 10), (RETURNED_AT, 5), (RETURNED_AT + DAY, 5)],
)
def test_it_earns_what_it_would_have_earned_had_it_been_recorded_on_time(counter: Counter, bought_at: datetime, points: int) -> None:
    """Until the return was recorded the customer had the level, whatever date it bears; from then on they had not."""
    active(counter, losing())
    counter.rule(Multiplier(by_level=(LevelFactor(level="l1", factor=Decimal(2)),)))
    for recorded_at, returned_at in ((bought_at, RETURNED_AT), (LATER, RETURNED_AT), (LATER, SOLD_AT + MINUTE)):
        customer = counter.customer()
        large = counter.order(customer, 200_000, purchased_at=SOLD_AT)
        small = counter.order(customer, 50_000, purchased_at=bought_at)
        back = replace(counter.return_order(large, id_of(counter, large)), returned_at=returned_at)
        told = [(SOLD_AT, large), (RETURNED_AT, back), (recorded_at, small)]
        for at, order in sorted(told, key=lambda one: one[0]):
            counter.do(order, channel="import", at=at)
        with reading(counter.tenant.id):
            assert queries.account(customer).balance == points
        assert level_now(counter, customer) == "l0"


def id_of(counter: Counter, sale: RecordPurchase) -> UUID:
    """What the purchase of a document will be called."""
    place = sale.merchant_id, sale.document_scope, sale.pos_id
    return document_id(counter.tenant.id, *place, sale.document_number, sale.purchased_at, sale.zone)
