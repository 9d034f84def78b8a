"""What can be asked of earning."""

from earning.commands.accounts import (
    AccountAnswer,
    AdjustPoints,
    ApproveCorrection,
    BlockAccount,
    CancelLot,
    ConfirmHold,
    CountTransferTry,
    ForfeitPoints,
    HoldPoints,
    NoteTime,
    RejectCorrection,
    ReleaseHold,
    ResetPoints,
    RestorePoints,
    SpendPoints,
    TransferAnswer,
    TransferPoints,
    UnblockAccount,
    WaitingAnswer,
)
from earning.commands.custom_events import (
    ActivateCustomEventType,
    ChangeCustomEventType,
    CreateCustomEventType,
    CustomEventAnswer,
    CustomEventTypeAnswer,
    DeactivateCustomEventType,
    EarnedByEvent,
    ReportCustomEvent,
)
from earning.commands.levels import (
    ActivateLevelSet,
    ChangeLevelSet,
    CountPast,
    CountPastOfCustomer,
    CreateLevelSet,
    CustomerLevelAnswer,
    DeactivateLevelSet,
    GiveLevel,
    InstallStarterLevels,
    LevelSetAnswer,
    SettleLevels,
    WithdrawLevel,
)
from earning.commands.merging import JoinAccounts, PartAccounts
from earning.commands.programme import RateAnswer, SetExchangeRate, SetMatchingOrder
from earning.commands.purchases import (
    ClaimAnswer,
    ClaimPurchase,
    ClaimReceipt,
    EarnedInWallet,
    NextInCatalogue,
    PurchaseAnswer,
    ReceiptAnswer,
    RecordPurchase,
    ReturnAnswer,
    ReturnGoods,
    TakenFromWallet,
    VoidPurchase,
)
from earning.commands.rules import ActivateRule, ChangeRule, CreateRule, EndRule, PauseRule, RuleAnswer
from earning.commands.wallets import ConfigureWallet, WalletAnswer
from earning.domain.conditions import Condition
from earning.domain.expiry import Expiry
from earning.domain.limits import Limit, Scarce
from earning.domain.lines import ONE, Line, LineKind, Thousandths, quantity_invalid, quantity_of
from earning.domain.references import Reference, ReferenceKind
from earning.domain.returns import ReturnLine
from earning.domain.rule_texts import RuleText
from earning.domain.schedule import Hours, Window
from earning.domain.scope import Among, RuleScope
from earning.domain.selection import LabelValue, Selection
from earning.domain.terms import (
    Contribution,
    CustomEventPoints,
    InstantReward,
    LabelFactor,
    LevelFactor,
    Multiplier,
    PointsPerAmount,
    ProductPoints,
    RewardDue,
    Terms,
)
from earning.domain.wallets import UnitName, WalletTerms

__all__ = [
    "ONE", "AccountAnswer", "ActivateCustomEventType", "ActivateLevelSet", "ActivateRule", "AdjustPoints", "Among", "ApproveCorrection",
    "BlockAccount", "CancelLot", "ChangeCustomEventType", "ChangeLevelSet", "ChangeRule", "ClaimAnswer", "ClaimPurchase", "ClaimReceipt",
    "Condition", "ConfigureWallet", "ConfirmHold", "Contribution", "CountPast", "CountPastOfCustomer", "CountTransferTry",
    "CreateCustomEventType", "CreateLevelSet", "CreateRule", "CustomEventAnswer", "CustomEventPoints", "CustomEventTypeAnswer",
    "CustomerLevelAnswer", "DeactivateCustomEventType", "DeactivateLevelSet", "EarnedByEvent", "EarnedInWallet", "EndRule", "Expiry",
    "ForfeitPoints", "GiveLevel", "HoldPoints", "Hours", "InstallStarterLevels", "InstantReward", "JoinAccounts", "LabelFactor",
    "LabelValue", "LevelFactor", "LevelSetAnswer", "Limit", "Line", "LineKind", "Multiplier", "NextInCatalogue", "NoteTime",
    "PartAccounts", "PauseRule", "PointsPerAmount", "ProductPoints", "PurchaseAnswer", "RateAnswer", "ReceiptAnswer", "RecordPurchase",
    "Reference", "ReferenceKind", "RejectCorrection", "ReleaseHold", "ReportCustomEvent", "ResetPoints", "RestorePoints", "ReturnAnswer",
    "ReturnGoods", "ReturnLine", "RewardDue", "RuleAnswer", "RuleScope", "RuleText", "Scarce", "Selection", "SetExchangeRate",
    "SetMatchingOrder", "SettleLevels", "SpendPoints", "TakenFromWallet", "Terms", "Thousandths", "TransferAnswer", "TransferPoints",
    "UnblockAccount", "UnitName", "VoidPurchase", "WaitingAnswer", "WalletAnswer", "WalletTerms", "Window", "WithdrawLevel",
    "quantity_invalid", "quantity_of",
]  # fmt: skip
