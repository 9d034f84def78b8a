"""A sale and its points, a return and what it takes: one decision over a document and an account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import UUID

from earning.domain.account import Accounts
from earning.domain.document import deciding_zone
from earning.domain.earned import earn_each
from earning.domain.expiring import Losses
from earning.domain.giving_back import Beside, Brought, alone, count, give_back, lots_of, taken_by
from earning.domain.lines import labelled_once
from earning.domain.lots import PurchaseLot
from earning.domain.purchase import Purchase
from earning.domain.rule_set import NOTHING, RuleSet
from earning.domain.seen import NOTHING_SEEN, CustomerSeen
from earning.domain.terms import Wallet
from earning.domain.wallets import POINTS, Wallets
from earning.events import GoodsReturned, PurchaseRecorded
from loyalty.domain.command import Circumstances
from loyalty.domain.labels import each_once

if TYPE_CHECKING:
    from earning.commands import RecordPurchase, ReturnGoods


def sale_of(
    command: RecordPurchase, purchase_id: UUID, standing: str | None, rules: RuleSet, seen: CustomerSeen = NOTHING_SEEN
) -> PurchaseRecorded:
    """The fact that `command` states, once it is accepted, and what was seen of the customer and the rules."""
    return PurchaseRecorded(
        purchase_id=purchase_id,
        customer_id=command.customer_id,
        merchant_id=command.merchant_id,
        pos_id=command.pos_id,
        document_scope=command.document_scope,
        document_number=command.document_number.strip(),
        currency=command.currency,
        total=command.total,
        prices_include_tax=command.prices_include_tax,
        payment_method=command.payment_method,
        lines=tuple(map(labelled_once, command.lines)),
        labels=each_once(command.labels.items()),
        standing=standing,
        rules_position=rules.position,
        zone=deciding_zone(command.document_scope, command.zone),
        matched_by=command.matched_by,
        seen=seen,
        exchange=command.exchange,
        purchased_at=command.purchased_at,
    )


@dataclass(frozen=True, slots=True)
class Sold:
    """Whether the sale is new, and the lots that it has, by wallet."""

    new: bool
    lots: Mapping[Wallet, PurchaseLot]

    @property
    def lot(self) -> PurchaseLot | None:
        """The lot in the wallet `points`."""
        return self.lots.get(POINTS)


def sell(
    sale: PurchaseRecorded,
    purchase: Purchase,
    accounts: Accounts,
    rules: RuleSet,
    wallets: Wallets,
    circumstances: Circumstances,
    lot_id: UUID,
    *,
    may_date_back: bool = True,
    losses: Losses = (),
) -> Sold:
    """Record a sale and give its points by the rules in force when it was made; the same sale again changes nothing.

    `losses` of levels took what was there at their time: what is dated before them has ended.

    There are no accounts without a customer; `rules` are NO_RULES for one who may not earn.
    """
    new = purchase.is_new(sale, circumstances, may_date_back=may_date_back)
    if new:
        worth = rules.decide(sale) if accounts else NOTHING
        purchase.record(replace(sale, cuts=worth.cuts, instant_rewards=worth.rewards) if worth.cuts or worth.rewards else sale)
        earn_each(accounts, sale, worth.contributions, lot_id, wallets, circumstances.now, losses)
        count(accounts, sale, worth.counted, worth.contributions)
    return Sold(new, lots_of(accounts, sale.purchase_id))


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What came back, what it took from each wallet that had something of it, and whether the return is new."""

    goods: GoodsReturned
    taken: Mapping[Wallet, int]
    new: bool

    @property
    def points(self) -> int:
        """What it took from the wallet `points`."""
        return self.taken.get(POINTS, 0)


def lose_rewards(purchase: Purchase, accounts: Accounts, goods: GoodsReturned, rules: RuleSet, kept: Sequence[int]) -> None:
    """Note which instant rewards the frozen rules of the purchase no longer give for what is `kept` of it."""
    if purchase.decided is not None and purchase.instant_rewards:
        given = [c for lot in lots_of(accounts, purchase.id).values() for c in lot.earned.contributions]
        purchase.lose_rewards(rules.lost(purchase.decided, given, kept, purchase.instant_rewards), goods)


def take_back(
    order: ReturnGoods,
    purchase: Purchase,
    document: Purchase,
    accounts: Accounts,
    rules: RuleSet,
    wallets: Wallets,
    circumstances: Circumstances,
    beside: Beside = alone,
) -> TakenBack:
    """Take goods back and claw back the points that the frozen rules of the purchase no longer give for what is kept."""
    document.document_return(order)
    before = list(purchase.kept)
    goods, new = purchase.take_back(order, document.id, circumstances)
    return taken(purchase, goods, before, accounts, rules, wallets, circumstances, beside, new=new)


def taken(
    purchase: Purchase,
    goods: GoodsReturned,
    before: list[int],
    accounts: Accounts,
    rules: RuleSet,
    wallets: Wallets,
    circumstances: Circumstances,
    beside: Beside = alone,
    *,
    new: bool,
) -> TakenBack:
    """What goods that came back took from the accounts, or had taken before."""
    if new and purchase.decided is not None:
        brought = Brought(goods=goods, sale=purchase.decided, before=before, after=purchase.kept)
        give_back(accounts, brought, rules, wallets, circumstances.now, beside)
        lose_rewards(purchase, accounts, goods, rules, purchase.kept)
    return TakenBack(goods, taken_by(accounts, goods), new)
