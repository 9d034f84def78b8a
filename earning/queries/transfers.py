"""Points that customers passed on to each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from earning.models import Account, Transfer
from earning.queries.accounts import accounts_joined
from earning.queries.here import tenant_here
from earning.queries.wallets import wallets


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferCard:
    """Points (smallest unit of the wallet) that one customer passed on to another; `position` is where the next page begins."""

    position: int
    operation_id: UUID | None
    sender_id: UUID | None
    recipient_id: UUID | None
    wallet: str
    points: int
    transferred_at: datetime
    recorded_at: datetime


def transfers(wallet: str | None = None, customer_id: UUID | None = None, before: int | None = None, limit: int = 50) -> list[TransferCard]:
    """The latest first, at most `limit`, all or those of one wallet and of one customer, who passed them on or got them; `before` is the
    position of the last one seen.
    """
    rows = _of(wallet, customer_id)
    if before is not None:
        rows = rows.filter(position__lt=before)
    return _cards(list(rows.order_by("-position")[:limit]))


def _of(wallet: str | None, customer_id: UUID | None) -> QuerySet[Transfer]:
    tenant_id = tenant_here()
    rows = Transfer.objects.filter(tenant_id=tenant_id)
    if customer_id is not None:
        codes = [card.code for card in wallets()] if wallet is None else [wallet]
        accounts = [account_id for code in codes for account_id in accounts_joined(customer_id, code)]
        return rows.filter(Q(account_id__in=accounts) | Q(reference_id__in=accounts))
    if wallet is not None:
        return rows.filter(Exists(Account.objects.filter(tenant_id=tenant_id, id=OuterRef("account_id"), wallet=wallet)))
    return rows


def _cards(rows: Sequence[Transfer]) -> list[TransferCard]:
    """With the customers whose accounts they went between."""
    wanted = {key for row in rows for key in (row.account_id, row.reference_id) if key is not None}
    accounts = {row.id: row for row in Account.objects.filter(tenant_id=tenant_here(), id__in=wanted)}
    holders: dict[UUID | None, UUID] = {key: account.customer_id for key, account in accounts.items()}
    return [
        TransferCard(
            position=row.position,
            operation_id=row.operation_id,
            sender_id=holders.get(row.account_id),
            recipient_id=holders.get(row.reference_id),
            wallet=accounts[row.account_id].wallet,
            points=-row.points,
            transferred_at=row.effective_at,
            recorded_at=row.recorded_at,
        )
        for row in rows
    ]
