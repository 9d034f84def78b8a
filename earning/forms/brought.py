"""What a purchase brought, or a return took, in words of all wallets: for the sentence that confirms it."""

from __future__ import annotations

from earning import queries
from earning.commands import ClaimAnswer, PurchaseAnswer, ReturnAnswer
from loyalty.tenancy import reading


def said_brought(result: PurchaseAnswer | ClaimAnswer | ReturnAnswer, tenant_id: int) -> str:
    """“25 points, 3 stars”, where no `reading` is open."""
    with reading(tenant_id):
        return queries.said_brought(result)
