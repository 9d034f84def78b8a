"""What a purchase brought, or a return took, in words of all wallets: for the sentence that confirms it."""

from __future__ import annotations

from earning import queries
from earning.commands import ClaimAnswer, PurchaseAnswer, ReturnAnswer
from earning.kinds.words import amount_of, language
from earning.streams import WALLET
from loyalty.house import formats
from loyalty.tenancy import reading


def said_brought(result: PurchaseAnswer | ClaimAnswer | ReturnAnswer, tenant_id: int) -> str:
    """“25 points, 3 stars”; other wallets than `points` only where something came or went."""
    others = [one for one in result.wallets if one.wallet != WALLET and one.points]
    if not others:
        return formats.points_phrase(result.points, language())
    with reading(tenant_id):
        wallets = queries.wallets_here()
    amounts = {WALLET: result.points} | {one.wallet: one.points for one in others}
    return ", ".join(amount_of(wallets.unit(code), points) for code, points in amounts.items())
