"""Each order to its one decision."""

from rewards.handlers import coupons, rewards

__all__ = ["coupons", "rewards"]
