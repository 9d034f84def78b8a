"""What happened in earning: the facts that every other context may follow."""

from earning.domain.lines import Line
from earning.domain.terms import Contribution
from earning.events.accounts import PointsClawedBack, PointsEarned
from earning.events.purchases import GoodsReturned, PurchaseClaimed, PurchaseRecorded, ReturnDocumented, ReturnedLine
from earning.events.rules import EarningRuleActivated, EarningRuleChanged, EarningRuleCreated, EarningRulePaused

__all__ = [
    "Contribution", "EarningRuleActivated", "EarningRuleChanged", "EarningRuleCreated", "EarningRulePaused", "GoodsReturned", "Line",
    "PointsClawedBack", "PointsEarned", "PurchaseClaimed", "PurchaseRecorded", "ReturnDocumented", "ReturnedLine",
]  # fmt: skip
