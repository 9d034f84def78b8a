"""The guard of limits: one row for what is used of each, locked while a purchase is decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from earning.domain.account import Account, Accounts
from earning.domain.carrying import Carried
from earning.domain.deeds import Deed, DeedRules
from earning.domain.giving_back import lots_of
from earning.domain.limits import Limit, LimitRows, Limits, Room, Use, freed, rows_of, used_by
from earning.domain.lots import PurchaseLot
from earning.domain.purchase import Purchase
from earning.domain.rule_set import RuleSet
from earning.domain.terms import Contribution, Wallet
from earning.domain.wallets import Wallets
from earning.events import DeedRewarded, PurchaseRecorded
from earning.limit_refusals import limit_reached
from loyalty.bus import Unit

LOCK = """insert into earning_limit as l (tenant_id, id, used) select %s, id, 0 from unnest(%s::uuid[]) with ordinality u (id, place)
    order by place on conflict (tenant_id, id) do update set used = l.used returning id, used"""
"""Makes rows that are missing, and locks all, in one order everywhere."""
USE = """update earning_limit l set used = l.used + u.amount
    from unnest(%s::uuid[], %s::bigint[], %s::bigint[]) u (id, amount, most)
    where l.tenant_id = %s and l.id = u.id and l.used + u.amount <= u.most returning l.id"""
FREE = """update earning_limit l set used = greatest(l.used - u.amount, 0)
    from (select * from unnest(%s::uuid[], %s::bigint[]) x (id, amount) order by id) u where l.tenant_id = %s and l.id = u.id"""
LOOK = "select id, used from earning_limit where tenant_id = %s and id = any (%s::uuid[])"
Lots = Mapping[Wallet, PurchaseLot]


class Earned(Protocol):
    """Points that a purchase or a custom event brought."""

    @property
    def wallet(self) -> Wallet: ...

    @property
    def customer_id(self) -> UUID: ...

    @property
    def earned_at(self) -> datetime: ...

    @property
    def limits(self) -> tuple[Limit, ...]: ...


def room_in(unit: Unit, sale: PurchaseRecorded, rules: RuleSet, wallets: Wallets, sides: Sequence[UUID] = ()) -> RuleSet:
    """The rules within what is left of their limits, and of those of wallets, which nobody else may use until this command is through.

    What all `sides` of the customer used counts together. Without limits nothing is asked.
    """
    if not unit.locks:
        return room_seen(unit.tenant_id, sale, rules, wallets, unit.execute, sides)
    limits = _limits_of_sides(sale, rules, wallets, sides)
    return rules.within(_room(limits, dict(unit.execute(LOCK, [unit.tenant_id, _rows(limits)])))) if limits[0] else rules


def room_seen(
    tenant_id: int,
    sale: PurchaseRecorded,
    rules: RuleSet,
    wallets: Wallets,
    ask: Callable[[str, Sequence[Any]], Iterable[Any]],
    sides: Sequence[UUID] = (),
) -> RuleSet:
    """The rules within what is left of limits now; nothing is locked."""
    limits = _limits_of_sides(sale, rules, wallets, sides)
    return rules.within(_room(limits, dict(ask(LOOK, [tenant_id, _rows(limits)])))) if limits[0] else rules


def room_for_deed(unit: Unit, deed: Deed, rules: DeedRules, wallets: Wallets, sides: Sequence[UUID]) -> DeedRules:
    """The same for a custom event."""
    limits = [_limits_of_deed(replace(deed, customer_id=side), rules, wallets) for side in dict.fromkeys((deed.customer_id, *sides))]
    if not limits[0]:
        return rules
    rows = _rows(limits)
    return rules.within(_room(limits, dict(unit.execute(LOCK if unit.locks else LOOK, [unit.tenant_id, rows]))))


def note_of_deed(unit: Unit, deed: Deed, rules: DeedRules, rewarded: Sequence[DeedRewarded], wallets: Wallets) -> None:
    """Note what a custom event uses of limits. Raises Conflict `earning.limit_reached` when it is not there any more."""
    given = [c for one in rewarded for c in one.contributions]
    uses = rules.used_by(given, deed.customer_id, deed.occurred_at)
    for one in rewarded:
        uses.update(used_of_wallet(one, one.points, wallets.zone.key))
    if missing := _noted(unit, uses):
        raise limit_reached(missing, rewarded, rules.limits(deed), wallets)


def note(unit: Unit, rules: RuleSet, purchase: Purchase, lots: Lots, wallets: Wallets) -> Counter[Use]:
    """Note what new lots use of limits, and answer with it.

    Raises Conflict `earning.limit_reached` when it is not there any more. A dry run notes nothing.
    """
    uses = _used(rules, purchase, _given(lots)) if rules.limited and (lots or purchase.instant_rewards) else Counter[Use]()
    for lot in lots.values():
        if lot.earned.limits:
            uses.update(used_of_wallet(lot.earned, lot.points, wallets.zone.key))
    if missing := _noted(unit, uses):
        of_rules = rules.limits(purchase.decided) if purchase.decided else {}
        raise limit_reached(missing, [lot.earned for lot in lots.values()], of_rules, wallets)
    return uses


def _noted(unit: Unit, uses: Counter[Use]) -> set[UUID]:
    """Note uses; the rows that had no room for them."""
    wanted = sorted((one, amount) for one, amount in uses.items() if amount)
    if not wanted or not unit.locks:
        return set()
    columns = [one.id for one, _ in wanted], [amount for _, amount in wanted], [one.most for one, _ in wanted]
    return {one.id for one, _ in wanted} - {row[0] for row in unit.execute(USE, [*columns, unit.tenant_id])}


def used_now(rules: RuleSet, purchase: Purchase, accounts: Accounts, wallets: Wallets) -> Counter[Use]:
    """What the lots of a purchase use of limits by what is kept of it."""
    lots = lots_of(accounts, purchase.id)
    if not lots and not purchase.instant_rewards:
        return Counter()
    sale, given = purchase.decided, _given(lots)
    limited = sale is not None and bool(rules.limits(sale))
    uses = _used(rules, purchase, rules.frozen(sale, given, purchase.kept)) if sale is not None and limited else Counter[Use]()
    for code, lot in lots.items():
        uses.update(used_of_wallet(lot.earned, lot.kept, wallets.zone.key))
        for carried in accounts[code].carried.values():
            uses.update(_used_of(carried, purchase.id, rules, accounts[code]))
    return uses


def used_together(rules: RuleSet, purchase: Purchase, accounts: Accounts, wallets: Wallets) -> Counter[Use]:
    """The same, with what other purchases use by rules that count them together with it: a return of its goods may take their points."""
    uses = used_now(rules, purchase, accounts, wallets)
    for account in accounts.values() if rules.limited else ():
        for carried in (one for one in account.carried.values() if purchase.id in one.parts):
            for other in carried.parts.keys() - {purchase.id}:
                uses.update(_used_of(carried, other, rules, account))
    return uses


def _used_of(carried: Carried, purchase_id: UUID, rules: RuleSet, account: Account) -> Counter[Use]:
    """What a purchase uses of the limits of rules by which it counts together with others."""
    counted, lot = carried.parts.get(purchase_id), account.lots.get(purchase_id)
    return rules.used_by(counted, lot.earned.earned_at) if counted and lot else Counter()


def used_of_wallet(earned: Earned, points: int, zone: str) -> Counter[Use]:
    """What so many points of a lot use of the limits of its wallet."""
    rows = rows_of(earned.limits, earned.wallet, earned.customer_id, earned.earned_at, zone)
    return Counter({use: points for _, use in rows})


def give_back(unit: Unit, before: Counter[Use], after: Counter[Use]) -> None:
    """Give back the room of what is no longer used. What is used more than before is noted, whatever room there is by now."""
    uses = list(freed(before, after))
    if uses and unit.locks:
        unit.execute(FREE, [[one.id for one, _ in uses], [amount for _, amount in uses], unit.tenant_id])


def _limits_of_sides(sale: PurchaseRecorded, rules: RuleSet, wallets: Wallets, sides: Sequence[UUID]) -> list[Limits]:
    """Those that the purchase meets, then the same of the customer's other sides."""
    others = (replace(sale, customer_id=side) for side in sides if side != sale.customer_id)
    return [_limits(one, rules, wallets) for one in (sale, *others)]


