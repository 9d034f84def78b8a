"""The guard of limits: one row for what is used of each, locked while a purchase is decided."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from earning.domain.limits import Room, Use, freed, used_by
from earning.domain.lots import PurchaseLot
from earning.domain.purchase import Purchase
from earning.domain.rule_set import RuleSet
from earning.domain.terms import Contribution
from earning.events import PurchaseRecorded
from loyalty.bus import Unit
from loyalty.domain.errors import Conflict

LOCK = """insert into earning_limit as l (tenant_id, id, used) select %s, id, 0 from unnest(%s::uuid[]) with ordinality u (id, place)
    order by place on conflict (tenant_id, id) do update set used = l.used returning id, used"""
"""Makes rows that are missing, and locks all, in one order everywhere."""
USE = """update earning_limit l set used = l.used + u.amount
    from unnest(%s::uuid[], %s::bigint[], %s::bigint[]) u (id, amount, most)
    where l.tenant_id = %s and l.id = u.id and l.used + u.amount <= u.most returning l.id"""
FREE = """update earning_limit l set used = greatest(l.used - u.amount, 0)
    from (select * from unnest(%s::uuid[], %s::bigint[]) x (id, amount) order by id) u where l.tenant_id = %s and l.id = u.id"""
LOOK = "select id, used from earning_limit where tenant_id = %s and id = any (%s::uuid[])"


def room_in(unit: Unit, sale: PurchaseRecorded, rules: RuleSet) -> RuleSet:
    """The rules within what is left of their limits, which nobody else may use until this command is through.

    Without limits nothing is asked.
    """
    limits = rules.limits(sale)
    if not limits:
        return rules
    if not unit.locks:
        return room_seen(unit.tenant_id, sale, rules, unit.execute)
    ids = sorted({one.id for uses in limits.values() for _, one in uses})
    return rules.within(Room(limits, dict(unit.execute(LOCK, [unit.tenant_id, ids]))))


def use(unit: Unit, uses: Iterable[tuple[Use, int]]) -> None:
    """Note what a purchase used. Raises Conflict `earning.limit_reached` when it is not there any more. A dry run notes nothing."""
    wanted = sorted((one, amount) for one, amount in uses if amount)
    if wanted and unit.locks:
        columns = [one.id for one, _ in wanted], [amount for _, amount in wanted], [one.most for one, _ in wanted]
        if len(unit.execute(USE, [*columns, unit.tenant_id])) < len(wanted):
            raise Conflict("earning.limit_reached")


def free(unit: Unit, uses: Sequence[tuple[Use, int]]) -> None:
    """Give room back."""
    if uses and unit.locks:
        unit.execute(FREE, [[one.id for one, _ in uses], [amount for _, amount in uses], unit.tenant_id])


def give_back(unit: Unit, rules: RuleSet, purchase: Purchase, lot: PurchaseLot | None, before: Sequence[int]) -> None:
    """Give back the room of what is no longer given once less than `before` is kept of a purchase."""
    sale = purchase.decided
    limits = rules.limits(sale) if sale is not None and lot is not None else {}
    if sale is None or lot is None or not limits:
        return
    was, now = (used_by(limits, _points(rules.frozen(sale, lot.earned.contributions, kept))) for kept in (before, purchase.kept))
    free(unit, list(freed(was, now)))


def note(unit: Unit, rules: RuleSet, sale: PurchaseRecorded | None, lot: PurchaseLot | None) -> None:
    """Note what a new lot used of limits."""
    limits = rules.limits(sale) if sale is not None and lot is not None else {}
    if limits and lot is not None:
        use(unit, used_by(limits, _points(lot.earned.contributions)).items())


def room_seen(tenant_id: int, sale: PurchaseRecorded, rules: RuleSet, ask: Callable[[str, Sequence[Any]], Iterable[Any]]) -> RuleSet:
    """The rules within what is left of their limits now; nothing is locked."""
    limits = rules.limits(sale)
    ids = [one.id for uses in limits.values() for _, one in uses]
    return rules.within(Room(limits, dict(ask(LOOK, [tenant_id, ids])))) if limits else rules


def _points(given: Iterable[Contribution]) -> list[tuple[UUID, int]]:
    return [(c.rule_id, c.points) for c in given]
