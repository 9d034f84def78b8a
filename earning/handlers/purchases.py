"""Sales and returns: each order to its one decision."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial

from customers.queries import may_earn
from earning.accountbook import accounts_of, streams_of_accounts
from earning.buyers import check_texts, reads_of_texts, standing_seen
from earning.commands import (
    ClaimPurchase,
    EarnedInWallet,
    PurchaseAnswer,
    RecordPurchase,
    ReturnAnswer,
    ReturnGoods,
    TakenFromWallet,
)
from earning.domain.account import Accounts
from earning.domain.carrying import taken_over
from earning.domain.claiming import as_recorded
from earning.domain.expiring import Losses
from earning.domain.giving_back import Beside, alone, lots_of, others
from earning.domain.levels.ahead import nearest_reward
from earning.domain.levels.climb import Climb
from earning.domain.limits import Use
from earning.domain.purchase import Purchase
from earning.domain.references import found_by
from earning.domain.rule_set import NO_RULES, RuleSet
from earning.domain.seen import CarriedSpend, CustomerSeen
from earning.domain.selling import TakenBack, sale_of, sell, take_back
from earning.domain.wallets import POINTS, Wallets
from earning.events import PurchaseRecorded
from earning.handlers.pooling import as_of_side, with_pool
from earning.history import before_in
from earning.levelbook import LEVELS_STATE, Pool, climb_of, end_points, pool_of, stream_of_levels
from earning.limits import give_back, note, room_in, used_of_wallet, used_together
from earning.poolbook import beside, reads_of_sides, settle_pools, sides_of
from earning.ratebook import RATES, exchanged, is_foreign, rate_reads
from earning.references import keep
from earning.rulebook import STATE, asking, rules_of
from earning.seeing import customer_seen
from earning.streams import document_of
from earning.walletbook import WALLETS, wallets_of
from loyalty.bus import Read, StreamRef, Unit, handles
from loyalty.domain.command import Circumstances
from loyalty.domain.errors import DomainError
from loyalty.domain.identity import new_id


def streams_of_goods(command: RecordPurchase | ReturnGoods, circumstances: Circumstances) -> Iterator[StreamRef]:
    """The document, the purchase that a return is of, and the customer's accounts."""
    yield StreamRef(Purchase, document_of(command, circumstances.tenant_id))
    if isinstance(command, ReturnGoods):
        yield StreamRef(Purchase, command.purchase_id)
    yield from streams_of_accounts(circumstances.tenant_id, command.customer_id)
    if command.customer_id is not None:
        yield from stream_of_levels(circumstances.tenant_id, command.customer_id)


def reads_of_purchase(command: RecordPurchase, circumstances: Circumstances) -> Iterator[Read]:
    yield from (STATE, WALLETS, LEVELS_STATE, *rate_reads(command), *reads_of_sides(command.customer_id), *reads_of_texts(command))


@handles(RecordPurchase, streams=streams_of_goods, reads=reads_of_purchase)
def record_purchase(command: RecordPurchase, unit: Unit) -> PurchaseAnswer:
    purchase = unit.load(Purchase, document_of(command, unit.tenant_id))
    sides = sides_of(unit, command.customer_id).all if command.customer_id is not None else ()
    order = as_of_side(as_recorded(command, purchase), purchase, sides)
    if is_foreign(order) and purchase.sale is None:
        order = exchanged(order, unit.rows(RATES, order.currency))
    standing, wallets = standing_seen(command.customer_id, unit), wallets_of(unit)
    rules, climb = rules_seen(unit), climb_of(unit, order.customer_id)
    accounts = accounts_of(unit, order.customer_id, rules.wallets)
    seen = seen_of(climb, unit, rules, order, accounts)
    sale = sale_of(order, purchase.id, standing, rules, seen)
    if purchase.sale is None and may_earn(standing):
        rules = room_in(unit, sale, rules, wallets, sides)
    losses = climb.losses if climb else ()
    answer = decide_purchase(sale, purchase, accounts, rules, wallets, unit.circumstances, may_date_back=order.may_date_back, losses=losses)
    if not answer.duplicate:
        check_texts(command, unit)
    if accounts and not answer.duplicate:
        lots = lots_of(accounts, purchase.id)
        note(unit, rules, purchase, lots, wallets)
        if climb and may_earn(standing):
            climb.count(purchase, lots.get(POINTS), unit.now)
            end_points(climb, partial(pool_of, unit, order.customer_id), unit.now)
        settle_pools(unit, accounts.values())
    answer = with_pool(with_levels(answer, climb, unit.now) if climb else answer, unit, order.customer_id)
    return _referred(command, answer, unit) if command.references and purchase.customer_id is None else answer


