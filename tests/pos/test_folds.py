"""Every state of merchants, points of sale and sellers is the fold of its events, whatever was asked in whatever order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.domain.errors import DomainError
from pos.domain.merchant import Merchant, MerchantDetails
from pos.domain.point_of_sale import PointOfSale, PointOfSaleDetails
from pos.domain.seller import SellerAssignment
from tests.pos.facts import NOW

WHO, A, B, C = uuid4(), UUID(int=1), UUID(int=2), UUID(int=3)
NAMES = st.sampled_from(["", "Quán", "Sklep"])
STEPS: dict[type[Any], st.SearchStrategy[Callable[[Any], None]]] = {
    Merchant: st.one_of(
        st.builds(lambda n: lambda m: m.add(MerchantDetails(name=n), "pos", NOW), NAMES),
        st.builds(lambda n: lambda m: m.edit(MerchantDetails(name=n), NOW), NAMES),
        st.just(lambda m: m.activate(NOW)),
        st.just(lambda m: m.deactivate(NOW)),
    ),
    PointOfSale: st.one_of(
        st.builds(lambda n: lambda p: p.add(A, n, PointOfSaleDetails(name="x"), NOW), st.sampled_from(["", "a-1"])),
        st.builds(lambda n: lambda p: p.edit(PointOfSaleDetails(name=n), NOW), NAMES),
        st.just(lambda p: p.activate(NOW)),
        st.just(lambda p: p.deactivate(NOW)),
    ),
    SellerAssignment: st.one_of(
        st.builds(lambda places: lambda s: s.assign(WHO, places, NOW), st.lists(st.sampled_from([A, B, C]))),
        st.just(lambda s: s.activate(WHO, NOW)),
        st.just(lambda s: s.deactivate(WHO, NOW)),
    ),
}


@pytest.mark.parametrize("cls", STEPS)
@given(choices=st.data())
def test_live_state_is_replayed_state(cls: type[Any], choices: st.DataObject) -> None:
    live = cls(uuid4())
    for step in choices.draw(st.lists(STEPS[cls], max_size=12)):
        before = len(live.pending)
        try:
            step(live)
        except DomainError:
            assert len(live.pending) == before, "a refusal leaves no event"
    replayed = cls.replay(live.id, live.pending)
    assert {**vars(replayed), "version": 0, "pending": []} == {**vars(live), "pending": []}
