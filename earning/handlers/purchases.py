"""Sales and returns: each order to its one decision."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

from customers.queries import may_earn, standing_read
from earning.commands import ClaimAnswer, ClaimPurchase, PurchaseAnswer, RecordPurchase, ReturnAnswer, ReturnGoods
from earning.domain.account import Account
from earning.domain.carrying import taken_over
from earning.domain.claiming import as_recorded, claim
from earning.domain.giving_back import others
from earning.domain.levels.climb import Climb
from earning.domain.purchase import Purchase
from earning.domain.rule_set import NO_RULES, RuleSet
from earning.domain.seen import NOTHING_SEEN, CustomerSeen
from earning.domain.selling import sale_of, sell, take_back
from earning.domain.wallets import Wallets
from earning.events import PurchaseRecorded
from earning.history import history_of
from earning.levelbook import LEVELS_STATE, climb_of, stream_of_levels
from earning.limits import give_back, note, room_in
from earning.ratebook import RATES, exchanged, is_foreign, rate_reads
from earning.references import forget, keep
from earning.rulebook import STATE, asking, rules_of
from earning.seeing import customer_seen
from earning.streams import account_of, document_of
from earning.walletbook import WALLETS, wallets_of
from loyalty.bus import Read, StreamRef, Unit, handles
from loyalty.domain.command import Circumstances
from loyalty.domain.errors import DomainError
from loyalty.domain.identity import new_id


def streams_of_goods(command: RecordPurchase | ReturnGoods, circumstances: Circumstances) -> Iterator[StreamRef]:
    """The document, the purchase that a return is of, and the customer's account."""
    yield StreamRef(Purchase, document_of(command, circumstances.tenant_id))
    if isinstance(command, ReturnGoods):
        yield StreamRef(Purchase, command.purchase_id)
    if command.customer_id is not None:
        yield StreamRef(Account, account_of(command.customer_id, circumstances.tenant_id))
        yield from stream_of_levels(circumstances.tenant_id, command.customer_id)


def reads_of_purchase(command: RecordPurchase, circumstances: Circumstances) -> Iterator[Read]:
    yield from (STATE, WALLETS, LEVELS_STATE, *rate_reads(command))
    if command.customer_id is not None:
        yield standing_read(command.customer_id)


@handles(RecordPurchase, streams=streams_of_goods, reads=reads_of_purchase)
def record_purchase(command: RecordPurchase, unit: Unit) -> PurchaseAnswer:
    purchase = unit.load(Purchase, document_of(command, unit.tenant_id))
    order = as_recorded(command, purchase)
    if is_foreign(order) and purchase.sale is None:
        order = exchanged(order, unit.rows(RATES, order.currency))
    if order.customer_id not in {None, command.customer_id}:
        unit.open([StreamRef(Account, account_of(order.customer_id, unit.tenant_id))])
    account = _account(order.customer_id, unit)
    standing = _standing(command.customer_id, unit)
    rules, climb = rules_seen(unit), climb_of(unit, order.customer_id)
    seen = seen_of(climb, unit, rules, order, account)
    if rules.limited and purchase.sale is None and may_earn(standing):
        rules = room_in(unit, sale_of(order, purchase.id, standing, rules, seen), rules)
    answer = decide_purchase(order, purchase, account, standing, rules, wallets_of(unit), unit.circumstances, seen)
    if account is not None and not answer.duplicate:
        note(unit, rules, purchase.decided, account.lots.get(purchase.id))
        if climb and may_earn(standing):
            climb.count(purchase, account.lots.get(purchase.id), unit.now)
    if climb:
        answer = replace(answer, levels=climb.seen(unit.now))
    return _referred(command, answer, unit) if command.references and purchase.customer_id is None else answer


def _referred(command: RecordPurchase, answer: PurchaseAnswer, unit: Unit) -> PurchaseAnswer:
    """References on a purchase that has no customer: they are kept with a new one, and may have found somebody for an old one."""
    if command.customer_id is None:
        if not answer.duplicate:
            keep(unit, answer.purchase_id, command.references)
        return answer
    try:
        claimed = unit.attempt(ClaimPurchase(purchase_id=answer.purchase_id, customer_id=command.customer_id))
    except DomainError:
        return answer  # what was recorded stands; nobody claims what came back, and nothing for the inactive
    return replace(answer, customer_id=claimed.customer_id, points=claimed.points, balance=claimed.balance)


def decide_purchase(
    command: RecordPurchase,
    purchase: Purchase,
    account: Account | None,
    standing: str | None,
    rules: RuleSet,
    wallets: Wallets,
    circumstances: Circumstances,
    seen: CustomerSeen = NOTHING_SEEN,
) -> PurchaseAnswer:
    """The decision, for the command as for its preview."""
    applying = rules if may_earn(standing) else NO_RULES
    sale = sale_of(command, purchase.id, standing, rules, seen)
    sold = sell(sale, purchase, account, applying, wallets, circumstances, new_id(), may_date_back=command.may_date_back)
    earned = sold.lot.earned if sold.lot else None
    return PurchaseAnswer(
        purchase_id=purchase.id,
        customer_id=purchase.customer_id,
        points=earned.points if earned else 0,
        balance=account.balance if account else None,
        lot_id=earned.lot_id if earned else None,
        contributions=earned.contributions if earned else (),
        duplicate=not sold.new,
        exchange=purchase.sale.exchange if purchase.sale else None,
    )


