"""Each order to its one decision."""

from earning.handlers import (
    accounts,
    claims,
    corrections,
    custom_events,
    customer_levels,
    levels,
    merging,
    programme,
    receipts,
    rules,
    transfers,
    voids,
    wallets,
)
from earning.handlers.purchases import (
    counted_back,
    decide_purchase,
    decide_return,
    with_levels,
)

__all__ = [
    "accounts",
    "claims",
    "corrections",
    "counted_back",
    "custom_events",
    "customer_levels",
    "decide_purchase",
    "decide_return",
    "levels",
    "merging",
    "programme",
    "receipts",
    "rules",
    "transfers",
    "voids",
    "wallets",
    "with_levels",
]
