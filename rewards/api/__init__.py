"""Rewards and coupons over HTTP."""
