"""What can be asked of rewards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from loyalty.domain.command import Command, command
from rewards.domain.terms import RewardContent


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardAnswer:
    """Where a reward stands now: its current version, and draft, scheduled, active, paused or ended."""

    reward_id: UUID
    version: int
    state: str


@command
class CreateReward(Command[RewardAnswer]):
    """Draft a reward; the id of the new reward is the command's id. Nobody can have it until it is activated.

    Refusals name the term at fault: rewards.kind_missing, rewards.number_out_of_range and others; earning.wallet_unknown.
    """

    content: RewardContent


@command
class CloneReward(Command[RewardAnswer]):
    """Draft a copy of a reward as it stands, under another `name`. Refusal: rewards.reward_unknown."""

    reward_id: UUID
    name: str


@command
class ChangeReward(Command[RewardAnswer]):
    """Give a reward a new version, for what is issued from now on: what customers have keeps its terms.

    `seen_version` is the version that the editor had before them: another one meanwhile refuses with rewards.changed_meanwhile (None:
    do not ask). The wallet of a reward that was activated stays: rewards.wallet_stays.
    """

    reward_id: UUID
    content: RewardContent
    seen_version: int | None = None


@command
class ActivateReward(Command[RewardAnswer]):
    """Let a reward be had from `effective_at` on (None or the past: now); with a time to come it is scheduled.

    Refusals: rewards.is_active, rewards.is_ended, rewards.starts_after_end.
    """

    reward_id: UUID
    effective_at: datetime | None = None


@command
class PauseReward(Command[RewardAnswer]):
    """Let a reward not be had for a while; coupons stay good. Refusals: rewards.is_not_active, rewards.is_ended."""

    reward_id: UUID


@command
class EndReward(Command[RewardAnswer]):
    """End a reward for good at `ends_at` (None: now); with `never`, and no `ends_at`, an end that was planned is taken back.

    Refusals: rewards.ends_or_never, rewards.is_ended, rewards.end_is_over, rewards.ends_before_start.
    """

    reward_id: UUID
    ends_at: datetime | None = None
    never: bool = False
