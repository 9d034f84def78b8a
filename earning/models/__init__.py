"""Read models of earning. Each table is written by one projection, in the transaction of the command."""

from earning.models.accounts import Account, Lot, Movement
from earning.models.purchases import Purchase
from earning.models.rules import Rule, RuleVersion

__all__ = ["Account", "Lot", "Movement", "Purchase", "Rule", "RuleVersion"]
