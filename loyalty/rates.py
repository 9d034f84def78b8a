"""How often somebody may ask in a short while: counted in Valkey, which may forget it, or be away.

It spares the database; nothing is safe because of it. Where that matters, such as codes that are sent and compared, the budgets and tries
in Postgres decide, also while Valkey is away and every request is let through.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import redis
import structlog
from django.conf import settings

from loyalty.domain.errors import Throttled
from loyalty.lookup import lookup_digest
from loyalty.search.breaker import Breaker

log = structlog.get_logger(__name__)
PATIENCE = 0.25
"""Seconds that Valkey may take."""
COUNT = """local used = redis.call('incr', KEYS[1])
if used == 1 then redis.call('expire', KEYS[1], ARGV[1]) end
return {used, redis.call('ttl', KEYS[1])}"""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests in so many seconds."""

    most: int
    seconds: int = 60


RATES = {"sign_in": Rate(300), "claims": Rate(20), "finding": Rate(300), "coupons": Rate(60), "disclosure": Rate(6, 600)}
"""Signing in: for each address of the network, and as many as a carrier's phones may need behind one. Claiming receipts: for each customer.
Finding customers: for each member of staff or program; a till asks at every letter. Codes
of coupons: the same. Everything that is kept of a customer: for each customer, on their own pages; it is much that is looked up.
"""
_breaker = Breaker()


def refuse_too_many(name: str, who: str, tenant_id: int) -> None:
    """Count a request of `who`, of which nothing readable is kept. Raises Throttled `request.throttled` when there were too many."""
    rate = RATES[name]
    used, left = _counted(f"rate:{name}:{tenant_id}:{lookup_digest('rate', who, tenant_id=tenant_id).hex()}", rate.seconds)
    if used > rate.most:
        raise Throttled("request.throttled", seconds=max(1, left))


def _counted(key: str, seconds: int) -> tuple[int, int]:
    """How many there were in this span, and how long it still is; none while Valkey is away."""
    if not _breaker.allows():
        return 0, 0
    try:
        used, left = _script()(keys=[key], args=[seconds])
    except redis.RedisError as failure:
        _breaker.failed()
        log.warning("request rates are not counted", kind=type(failure).__name__)
        return 0, 0
    _breaker.succeeded()
    return int(used), int(left)


@lru_cache(maxsize=1)
def _script() -> redis.commands.core.Script:
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
    return client.register_script(COUNT)
