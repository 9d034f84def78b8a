"""Purchases, points accounts and earning rules in the administration."""

from earning.admin import accounts, codes, imports, names, purchases, rule_codes, rules

__all__ = ["accounts", "codes", "imports", "names", "purchases", "rule_codes", "rules"]
