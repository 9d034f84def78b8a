"""Rewards as handlers and queries read them: from the read model, which each change of a reward writes in its own transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from loyalty.bus import Read, Unit
from loyalty.domain.errors import NotFound
from rewards.contents import KEPT, content_in
from rewards.domain.offer import Offer
from rewards.domain.terms import RewardContent

COLUMNS = "id, version, content::text, state, active_from, ends_at"
STANDING = f"""select {COLUMNS} from rewards_reward
    where tenant_id = (select current_setting('loyalty.tenant')::int) and id = any (%s::uuid[])"""
LIVE = """select id, version, position, state, active_from, ends_at from rewards_reward
    where tenant_id = %s and state = 'active' and coalesce(ends_at > %s, true) order by featured desc, category, points, name, id"""
THESE = """select id, version, position, state, active_from, ends_at, content::text from rewards_reward
    where tenant_id = %s and id = any (%s::uuid[])"""
SOLD = """select content::text from rewards_reward_version
    where tenant_id = (select current_setting('loyalty.tenant')::int) and reward_id = %s and version = %s"""
Ask = Callable[[str, Sequence[Any]], Sequence[Sequence[Any]]]


def reward_read(reward_id: UUID) -> Read:
    """What `offer_of` asks, to be declared."""
    return Read(STANDING, reward_id)


def offer_of(unit: Unit, reward_id: UUID) -> Offer:
    """The reward as it stands, in a handler that declares `reward_read`. Raises NotFound."""
    rows = unit.rows(*reward_read(reward_id))
    if not rows:
        raise NotFound("rewards.reward_unknown", field="reward_id")
    return offer_in((reward_id, *rows[0]))


def offer_now(reward_id: UUID, tenant_id: int, ask: Ask) -> Offer:
    """The reward as it stands, for a question. Raises NotFound."""
    for row in ask(f"select {COLUMNS} from rewards_reward where tenant_id = %s and id = %s", [tenant_id, reward_id]):
        return offer_in(row)
    raise NotFound("rewards.reward_unknown", field="reward_id")


def live_now(tenant_id: int, now: datetime, ask: Ask) -> list[Offer]:
    """The rewards in force at `now`, in the order in which they are shown. Contents are read where they are not kept."""
    rows = ask(LIVE, [tenant_id, now])
    kept = [KEPT.get(row[0], row[2]) for row in rows]
    lacking = [row[0] for row, content in zip(rows, kept, strict=True) if content is None]
    read = {row[0]: row for row in ask(THESE, [tenant_id, lacking])} if lacking else {}
    told = [(row, content) if content else (read.get(row[0]), None) for row, content in zip(rows, kept, strict=True)]
    found = [_of(row, content or KEPT.put(row[0], row[2], row[-1])) for row, content in told if row is not None]
    return sorted(found, key=lambda offer: (not offer.terms.featured, offer.terms.sort_order))


def _of(row: Sequence[Any], content: RewardContent) -> Offer:
    reward_id, version, _, state, active_from, ends_at, *_ = row
    return Offer(reward_id=reward_id, version=version, content=content, state=state, active_from=active_from, ends_at=ends_at)


def offer_in(row: Sequence[Any]) -> Offer:
    """A row of `COLUMNS`."""
    reward_id, version, content, state, active_from, ends_at = row
    return Offer(reward_id=reward_id, version=version, content=content_in(content), state=state, active_from=active_from, ends_at=ends_at)


def content_sold(unit: Unit, reward_id: UUID, version: int) -> RewardContent:
    """The version under which something was issued."""
    return content_in(unit.execute(SOLD, (reward_id, version))[0][0])
