"""Every movement of an account, or of those that are one, with the balance that it left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet, Sum, Window

from customers.queries import PartedCard, partings
from earning.models import Movement, Purchase
from earning.queries.accounts import accounts_joined
from earning.queries.here import tenant_here
from earning.queries.pooled import within
from earning.queries.rules import Reason, reasons
from earning.streams import WALLET
from earning.walletbook import wallets_here


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """One movement: signed `points`, the `balance` that it left, and the `amount` it was about, also where the balance stays.

    `effective_at` is when it took effect: for a sale or return the time of it.

    `position` orders a statement, and is where the next page begins. `reasons` say which rules gave, or no longer give;
    `merchant_id` is whose sale it was. Points are in the smallest unit of the `wallet`.
    """

    position: int
    wallet: str
    kind: str
    points: int
    amount: int
    balance: int
    lot_id: UUID | None
    reference_id: UUID | None
    purchase_id: UUID | None
    merchant_id: UUID | None
    document_number: str
    return_id: UUID | None
    reasons: tuple[Reason, ...]
    effective_at: datetime
    recorded_at: datetime


def statement(
    customer_id: UUID,
    before: int | None = None,
    limit: int = 50,
    wallet: str = WALLET,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    *,
    for_customer: bool = False,
) -> list[StatementLine]:
    """The newest movements first, at most `limit`; `before` is the position of the last line that was seen.

    A line "parted" says that the merge with another customer was undone, whose movements stood here before.
    What went only between the accounts of those who are one is not there, nor the debts that it paid, nor that points of one live on.
    With `as_of` only those in effect then, with `known_at` only those recorded then; their balances run over these alone, and over the
    accounts that were one then.
    `for_customer` rules are not called as staff call them.
    """
    tenant_id = tenant_here()
    then = min((at for at in (as_of, known_at) if at is not None), default=None)
    wallets = dict.fromkeys(accounts_joined(customer_id, wallet, then), wallet)
    rows = Movement.objects.filter(tenant_id=tenant_id, account_id__in=list(wallets)).exclude(kind=Movement.Kind.PROLONGED)
    if hidden := within(list(wallets), as_of, known_at):
        rows = rows.exclude(position__in=hidden)
    if before is not None:
        rows = rows.filter(position__lt=before)
    if as_of is not None:
        rows = rows.filter(effective_at__lte=as_of)
    if known_at is not None:
        rows = rows.filter(recorded_at__lte=known_at)
    as_noted = then is None and len(wallets) == 1
    found = list(rows.order_by("-position")[:limit]) if as_noted else _added_up(rows, limit)
    lines = lines_of(found, tenant_id, wallets, for_customer=for_customer)
    return _with_partings(lines, customer_id, before, limit, then) if lines else []


def _added_up(rows: QuerySet[Movement], limit: int) -> list[Movement]:
    """The latest, with balances that run over these movements alone."""
    found = list(rows.annotate(running=Window(Sum("points"), order_by="position")).order_by("-position")[:limit])
    for row in found:
        row.balance = row.running
    return [*found]


def _with_partings(
    lines: list[StatementLine], customer_id: UUID, before: int | None, limit: int, then: datetime | None
) -> list[StatementLine]:
    """With a line for each merge that was undone: since then the movements of others are not there any more."""
    last = lines[-1].position if len(lines) == limit else 0
    for one in partings(customer_id):
        if last < one.position and (before is None or one.position < before) and (then is None or one.parted_at <= then):
            place = next((n for n, line in enumerate(lines) if line.position < one.position), len(lines))
            lines.insert(place, _parted(one, lines[place].balance if place < len(lines) else 0, lines[0].wallet))
    return lines[:limit]


def _parted(one: PartedCard, balance: int, wallet: str) -> StatementLine:
    return StatementLine(
        position=one.position,
        wallet=wallet,
        kind="parted",
        points=0,
        amount=0,
        balance=balance,
        lot_id=None,
        reference_id=None,
        purchase_id=None,
        merchant_id=None,
        document_number="",
        return_id=None,
        reasons=(),
        effective_at=one.parted_at,
        recorded_at=one.parted_at,
    )


def lines_of(rows: Sequence[Movement], tenant_id: int, wallets: Mapping[UUID, str], *, for_customer: bool = False) -> list[StatementLine]:
    """Movements with the documents and rules behind them; `wallets` are those of their accounts."""
    known = Purchase.objects.filter(tenant_id=tenant_id, id__in={row.purchase_id for row in rows})
    documents: dict[UUID | None, tuple[UUID | None, str]] = {
        key: (merchant, number) for key, merchant, number in known.values_list("id", "merchant_id", "document_number")
    }
    counted = wallets_here() if for_customer else None
    units = [counted.unit(wallets[row.account_id]) for row in rows] if counted else []
    explained = reasons([row.contributions for row in rows], units)
    return [
        StatementLine(
            position=row.position,
            wallet=wallets[row.account_id],
            kind=row.kind,
            points=row.points,
            amount=row.amount,
            balance=row.balance,
            lot_id=row.lot_id,
            reference_id=row.reference_id,
            purchase_id=row.purchase_id,
            merchant_id=documents.get(row.purchase_id, (None, ""))[0],
            document_number=documents.get(row.purchase_id, (None, ""))[1],
            return_id=row.return_id,
            reasons=said,
            effective_at=row.effective_at,
            recorded_at=row.recorded_at,
        )
        for row, said in zip(rows, explained, strict=True)
    ]
