"""Slips of the till: remembered for a while, then forgotten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from loyalty.celery import app
from loyalty.tenancy import reading
from pos.queries import places_of
from pos.slips import KEPT, slip_for
from pos.tasks import forget_old_slips_of_all
from tests.pos.counter import Till

# -- slips ----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("own_log")
def test_old_slips_are_forgotten_at_night_and_young_ones_kept(till: Till) -> None:
    with reading(till.tenant.id):
        (place,) = places_of(till.seller.id)
    now = datetime.now(UTC)
    old, young = uuid4(), uuid4()
    slip_for(till.tenant.id, place, old, "OLD", now - KEPT - timedelta(minutes=1))
    kept = slip_for(till.tenant.id, place, young, "YOUNG", now)
    assert forget_old_slips_of_all() >= 1
    assert slip_for(till.tenant.id, place, young, "OTHER", now + timedelta(hours=1)) == kept
    assert slip_for(till.tenant.id, place, old, "NEW", now).number == "NEW"


def test_the_night_knows_of_it() -> None:
    assert "pos.forget_old_slips" in {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert "pos.forget_old_slips" in app.tasks
