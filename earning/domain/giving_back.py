"""Goods come back: what rules no longer give goes from the lot of their purchase, and from those of others that counted with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from earning.domain.account import Account
from earning.domain.carrying import Counted, Taken
from earning.domain.earned import claw_back
from earning.domain.lots import PurchaseLot
from earning.domain.rule_set import RuleSet
from earning.domain.terms import Contribution
from earning.domain.wallets import WalletPolicy
from earning.events import GoodsReturned, PurchaseRecorded, SpendCounted

Less = dict[UUID, list[Contribution]]
"""By purchase, what rules no longer give of its lot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """Goods of a `sale` that came back, and what of each line was kept `before` and is `after`."""

    goods: GoodsReturned
    sale: PurchaseRecorded
    before: Sequence[int]
    after: Sequence[int]


def count(account: Account, sale: PurchaseRecorded, counted: Sequence[Counted], wallet: str) -> None:
    """Note what a purchase counts by rules that carry what is left over."""
    if sale.customer_id is None:
        return
    for one in counted:
        account.record(
            SpendCounted(
                account_id=account.id,
                customer_id=sale.customer_id,
                purchase_id=sale.purchase_id,
                rule_id=one.rule_id,
                carry_id=one.carry_id,
                wallet=wallet,
                version=one.version,
                currency=one.terms.currency,
                per=one.terms.per,
                amount=one.amount,
                points=one.points if sale.purchase_id in account.lots else 0,
                total=one.before + one.amount,
                counted_at=sale.purchased_at,
            )
        )


def give_back(account: Account, brought: Brought, rules: RuleSet, policy: WalletPolicy, now: datetime) -> int:
    """Take back what is no longer given, of the purchase's own lot and of those that counted with it; answers how many points."""
    purchase_id, lot = brought.goods.purchase_id, account.lots.get(brought.goods.purchase_id)
    carried = sum(it.parts[purchase_id].points for it in account.carried.values() if purchase_id in it.parts)
    less = _carried_less(account, brought, rules) if account.carried else {}
    if lot is not None:
        taken = sum(c.points for c in less.get(purchase_id, ()))
        given, left = lot.earned.contributions, lot.kept - carried
        alone = rules.less(brought.sale, given, brought.before, brought.after, left, taken)
        less[purchase_id] = [*less.get(purchase_id, ()), *alone]
    for one, contributions in less.items():
        claw_back(account, account.lots[one], brought.goods, tuple(contributions), policy, now)
    return sum(c.points for contributions in less.values() for c in contributions)


def taken_by(account: Account, goods: GoodsReturned) -> int:
    """The points that a return took."""
    lots = account.lots.values() if account.carried else filter(None, [account.lots.get(goods.purchase_id)])
    return sum(lot.clawed_back.get(goods.return_id, 0) for lot in lots)


def others(account: Account, return_id: UUID, purchase_id: UUID) -> list[PurchaseLot]:
    """The lots of other purchases that a return took points from, as it is decided."""
    lost = {event.purchase_id for event in account.pending if isinstance(event, SpendCounted) and event.return_id == return_id}
    return [account.lots[one] for one in sorted(lost - {purchase_id}) if one in account.lots]


def _carried_less(account: Account, brought: Brought, rules: RuleSet) -> Less:
    """What goes of points that are given for all purchases together; it is noted what these count from now on."""
    less: Less = {}
    was, now = (_counted(account, brought, rules, kept) for kept in (brought.before, brought.after))
    for key, carried in account.carried.items():
        own = carried.parts.get(brought.goods.purchase_id)
        amount = now[key].amount if key in now else 0
        if own is None or amount >= own.amount or (terms := rules.carrying.get(key)) is None:
            continue
        for taken in list(carried.less(own.purchase_id, amount, terms)):
            account.record(_noted(taken, carried.total - taken.counted.amount + taken.amount, brought.goods))
            if taken.points:
                amounts = _amounts(was.get(key), now.get(key)) if taken.counted is own else ()
                less.setdefault(taken.counted.purchase_id, []).append(_contribution(taken, amounts))
    return less


def _counted(account: Account, brought: Brought, rules: RuleSet, kept: Sequence[int]) -> dict[UUID, Counted]:
    lot = account.lots.get(brought.goods.purchase_id)
    return {one.carry_id: one for one in rules.counted_of(brought.sale, lot.earned.contributions if lot else (), kept)}


def _noted(taken: Taken, total: int, goods: GoodsReturned) -> SpendCounted:
    before = taken.counted
    points = before.points - taken.points
    return replace(before, amount=taken.amount, points=points, total=total, return_id=goods.return_id, counted_at=goods.returned_at)


def _contribution(taken: Taken, amounts: tuple[int, ...]) -> Contribution:
    return Contribution(rule_id=taken.counted.rule_id, version=taken.counted.version, points=taken.points, amounts=amounts)


def _amounts(was: Counted | None, now: Counted | None) -> tuple[int, ...]:
    if was is None:
        return ()
    return tuple(w - n for w, n in zip(was.amounts, now.amounts if now else (0,) * len(was.amounts), strict=True))
