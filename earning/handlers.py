"""Each order to its one decision."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from uuid import UUID

import msgspec

from customers.queries import may_earn, standing_read
from earning.commands import (
    ActivateRule,
    ChangeRule,
    CreateRule,
    PauseRule,
    PurchaseAnswer,
    RecordPurchase,
    ReturnAnswer,
    ReturnGoods,
    RuleAnswer,
)
from earning.domain.account import Account, account_id
from earning.domain.document import document_id
from earning.domain.purchase import Purchase
from earning.domain.rules import NO_RULES, EarningRule, RuleSet, RuleVersion
from earning.domain.selling import sale_of, sell, take_back
from loyalty.bus import Read, StreamRef, Unit, handles
from loyalty.domain.command import Circumstances

WALLET = "points"
RULES = Read(
    """select coalesce(json_agg(json_build_object('rule_id', rule_id, 'version', version, 'terms', terms, 'periods', periods)
        order by position), '[]')::text from earning_rule_version where periods <> '[]'"""
)
"""Every version of every rule that was ever in force: one row, shared by all commands of a batch."""


@lru_cache(maxsize=64)
def rule_set(versions: str) -> RuleSet:
    """The rules in a row of `RULES`; the same text is the same rules, whoever's they are."""
    return RuleSet(msgspec.json.decode(versions, type=list[RuleVersion]))


def account_of(customer_id: UUID, tenant_id: int) -> UUID:
    return account_id(tenant_id, WALLET, customer_id)


def document_of(command: RecordPurchase | ReturnGoods, tenant_id: int) -> UUID:
    """The stream of the document number that `command` uses."""
    at = command.purchased_at if isinstance(command, RecordPurchase) else command.returned_at
    return document_id(tenant_id, command.merchant_id, command.document_scope, command.pos_id, command.document_number, at, command.zone)


def streams_of_goods(command: RecordPurchase | ReturnGoods, circumstances: Circumstances) -> Iterator[StreamRef]:
    """The document, the purchase that a return is of, and the customer's account."""
    yield StreamRef(Purchase, document_of(command, circumstances.tenant_id))
    if isinstance(command, ReturnGoods):
        yield StreamRef(Purchase, command.purchase_id)
    if command.customer_id is not None:
        yield StreamRef(Account, account_of(command.customer_id, circumstances.tenant_id))


def reads_of_purchase(command: RecordPurchase, circumstances: Circumstances) -> Iterator[Read]:
    yield RULES
    if command.customer_id is not None:
        yield standing_read(command.customer_id)


@handles(RecordPurchase, streams=streams_of_goods, reads=reads_of_purchase)
def record_purchase(command: RecordPurchase, unit: Unit) -> PurchaseAnswer:
    purchase = unit.load(Purchase, document_of(command, unit.tenant_id))
    account = _account(command.customer_id, unit)
    standing = _standing(command.customer_id, unit)
    rules = _rules(unit) if may_earn(standing) else NO_RULES
    sold = sell(sale_of(command, purchase.id, standing), purchase, account, rules, unit.circumstances, unit.new_id())
    earned = sold.lot.earned if sold.lot else None
    return PurchaseAnswer(
        purchase_id=purchase.id,
        points=earned.points if earned else 0,
        balance=account.balance if account else None,
        lot_id=earned.lot_id if earned else None,
        contributions=earned.contributions if earned else (),
        duplicate=not sold.new,
    )


@handles(ReturnGoods, streams=streams_of_goods, reads=lambda command, circumstances: [RULES])
def return_goods(command: ReturnGoods, unit: Unit) -> ReturnAnswer:
    purchase = unit.load(Purchase, command.purchase_id)
    document = unit.load(Purchase, document_of(command, unit.tenant_id))
    account = _account(command.customer_id, unit)
    taken = take_back(command, purchase, document, account, _rules(unit), unit.circumstances)
    return ReturnAnswer(
        return_id=taken.goods.return_id,
        purchase_id=purchase.id,
        amount=taken.goods.amount,
        points=taken.points,
        balance=account.balance if account else None,
        duplicate=not taken.new,
    )


@handles(CreateRule, streams=lambda command, circumstances: [StreamRef(EarningRule, circumstances.command_id)])
def create_rule(command: CreateRule, unit: Unit) -> RuleAnswer:
    rule = unit.load(EarningRule, unit.circumstances.command_id)
    rule.create(command.name, command.terms, command.wallet)
    return _answer(rule)


def stream_of_rule(command: ChangeRule | ActivateRule | PauseRule, circumstances: Circumstances) -> Iterator[StreamRef]:
    yield StreamRef(EarningRule, command.rule_id)


@handles(ChangeRule, streams=stream_of_rule)
def change_rule(command: ChangeRule, unit: Unit) -> RuleAnswer:
    rule = unit.load(EarningRule, command.rule_id)
    rule.change(command.name, command.terms, command.effective_at or unit.now, command.seen_version)
    return _answer(rule)


@handles(ActivateRule, streams=stream_of_rule)
def activate_rule(command: ActivateRule, unit: Unit) -> RuleAnswer:
    rule = unit.load(EarningRule, command.rule_id)
    rule.activate(command.effective_at or unit.now)
    return _answer(rule)


@handles(PauseRule, streams=stream_of_rule)
def pause_rule(command: PauseRule, unit: Unit) -> RuleAnswer:
    rule = unit.load(EarningRule, command.rule_id)
    rule.pause(unit.now)
    return _answer(rule)


def _account(customer_id: UUID | None, unit: Unit) -> Account | None:
    return None if customer_id is None else unit.load(Account, account_of(customer_id, unit.tenant_id))


def _standing(customer_id: UUID | None, unit: Unit) -> str | None:
    if customer_id is None:
        return None
    found = unit.rows(*standing_read(customer_id))
    return str(found[0][0]) if found else None


def _rules(unit: Unit) -> RuleSet:
    return rule_set(unit.rows(*RULES)[0][0])


def _answer(rule: EarningRule) -> RuleAnswer:
    return RuleAnswer(rule_id=rule.id, version=rule.number, state=rule.state)
