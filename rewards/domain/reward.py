"""Rewards: how they come to be had, and what they promise in each version."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypeAlias, assert_never
from uuid import UUID

from loyalty.domain.aggregate import Aggregate
from loyalty.domain.contact import name_reaches_somebody
from loyalty.domain.errors import Conflict, DomainError, NotFound
from loyalty.domain.photo import check_photo
from rewards.domain.checks import check_text, check_year
from rewards.domain.terms import RewardContent, check_texts
from rewards.events.rewards import RewardActivated, RewardChanged, RewardCreated, RewardEndSet, RewardPaused

RewardState = Literal["draft", "scheduled", "active", "paused", "ended"]
RewardFact: TypeAlias = RewardCreated | RewardChanged | RewardActivated | RewardPaused | RewardEndSet
LONGEST_NAME, MOST_PHOTOS = 120, 8


def standing(state: RewardState, active_from: datetime | None, ends_at: datetime | None, now: datetime) -> RewardState:
    """What time makes of where a reward was put last: an active one is scheduled before it begins, and each is ended from its end on."""
    if ends_at is not None and now >= ends_at:
        return "ended"
    return "scheduled" if state == "active" and active_from is not None and now < active_from else state


class Reward(Aggregate):
    """draft → scheduled → active ⇄ paused → ended; each change is a new version, and coupons keep the one under which they were issued."""

    stream = "reward"

    def __init__(self, stream_id: UUID) -> None:
        super().__init__(stream_id)
        self.content: RewardContent | None = None
        self.number = 0
        """Of the current version."""
        self.state: RewardState = "draft"
        """Where it was put last, whatever time makes of it."""
        self.active_from: datetime | None = None
        self.ends_at: datetime | None = None

    def state_at(self, now: datetime) -> RewardState:
        """What it is at `now`."""
        return standing(self.state, self.active_from, self.ends_at, now)

    def create(self, content: RewardContent, now: datetime, copied_from: UUID | None = None) -> None:
        """Draft it."""
        check_content(content)
        self.record(RewardCreated(reward_id=self.id, content=content, copied_from=copied_from, created_at=now))

    def change(self, content: RewardContent, seen: int | None, now: datetime) -> None:
        """Give it a new version, for what is issued from now on. Raises Conflict when the version `seen` is not the current one.

        The same content again changes nothing.
        """
        known = self._must_be_there(now)
        if seen not in {None, self.number}:
            raise Conflict("rewards.changed_meanwhile", name=known.name, seen=seen, version=self.number)
        check_content(content)
        if known.terms.price.wallet != content.terms.price.wallet and self.state != "draft":
            raise DomainError("rewards.wallet_stays", field="terms.price.wallet", wallet=known.terms.price.wallet)
        if content != known:
            self.record(RewardChanged(reward_id=self.id, version=self.number + 1, content=content, changed_at=now))

    def activate(self, at: datetime | None, now: datetime) -> None:
        """Let it be had from `at` on (None: now); with a time to come it is scheduled, and may be scheduled anew."""
        known = self._must_be_there(now)
        check_year(at, "effective_at")
        if self.state_at(now) == "active":
            raise Conflict("rewards.is_active", name=known.name)
        since = max(at or now, now)
        if self.ends_at is not None and since >= self.ends_at:
            raise DomainError("rewards.starts_after_end", field="effective_at", ends_at=self.ends_at)
        self.record(RewardActivated(reward_id=self.id, version=self.number, effective_at=since))

    def pause(self, now: datetime) -> None:
        """Let it not be had for a while, or take it out of the schedule."""
        known = self._must_be_there(now)
        if self.state != "active":
            raise Conflict("rewards.is_not_active", name=known.name)
        self.record(RewardPaused(reward_id=self.id, version=self.number, paused_at=now))

    def end(self, at: datetime | None, now: datetime) -> None:
        """End it for good at `at`, or (None) let it have no end."""
        self._must_be_there(now)
        check_year(at, "ends_at")
        if at is not None and at < now:
            raise DomainError("rewards.end_is_over", field="ends_at")
        if at is not None and now < at and self.state_at(now) == "scheduled" and self.active_from is not None and at <= self.active_from:
            raise DomainError("rewards.ends_before_start", field="ends_at")
        if at != self.ends_at:
            self.record(RewardEndSet(reward_id=self.id, version=self.number, ends_at=at, set_at=now))

    def evolve(self, event: RewardFact) -> None:
        match event:
            case RewardCreated():
                self.content, self.number = event.content, 1
            case RewardChanged():
                self.content, self.number = event.content, event.version
            case RewardActivated():
                self.state, self.active_from = "active", event.effective_at
            case RewardPaused():
                self.state = "paused"
            case RewardEndSet():
                self.ends_at = event.ends_at
            case _:
                assert_never(event)

    def _must_be_there(self, now: datetime) -> RewardContent:
        if self.content is None:
            raise NotFound("rewards.reward_unknown", field="reward_id")
        if self.state_at(now) == "ended":
            raise Conflict("rewards.is_ended", name=self.content.name, ends_at=self.ends_at)
        return self.content


def check_content(content: RewardContent) -> None:
    """Raises DomainError with the field at fault."""
    check_text(content.name, LONGEST_NAME, "name", needed=True)
    if name_reaches_somebody(content.name):
        raise DomainError("goods.personal", field="name")
    content.terms.check()
    check_texts(content.texts)
    if len(content.photos) > MOST_PHOTOS:
        raise DomainError("rewards.too_many_photos", field="photos", most=MOST_PHOTOS)
    for photo in (*content.photos, content.icon):
        check_photo(photo)
