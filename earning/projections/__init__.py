"""What earning shows right after a command: purchases, accounts with their statements, rules."""

from earning.projections.accounts import Accounts
from earning.projections.purchases import Purchases
from earning.projections.rules import Rules

__all__ = ["Accounts", "Purchases", "Rules"]
