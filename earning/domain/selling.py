"""A sale and its points, a return and what it takes: one decision over a document and an account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from earning.domain.account import Account
from earning.domain.document import deciding_zone
from earning.domain.earned import earn
from earning.domain.giving_back import Brought, count, give_back, taken_by
from earning.domain.lots import PurchaseLot
from earning.domain.purchase import Purchase
from earning.domain.rule_set import RuleSet
from earning.domain.seen import NOTHING_SEEN, CustomerSeen
from earning.domain.wallets import POINTS, Wallets
from earning.events import GoodsReturned, PurchaseRecorded
from loyalty.domain.command import Circumstances

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
        lines=command.lines,
        labels=command.labels,
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
    """Whether the sale is new, and the lot it has in the account."""

    new: bool
    lot: PurchaseLot | None


def sell(
    sale: PurchaseRecorded,
    purchase: Purchase,
    account: Account | None,
    rules: RuleSet,
    wallets: Wallets,
    circumstances: Circumstances,
    lot_id: UUID,
    *,
    may_date_back: bool = True,
) -> Sold:
    """Record a sale and give its points by the rules in force when it was made; the same sale again changes nothing.

    There is no account without a customer; `rules` are NO_RULES for one who may not earn.
    """
    new = purchase.sell(sale, circumstances, may_date_back=may_date_back)
    if account is None:
        return Sold(new, None)
    if new:
        earn(account, sale, rules.worth(sale), lot_id, wallets.policy(POINTS, sale.purchased_at), circumstances.now)
        count(account, sale, rules.counted(sale), POINTS)
    return Sold(new, account.lots.get(sale.purchase_id))


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What came back, what it took from the account, and whether the return is new."""

    goods: GoodsReturned
    points: int
    new: bool


def take_back(
    order: ReturnGoods,
    purchase: Purchase,
    document: Purchase,
    account: Account | None,
    rules: RuleSet,
    wallets: Wallets,
    circumstances: Circumstances,
) -> TakenBack:
    """Take goods back and claw back the points that the frozen rules of the purchase no longer give for what is kept."""
    document.document_return(order)
    before = list(purchase.kept)
    goods, new = purchase.take_back(order, document.id, circumstances)
    return taken(purchase, goods, before, account, rules, wallets, circumstances, new=new)


def taken(
    purchase: Purchase,
    goods: GoodsReturned,
    before: list[int],
    account: Account | None,
    rules: RuleSet,
    wallets: Wallets,
    circumstances: Circumstances,
    *,
    new: bool,
) -> TakenBack:
    """What goods that came back took from the account, or had taken before."""
    if account is None or purchase.decided is None:
        return TakenBack(goods, 0, new)
    if not new:
        return TakenBack(goods, taken_by(account, goods), new)
    brought = Brought(goods=goods, sale=purchase.decided, before=before, after=purchase.kept)
    return TakenBack(goods, give_back(account, brought, rules, wallets.policy(POINTS, goods.returned_at), circumstances.now), new)
