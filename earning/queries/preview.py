"""What recording a purchase would give."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import connection

from customers.queries import standing_read
from earning.commands import PurchaseAnswer, RecordPurchase
from earning.domain.account import Account
from earning.domain.purchase import Purchase
from earning.domain.rules import RuleSet
from earning.handlers import decide_purchase
from earning.models import Account as AccountRow
from earning.queries.here import tenant_here
from earning.rulebook import RULES, rule_set
from earning.streams import account_of, document_of
from loyalty.domain.command import Circumstances
from loyalty.domain.identity import new_id
from loyalty.eventstore import store


def preview(command: RecordPurchase, channel: str = "till") -> PurchaseAnswer:
    """Points, rules and balance that recording `command` through `channel` would give now; the same refusals. Nothing is kept or locked."""
    tenant_id, made = tenant_here(), new_id()
    circumstances = Circumstances(
        tenant_id=tenant_id, command_id=made, now=datetime.now(UTC), actor="preview", channel=channel, correlation_id=made
    )
    document = document_of(command, tenant_id)
    purchase = Purchase.replay(document, [r.event for r in store.load(document)])
    account = _account(command, tenant_id, recorded_before=purchase.sale is not None)
    return decide_purchase(command, purchase, account, _standing(command), rules_here(), circumstances)


def rules_here() -> RuleSet:
    """All rules of the tenant that were ever in force."""
    with connection.cursor() as cursor:
        cursor.execute(RULES.sql)
        return rule_set(cursor.fetchone()[0])


def _account(command: RecordPurchase, tenant_id: int, *, recorded_before: bool) -> Account | None:
    """Only for a document that was recorded before the lots are asked for, and with them the whole history."""
    if command.customer_id is None:
        return None
    account_id = account_of(command.customer_id, tenant_id)
    if recorded_before:
        return Account.replay(account_id, [r.event for r in store.load(account_id)])
    row = AccountRow.objects.filter(tenant_id=tenant_id, id=account_id).values_list("balance", flat=True).first()
    return Account.holding(account_id, row or 0)


def _standing(command: RecordPurchase) -> str | None:
    if command.customer_id is None:
        return None
    sql, key = standing_read(command.customer_id)
    with connection.cursor() as cursor:
        cursor.execute(sql, ([key],))
        row = cursor.fetchone()
    return row[1] if row else None
