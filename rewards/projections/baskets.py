"""Baskets as they stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, assert_never

import orjson

from loyalty.domain.event import Recorded
from loyalty.projections.projection import Projection, Statement
from rewards.events import BasketConfirmed, BasketHeld, BasketReleased

HOLD = """insert into rewards_basket (tenant_id, id, customer_id, merchant_id, pos_id, state, held, before, total, tax, held_at, ends_at,
        position)
    values (%s, %s, %s, %s, %s, 'held', %s::jsonb, %s, %s, %s, %s, %s, %s)"""
OVER = "update rewards_basket set state = %s, purchase_id = %s, position = %s where tenant_id = %s and id = %s"


class Baskets(Projection):
    """What is kept for purchases, and what became of it."""

    name = "rewards.baskets"
    events = (BasketHeld, BasketReleased, BasketConfirmed)
    tables = ("rewards_basket",)
    inline = True

    def statements(self, batch: Sequence[Recorded[Any]]) -> Iterable[Statement]:
        for recorded in batch:
            yield _of(recorded)


def _of(recorded: Recorded[Any]) -> Statement:
    event, last = recorded.event, (recorded.position, recorded.tenant_id, recorded.event.basket_id)
    match event:
        case BasketHeld():
            who = (recorded.tenant_id, event.basket_id, event.customer_id, event.merchant_id, event.pos_id)
            held = orjson.dumps({"lines": event.lines, "choices": event.choices, "points": event.points}, default=str).decode()
            return HOLD, (*who, held, event.before, event.total, event.tax, event.held_at, event.ends_at, recorded.position)
        case BasketReleased():
            return OVER, ("released", None, *last)
        case BasketConfirmed():
            return OVER, ("confirmed", event.purchase_id, *last)
        case _:
            assert_never(event)
