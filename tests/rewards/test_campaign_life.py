"""A reward by itself: draft, scheduled, active, paused, ended, of which time does the half; its versions follow one another."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from loyalty.domain.errors import Conflict, DomainError, NotFound
from rewards.domain.reward import Reward
from rewards.events import RewardActivated, RewardChanged, RewardCreated, RewardEndSet, RewardPaused
from tests.rewards.given import content

NOW = datetime(2026, 3, 1, 3, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def reward() -> Reward:
    made = Reward(uuid4())
    made.create(content(), NOW)
    return made


def test_it_is_drafted_scheduled_active_paused_and_ended(reward: Reward) -> None:
    assert reward.state_at(NOW) == "draft"
    reward.activate(NOW + DAY, NOW)
    assert [reward.state_at(NOW), reward.state_at(NOW + DAY)] == ["scheduled", "active"]
    reward.end(NOW + 3 * DAY, NOW)
    reward.pause(NOW + 2 * DAY)
    assert [reward.state_at(NOW + 2 * DAY), reward.state_at(NOW + 3 * DAY)] == ["paused", "ended"]
    reward.activate(None, NOW + 2 * DAY)
    assert reward.state_at(NOW + 2 * DAY) == "active"
    assert [type(fact) for fact in reward.pending] == [RewardCreated, RewardActivated, RewardEndSet, RewardPaused, RewardActivated]


def test_what_is_ended_stays_so_and_nothing_begins_after_its_end(reward: Reward) -> None:
    with pytest.raises(DomainError, match=r"rewards\.end_is_over"):
        reward.end(NOW - DAY, NOW)
    reward.end(NOW + DAY, NOW)
    with pytest.raises(DomainError, match=r"rewards\.starts_after_end"):
        reward.activate(NOW + DAY, NOW)
    for ask in (lambda: reward.activate(None, NOW + DAY), lambda: reward.change(content(points=1), None, NOW + DAY)):
        with pytest.raises(Conflict, match=r"rewards\.is_ended"):
            ask()


def test_an_active_one_is_not_activated_and_a_draft_not_paused(reward: Reward) -> None:
    with pytest.raises(Conflict, match=r"rewards\.is_not_active"):
        reward.pause(NOW)
    reward.activate(NOW - DAY, NOW)
    assert reward.active_from == NOW, "nothing is had in the past"
    with pytest.raises(Conflict, match=r"rewards\.is_active"):
        reward.activate(None, NOW)


def test_a_change_is_the_next_version_and_the_same_again_is_none(reward: Reward) -> None:
    reward.change(content(points=70), 1, NOW)
    reward.change(content(points=70), 2, NOW)
    assert [fact.version for fact in reward.pending if isinstance(fact, RewardChanged)] == [2]
    with pytest.raises(Conflict) as stale:
        reward.change(content(points=80), 1, NOW)
    assert (stale.value.code, stale.value.params["seen"], stale.value.params["version"]) == ("rewards.changed_meanwhile", 1, 2)


def test_the_wallet_stays_once_it_was_active(reward: Reward) -> None:
    known = content()
    other = replace(known, terms=replace(known.terms, price=replace(known.terms.price, wallet="stars")))
    reward.change(other, None, NOW)
    reward.activate(None, NOW)
    with pytest.raises(DomainError) as refused:
        reward.change(known, None, NOW)
    assert (refused.value.code, refused.value.field) == ("rewards.wallet_stays", "terms.price.wallet")


def test_what_was_never_drafted_is_not_there() -> None:
    with pytest.raises(NotFound, match=r"rewards\.reward_unknown"):
        Reward(uuid4()).activate(None, NOW)
