"""Batches of codes as they stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, assert_never

from loyalty.domain.event import Recorded
from loyalty.projections.projection import Projection, Statement
from rewards.events import CodeBatchBegun, CodeBatchExported, CodeBatchFilled, CodeBatchWithdrawn

BEGIN = """insert into rewards_code_batch (tenant_id, id, reward_id, source, prefix, wanted, state, begun_at, begun_by, exported_by,
        position)
    values (%s, %s, %s, %s, %s, %s, 'making', %s, %s, '', %s)"""
FILL = "update rewards_code_batch set state = 'open', codes = %s, position = %s where tenant_id = %s and id = %s"
EXPORT = "update rewards_code_batch set exported_at = %s, exported_by = %s, position = %s where tenant_id = %s and id = %s"
WITHDRAW = "update rewards_code_batch set state = 'withdrawn', withdrawn_at = %s, position = %s where tenant_id = %s and id = %s"


class CodeBatches(Projection):
    """Batches are few and change seldom: one statement after the other."""

    name = "rewards.code_batches"
    events = (CodeBatchBegun, CodeBatchFilled, CodeBatchExported, CodeBatchWithdrawn)
    tables = ("rewards_code_batch",)
    inline = True

    def statements(self, batch: Sequence[Recorded[Any]]) -> Iterable[Statement]:
        for recorded in batch:
            yield _of(recorded)


def _of(recorded: Recorded[Any]) -> Statement:
    event, last = recorded.event, (recorded.position, recorded.tenant_id, recorded.event.batch_id)
    match event:
        case CodeBatchBegun():
            what = (event.source, event.prefix, event.codes, event.begun_at, recorded.metadata.actor)
            return BEGIN, (recorded.tenant_id, event.batch_id, event.reward_id, *what, recorded.position)
        case CodeBatchFilled():
            return FILL, (event.codes, *last)
        case CodeBatchExported():
            return EXPORT, (event.exported_at, recorded.metadata.actor, *last)
        case CodeBatchWithdrawn():
            return WITHDRAW, (event.withdrawn_at, *last)
        case _:
            assert_never(event)
