"""Rewards and coupons in the administration."""

from rewards.admin import customers, names, rewards, words

__all__ = ["customers", "names", "rewards", "words"]
