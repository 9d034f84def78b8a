"""What can be asked of rewards and coupons, and in which words."""

from rewards.commands.coupons import CancelCoupon, CouponAnswer, GiveReward, MarkUnused, RedeemReward, UseCoupon
from rewards.commands.rewards import ActivateReward, ChangeReward, CloneReward, CreateReward, EndReward, PauseReward, RewardAnswer
from rewards.domain.kinds import (
    BenefitOfKind,
    Cashback,
    Custom,
    DiscountAmount,
    DiscountPercent,
    EventAccess,
    FreeDelivery,
    FreeProduct,
    LuckyDraw,
    MaterialGift,
    Prize,
    ValueCode,
)
from rewards.domain.terms import CustomerLimit, EarlyAccess, PriceForSome, RewardContent, RewardPrice, RewardTerms, RewardText
from rewards.domain.windows import RewardWindow

__all__ = [
    "ActivateReward", "BenefitOfKind", "CancelCoupon", "Cashback", "ChangeReward", "CloneReward", "CouponAnswer", "CreateReward", "Custom",
    "CustomerLimit", "DiscountAmount", "DiscountPercent", "EarlyAccess", "EndReward", "EventAccess", "FreeDelivery", "FreeProduct",
    "GiveReward", "LuckyDraw", "MarkUnused", "MaterialGift", "PauseReward", "PriceForSome", "Prize", "RedeemReward", "RewardAnswer",
    "RewardContent", "RewardPrice", "RewardTerms", "RewardText", "RewardWindow", "UseCoupon", "ValueCode",
]  # fmt: skip
