"""Purchases, points accounts and earning rules in the administration."""

from earning.admin import accounts, imports, purchases, rules

__all__ = ["accounts", "imports", "purchases", "rules"]
