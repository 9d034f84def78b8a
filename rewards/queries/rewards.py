"""Rewards as staff see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
from django.db.models import Q

from loyalty.domain.errors import NotFound
from rewards.domain.kinds import kind_of
from rewards.domain.reward import RewardState
from rewards.domain.terms import RewardContent
from rewards.models import Reward, RewardVersion, state_now
from rewards.queries.here import tenant_here


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardCard:
    """A reward as it stands: `content` is that of its current version, `state` what time makes of it now."""

    reward_id: UUID
    content: RewardContent
    version: int
    state: RewardState
    active_from: datetime | None
    ends_at: datetime | None
    changed_at: datetime

    @property
    def kind(self) -> str:
        """The name of its kind: "discount_amount"."""
        return kind_of(self.content.terms.benefit)


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardVersionCard:
    """One version of a reward: its content, who made it and when."""

    version: int
    content: RewardContent
    changed_by: str
    changed_at: datetime


def rewards(
    state: RewardState | None = None, after: tuple[str, UUID] | None = None, limit: int = 50, *, kind: str | None = None
) -> list[RewardCard]:
    """Rewards by name, after one with that name and id; those in one state or of one kind."""
    found = Reward.objects.filter(tenant_id=tenant_here()).alias(now=state_now())
    if state is not None:
        found = found.filter(now=state)
    if kind is not None:
        found = found.filter(kind=kind)
    if after is not None:
        found = found.filter(Q(name__gt=after[0]) | Q(name=after[0], id__gt=after[1]))
    return [_card(row) for row in found.order_by("name", "id")[:limit]]


def reward(reward_id: UUID) -> RewardCard:
    """One reward. Raises NotFound `rewards.reward_unknown`."""
    row = Reward.objects.filter(tenant_id=tenant_here(), id=reward_id).first()
    if row is None:
        raise NotFound("rewards.reward_unknown")
    return _card(row)


def reward_versions(reward_id: UUID) -> list[RewardVersionCard]:
    """All versions of a reward, the newest first. Raises NotFound `rewards.reward_unknown`."""
    rows = RewardVersion.objects.filter(tenant_id=tenant_here(), reward_id=reward_id).order_by("-version")
    found = [
        RewardVersionCard(
            version=row.version,
            content=msgspec.convert(row.content, RewardContent),
            changed_by=row.changed_by,
            changed_at=row.changed_at,
        )
        for row in rows
    ]
    if not found:
        raise NotFound("rewards.reward_unknown")
    return found


def _card(row: Reward) -> RewardCard:
    return RewardCard(
        reward_id=row.id,
        content=msgspec.convert(row.content, RewardContent),
        version=row.version,
        state=row.standing,
        active_from=row.active_from,
        ends_at=row.ends_at,
        changed_at=row.changed_at,
    )
