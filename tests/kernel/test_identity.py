"""Ids that the log stands on stay what they are."""

from __future__ import annotations

from uuid import UUID, uuid5

import pytest

from loyalty.domain.identity import NAMESPACE, derived_id


@pytest.mark.parametrize("keys", [("purchase", 1, "", "hd-7"), ("account", 12, "points", UUID(int=5)), ("đường", "ą"), ()])
def test_a_derived_id_is_the_uuid_v5_of_its_keys(keys: tuple[object, ...]) -> None:
    assert derived_id(*keys) == uuid5(NAMESPACE, "\x1f".join(map(str, keys)))


def test_the_id_of_a_document_recorded_long_ago_is_found_again() -> None:
    assert str(derived_id("purchase", 1, UUID(int=1), "", "hd-7")) == "f832a3bf-71c3-5d46-84a2-69df79c1ffd2"


def test_keys_that_only_join_alike_have_different_ids() -> None:
    assert derived_id("a", "bc") != derived_id("ab", "c")
