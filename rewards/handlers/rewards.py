"""Rewards: each order to its one decision."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeAlias

from earning.queries import wallet
from loyalty.bus import StreamRef, Unit, handles
from loyalty.domain.command import Circumstances
from loyalty.domain.errors import DomainError, NotFound
from rewards.commands.rewards import ActivateReward, ChangeReward, CloneReward, CreateReward, EndReward, PauseReward, RewardAnswer
from rewards.domain.reward import Reward

OfOneReward: TypeAlias = ChangeReward | ActivateReward | PauseReward | EndReward


def stream_of_reward(command: OfOneReward, circumstances: Circumstances) -> Iterator[StreamRef]:
    yield StreamRef(Reward, command.reward_id)


@handles(CreateReward, streams=lambda command, circumstances: [StreamRef(Reward, circumstances.command_id)])
def create_reward(command: CreateReward, unit: Unit) -> RewardAnswer:
    _refuse_unknown_wallet(command.content.terms.price.wallet)
    reward = unit.load(Reward, unit.circumstances.command_id)
    reward.create(command.content, unit.now)
    return _answer(reward, unit)


@handles(
    CloneReward,
    streams=lambda command, circumstances: [StreamRef(Reward, circumstances.command_id), StreamRef(Reward, command.reward_id)],
)
def clone_reward(command: CloneReward, unit: Unit) -> RewardAnswer:
    known = unit.load(Reward, command.reward_id).content
    if known is None:
        raise NotFound("rewards.reward_unknown", field="reward_id")
    reward = unit.load(Reward, unit.circumstances.command_id)
    reward.create(replace(known, name=command.name), unit.now, copied_from=command.reward_id)
    return _answer(reward, unit)


@handles(ChangeReward, streams=stream_of_reward)
def change_reward(command: ChangeReward, unit: Unit) -> RewardAnswer:
    reward = unit.load(Reward, command.reward_id)
    _refuse_unknown_wallet(command.content.terms.price.wallet)
    reward.change(command.content, command.seen_version, unit.now)
    return _answer(reward, unit)


@handles(ActivateReward, streams=stream_of_reward)
def activate_reward(command: ActivateReward, unit: Unit) -> RewardAnswer:
    reward = unit.load(Reward, command.reward_id)
    reward.activate(command.effective_at, unit.now)
    return _answer(reward, unit)


@handles(PauseReward, streams=stream_of_reward)
def pause_reward(command: PauseReward, unit: Unit) -> RewardAnswer:
    reward = unit.load(Reward, command.reward_id)
    reward.pause(unit.now)
    return _answer(reward, unit)


@handles(EndReward, streams=stream_of_reward)
def end_reward(command: EndReward, unit: Unit) -> RewardAnswer:
    reward = unit.load(Reward, command.reward_id)
    if command.never and command.ends_at is not None:
        raise DomainError("rewards.ends_or_never", field="ends_at")
    reward.end(None if command.never else command.ends_at or unit.now, unit.now)
    return _answer(reward, unit)


def _answer(reward: Reward, unit: Unit) -> RewardAnswer:
    return RewardAnswer(reward_id=reward.id, version=reward.number, state=reward.state_at(unit.now))


def _refuse_unknown_wallet(code: str) -> None:
    """A wallet that is not there is a fault of the order, not of its address."""
    try:
        wallet(code)
    except NotFound:
        raise DomainError("earning.wallet_unknown", field="terms.price.wallet", wallet=code) from None