def _referred(command: RecordPurchase, answer: PurchaseAnswer, unit: Unit) -> PurchaseAnswer:
    """References on a purchase that has no customer: they are kept with a new one, and may have found somebody for an old one."""
    if command.customer_id is None:
        if not answer.duplicate:
            keep(unit, answer.purchase_id, command.references)
        return answer
    found = ClaimPurchase(purchase_id=answer.purchase_id, customer_id=command.customer_id, matched_by=command.matched_by)
    try:
        claimed = unit.attempt(found)
    except DomainError:
        return answer  # what was recorded stands; nobody claims what came back, and nothing for the inactive
    told = {name: getattr(claimed, name) for name in ("customer_id", "points", "balance", "wallets")}
    return replace(answer, matched_by=command.matched_by, **told)


def decide_purchase(
    sale: PurchaseRecorded,
    purchase: Purchase,
    accounts: Accounts,
    rules: RuleSet,
    wallets: Wallets,
    circumstances: Circumstances,
    *,
    may_date_back: bool,
    losses: Losses = (),
) -> PurchaseAnswer:
    """The decision, for the command as for its preview."""
    applying = rules if may_earn(sale.standing) else NO_RULES
    sold = sell(sale, purchase, accounts, applying, wallets, circumstances, new_id(), may_date_back=may_date_back, losses=losses)
    earned = {code: lot.earned for code, lot in sold.lots.items()}
    of_points = earned.get(POINTS)
    return PurchaseAnswer(
        purchase_id=purchase.id,
        customer_id=purchase.customer_id,
        points=of_points.points if of_points else 0,
        balance=accounts[POINTS].balance if accounts else None,
        lot_id=of_points.lot_id if of_points else None,
        contributions=tuple(c for one in earned.values() for c in one.contributions),
        duplicate=not sold.new,
        exchange=purchase.sale.exchange if purchase.sale else None,
        matched_by=found_by(purchase.customer_id, purchase.decided.matched_by if purchase.decided else None),
        wallets=earned_in(purchase, accounts, {code: one.points for code, one in earned.items()}),
        instant_rewards=purchase.instant_rewards,
    )


def with_levels(answer: PurchaseAnswer, climb: Climb, now: datetime) -> PurchaseAnswer:
    """With the levels that the customer has with it, and what lies ahead."""
    places = climb.places(now)
    ahead = tuple(one for place in places if (one := place.next_level()) is not None)
    return replace(answer, levels=climb.seen(now), next_levels=ahead, next_reward=nearest_reward(places, now))


def earned_in(purchase: Purchase, accounts: Accounts, points: Mapping[str, int]) -> tuple[EarnedInWallet, ...]:
    """What a purchase brought into each wallet, and what limits kept from it."""
    cuts = {cut.wallet: cut for cut in purchase.decided.cuts} if purchase.decided else {}
    lots = lots_of(accounts, purchase.id)
    return tuple(
        EarnedInWallet(
            wallet=code,
            points=points.get(code, 0),
            balance=account.balance,
            lot_id=lots[code].lot_id if code in lots else None,
            cut=sum(c.points for c in cuts[code].contributions) if code in cuts else 0,
            limits=cuts[code].limits if code in cuts else (),
        )
        for code, account in accounts.items()
        if code in points or code in cuts
    )


@handles(
    ReturnGoods,
    streams=streams_of_goods,
    reads=lambda command, circumstances: [STATE, WALLETS, LEVELS_STATE, *reads_of_sides(command.customer_id)],
)
def return_goods(command: ReturnGoods, unit: Unit) -> ReturnAnswer:
    purchase = unit.load(Purchase, command.purchase_id)
    document = unit.load(Purchase, document_of(command, unit.tenant_id))
    climb_of(unit, purchase.customer_id)  # points that ended with a level are gone before any are taken back
    rules, wallets = rules_seen(unit), wallets_of(unit)
    accounts = accounts_of(unit, command.customer_id, rules.wallets)
    uses = used_together(rules, purchase, accounts, wallets)
    answer = decide_return(command, purchase, document, accounts, rules, wallets, unit.circumstances, partial(beside, unit))
    counted = count_return(unit, purchase, accounts, answer, uses)
    settle_pools(unit, accounts.values())
    return with_pool(counted, unit, command.customer_id)


