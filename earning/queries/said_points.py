"""What a purchase brings into wallets, in the reader's words."""

from __future__ import annotations

from collections.abc import Iterable

from earning.commands import PurchaseAnswer
from earning.kinds.words import language
from earning.queries.wallets import wallets_here
from earning.streams import WALLET
from earning.units import phrase
from earning.wording import scarce_sentence


def said_points(amounts: Iterable[tuple[str, int]]) -> list[str]:
    """“+3 stars” for each wallet and amount."""
    wallets = wallets_here()
    return [phrase(wallets.unit(code), amount, language(), signed=True) for code, amount in amounts]


def said_of_others(answer: PurchaseAnswer | None) -> list[str]:
    """What a purchase brings into other wallets than `points`."""
    return said_points((one.wallet, one.points) for one in answer.wallets if one.wallet != WALLET) if answer else []


def said_shortages(answer: PurchaseAnswer | None) -> list[str]:
    """Which limits of wallets had not enough room, what was left of them, and what would have been enough."""
    wallets = wallets_here()
    return [scarce_sentence(limit, wallets.unit(one.wallet)) for one in answer.wallets for limit in one.limits] if answer else []
