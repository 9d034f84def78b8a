"""What can be asked of rewards and coupons, and in which words."""

from rewards.commands.baskets import BasketAnswer, Choice, ConfirmBasket, HoldBasket, ReleaseBasket
from rewards.commands.batches import AddSharedCode, BatchAnswer, BeginUploaded, ExportBatch, FillBatch, MakeCodes, WithdrawBatch
from rewards.commands.coupons import CancelCoupon, ClaimCode, CouponAnswer, GiveReward, MarkUnused, RedeemReward, ReturnCoupon, UseCoupon
from rewards.commands.gifts import AddressGift, DeliverGift, ShipGift
from rewards.commands.givings import GiveToSegment, GivingAnswer
from rewards.commands.rewards import ActivateReward, ChangeReward, CloneReward, CreateReward, EndReward, PauseReward, RewardAnswer
from rewards.domain.gift import GiftAddress
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
from rewards.domain.totals import BasketLine, Totals
from rewards.domain.windows import RewardWindow

__all__ = [
    "ActivateReward", "AddSharedCode", "AddressGift", "BasketAnswer", "BasketLine", "BatchAnswer", "BeginUploaded",
    "BenefitOfKind", "CancelCoupon", "Cashback", "ChangeReward", "Choice", "ClaimCode", "CloneReward", "ConfirmBasket",
    "CouponAnswer", "CreateReward", "Custom", "CustomerLimit", "DeliverGift", "DiscountAmount", "DiscountPercent", "EarlyAccess",
    "EndReward", "EventAccess", "ExportBatch", "FillBatch", "FreeDelivery", "FreeProduct", "GiftAddress", "GiveReward",
    "GiveToSegment", "GivingAnswer", "HoldBasket", "LuckyDraw", "MakeCodes", "MarkUnused", "MaterialGift", "PauseReward",
    "PriceForSome", "Prize", "RedeemReward", "ReleaseBasket", "ReturnCoupon", "RewardAnswer", "RewardContent", "RewardPrice",
    "RewardTerms", "RewardText", "RewardWindow", "ShipGift", "Totals", "UseCoupon", "ValueCode", "WithdrawBatch",
]  # fmt: skip
