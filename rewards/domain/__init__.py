"""Rewards, coupons and baskets, in plain Python."""