def decide_return(
    command: ReturnGoods,
    purchase: Purchase,
    document: Purchase,
    accounts: Accounts,
    rules: RuleSet,
    wallets: Wallets,
    circumstances: Circumstances,
    beside: Beside = alone,
) -> ReturnAnswer:
    """The decision, for the command as for its preview."""
    return answer_of(take_back(command, purchase, document, accounts, rules, wallets, circumstances, beside), accounts)


def answer_of(taken: TakenBack, accounts: Accounts) -> ReturnAnswer:
    """What a return, or a void, took."""
    return ReturnAnswer(
        return_id=taken.goods.return_id,
        purchase_id=taken.goods.purchase_id,
        amount=taken.goods.amount,
        points=taken.points,
        balance=accounts[POINTS].balance if accounts else None,
        duplicate=not taken.new,
        wallets=tuple(TakenFromWallet(wallet=code, points=points, balance=accounts[code].balance) for code, points in taken.taken.items()),
    )


def seen_of(climb: Climb | None, unit: Unit, rules: RuleSet, sale: RecordPurchase | PurchaseRecorded, accounts: Accounts) -> CustomerSeen:
    """What rules see of a customer, with the levels of the time of the purchase."""
    levels = climb.seen_then(min(sale.purchased_at, unit.now)) if climb else ()
    seen = customer_seen(levels, rules, sale, asking(unit))
    currency, at = sale.counted_in, sale.purchased_at
    carried: tuple[CarriedSpend, ...] = ()
    if rules.carrying:
        together = {key: one for account in accounts.values() for key, one in account.carried.items()}
        carried = taken_over(together, rules.carried(currency, at))
    known = before_in(unit, rules, sale)
    return replace(seen, carried=carried, **known._asdict()) if carried or any(known) else seen


def count_return(unit: Unit, purchase: Purchase, accounts: Accounts, answer: ReturnAnswer, uses: Counter[Use]) -> ReturnAnswer:
    """Goods that came back count no longer towards limits, of which they had so many `uses`, and levels: the answer then.

    The command declares the reads STATE, WALLETS and LEVELS_STATE.
    """
    climb = climb_of(unit, purchase.customer_id)
    if not accounts or answer.duplicate:
        return answer
    zone = wallets_of(unit).zone.key
    after = used_together(rules_seen(unit), purchase, accounts, wallets_of(unit))
    for lot in (lot for account in accounts.values() for lot in others(account, answer.return_id, purchase.id)):
        uses.update(used_of_wallet(lot.earned, lot.kept + lot.clawed_back.get(answer.return_id, 0), zone))
        after.update(used_of_wallet(lot.earned, lot.kept, zone))
    give_back(unit, uses, after)
    return counted_back(climb, purchase, accounts, answer, unit.now, partial(pool_of, unit, purchase.customer_id)) if climb else answer


def counted_back(climb: Climb, purchase: Purchase, accounts: Accounts, answer: ReturnAnswer, now: datetime, pool: Pool) -> ReturnAnswer:
    """Goods that came back count no longer towards levels, and points that end with one end at once: the answer then."""
    climb.count(purchase, lots_of(accounts, purchase.id).get(POINTS), now, answer.return_id)
    for lot in others(accounts[POINTS], answer.return_id, purchase.id):
        climb.recount(lot, now, answer.return_id)
    end_points(climb, pool, now)
    wallets = tuple(replace(one, balance=accounts[one.wallet].balance) for one in answer.wallets)
    return replace(answer, balance=accounts[POINTS].balance, wallets=wallets)


def rules_seen(unit: Unit) -> RuleSet:
    """The rules as they are now. The command declares the read STATE."""
    _, state = unit.rows(*STATE)[0]
    return rules_of(unit.tenant_id, state, lambda sql: unit.execute_all([(sql, ())])[0])
