"""What happened to rewards, coupons and baskets."""

from rewards.events.baskets import BasketConfirmed, BasketHeld, BasketReleased, HeldChoice, HeldPoints
from rewards.events.batches import BatchSource, CodeBatchBegun, CodeBatchExported, CodeBatchFilled, CodeBatchWithdrawn
from rewards.events.coupons import (
    CouponCancelled,
    CouponFreed,
    CouponIssued,
    CouponReduced,
    CouponReserved,
    CouponRestored,
    CouponReturned,
    CouponUsed,
    Way,
)
from rewards.events.gifts import GiftDelivered, GiftOrdered, GiftReaddressed, GiftShipped
from rewards.events.givings import RewardGivenToSegment
from rewards.events.rewards import RewardActivated, RewardChanged, RewardCreated, RewardEndSet, RewardPaused

__all__ = [
    "BasketConfirmed", "BasketHeld", "BasketReleased", "BatchSource", "CodeBatchBegun", "CodeBatchExported", "CodeBatchFilled",
    "CodeBatchWithdrawn", "CouponCancelled", "CouponFreed", "CouponIssued", "CouponReduced", "CouponReserved", "CouponRestored",
    "CouponReturned", "CouponUsed", "GiftDelivered", "GiftOrdered", "GiftReaddressed", "GiftShipped", "HeldChoice", "HeldPoints",
    "RewardActivated", "RewardChanged", "RewardCreated", "RewardEndSet", "RewardGivenToSegment", "RewardPaused", "Way",
]  # fmt: skip
