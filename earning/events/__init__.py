"""What happened in earning: the facts that every other context may follow."""

from earning.domain.lines import Line
from earning.domain.shares import NewLot, Share
from earning.domain.terms import Contribution, RewardDue
from earning.events.accounts import DeedRewarded, PointsClawedBack, PointsEarned, SpendCounted
from earning.events.correcting import (
    AccountBlocked,
    AccountUnblocked,
    CorrectionApproved,
    CorrectionProposed,
    CorrectionRejected,
    PointsCancelled,
    PointsDeducted,
    PointsGranted,
    PointsReceived,
    PointsSent,
    Source,
)
from earning.events.custom_events import (
    CustomEventCounted,
    CustomEventReported,
    CustomEventTypeActivated,
    CustomEventTypeChanged,
    CustomEventTypeCreated,
    CustomEventTypeDeactivated,
)
from earning.events.expiring import DebtPaid, ExpiryAnnounced, PointsActivated, PointsExpired, PointsProlonged
from earning.events.levels import (
    LevelGiven,
    LevelGrantEnded,
    LevelLossAnnounced,
    LevelLost,
    LevelPaid,
    LevelReached,
    LevelSetActivated,
    LevelSetChanged,
    LevelSetCreated,
    LevelSetDeactivated,
    LevelSetPastCounted,
    LevelStepsJoined,
    LossReason,
    PastCounted,
    ProgressCounted,
)
from earning.events.programme import ExchangeRateSet, MatchingOrderSet
from earning.events.purchases import (
    GoodsReturned,
    InstantRewardsLost,
    PurchaseClaimed,
    PurchaseRecorded,
    PurchaseVoided,
    ReturnDocumented,
    ReturnedLine,
)
from earning.events.rules import EarningRuleActivated, EarningRuleChanged, EarningRuleCreated, EarningRuleEndSet, EarningRulePaused
from earning.events.spending import HoldReleased, PointsHeld, PointsRestored, PointsSpent
from earning.events.wallets import WalletConfigured

__all__ = [
    "AccountBlocked", "AccountUnblocked", "Contribution", "CorrectionApproved", "CorrectionProposed", "CorrectionRejected",
    "CustomEventCounted", "CustomEventReported", "CustomEventTypeActivated", "CustomEventTypeChanged", "CustomEventTypeCreated",
    "CustomEventTypeDeactivated", "DebtPaid", "DeedRewarded", "EarningRuleActivated", "EarningRuleChanged", "EarningRuleCreated",
    "EarningRuleEndSet", "EarningRulePaused", "ExchangeRateSet", "ExpiryAnnounced", "GoodsReturned", "HoldReleased",
    "InstantRewardsLost", "LevelGiven", "LevelGrantEnded", "LevelLossAnnounced", "LevelLost", "LevelPaid", "LevelReached",
    "LevelSetActivated", "LevelSetChanged", "LevelSetCreated", "LevelSetDeactivated", "LevelSetPastCounted", "LevelStepsJoined",
    "Line", "LossReason", "MatchingOrderSet", "NewLot", "PastCounted", "PointsActivated", "PointsCancelled", "PointsClawedBack",
    "PointsDeducted", "PointsEarned", "PointsExpired", "PointsGranted", "PointsHeld", "PointsProlonged", "PointsReceived",
    "PointsRestored", "PointsSent", "PointsSpent", "ProgressCounted", "PurchaseClaimed", "PurchaseRecorded", "PurchaseVoided",
    "ReturnDocumented", "ReturnedLine", "RewardDue", "Share", "Source", "SpendCounted", "WalletConfigured",
]  # fmt: skip
