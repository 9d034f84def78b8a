"""What a customer had bought and done before a purchase, for rules that ask: of purchases of which something is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from earning.commands import RecordPurchase
from earning.domain.facts import HISTORY, VISIT
from earning.domain.purchase import Purchase
from earning.domain.rule_set import RuleSet
from earning.domain.seen import EventsSeen, History, Visit
from earning.events import PurchaseRecorded
from earning.poolbook import sides_of
from earning.rulebook import asking
from earning.seeing import Ask
from earning.walletbook import wallets_of
from loyalty.bus import Unit

IN_TURN = "select pg_advisory_xact_lock(hashtextextended('earning.history/' || %s || '/' || %s, 0))"
"""The account's head does the same once it exists: of a customer's first purchases at once, one after the other is decided."""
PURCHASES = """select count(*), coalesce(sum(case when exchange is null then kept else (exchange ->> 'total')::bigint
            - coalesce((select sum((r ->> 'exchanged')::bigint) from jsonb_array_elements(returns) r), 0) end), 0)::bigint,
        max(purchased_at) filter (where purchased_at <= %s)
    from earning_purchase
    where tenant_id = %s and customer_id = any (%s::uuid[]) and state in ('recorded', 'partly_returned') and id <> all (%s::uuid[])"""
VISITS = """with bought (at, merchant_id, pos_id) as (
        select purchased_at, merchant_id, pos_id from earning_purchase
        where tenant_id = %s and customer_id = any (%s::uuid[]) and state in ('recorded', 'partly_returned') and id <> all (%s::uuid[])
        union all select * from unnest(%s::timestamptz[], %s::uuid[], %s::uuid[])),
    days as (select (at at time zone %s)::date as day, merchant_id, pos_id from bought),
    visit (day) as (select (%s::timestamptz at time zone %s)::date)
    select 1 + count(distinct d.day) filter (where d.day <> v.day), 1 + count(*) filter (where d.day = v.day),
        v.day - max(d.day) filter (where d.day < v.day),
        count(*) filter (where d.merchant_id = %s and d.pos_id is not distinct from %s::uuid), count(*) filter (where d.merchant_id = %s)
    from visit v left join days d on true group by v.day"""
"""Days in one zone, as levels count visits; purchases of this transaction are given with it."""


EVENTS = """select type, count(*), count(*) filter (where occurred_at > %s), max(occurred_at) from earning_custom_event
    where tenant_id = %s and customer_id = any (%s::uuid[]) and type = any (%s::text[]) and occurred_at <= %s group by type"""
MONTH = timedelta(days=30)


class Before(NamedTuple):
    """What a customer had bought, which visit it is, and what custom events they had had: what no rule asks for is left out."""

    history: History | None = None
    visit: Visit | None = None
    events: tuple[EventsSeen, ...] = ()


def before_in(unit: Unit, rules: RuleSet, sale: RecordPurchase | PurchaseRecorded) -> Before:
    """What `before` says; nobody else buys in the name of the customer until this command is through. It declares the read WALLETS."""
    bought = rules.asks(HISTORY | VISIT, sale.counted_in, sale.purchased_at)
    if sale.customer_id is None or not (bought or rules.event_types(sale.counted_in, sale.purchased_at)):
        return Before()
    sides = sides_of(unit, sale.customer_id)
    if unit.locks and bought:
        unit.execute(IN_TURN, [unit.tenant_id, str(sides.customer_id)])
    return before(unit.tenant_id, rules, sale, wallets_of(unit).zone, asking(unit), list(unit.loaded(Purchase)), sides.all)


def before(
    tenant_id: int,
    rules: RuleSet,
    sale: RecordPurchase | PurchaseRecorded,
    zone: ZoneInfo,
    ask: Ask,
    loaded: Sequence[Purchase] = (),
    sides: Sequence[UUID] = (),
) -> Before:
    """What the customer of a sale had bought and done, and which visit of theirs it is part of, in `zone`: each only where a rule asks
    for it. Of all their `sides`, where they turned out to be one with others.

    Of the purchases `loaded` no read model may know yet: they are looked at as they stand in memory.
    """
    customer_id, currency, at = sale.customer_id, sale.counted_in, sale.purchased_at
    if customer_id is None:
        return Before()
    whose = [*sides] or [customer_id]
    but, more = [one.id for one in loaded], [one for one in loaded if one.customer_id in whose and any(one.kept)]
    history = visit = None
    if rules.asks(HISTORY, currency, at):
        history = _with(_history(ask(PURCHASES, [at, tenant_id, whose, but])[0]), more, at)
    if rules.asks(VISIT, currency, at):
        visit = _visit(ask(VISITS, [tenant_id, whose, but, *_as_rows(more), *_occasion(sale, zone)])[0])
    return Before(history, visit, events_before(ask, tenant_id, whose, rules.event_types(currency, at), at))


def events_before(ask: Ask, tenant_id: int, whose: Sequence[UUID], types: Sequence[str], at: datetime) -> tuple[EventsSeen, ...]:
    """The custom events of a customer, by all their sides, that happened up to a time, of each of the `types`."""
    if not types:
        return ()
    found = {row[0]: row[1:] for row in ask(EVENTS, [at - MONTH, tenant_id, [*whose], [*types], at])}
    counted = ((code, *found.get(code, (0, 0, None))) for code in types)
    return tuple(EventsSeen(type=code, times=times, times_30_days=lately, last_at=last_at) for code, times, lately, last_at in counted)


def _history(row: Sequence[Any]) -> History:
    purchases, spent, last_at = row
    return History(purchases=purchases, spent=spent, last_at=last_at)


def _visit(row: Sequence[Any]) -> Visit:
    number, purchases, days_since, here, at_merchant = row
    return Visit(number=number, purchases=purchases, days_since=days_since, before_here=here, before_at_merchant=at_merchant)


def _occasion(sale: RecordPurchase | PurchaseRecorded, zone: ZoneInfo) -> list[Any]:
    return [zone.key, sale.purchased_at, zone.key, sale.merchant_id, sale.pos_id, sale.merchant_id]


def _as_rows(more: Iterable[Purchase]) -> list[list[Any]]:
    sales = [one.sale for one in more if one.sale is not None]
    return [[one.purchased_at for one in sales], [one.merchant_id for one in sales], [one.pos_id for one in sales]]


def _with(known: History, more: Iterable[Purchase], at: datetime) -> History:
    """The same with purchases that this transaction decided, of which no read model knows yet."""
    purchases, spent, last_at = known.purchases, known.spent, known.last_at
    for one in more:
        if one.sale is not None:
            purchases, spent = purchases + 1, spent + one.sale.worth(one.kept)
            if one.sale.purchased_at <= at and (last_at is None or last_at < one.sale.purchased_at):
                last_at = one.sale.purchased_at
    return History(purchases=purchases, spent=spent, last_at=last_at)
