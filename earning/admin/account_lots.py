"""The lots on the page of an account: of what the balance is made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from earning import queries
from earning.admin import lot_origins, shown, tables
from earning.models import Account, Lot, Purchase
from earning.queries.accounts import lots_left
from earning.queries.pooled import as_they_came


def page(row: Account, before: str | None, limit: int) -> list[Lot]:
    """Lots with something left, the latest first, of those that came in before the one whose id that is (None: of all)."""
    rows, left = lots_left(row.customer_id, row.wallet)
    return as_they_came(tables.with_left(_lots(rows, before)[:limit], left), queries.accounts_joined(row.customer_id, row.wallet))


def table(request: HttpRequest, row: Account, lots: Sequence[Lot], seen: frozenset[UUID] | None) -> shown.Table:
    """The lots with how they came; `seen` are the merchants whose documents may be named (None: all)."""
    documents, origins = _documents(row.tenant_id, lots, seen), lot_origins.told(request, row, lots)
    return tables.lots(lots, row.tenant_id, documents, origins, shown.decimals_of(row))


def _lots(held: QuerySet[Lot], before: str | None) -> QuerySet[Lot]:
    with suppress(ValueError):
        last = before and held.filter(id=UUID(before)).first()
        if last:
            held = held.filter(Q(earned_at__lt=last.earned_at) | Q(earned_at=last.earned_at, id__lt=last.id))
    return held.order_by("-earned_at", "-id")


def _documents(tenant_id: int, lots: Iterable[Lot], seen: frozenset[UUID] | None) -> dict[UUID, str]:
    """Numbers of the documents that brought the lots, of merchants whose purchases may be seen."""
    found = Purchase.objects.filter(tenant_id=tenant_id, id__in=[lot.purchase_id for lot in lots if lot.purchase_id])
    return dict((found if seen is None else found.filter(merchant_id__in=seen)).values_list("id", "document_number"))
