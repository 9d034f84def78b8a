"""`/api/v1/rewards/…/code-batches`: codes are added to a reward, counted and withdrawn. Nobody is told a code here."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

import msgspec

from loyalty.api.paging import Page, opened_cursor, sealed_cursor
from loyalty.api.views import CommandView, QueryView
from loyalty.domain.command import Command
from loyalty.tenancy import reading
from rewards import queries
from rewards.api.shapes import Limit
from rewards.commands import AddSharedCode, BatchAnswer, MakeCodes, WithdrawBatch
from rewards.permissions import EDIT_REWARDS, SEE_REWARDS

Number = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]


class BatchShown(msgspec.Struct, frozen=True, kw_only=True):
    """A batch of codes: making, open or withdrawn. Of its `codes` (null: they are being made, `made` of the `wanted` so far) so many
    were `issued`, of which `used` are used, and `left` are to be had.
    """

    batch_id: UUID
    reward_id: UUID
    source: str
    prefix: str
    state: str
    wanted: int | None
    made: int
    codes: int | None
    issued: int
    used: int
    left: int
    begun_at: datetime
    begun_by: str
    exported_at: datetime | None
    exported_by: str
    withdrawn_at: datetime | None


class BatchesQuery(msgspec.Struct):
    """The latest first."""

    limit: Limit = 50
    cursor: str | None = None


class MakeCodesBody(msgspec.Struct, forbid_unknown_fields=True):
    """How many, and what they begin with: the prefix of the reward, when it is left out."""

    codes: Number
    code_prefix: str | None = None


class SharedCodeBody(msgspec.Struct, forbid_unknown_fields=True):
    """The code."""

    code: str


class WithdrawBody(msgspec.Struct, forbid_unknown_fields=True):
    """Why."""

    reason: str


class BatchesView(QueryView):
    """List the batches of codes of a reward, the latest first."""

    permission = SEE_REWARDS
    query = BatchesQuery
    answer = Page[BatchShown]

    def ask(self, query: BatchesQuery, **path: Any) -> Page[BatchShown]:
        reward_id = queries.reward(path["reward_id"]).reward_id
        name = f"code-batches/{reward_id}"
        after = opened_cursor(query.cursor, self.tenant.id, name)
        place = after and (datetime.fromisoformat(after[0]), UUID(after[1]))
        found = queries.code_batches(reward_id, place, query.limit + 1)
        page = found[: query.limit]
        last = [page[-1].begun_at.isoformat(), str(page[-1].batch_id)] if len(found) > query.limit else None
        return Page([shown(card) for card in page], sealed_cursor(last, self.tenant.id, name) if last else None)


class BatchView(QueryView):
    """Show a batch of codes."""

    permission = SEE_REWARDS
    answer = BatchShown

    def ask(self, query: None, **path: Any) -> BatchShown:
        return shown(queries.code_batch(path["batch_id"]))


class BatchOrderView(CommandView):
    """An order about codes."""

    permission = EDIT_REWARDS
    answer: ClassVar[Any] = BatchAnswer


class MakeCodesView(BatchOrderView):
    """Make codes for a reward, as long work. They can be had once all of them are made."""

    body = MakeCodesBody
    dry_runs = True
    status = 202

    def command(self, body: MakeCodesBody, **path: Any) -> Command[BatchAnswer]:
        with reading(self.tenant.id):
            queries.reward(path["reward_id"])
        return MakeCodes(reward_id=path["reward_id"], codes=body.codes, code_prefix=body.code_prefix)


class AddSharedCodeView(BatchOrderView):
    """Add a code that all customers of a reward share. By one code a customer gets one, within the limits of the reward."""

    body = SharedCodeBody
    dry_runs = True
    status = 201

    def command(self, body: SharedCodeBody, **path: Any) -> Command[BatchAnswer]:
        with reading(self.tenant.id):
            queries.reward(path["reward_id"])
        return AddSharedCode(reward_id=path["reward_id"], code=body.code)


class WithdrawBatchView(BatchOrderView):
    """Let the codes of a batch that nobody has be good no more."""

    body = WithdrawBody

    def command(self, body: WithdrawBody, **path: Any) -> Command[BatchAnswer]:
        return WithdrawBatch(batch_id=path["batch_id"], reason=body.reason)


def shown(card: queries.BatchCard) -> BatchShown:
    """A batch as the API shows it."""
    return BatchShown(**{name: getattr(card, name) for name in BatchShown.__struct_fields__})
