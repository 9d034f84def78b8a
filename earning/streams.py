"""Which streams an order is about."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from earning.commands import RecordPurchase, ReturnGoods
from earning.domain.account import account_id
from earning.domain.document import document_id
from earning.domain.wallets import POINTS

WALLET = POINTS


def account_of(customer_id: UUID, tenant_id: int, wallet: str = WALLET) -> UUID:
    """The customer's account for one wallet."""
    return account_id(tenant_id, wallet, customer_id)


def accounts_in(customer_id: UUID, tenant_id: int, wallets: Iterable[str]) -> dict[str, UUID]:
    """The customer's accounts by wallet: `points` first, then these."""
    return {code: account_of(customer_id, tenant_id, code) for code in (WALLET, *sorted({*wallets} - {WALLET}))}


def document_of(command: RecordPurchase | ReturnGoods, tenant_id: int) -> UUID:
    """The document whose number `command` uses. For a sale it is the id of the purchase."""
    at = command.purchased_at if isinstance(command, RecordPurchase) else command.returned_at
    return document_id(tenant_id, command.merchant_id, command.document_scope, command.pos_id, command.document_number, at, command.zone)
