"""What codes and ids in the terms of rewards are called, and what can be chosen of them. Needs an open `reading`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

from django.utils.text import capfirst

from customers.queries import segments
from earning.queries import level_sets, said_points, unit_of, wallets
from loyalty.house.templatetags.house import language
from loyalty.tenancy.models import Tenant
from pos.queries import all_places, merchants

MOST_MERCHANTS = 500
K = TypeVar("K", str, UUID)


class Called:
    """Names in the reader's language, each kind asked for once."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant

    @cached_property
    def levels(self) -> dict[str, str]:
        """Of level sets in force."""
        inside = (level for card in level_sets() if card.state == "active" for level in card.terms.levels)
        return {level.code: level.text(language()).name for level in inside}

    @cached_property
    def segments(self) -> dict[str, str]:
        return {one.code: one.name for one in segments()}

    @cached_property
    def merchants(self) -> dict[UUID, str]:
        return {one.merchant_id: one.name for one in merchants(limit=MOST_MERCHANTS) if one.active}

    @cached_property
    def places(self) -> dict[UUID, str]:
        return {place.pos_id: f"{place.merchant_name} · {place.pos_name}" for place in all_places() if place.pos_id}

    @cached_property
    def wallets(self) -> dict[str, str]:
        """“Points”, “Stars”."""
        return {card.code: capfirst(_several(unit_of(card).names)) for card in wallets()}

    @cached_property
    def decimals(self) -> dict[str, int]:
        """Of each wallet."""
        return {card.code: card.decimals for card in wallets()}

    def points(self, points: int, wallet: str) -> str:
        """“100 points”."""
        return said_points([(wallet, points)], signed=False)[0]


def named(names: Mapping[K, str], keys: Iterable[K]) -> str:
    """“Silver, Gold”; what has no name is told as it is."""
    return ", ".join(names.get(key, str(key)) for key in keys)


def _several(names: Iterable[Any]) -> str:
    told: dict[str, str] = {name.language: name.plural for name in names}
    return told.get(language()) or next(iter(told.values()))
