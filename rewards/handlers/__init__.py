"""Each order to its one decision."""

from rewards.handlers import baskets, batches, coupons, givings, rewards

__all__ = ["baskets", "batches", "coupons", "givings", "rewards"]
