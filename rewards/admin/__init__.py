"""Rewards and coupons in the administration."""

from rewards.admin import batches, coupons, customers, names, rewards, words

__all__ = ["batches", "coupons", "customers", "names", "rewards", "words"]
