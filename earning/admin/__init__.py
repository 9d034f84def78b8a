"""Purchases, points accounts, wallets and earning rules in the administration."""

from earning.admin import (
    accounts,
    codes,
    corrections,
    custom_events,
    customers,
    exchange_rates,
    imports,
    ledger_words,
    level_codes,
    levels,
    names,
    purchases,
    rule_codes,
    rules,
    transfers,
    wallets,
)

__all__ = [
    "accounts",
    "codes",
    "corrections",
    "custom_events",
    "customers",
    "exchange_rates",
    "imports",
    "ledger_words",
    "level_codes",
    "levels",
    "names",
    "purchases",
    "rule_codes",
    "rules",
    "transfers",
    "wallets",
]
