"""A write whose connection was lost while its commit was on its way: a 503, and the same key hears what became of it."""

from __future__ import annotations

import pytest

from tests.kernel.test_lost_connections import cut
from tests.support.client import ApiClient

BOX = "/api/v1/toy/boxes/cut"


@pytest.mark.parametrize("arrived", [False, True])
def test_who_sends_a_write_again_with_its_key_hears_what_became_of_it(
    api: ApiClient, monkeypatch: pytest.MonkeyPatch, arrived: bool
) -> None:
    with cut(monkeypatch, at=2, after=arrived):
        lost = api.post(BOX, {"things": 1}, key="one")
    assert (lost.status_code, lost.json()["code"], lost.headers["Retry-After"]) == (503, "request.unavailable", "1")
    again = [api.post(BOX, {"things": 1}, key="one") for _ in range(2)]
    assert [(one.status_code, one.json()) for one in again] == [(201, {"things": 1})] * 2
    assert api.post(BOX, {"things": 1}, key="two").json() == {"things": 2}
