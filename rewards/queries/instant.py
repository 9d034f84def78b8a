"""Rewards as rules of earning give them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import msgspec

from loyalty.house.templatetags.house import language
from rewards.domain.kinds import kind_of
from rewards.domain.terms import RewardContent
from rewards.models import Reward, state_now
from rewards.queries.here import tenant_here

NOT_GIVEN = frozenset({"cashback"})
"""Kinds that are had within a purchase only."""


def called(ids: Collection[UUID]) -> Mapping[UUID, str]:
    """What rewards are called in the reader's language."""
    rows = Reward.objects.filter(tenant_id=tenant_here(), id__in=ids).values_list("id", "content")
    return {reward_id: msgspec.convert(content, RewardContent).called(language()).name for reward_id, content in rows}


def offered() -> Sequence[tuple[UUID, str]]:
    """By name, the rewards that can be given: those that are neither a draft nor over."""
    found = Reward.objects.filter(tenant_id=tenant_here()).alias(now=state_now()).exclude(now__in=("draft", "ended")).order_by("name", "id")
    told = ((row.id, msgspec.convert(row.content, RewardContent)) for row in found)
    return [(reward_id, content.name) for reward_id, content in told if kind_of(content.terms.benefit) not in NOT_GIVEN]
