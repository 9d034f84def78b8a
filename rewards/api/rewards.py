"""`/api/v1/rewards`: rewards are drafted, changed, copied, put in force and ended."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Literal, get_args
from uuid import UUID

import msgspec

from loyalty.api.paging import Page, opened_cursor, sealed_cursor
from loyalty.api.views import CommandView, QueryView
from loyalty.domain.command import Command
from loyalty.domain.errors import DomainError
from loyalty.tenancy import reading
from rewards import queries
from rewards.api.contents import in_body, known_content_in
from rewards.api.shapes import ContentShape, Limit, Moment, content_shown, in_utc
from rewards.called import Called
from rewards.commands import (
    ActivateReward,
    ChangeReward,
    CloneReward,
    CreateReward,
    EndReward,
    GiveToSegment,
    GivingAnswer,
    PauseReward,
    RewardAnswer,
)
from rewards.domain.kinds import KINDS
from rewards.domain.terms import RewardContent
from rewards.permissions import EDIT_REWARDS, GIVE, SEE_REWARDS

StateText = Literal["draft", "scheduled", "active", "paused", "ended"]
KindText = Literal[
    "discount_amount", "discount_percent", "value_code", "free_delivery", "event_access", "material_gift", "cashback", "free_product",
    "lucky_draw", "custom",
]  # fmt: skip
assert get_args(KindText) == tuple(KINDS.values())
REWARDS = "rewards"


class RewardShown(msgspec.Struct, frozen=True, kw_only=True):
    """A reward as it stands: its current `version`, and draft, scheduled, active, paused or ended. Amounts are minor units."""

    id: UUID
    kind: str
    content: ContentShape
    version: int
    state: str
    active_from: datetime | None
    ends_at: datetime | None
    changed_at: datetime


class RewardVersionShown(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a reward."""

    version: int
    content: ContentShape
    changed_by: str
    changed_at: datetime


class RewardsQuery(msgspec.Struct):
    """By name; those in one state, or of one kind."""

    state: StateText | None = None
    kind: KindText | None = None
    limit: Limit = 50
    cursor: str | None = None


class ChangeRewardBody(msgspec.Struct, forbid_unknown_fields=True):
    """The new content, and the version that the editor had seen."""

    content: ContentShape
    seen_version: int | None = None


class CreateRewardBody(msgspec.Struct, forbid_unknown_fields=True):
    """What the reward says, gives, costs and asks."""

    content: ContentShape


class CloneRewardBody(msgspec.Struct, forbid_unknown_fields=True):
    """What staff call the copy."""

    name: str


class ActivateRewardBody(msgspec.Struct, forbid_unknown_fields=True):
    """From when it can be had: now, when it is left out."""

    effective_at: Moment | None = None


class EndRewardBody(msgspec.Struct, forbid_unknown_fields=True):
    """When it ends for good: now, when it is left out; `never`, without `ends_at`, takes a planned end back."""

    ends_at: Moment | None = None
    never: bool = False


class GiveToSegmentBody(msgspec.Struct, forbid_unknown_fields=True):
    """Whom it is given to: the id of a segment."""

    segment_id: UUID


class RewardsView(QueryView):
    """List rewards."""

    permission = SEE_REWARDS
    query = RewardsQuery
    answer = Page[RewardShown]

    def ask(self, query: RewardsQuery, **path: Any) -> Page[RewardShown]:
        after = opened_cursor(query.cursor, self.tenant.id, REWARDS)
        found = queries.rewards(query.state, after and (after[0], UUID(after[1])), query.limit + 1, kind=query.kind)
        page = found[: query.limit]
        last = [page[-1].content.name, str(page[-1].reward_id)] if len(found) > query.limit else None
        return Page([shown(card) for card in page], sealed_cursor(last, self.tenant.id, REWARDS) if last else None)


class RewardView(QueryView):
    """Show a reward."""

    permission = SEE_REWARDS
    answer = RewardShown

    def ask(self, query: None, **path: Any) -> RewardShown:
        return shown(queries.reward(path["reward_id"]))


