"""What customers have bought, told by earning."""

from __future__ import annotations

from earning.events import GoodsReturned, PurchaseClaimed, PurchaseRecorded, PurchaseVoided
from loyalty.projections.projection import SetProjection


class Spending(SetProjection):
    """Number of purchases, what was kept of them, and the last one. Sums and latest times: no order matters."""

    name = "customers.spending"
    events = (PurchaseRecorded, PurchaseClaimed, GoodsReturned, PurchaseVoided)
    tables = ("customers_spending",)
    sql = """insert into customers_spending as s (customer_id, tenant_id, purchases, total, currency, last_purchase_at, position)
        select (e.payload->>'customer_id')::uuid, e.tenant_id,
            sum(case e.name when 'earning.goods_returned' then 0 when 'earning.purchase_voided' then -1 else 1 end),
            sum(case e.name when 'earning.purchase_recorded' then coalesce(e.payload->'exchange'->>'total', e.payload->>'total')::bigint
                when 'earning.purchase_claimed' then coalesce(e.payload->'exchanged'->>'amount', e.payload->>'amount')::bigint
                when 'earning.goods_returned' then -coalesce(e.payload->'exchanged'->>'amount', e.payload->>'amount')::bigint else 0 end),
            coalesce(max(coalesce(e.payload->'exchange'->>'currency', e.payload->'exchanged'->>'currency', e.payload->>'currency')), ''),
            max((e.payload->>'purchased_at')::timestamptz), max(e.position)
        from {events} e where e.payload->>'customer_id' is not null group by 1, 2 order by 1
        on conflict (tenant_id, customer_id) do update set purchases = s.purchases + excluded.purchases, total = s.total + excluded.total,
            last_purchase_at = greatest(s.last_purchase_at, excluded.last_purchase_at),
            position = greatest(s.position, excluded.position)"""
