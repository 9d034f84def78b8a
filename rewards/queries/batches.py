"""Batches of codes: how many there are, and what became of them. Nobody is told a code here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from loyalty.domain.errors import NotFound
from loyalty.jobs.models import JobRun
from rewards.making import FROM_FILE, KIND
from rewards.models import CodeBatch
from rewards.queries.here import asked, tenant_here

COUNTED = """select batch_id, count(*), count(*) filter (where state = 'used') from rewards_coupon
    where tenant_id = %s and batch_id = any (%s::uuid[]) group by batch_id"""
"""Read from the index alone."""
LEFT = """select b.reward_id from rewards_code_batch b where b.tenant_id = %s and b.reward_id = any (%s::uuid[]) and b.state = 'open'
        and b.source <> 'shared' and b.exported_at is null
        and exists (select from rewards_code c where c.tenant_id = b.tenant_id and c.batch_id = b.id and c.state = 'stock')"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchCard:
    """A batch of codes: making, open or withdrawn. Of its `codes` (None: they are being made, `made` of the `wanted` so far) so many
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
    begun_at: datetime
    begun_by: str
    exported_at: datetime | None
    exported_by: str
    withdrawn_at: datetime | None
    left: int


def code_batches(reward_id: UUID, after: tuple[datetime, UUID] | None = None, limit: int = 50) -> list[BatchCard]:
    """The batches of a reward, the latest first."""
    found = CodeBatch.objects.filter(tenant_id=tenant_here(), reward_id=reward_id)
    if after is not None:
        found = found.filter(Q(begun_at__lt=after[0]) | Q(begun_at=after[0], id__lt=after[1]))
    return _cards(found.order_by("-begun_at", "-id")[:limit])


def code_batch(batch_id: UUID) -> BatchCard:
    """One batch. Raises NotFound `rewards.batch_unknown`."""
    for card in _cards(CodeBatch.objects.filter(tenant_id=tenant_here(), id=batch_id)):
        return card
    raise NotFound("rewards.batch_unknown")


def batch_numbers(batches: Iterable[UUID]) -> dict[UUID, tuple[int, int]]:
    """How many codes of each batch were issued, and are used: one question for all."""
    wanted = [*batches]
    counted = {key: (issued, used) for key, issued, used in asked(COUNTED, [tenant_here(), wanted])} if wanted else {}
    return {key: counted.get(key, (0, 0)) for key in wanted}


def batch_runs(batches: Iterable[UUID]) -> dict[UUID, JobRun]:
    """The work that makes each batch, or takes it in."""
    causes = [str(key) for key in batches]
    runs = JobRun.objects.filter(tenant_id=tenant_here(), kind__in=[KIND, FROM_FILE], params__cause__in=causes)
    return {UUID(run.params["cause"]): run for run in runs}


def with_codes(rewards: Iterable[UUID]) -> set[UUID]:
    """Those of these rewards of which a code is in stock."""
    wanted = [*rewards]
    return {key for (key,) in asked(LEFT, [tenant_here(), wanted])} if wanted else set()


def _cards(rows: Iterable[CodeBatch]) -> list[BatchCard]:
    found = list(rows)
    numbers = batch_numbers(row.id for row in found)
    runs: Mapping[UUID, Any] = batch_runs(row.id for row in found if row.codes is None)
    return [_card(row, *numbers[row.id], runs.get(row.id)) for row in found]


def _card(row: CodeBatch, issued: int, used: int, run: JobRun | None) -> BatchCard:
    row.issued, row.used = issued, used
    same = {name: getattr(row, name) for name in BatchCard.__slots__ if name not in {"batch_id", "made"}}
    made = (run.done if run else 0) if row.codes is None else row.codes
    return BatchCard(batch_id=row.id, made=made, **same)
