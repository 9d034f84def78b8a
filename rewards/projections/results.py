"""What rewards brought, day by day.

Each figure stands on the day of what it counts: an issued coupon on the day on which it was issued, revenue on the day of its purchase.
What is undone later is taken off there. For each batch what its coupons and purchases counted so far is taken off, they are
written, and what they count now is added: the figures are the same however the log is cut into batches.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson

from earning.events import GoodsReturned, PurchaseRecorded
from loyalty.domain.event import Recorded
from loyalty.domain.period import business_day
from loyalty.projections.projection import Projection, Statement
from loyalty.tenancy.middleware import tenant_of_id
from rewards.events import CouponCancelled, CouponIssued, CouponReduced, CouponRestored, CouponReturned, CouponUsed

NOBODY = UUID(int=0)
"""The purchase of a coupon that was used without one, and the reward of what all purchases come to."""
MOMENT = timedelta(microseconds=1)
COUNT = f"""with c as (select * from rewards_result_coupon where tenant_id = %(tenant)s and id = any (%(coupons)s::uuid[])),
    p as (select unnest(%(purchases)s::uuid[]) as id union
        select purchase_id from rewards_result_use
        where tenant_id = %(tenant)s and coupon_id = any (%(coupons)s::uuid[]) and purchase_id <> '{NOBODY}'),
    s as (select s.* from rewards_result_sale s join p on p.id = s.id where s.tenant_id = %(tenant)s),
    u as (select * from rewards_result_use where tenant_id = %(tenant)s and stands
        and (coupon_id = any (%(coupons)s::uuid[]) or purchase_id in (select id from p))),
    w as (select distinct u.reward_id, s.day, s.currency, s.id, s.kept, s.gone from u join s on s.id = u.purchase_id),
    f (reward_id, day, figure, unit, amount) as (
        select reward_id, issued_on, 'issued', '', 1 from c
        union all select reward_id, issued_on, 'points', wallet, points from c
        union all select reward_id, issued_on, 'cost', '', cost from c where state <> 'cancelled'
        union all select reward_id, used_on, 'used', '', 1 from c where state = 'used'
        union all select reward_id, cancelled_on, 'cancelled', '', 1 from c where state = 'cancelled'
        union all select reward_id, expires_on, 'expiring', '', 1 from c where state = 'issued' and expires_on is not null
        union all select u.reward_id, u.used_on, 'worth', coalesce(s.currency, ''), u.worth from u left join s on s.id = u.purchase_id
        union all select reward_id, day, 'purchases', currency, (not gone)::int from w
        union all select reward_id, day, 'revenue', currency, kept from w
        union all select '{NOBODY}', day, 'purchases', currency, (not gone)::int from s
        union all select '{NOBODY}', day, 'revenue', currency, kept from s)
    insert into rewards_result (tenant_id, reward_id, day, figure, unit, amount)
    select %(tenant)s, reward_id, day, figure, unit, %(sign)s * sum(amount)::bigint from f
    group by reward_id, day, figure, unit having sum(amount) <> 0
    on conflict (tenant_id, reward_id, day, figure, unit) do update set amount = rewards_result.amount + excluded.amount"""
CLEAN = f"""delete from rewards_result where tenant_id = %(tenant)s and amount = 0 and reward_id in (
        select reward_id from rewards_result_coupon where tenant_id = %(tenant)s and id = any (%(coupons)s::uuid[])
        union select reward_id from rewards_result_use where tenant_id = %(tenant)s and purchase_id = any (%(purchases)s::uuid[])
        union select '{NOBODY}')"""
"""A figure that came to nothing is none; looked for among those of the rewards that a batch touches."""
COUPONS = """insert into rewards_result_coupon (tenant_id, id, reward_id, state, issued_on, expires_on, points, wallet, cost)
    select tenant_id, id, reward_id, 'issued', issued_on, expires_on, points, wallet, cost
    from jsonb_populate_recordset(null::rewards_result_coupon, %s::jsonb)"""
SALES = """insert into rewards_result_sale (tenant_id, id, day, currency, kept, gone)
    select tenant_id, id, day, currency, kept, false from jsonb_populate_recordset(null::rewards_result_sale, %s::jsonb)"""
RETURN_GOODS = "update rewards_result_sale set kept = %s, gone = %s where tenant_id = %s and id = %s"
USE = """with c as (update rewards_result_coupon set state = 'used', used_on = %s, used_for = %s where tenant_id = %s and id = %s)
    insert into rewards_result_use (tenant_id, coupon_id, purchase_id, reward_id, used_on, worth, stands)
    values (%s, %s, %s, %s, %s, %s, true)
    on conflict (tenant_id, coupon_id, purchase_id) do update
    set used_on = excluded.used_on, worth = excluded.worth, stands = true"""
RESTORE = """with c as (update rewards_result_coupon set state = 'issued', used_on = null, expires_on = %s where tenant_id = %s and id = %s
        returning used_for)
    update rewards_result_use u set stands = %s and worth > %s, worth = case when %s then greatest(0, worth - %s) else 0 end
    from c where u.tenant_id = %s and u.coupon_id = %s and u.purchase_id = coalesce(%s, c.used_for)"""
CANCEL = """with old as (select tenant_id, id, used_for from rewards_result_coupon where tenant_id = %s and id = %s and state = 'used'),
    u as (update rewards_result_use u set stands = false, worth = 0 from old
        where u.tenant_id = old.tenant_id and u.coupon_id = old.id and u.purchase_id = old.used_for)
    update rewards_result_coupon set state = 'cancelled', cancelled_on = %s, points = points - %s where tenant_id = %s and id = %s"""
REDUCE = """with u as (update rewards_result_use set worth = greatest(0, worth - %s)
        where tenant_id = %s and coupon_id = %s and purchase_id = %s)
    update rewards_result_coupon set cost = coalesce(%s, cost) where tenant_id = %s and id = %s"""
GIVE_BACK = "update rewards_result_coupon set points = points - %s where tenant_id = %s and id = %s"
Event = CouponIssued | CouponUsed | CouponRestored | CouponCancelled | CouponReturned | CouponReduced | PurchaseRecorded | GoodsReturned


class Results(Projection):
    """Coupons, points, cost and revenue of each reward by day, and of all purchases beside them."""

    name = "rewards.results"
    events = (CouponIssued, CouponUsed, CouponRestored, CouponCancelled, CouponReturned, CouponReduced, PurchaseRecorded, GoodsReturned)
    tables = ("rewards_result", "rewards_result_coupon", "rewards_result_use", "rewards_result_sale")

    def key(self, recorded: Recorded[Any]) -> Any:
        event = recorded.event
        return event.purchase_id if isinstance(event, PurchaseRecorded | GoodsReturned) else event.coupon_id

    def statements(self, batch: Sequence[Recorded[Any]]) -> Iterable[Statement]:
        days = _Days(batch[0].tenant_id)
        yield from _counted(batch, -1)
        if issued := [days.coupon(r.event) for r in batch if isinstance(r.event, CouponIssued)]:
            yield COUPONS, (orjson.dumps(issued).decode(),)
        if sold := [days.sale(r.event) for r in batch if isinstance(r.event, PurchaseRecorded)]:
            yield SALES, (orjson.dumps(sold).decode(),)
        for recorded in batch:
            if not isinstance(recorded.event, CouponIssued | PurchaseRecorded):
                yield days.changed(recorded.event)
        yield from _counted(batch, 1)


class _Days:
    """What events write, on the days of a programme."""

    def __init__(self, tenant_id: int) -> None:
        self.tenant_id, self.zone = tenant_id, tenant_of_id(tenant_id).zone

    def coupon(self, event: CouponIssued) -> dict[str, Any]:
        """A row of a coupon."""
        same = {name: getattr(event, name) for name in ("reward_id", "points", "wallet", "cost")}
        on = {"issued_on": business_day(event.issued_at, self.zone), "expires_on": self.last_day(event.expires_at)}
        return {"tenant_id": self.tenant_id, "id": event.coupon_id} | same | on

    def sale(self, event: PurchaseRecorded) -> dict[str, Any]:
        """A row of a purchase."""
        what = {"id": event.purchase_id, "currency": event.currency, "kept": event.total}
        return {"tenant_id": self.tenant_id, "day": business_day(event.purchased_at, self.zone)} | what

    def last_day(self, expires_at: Any) -> Any:
        """The last day on which a coupon is good."""
        return expires_at and business_day(expires_at - MOMENT, self.zone)

    def changed(self, event: Event) -> Statement:
        """What becomes of a coupon or purchase that is known."""
        tenant_id = self.tenant_id
        match event:
            case GoodsReturned():
                return RETURN_GOODS, (event.amount_kept, event.nothing_left, tenant_id, event.purchase_id)
            case CouponUsed():
                day, sale = business_day(event.used_at, self.zone), event.purchase_id or NOBODY
                use = (tenant_id, event.coupon_id, sale, event.reward_id, day, event.worth)
                return USE, (day, sale, tenant_id, event.coupon_id, *use)
            case CouponRestored():
                partly = event.return_id is not None and event.value_left is not None
                restored = (self.last_day(event.expires_at), tenant_id, event.coupon_id)
                return RESTORE, (*restored, partly, event.worth, partly, event.worth, tenant_id, event.coupon_id, event.purchase_id)
            case CouponCancelled():
                coupon = (tenant_id, event.coupon_id)
                return CANCEL, (*coupon, business_day(event.cancelled_at, self.zone), event.points, *coupon)
            case CouponReduced():
                coupon = (tenant_id, event.coupon_id)
                return REDUCE, (event.worth, *coupon, event.purchase_id, event.cost, *coupon)
            case CouponReturned():
                return GIVE_BACK, (event.points, tenant_id, event.coupon_id)
        raise TypeError(f"{type(event).__name__} changes nothing that is counted")


def _counted(batch: Sequence[Recorded[Any]], sign: int) -> Iterable[Statement]:
    """Add what all that a batch touches counts now, or take it off."""
    coupons = sorted({r.event.coupon_id for r in batch if hasattr(r.event, "coupon_id")})
    purchases = sorted({key for r in batch if (key := getattr(r.event, "purchase_id", None)) is not None})
    told = {"tenant": batch[0].tenant_id, "coupons": coupons, "purchases": purchases, "sign": sign}
    yield _by_place(COUNT, told)
    if sign > 0:
        yield _by_place(CLEAN, told)


def _by_place(sql: str, told: dict[str, Any]) -> Statement:
    """A statement with its values in their order."""
    parts = sql.split("%(")
    names = [part.partition(")s")[0] for part in parts[1:]]
    return parts[0] + "".join("%s" + part.partition(")s")[2] for part in parts[1:]), tuple(told[name] for name in names)
