"""Each order to its one decision."""

from rewards.handlers import baskets, batches, claims, coupons, gifts, givings, rewards

__all__ = ["baskets", "batches", "claims", "coupons", "gifts", "givings", "rewards"]
