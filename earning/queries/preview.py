"""What recording a purchase would give, and what taking goods back would cost."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from django.db import connection

from customers.queries import may_earn, sides, standing_read
from earning.buyers import check_tells_of_nobody, reads_of_texts
from earning.carrybook import carried_seen
from earning.commands import PurchaseAnswer, RecordPurchase, ReturnAnswer, ReturnGoods
from earning.domain.account import Account, Accounts
from earning.domain.claiming import as_recorded
from earning.domain.levels.climb import Climb
from earning.domain.purchase import Purchase
from earning.domain.rule_set import RuleSet
from earning.domain.seen import CustomerSeen
from earning.domain.selling import sale_of
from earning.domain.wallets import POINTS
from earning.handlers import counted_back, decide_purchase, decide_return, with_levels
from earning.handlers.pooling import as_of_side, with_more
from earning.history import before
from earning.levelbook import end_points
from earning.limits import room_seen
from earning.queries.balances import balance
from earning.queries.catalogue import next_in_catalogue
from earning.queries.climbs import climb_seen
from earning.queries.here import tenant_here
from earning.queries.rulebook import asked, rules_here
from earning.ratebook import RATES, exchanged, is_foreign
from earning.seeing import customer_seen
from earning.streams import account_of, accounts_in, document_of
from earning.walletbook import wallets_here
from loyalty.domain.command import Circumstances
from loyalty.domain.identity import new_id
from loyalty.eventstore import store


def preview(command: RecordPurchase, channel: str = "till", rules: RuleSet | None = None) -> PurchaseAnswer:
    """Points, rules, balance, levels and what lies ahead that recording `command` through `channel` would give now, by `rules` instead of
    those that are there; the same refusals. Nothing is kept or locked.
    """
    tenant_id = tenant_here()
    purchase = _document(document_of(command, tenant_id))
    command = as_of_side(as_recorded(command, purchase), purchase, sides_of_buyer(command))
    standing, rules, wallets = standing_of(command), rules or rules_here(), wallets_here()
    accounts = _accounts(command.customer_id, tenant_id, rules.wallets, known=purchase.sale is None)
    is_new = purchase.sale is None
    if is_new and is_foreign(command):
        command = exchanged(command, (row[1:] for row in asked(RATES, [[command.currency]])))
    climb = climb_seen(command.customer_id)
    seen = seen_of(command, rules, climb)
    sale = sale_of(command, purchase.id, standing, rules, seen)
    if is_new:
        rules = room_seen(tenant_id, sale, rules, wallets, asked, sides_of_buyer(command))
    tried = _tried(tenant_id, channel)
    losses = climb.losses if climb else ()
    answer = decide_purchase(sale, purchase, accounts, rules, wallets, tried, may_date_back=command.may_date_back, losses=losses)
    if not answer.duplicate:
        for sql, key in reads_of_texts(command):
            check_tells_of_nobody(command, tenant_id, (row[1:] for row in asked(sql, [[key]])))
    if not is_new:
        answer = with_more(answer, _elsewhere(command.customer_id, accounts, tried.now))
    if answer.balance is not None and command.customer_id is not None and may_earn(standing):
        held = {one.wallet: one.balance for one in answer.wallets} | {POINTS: answer.balance}
        answer = replace(answer, next_in_catalogue=next_in_catalogue(command.customer_id, held))
    if not accounts or climb is None:
        return answer
    if may_earn(standing) and not answer.duplicate:
        climb.count(purchase, accounts[POINTS].lots.get(purchase.id), tried.now)
    return with_levels(answer, climb, tried.now)


def preview_return(command: ReturnGoods, channel: str = "till") -> ReturnAnswer:
    """Value, points and balance that `command` through `channel` would leave now; the same refusals. Nothing is kept or locked."""
    tenant_id = tenant_here()
    purchase, document = _document(command.purchase_id), _document(document_of(command, tenant_id))
    rules = rules_here()
    accounts, tried = _accounts(command.customer_id, tenant_id, rules.wallets, known=False), _tried(tenant_id, channel)
    climb, pool = climb_seen(command.customer_id), partial(_pool, command.customer_id, accounts, tenant_id)
    if climb is not None and accounts:
        end_points(climb, pool, tried.now)
    answer = decide_return(command, purchase, document, accounts, rules, wallets_here(), tried)
    if climb is not None and accounts and not answer.duplicate:
        answer = counted_back(climb, purchase, accounts, answer, tried.now, pool)
    return with_more(answer, _elsewhere(command.customer_id, accounts, tried.now))


def _pool(customer_id: UUID | None, accounts: Accounts, tenant_id: int) -> list[Account]:
    """The customer's points account of these, and those that it is joined with."""
    beside = [side for side in sides(customer_id) if side != customer_id] if customer_id is not None else []
    streams = [account_of(side, tenant_id) for side in beside]
    return [accounts[POINTS], *(Account.replay(stream, [r.event for r in store.load(stream)]) for stream in streams)]


def _elsewhere(customer_id: UUID | None, wallets: Iterable[str], now: datetime) -> dict[str, int]:
    """What is in the accounts that the customer's is joined with, by wallet."""
    if customer_id is None or len(sides(customer_id)) == 1:
        return {}
    return {code: balance(customer_id, now, code).balance - balance(customer_id, now, code, alone=True).balance for code in wallets}


def _tried(tenant_id: int, channel: str) -> Circumstances:
    made = new_id()
    return Circumstances(tenant_id=tenant_id, command_id=made, now=datetime.now(UTC), actor="preview", channel=channel, correlation_id=made)


def _document(stream: UUID) -> Purchase:
    return Purchase.replay(stream, [r.event for r in store.load(stream)])


def _accounts(customer_id: UUID | None, tenant_id: int, wallets: Collection[str], *, known: bool) -> dict[str, Account]:
    """By wallet. For a new purchase only the balance is to be `known`, not the lots, and with them the whole history."""
    if customer_id is None:
        return {}
    ids = accounts_in(customer_id, tenant_id, wallets)
    if not known:
        return {code: Account.replay(stream, [r.event for r in store.load(stream)]) for code, stream in ids.items()}
    now = datetime.now(UTC)
    held = {code: balance(customer_id, now, code) for code in ids}
    return {code: Account.holding(stream, held[code].balance - held[code].debt) for code, stream in ids.items()}


def seen_of(command: RecordPurchase, rules: RuleSet, climb: Climb | None) -> CustomerSeen:
    """What a decision by `rules` would see of the customer, with the levels of the time of the purchase."""
    levels = climb.seen_then(min(command.purchased_at, datetime.now(UTC))) if climb else ()
    seen = customer_seen(levels, rules, command, asked)
    wanted = rules.carried(command.counted_in, command.purchased_at)
    carried = carried_seen(tenant_here(), command.customer_id, wanted, asked)
    known = before(tenant_here(), rules, command, wallets_here().zone, asked, sides=sides_of_buyer(command))
    return replace(seen, carried=carried, **known._asdict())


def sides_of_buyer(command: RecordPurchase) -> Sequence[UUID]:
    """All who turned out to be one with the customer of a purchase."""
    return sides(command.customer_id) if command.customer_id is not None else ()


def standing_of(command: RecordPurchase) -> str | None:
    """The customer's standing, as a decision would see it now."""
    if command.customer_id is None:
        return None
    sql, key = standing_read(command.customer_id)
    with connection.cursor() as cursor:
        cursor.execute(sql, ([key],))
        row = cursor.fetchone()
    return row[1] if row else None
