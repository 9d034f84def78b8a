"""Rules that were written when all gave points per amount are read as they were meant."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest

from earning.commands import PointsPerAmount
from earning.domain.rules import EarningRule
from loyalty.eventstore.codec import shape_named

TERMS = '{"points":"2.5","per":10000,"currency":"VND","rounding":"half_up","whole_steps":true}'
RULE = UUID(int=7)
CREATED = f'{{"rule_id":"{RULE}","wallet":"points","name":"Cà phê","kind":"points_per_amount","terms":{TERMS}}}'
CHANGED = f'{{"rule_id":"{RULE}","version":2,"name":"Bánh","terms":{TERMS},"effective_at":"2026-03-02T05:00:00Z"}}'


@pytest.mark.parametrize(("name", "payload"), [("earning.rule_created", CREATED), ("earning.rule_changed", CHANGED)])
def test_terms_stand_under_the_name_of_their_kind(name: str, payload: str) -> None:
    event = shape_named(name).decode(1, payload, 1, UUID(int=1), {})
    assert event.terms.terms == PointsPerAmount(points=Decimal("2.5"), per=10_000, currency="VND", rounding="half_up", whole_steps=True)
    assert not event.scope.stops


def test_an_old_rule_gives_what_it_gave() -> None:
    events = [shape_named(name).decode(1, text, 1, UUID(int=1), {}) for name, text in (("earning.rule_created", CREATED),)]
    assert EarningRule.replay(RULE, events).standing().terms.worth(39_999) == 8