def streams_of_claim(command: ClaimPurchase, circumstances: Circumstances) -> Iterator[StreamRef]:
    yield StreamRef(Purchase, command.purchase_id)
    yield StreamRef(Account, account_of(command.customer_id, circumstances.tenant_id))
    yield from stream_of_levels(circumstances.tenant_id, command.customer_id)


def reads_of_claim(command: ClaimPurchase, circumstances: Circumstances) -> Iterator[Read]:
    yield from (STATE, WALLETS, LEVELS_STATE, standing_read(command.customer_id))


@handles(ClaimPurchase, streams=streams_of_claim, reads=reads_of_claim)
def claim_purchase(command: ClaimPurchase, unit: Unit) -> ClaimAnswer:
    purchase = unit.load(Purchase, command.purchase_id)
    account = unit.load(Account, account_of(command.customer_id, unit.tenant_id))
    standing = _standing(command.customer_id, unit)
    rules, climb = rules_seen(unit), climb_of(unit, command.customer_id)
    seen = NOTHING_SEEN
    if purchase.sale is not None and purchase.customer_id is None:
        seen = seen_of(climb, unit, rules, replace(purchase.sale, customer_id=command.customer_id), account)
        sale = replace(purchase.sale, customer_id=command.customer_id, standing=standing, rules_position=rules.position, seen=seen)
        rules = room_in(unit, sale, rules)
    may = may_earn(standing)
    claimed = claim(command, purchase, account, rules, wallets_of(unit), standing, unit.now, new_id(), may_earn=may, seen=seen)
    if claimed.new and purchase.sale is not None:
        forget(unit, purchase.id)
        note(unit, rules, purchase.decided, claimed.lot)
        if climb:
            climb.count(purchase, claimed.lot, unit.now)
        give_back(unit, rules, purchase, claimed.lot, [line.measure for line in purchase.sale.lines])
    return ClaimAnswer(
        purchase_id=purchase.id,
        customer_id=command.customer_id,
        points=claimed.lot.kept if claimed.lot else 0,
        balance=account.balance,
        duplicate=not claimed.new,
    )


@handles(ReturnGoods, streams=streams_of_goods, reads=lambda command, circumstances: [STATE, WALLETS, LEVELS_STATE])
def return_goods(command: ReturnGoods, unit: Unit) -> ReturnAnswer:
    purchase = unit.load(Purchase, command.purchase_id)
    document = unit.load(Purchase, document_of(command, unit.tenant_id))
    account, rules, before = _account(command.customer_id, unit), rules_seen(unit), list(purchase.kept)
    answer = decide_return(command, purchase, document, account, rules, wallets_of(unit), unit.circumstances)
    if account is not None and not answer.duplicate:
        give_back(unit, rules, purchase, account.lots.get(purchase.id), before)
    count_return(unit, purchase, account, answer)
    return answer


def decide_return(
    command: ReturnGoods,
    purchase: Purchase,
    document: Purchase,
    account: Account | None,
    rules: RuleSet,
    wallets: Wallets,
    circumstances: Circumstances,
) -> ReturnAnswer:
    """The decision, for the command as for its preview."""
    taken = take_back(command, purchase, document, account, rules, wallets, circumstances)
    return ReturnAnswer(
        return_id=taken.goods.return_id,
        purchase_id=purchase.id,
        amount=taken.goods.amount,
        points=taken.points,
        balance=account.balance if account else None,
        duplicate=not taken.new,
    )


def seen_of(
    climb: Climb | None, unit: Unit, rules: RuleSet, sale: RecordPurchase | PurchaseRecorded, account: Account | None
) -> CustomerSeen:
    """What rules see of a customer, with the levels of the time of the purchase."""
    levels = climb.seen_then(min(sale.purchased_at, unit.now)) if climb else ()
    seen = customer_seen(levels, rules, sale, asking(unit))
    currency, at = sale.counted_in, sale.purchased_at
    carried = taken_over(account.carried, rules.carried(currency, at)) if account else ()
    history = history_of(unit, sale.customer_id, at) if sale.customer_id and rules.asks_history(currency, at) else None
    return replace(seen, carried=carried, history=history)


def count_return(unit: Unit, purchase: Purchase, account: Account | None, answer: ReturnAnswer) -> None:
    """Goods that came back count no longer towards levels. The command declares the read LEVELS_STATE."""
    climb = climb_of(unit, purchase.customer_id)
    if climb and account and not answer.duplicate:
        climb.count(purchase, account.lots.get(purchase.id), unit.now, answer.return_id)
        for lot in others(account, answer.return_id, purchase.id):
            climb.recount(lot, unit.now, answer.return_id)


def _account(customer_id: UUID | None, unit: Unit) -> Account | None:
    return None if customer_id is None else unit.load(Account, account_of(customer_id, unit.tenant_id))


def _standing(customer_id: UUID | None, unit: Unit) -> str | None:
    if customer_id is None:
        return None
    found = unit.rows(*standing_read(customer_id))
    return str(found[0][0]) if found else None


def rules_seen(unit: Unit) -> RuleSet:
    """The rules as they are now. The command declares the read STATE."""
    _, state = unit.rows(*STATE)[0]
    return rules_of(unit.tenant_id, state, lambda sql: unit.execute_all([(sql, ())])[0])
