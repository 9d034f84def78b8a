"""What can be asked of earning."""

from earning.commands.purchases import ClaimAnswer, ClaimPurchase, PurchaseAnswer, RecordPurchase, ReturnAnswer, ReturnGoods
from earning.commands.rules import ActivateRule, ChangeRule, CreateRule, PauseRule, RuleAnswer
from earning.domain.lines import ONE, Line, LineKind, Thousandths, quantity_of
from earning.domain.returns import ReturnLine
from earning.domain.terms import Contribution, PointsPerAmount

__all__ = [
    "ONE", "ActivateRule", "ChangeRule", "ClaimAnswer", "ClaimPurchase", "Contribution", "CreateRule", "Line", "LineKind", "PauseRule",
    "PointsPerAmount", "PurchaseAnswer", "RecordPurchase", "ReturnAnswer", "ReturnGoods", "ReturnLine", "RuleAnswer", "Thousandths",
    "quantity_of",
]  # fmt: skip
