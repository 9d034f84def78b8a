"""How many customers have the levels of a set, as handlers and queries ask before they change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

HELD = """select coalesce(level, ''), count(distinct customer_id) from (
        select l.level, l.customer_id from earning_customer_level l
        where l.tenant_id = (select current_setting('loyalty.tenant')::int) and l.set_id = %s
        union
        select g.level, g.customer_id from earning_level_grant g
        where g.tenant_id = (select current_setting('loyalty.tenant')::int) and g.set_id = %s and g.starts_at <= %s and g.ends_at > %s
    ) held where level <> '' group by grouping sets ((level), ())"""


def holders_of_set(set_id: UUID, now: datetime, ask: Callable[[str, Sequence[Any]], Sequence[tuple[Any, ...]]]) -> dict[str, int]:
    """By the code of a level, who reached it, as it was noted last, or was given it or paid for it; under "" who has any. Who only has the
    level that everybody has is not counted.
    """
    return dict(ask(HELD, [set_id, set_id, now, now]))
