"""Read models of earning. Each table is written by one projection, in the transaction of the command."""

from earning.models.accounts import Account, Hold, Lot, Movement, Transfer
from earning.models.carried import CarriedSpend
from earning.models.corrections import Correction
from earning.models.custom_events import CustomEvent, CustomEventType
from earning.models.customer_levels import CustomerLevel, LevelGrant, Progress
from earning.models.levels import Level, LevelSet, LevelSetVersion
from earning.models.limits import Attempts, LimitUse
from earning.models.programme import ExchangeRate, Programme, Reference
from earning.models.purchases import Purchase
from earning.models.rules import Rule, RuleVersion, state_now
from earning.models.wallets import Wallet

__all__ = [
    "Account", "Attempts", "CarriedSpend", "Correction", "CustomEvent", "CustomEventType", "CustomerLevel", "ExchangeRate", "Hold",
    "Level", "LevelGrant", "LevelSet", "LevelSetVersion", "LimitUse", "Lot", "Movement", "Programme", "Progress", "Purchase", "Reference",
    "Rule", "RuleVersion", "Transfer", "Wallet", "state_now",
]  # fmt: skip
