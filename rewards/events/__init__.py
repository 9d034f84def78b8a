"""What happened to rewards and coupons."""

from rewards.events.coupons import CouponCancelled, CouponIssued, CouponRestored, CouponUsed, Way
from rewards.events.rewards import RewardActivated, RewardChanged, RewardCreated, RewardEndSet, RewardPaused

__all__ = [
    "CouponCancelled", "CouponIssued", "CouponRestored", "CouponUsed", "RewardActivated", "RewardChanged", "RewardCreated", "RewardEndSet",
    "RewardPaused", "Way",
]  # fmt: skip
