"""Purchases, points accounts, earning rules and levels in the administration."""

from earning.admin import accounts, codes, imports, levels, names, purchases, rule_codes, rules

__all__ = ["accounts", "codes", "imports", "levels", "names", "purchases", "rule_codes", "rules"]
