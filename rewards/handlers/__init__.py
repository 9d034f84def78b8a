"""Each order to its one decision."""

from rewards.handlers import baskets, coupons, givings, rewards

__all__ = ["baskets", "coupons", "givings", "rewards"]
