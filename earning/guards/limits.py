"""Whether what is noted as used of limits is what the purchases in the log use of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from earning.domain.limits import Use, used_by
from earning.domain.purchase import Purchase
from earning.domain.rule_set import RuleSet
from earning.domain.terms import Contribution
from earning.events import DeedRewarded, PointsClawedBack, PointsEarned, PurchaseClaimed, PurchaseRecorded, SpendCounted
from earning.guards.reading import PAGE, asked, set_tenant, streams
from earning.limits import used_of_wallet
from earning.rulebook import read_rules
from loyalty.domain.event import TYPE_OF, Recorded
from loyalty.eventstore import store
from loyalty.guards import Disagreement, checks_guard

TENANTS = "select distinct tenant_id from earning_rule order by 1"
ZONES = "select id, time_zone from tenancy_tenant"
NOTED = "select id, used from earning_limit where tenant_id = %s and used <> 0"
ORPHANS = """select distinct l.tenant_id from earning_limit l where l.used <> 0
    and not exists (select from earning_rule r where r.tenant_id = l.tenant_id) order by 1"""
Given = dict[UUID, tuple[Contribution, ...]]
"""By purchase, what rules gave for it when it was decided."""
Used = dict[int, Counter[UUID]]
"""By tenant and row, what is used of a limit."""


@checks_guard("earning.limits")
def rule_limits(using: str) -> Iterator[Disagreement]:
    """Limits of which more, or less, is noted as used than the purchases that count use, and rows of no limit at all."""
    rules = {tenant_id: _rules(tenant_id, using) for (tenant_id,) in asked(using, TENANTS)}
    limited = {tenant_id for tenant_id, found in rules.items() if found.limited}
    used, holders = _used_of_wallets(using)
    for tenant_id in rules:
        used.setdefault(tenant_id, Counter())
    for tenant_id, given in _earned(using, limited):
        for rule_id, limit, amount in _uses(tenant_id, given, rules[tenant_id], using):
            used[tenant_id][limit] += amount
            holders[limit] = rule_id
    for r, use, amount in _used_together(using, {tenant_id: rules[tenant_id] for tenant_id in limited}):
        used[r.tenant_id][use.id] += amount
        holders[use.id] = r.event.rule_id
    for r in (r for page in (_pages(using, DeedRewarded) if limited else ()) for r in page if r.tenant_id in limited):
        for use, amount in rules[r.tenant_id].deeds.used_by(r.event.contributions, r.event.customer_id, r.event.earned_at).items():
            used[r.tenant_id][use.id] += amount
            holders[use.id] = r.event.account_id
    for tenant_id in [*used, *(tenant_id for (tenant_id,) in asked(using, ORPHANS))]:
        yield from _compared(tenant_id, used.get(tenant_id, Counter()), holders, using)


def _used_of_wallets(using: str) -> tuple[Used, dict[UUID, UUID]]:
    """What lots use of the limits of their wallets, and by row of a limit an account that has such a lot."""
    zones: dict[int, str] = dict(asked(using, ZONES))
    used, holders = Used(), dict[UUID, UUID]()
    lots: dict[UUID, PointsEarned | DeedRewarded] = {}
    for r in (r for page in _pages(using, PointsEarned, DeedRewarded, PointsClawedBack) for r in page):
        event: PointsEarned | DeedRewarded | PointsClawedBack = r.event
        if isinstance(event, PointsEarned | DeedRewarded) and event.limits:
            lots[event.lot_id] = event
        if (earned := lots.get(event.lot_id)) is not None:
            amount = event.points if event is earned else -event.points
            for use, points in used_of_wallet(earned, amount, zones[r.tenant_id]).items():
                used.setdefault(r.tenant_id, Counter())[use.id] += points
                holders[use.id] = event.account_id
    return used, holders


def _used_together(using: str, rules: Mapping[int, RuleSet]) -> Iterator[tuple[Recorded[SpendCounted], Use, int]]:
    """What purchases use of limits by rules that count them together: what they have of all that counts."""
    last: dict[tuple[int, UUID, UUID], Recorded[SpendCounted]] = {}
    made: dict[tuple[int, UUID], datetime] = {}
    for r in (r for page in (_pages(using, SpendCounted) if rules else ()) for r in page):
        last[r.tenant_id, r.event.purchase_id, r.event.carry_id] = r
        made.setdefault((r.tenant_id, r.event.purchase_id), r.event.counted_at)
    for r in (r for r in last.values() if r.tenant_id in rules):
        for use, amount in rules[r.tenant_id].used_by(r.event, made[r.tenant_id, r.event.purchase_id]).items():
            yield r, use, amount


def _compared(tenant_id: int, used: Counter[UUID], holders: dict[UUID, UUID], using: str) -> Iterator[Disagreement]:
    noted: dict[UUID, int] = dict(asked(using, NOTED, tenant_id))
    for limit in sorted({*noted, *(limit for limit, amount in used.items() if amount)}):
        if noted.get(limit, 0) != used[limit]:
            what = f"of limit {limit}, {noted.get(limit, 0)} is noted as used and {used[limit]} was"
            yield Disagreement(tenant_id, holders.get(limit, limit), what)


def _earned(using: str, tenants: Collection[int]) -> Iterator[tuple[int, Given]]:
    """What purchases of these tenants earned, page by page: what one purchase brought stands close together, in one page or two."""
    before: dict[int, Given] = {}
    for page in _pages(using, PointsEarned, PurchaseRecorded, PurchaseClaimed) if tenants else ():
        found: dict[int, Given] = {}
        for r in (r for r in page if r.tenant_id in tenants and _brought(r.event)):
            known = before.get(r.tenant_id, {})
            given = known if r.event.purchase_id in known else found.setdefault(r.tenant_id, {})
            more = r.event.contributions if isinstance(r.event, PointsEarned) else ()
            given[r.event.purchase_id] = (*given.get(r.event.purchase_id, ()), *more)
        yield from before.items()
        before = found
    yield from before.items()


def _brought(event: PointsEarned | PurchaseRecorded | PurchaseClaimed) -> bool:
    """Whether it says that a purchase brought something."""
    return isinstance(event, PointsEarned) or bool(event.instant_rewards)


def _pages(using: str, *kinds: type) -> Iterator[list[Recorded[Any]]]:
    """All events of some kinds, in pages."""
    after, top = 0, store.horizon(using=using)
    while page := store.read(after, PAGE, up_to=top, names=[TYPE_OF[kind].name for kind in kinds], using=using):
        after = page[-1].position
        yield page


def _uses(tenant_id: int, given: Given, rules: RuleSet, using: str) -> Iterator[tuple[UUID, UUID, int]]:
    """Rule, limit, and what of it is used by what is kept of each purchase."""
    for purchase in _purchases(tenant_id, given, using):
        sale = purchase.decided
        limits = rules.limits(sale) if sale is not None else {}
        if sale is None or not limits:
            continue
        kept = rules.frozen(sale, given[purchase.id], purchase.kept)
        rule_of = {use.id: rule_id for rule_id, uses in limits.items() for _, use in uses}
        for use, amount in used_by(limits, kept, purchase.instant_rewards).items():
            yield rule_of[use.id], use.id, amount


def _purchases(tenant_id: int, ids: Collection[UUID], using: str) -> Iterator[Purchase]:
    found = streams(tenant_id, ids, using)
    yield from (Purchase.replay(stream, [r.event for r in recorded]) for stream, recorded in found.items())


def _rules(tenant_id: int, using: str) -> RuleSet:
    set_tenant(tenant_id, using)
    return read_rules(lambda sql: asked(using, sql))[0]
