"""What earning shows right after a command: purchases, accounts with their statements, rules, wallets."""

from earning.projections.accounts import Accounts
from earning.projections.carried import CarriedSpends
from earning.projections.corrections import Corrections
from earning.projections.custom_events import CustomEvents, CustomEventTypes
from earning.projections.customer_levels import LevelsOfCustomers
from earning.projections.levels import LevelSets
from earning.projections.programme import Programmes
from earning.projections.purchases import Purchases
from earning.projections.rules import Rules
from earning.projections.wallets import Wallets

__all__ = [
    "Accounts", "CarriedSpends", "Corrections", "CustomEventTypes", "CustomEvents", "LevelSets", "LevelsOfCustomers", "Programmes",
    "Purchases", "Rules", "Wallets",
]  # fmt: skip
