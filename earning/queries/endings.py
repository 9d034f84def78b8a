"""What of an account ends, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from earning.domain.expiry import months_later
from earning.queries.accounts import accounts_joined
from earning.queries.balances import GONE, unnoted_now
from earning.queries.here import tenant_here
from earning.streams import WALLET
from earning.walletbook import wallets_here
from loyalty.domain.period import business_day

MOMENT = timedelta(microseconds=1)
DAYS = 90
ENDINGS = f"""select ends, sum(remaining) from (
        select l.remaining - coalesce(g.points, 0) as remaining, coalesce(l.expires_at, case when l.rolling then a.active_until end) as ends
        from earning_lot l join earning_account a on a.tenant_id = l.tenant_id and a.id = l.account_id {GONE}
        where l.tenant_id = %(tenant)s and l.account_id = any (%(accounts)s::uuid[]) and l.remaining > coalesce(g.points, 0)) lot
    where ends > %(now)s and ends <= %(until)s group by ends order by ends"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """So many `points` can be spent through `last_day`, and end at `expires_at`."""

    last_day: date
    expires_at: datetime
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Endings:
    """What ends in the next 90 days, by day, and how much of it in the calendar month after this one."""

    days: tuple[Ending, ...]
    next_month: int


def endings(customer_id: UUID, now: datetime, wallet: str = WALLET) -> Endings:
    """What ends soon, when nothing is spent meanwhile and the customer does nothing."""
    tenant_id, zone = tenant_here(), wallets_here().zone
    told: dict[str, Any] = {"tenant": tenant_id, "accounts": accounts_joined(customer_id, wallet)}
    told |= {"now": now, "until": now + timedelta(days=DAYS), **unnoted_now(customer_id, now, wallet).asked}
    with connection.cursor() as cursor:
        cursor.execute(ENDINGS, told)
        found = [Ending(last_day=business_day(end - MOMENT, zone), expires_at=end, points=int(points)) for end, points in cursor.fetchall()]
    following = months_later(business_day(now, zone).replace(day=1), 1)
    in_month = (e.points for e in found if (e.last_day.year, e.last_day.month) == (following.year, following.month))
    return Endings(days=tuple(found), next_month=sum(in_month))
