"""Rewards and coupons in the administration."""

from rewards.admin import coupons, customers, names, rewards, words

__all__ = ["coupons", "customers", "names", "rewards", "words"]