class RewardVersionsView(QueryView):
    """List the versions of a reward, the newest first."""

    permission = SEE_REWARDS
    answer = list[RewardVersionShown]

    def ask(self, query: None, **path: Any) -> list[RewardVersionShown]:
        return [
            RewardVersionShown(
                version=one.version, content=content_shown(one.content), changed_by=one.changed_by, changed_at=one.changed_at
            )
            for one in queries.reward_versions(path["reward_id"])
        ]


class EditView(CommandView):
    """An order about rewards."""

    permission = EDIT_REWARDS
    answer: ClassVar[Any] = RewardAnswer


class ContentView(EditView):
    """An order with the content of a reward. What is refused is told where it stands in the body."""

    def content(self, body: CreateRewardBody | ChangeRewardBody, changed: UUID | None = None) -> RewardContent:
        """What a body says of a new reward, or of the one that is changed."""
        with reading(self.tenant.id):
            before = None if changed is None else queries.reward(changed).content
            try:
                return known_content_in(body.content, Called(self.tenant), before)
            except DomainError as refusal:
                raise in_body(refusal) from None

    def _dispatch(self, command: Command[Any], **how: Any) -> Any:
        assert isinstance(command, CreateReward | ChangeReward)
        try:
            return super()._dispatch(command, **how)
        except DomainError as refusal:
            raise in_body(refusal, command.content) from None


class CreateRewardView(ContentView):
    """Draft a reward. Nobody can have it until it is activated."""

    body = CreateRewardBody
    status = 201

    def command(self, body: CreateRewardBody, **path: Any) -> Command[RewardAnswer]:
        return CreateReward(content=self.content(body))


class ChangeRewardView(ContentView):
    """Give a reward a new version. What customers have of it keeps its terms."""

    body = ChangeRewardBody

    def command(self, body: ChangeRewardBody, **path: Any) -> Command[RewardAnswer]:
        return ChangeReward(reward_id=path["reward_id"], content=self.content(body, path["reward_id"]), seen_version=body.seen_version)


class CloneRewardView(EditView):
    """Draft a copy of a reward."""

    body = CloneRewardBody
    status = 201

    def command(self, body: CloneRewardBody, **path: Any) -> Command[RewardAnswer]:
        return CloneReward(reward_id=path["reward_id"], name=body.name)


class ActivateRewardView(EditView):
    """Let a reward be had, now or from a time to come."""

    body = ActivateRewardBody

    def command(self, body: ActivateRewardBody, **path: Any) -> Command[RewardAnswer]:
        return ActivateReward(reward_id=path["reward_id"], effective_at=in_utc(body.effective_at))


class PauseRewardView(EditView):
    """Let a reward not be had for a while. Coupons stay good."""

    def command(self, body: None, **path: Any) -> Command[RewardAnswer]:
        return PauseReward(reward_id=path["reward_id"])


class EndRewardView(EditView):
    """End a reward for good. Coupons stay good."""

    body = EndRewardBody

    def command(self, body: EndRewardBody, **path: Any) -> Command[RewardAnswer]:
        return EndReward(reward_id=path["reward_id"], ends_at=in_utc(body.ends_at, "ends_at"), never=body.never)


def shown(card: queries.RewardCard) -> RewardShown:
    """A reward as the API shows it."""
    same = {name: getattr(card, name) for name in ("kind", "version", "state", "active_from", "ends_at", "changed_at")}
    return RewardShown(id=card.reward_id, content=content_shown(card.content), **same)


class GiveToSegmentView(EditView):
    """Give a reward to everybody in a segment, as long work. A dry run says how many get it, and what it costs."""

    also = (GIVE,)
    body = GiveToSegmentBody
    answer = GivingAnswer
    dry_runs = True
    status = 202

    def command(self, body: GiveToSegmentBody, **path: Any) -> Command[Any]:
        with reading(self.tenant.id):
            queries.reward(path["reward_id"])
        return GiveToSegment(reward_id=path["reward_id"], segment_id=body.segment_id)