def _rows(limits: Sequence[Limits]) -> list[UUID]:
    return sorted({row for one in limits for row in one.rows})


def _room(limits: Sequence[Limits], used: Mapping[UUID, int]) -> Room:
    own, *others = limits
    return Room(
        own,
        {row: sum(used.get(one, 0) for one in {row, *more}) for row, *more in zip(*map(_uses, limits), strict=True)} if others else used,
    )


def _uses(limits: Limits) -> list[UUID]:
    """The rows in the order of the limits."""
    return [use.id for held in (*limits.of_rules.values(), *limits.of_wallets.values()) for _, use in held]


def _limits(sale: PurchaseRecorded, rules: RuleSet, wallets: Wallets) -> Limits:
    """Of the rules in force, and of the wallets that rules give points of."""
    customer_id, at = sale.customer_id, sale.purchased_at
    return Limits() if customer_id is None else Limits(rules.limits(sale), _of_wallets(rules.wallets, wallets, customer_id, at))


def _limits_of_deed(deed: Deed, rules: DeedRules, wallets: Wallets) -> Limits:
    return Limits(rules.limits(deed), _of_wallets(rules.wallets, wallets, deed.customer_id, deed.occurred_at))


def _of_wallets(codes: Iterable[Wallet], wallets: Wallets, customer_id: UUID, at: datetime) -> dict[Wallet, LimitRows]:
    found = {code: wallets.policy(code, at).limit_rows(customer_id, at) for code in codes} if wallets.limited else {}
    return {code: rows for code, rows in found.items() if rows}


def _given(lots: Lots) -> list[Contribution]:
    return [c for lot in lots.values() for c in lot.earned.contributions]


def _used(rules: RuleSet, purchase: Purchase, given: Iterable[Contribution]) -> Counter[Use]:
    return used_by(rules.limits(purchase.decided), given, purchase.instant_rewards) if purchase.decided is not None else Counter()
