"""What of an account ends, and when."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection

from earning.domain.expiry import months_later
from earning.queries.accounts import accounts_joined
from earning.queries.balances import GONE, unnoted_with
from earning.queries.climbs import points_lost
from earning.queries.here import tenant_here
from earning.streams import WALLET
from earning.walletbook import wallets_here
from loyalty.domain.period import business_day

MOMENT = timedelta(microseconds=1)
DAYS = 90
LOTS = f"""select l.id, l.remaining - coalesce(g.points, 0), coalesce(l.expires_at, case when l.rolling then a.active_until end)
    from earning_lot l join earning_account a on a.tenant_id = l.tenant_id and a.id = l.account_id {GONE}
    where l.tenant_id = %(tenant)s and l.account_id = any (%(accounts)s::uuid[]) and l.remaining > coalesce(g.points, 0)"""


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
    """What ends soon, by itself or with a level that goes, when nothing is spent meanwhile and the customer does nothing."""
    zone = wallets_here().zone
    ends = _ends(customer_id, now, now + timedelta(days=DAYS), wallet)
    found = [Ending(last_day=business_day(end - MOMENT, zone), expires_at=end, points=ends[end]) for end in sorted(ends)]
    following = months_later(business_day(now, zone).replace(day=1), 1)
    in_month = (e.points for e in found if (e.last_day.year, e.last_day.month) == (following.year, following.month))
    return Endings(days=tuple(found), next_month=sum(in_month))


def _ends(customer_id: UUID, now: datetime, until: datetime, wallet: str) -> Counter[datetime]:
    """How many points end at each time after now. A level that goes takes of each lot what is left of it then."""
    losses = sorted(points_lost(customer_id, until, now, wallet), key=lambda loss: loss[1])
    gone = unnoted_with([loss for loss in losses if loss[1] <= now], customer_id, now, wallet)
    with connection.cursor() as cursor:
        cursor.execute(LOTS, {"tenant": tenant_here(), "accounts": accounts_joined(customer_id, wallet), **gone.asked})
        lots: dict[UUID, tuple[int, datetime | None]] = {lot_id: (int(left), end) for lot_id, left, end in cursor.fetchall()}
    ends: Counter[datetime] = Counter()
    for at in dict.fromkeys(at for _, at in losses if at > now):
        before, gone = gone, unnoted_with([loss for loss in losses if loss[1] <= at], customer_id, at, wallet)
        for lot_id, (left, end) in lots.items():
            if end is None or end > at:
                taken = gone.gone.get(lot_id, 0) - before.gone.get(lot_id, 0)
                ends[at] += taken
                lots[lot_id] = left - taken, end
    for left, end in lots.values():
        if end is not None and now < end <= until:
            ends[end] += left
    return +ends
