"""Customers and segments in the administration."""

from customers.admin import customers, identity, segments, words
from customers.admin.customers import CustomerAdmin

__all__ = ["CustomerAdmin", "customers", "identity", "segments", "words"]
