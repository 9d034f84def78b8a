"""Rewards and coupons in the administration."""

from rewards.admin import customers, names, words

__all__ = ["customers", "names", "words"]
