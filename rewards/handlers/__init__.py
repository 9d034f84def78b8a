"""Each order to its one decision."""

from rewards.handlers import baskets, coupons, rewards

__all__ = ["baskets", "coupons", "rewards"]
