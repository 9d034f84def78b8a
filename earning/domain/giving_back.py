"""Goods come back: what rules no longer give goes from the lot of their purchase, and from those of others that counted with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from earning.domain.account import Account, Accounts
from earning.domain.carrying import Counted, Taken
from earning.domain.earned import claw_back
from earning.domain.evaluation import of_wallet
from earning.domain.lots import PurchaseLot
from earning.domain.rule_set import RuleSet
from earning.domain.terms import Contribution, Wallet
from earning.domain.wallets import Wallets
from earning.events import GoodsReturned, PurchaseRecorded, SpendCounted

Beside = Callable[[Account], Sequence[Account]]
"""Asks for the accounts that one is joined with."""
Less = dict[UUID, list[Contribution]]
"""By purchase, what rules no longer give of its lot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """Goods of a `sale` that came back, and what of each line was kept `before` and is `after`."""

    goods: GoodsReturned
    sale: PurchaseRecorded
    before: Sequence[int]
    after: Sequence[int]


def lots_of(accounts: Accounts, purchase_id: UUID) -> dict[Wallet, PurchaseLot]:
    """What a purchase brought, by wallet."""
    found = {code: account.lots.get(purchase_id) for code, account in accounts.items()}
    return {code: lot for code, lot in found.items() if lot is not None}


def count(accounts: Accounts, sale: PurchaseRecorded, counted: Sequence[Counted], given: Iterable[Contribution]) -> None:
    """Note what a purchase counts by rules that carry what is left over, and what it got by them: that is in `given`."""
    if sale.customer_id is None or not accounts:
        return
    points = {(c.rule_id, c.version): c.points for c in given}
    for one in counted:
        by, account = one.carrier, accounts[one.carrier.wallet]
        got = points.get((by.rule_id, by.version), 0) if sale.purchase_id in account.lots else 0
        account.record(
            SpendCounted(
                account_id=account.id,
                customer_id=sale.customer_id,
                purchase_id=sale.purchase_id,
                rule_id=by.rule_id,
                carry_id=by.carry_id,
                wallet=by.wallet,
                version=by.version,
                currency=by.terms.currency,
                per=by.terms.per,
                amount=one.amount,
                points=got,
                lost=one.points - got,
                total=one.before + one.amount,
                counted_at=sale.purchased_at,
            )
        )


def alone(account: Account) -> Sequence[Account]:
    """Accounts of customers who are one with nobody."""
    return ()


def give_back(accounts: Accounts, brought: Brought, rules: RuleSet, wallets: Wallets, now: datetime, beside: Beside = alone) -> None:
    """Take back what is no longer given, of the purchase's own lots and of those that counted with it."""
    purchase_id, goods = brought.goods.purchase_id, brought.goods
    lots = lots_of(accounts, purchase_id)
    left = {code: lot.kept - _carried(accounts[code], purchase_id) for code, lot in lots.items()}
    given = tuple(c for lot in lots.values() for c in lot.earned.contributions)
    less = {code: _carried_less(account, brought, rules, given) if account.carried else {} for code, account in accounts.items()}
    taken = {code: sum(c.points for c in less[code].get(purchase_id, ())) for code in lots}
    alone = rules.less(brought.sale, given, brought.before, brought.after, left, taken) if lots else ()
    for code, account in accounts.items():
        if code in lots:
            less[code][purchase_id] = [*less[code].get(purchase_id, ()), *of_wallet(alone, code)]
        policy = wallets.policy(code, goods.returned_at)
        for one, contributions in less[code].items():
            claw_back(account, account.lots[one], goods, tuple(contributions), policy, now, beside(account))


def taken_by(accounts: Accounts, goods: GoodsReturned) -> dict[Wallet, int]:
    """The points that a return took from each wallet, also where it took none of what the purchase had brought."""
    found = {code: _taken_by(account, goods) for code, account in accounts.items()}
    return {code: points for code, points in found.items() if points or goods.purchase_id in accounts[code].lots}


def _taken_by(account: Account, goods: GoodsReturned) -> int:
    lots = account.lots.values() if account.carried else filter(None, [account.lots.get(goods.purchase_id)])
    return sum(lot.clawed_back.get(goods.return_id, 0) for lot in lots)


def _carried(account: Account, purchase_id: UUID) -> int:
    """The points that a purchase has by rules that carry what is left over."""
    return sum(it.parts[purchase_id].points for it in account.carried.values() if purchase_id in it.parts)


def others(account: Account, return_id: UUID, purchase_id: UUID) -> list[PurchaseLot]:
    """The lots of other purchases that a return took points from, as it is decided."""
    lost = {event.purchase_id for event in account.pending if isinstance(event, SpendCounted) and event.return_id == return_id}
    return [account.lots[one] for one in sorted(lost - {purchase_id}) if one in account.lots]


def _carried_less(account: Account, brought: Brought, rules: RuleSet, given: Sequence[Contribution]) -> Less:
    """What goes of points that are given for all purchases together; it is noted what these count from now on."""
    less: Less = {}
    was, now = (_counted(brought, rules, given, kept) for kept in (brought.before, brought.after))
    for key, carried in account.carried.items():
        own = carried.parts.get(brought.goods.purchase_id)
        amount = now[key].amount if key in now else 0
        if own is None or amount >= own.amount or (carrier := rules.carrying.get(key)) is None:
            continue
        for taken in list(carried.less(own.purchase_id, amount, carrier)):
            account.record(_noted(taken, carried.total - taken.counted.amount + taken.amount, brought.goods))
            if taken.points:
                amounts = _amounts(was.get(key), now.get(key)) if taken.counted is own else ()
                less.setdefault(taken.counted.purchase_id, []).append(_contribution(taken, amounts))
    return less


def _counted(brought: Brought, rules: RuleSet, given: Sequence[Contribution], kept: Sequence[int]) -> dict[UUID, Counted]:
    return {one.carrier.carry_id: one for one in rules.counted_of(brought.sale, given, kept)}


def _noted(taken: Taken, total: int, goods: GoodsReturned) -> SpendCounted:
    points = taken.counted.points - taken.points
    kept = replace(taken.counted, amount=taken.amount, points=points, lost=taken.lost, total=total)
    return replace(kept, return_id=goods.return_id, counted_at=goods.returned_at)


def _contribution(taken: Taken, amounts: tuple[int, ...]) -> Contribution:
    counted = taken.counted
    return Contribution(rule_id=counted.rule_id, version=counted.version, wallet=counted.wallet, points=taken.points, amounts=amounts)


def _amounts(was: Counted | None, now: Counted | None) -> tuple[int, ...]:
    if was is None:
        return ()
    return tuple(w - n for w, n in zip(was.amounts, now.amounts if now else (0,) * len(was.amounts), strict=True))
