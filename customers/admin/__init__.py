"""Customers and segments in the administration."""

from customers.admin import customers, segments
from customers.admin.customers import CustomerAdmin

__all__ = ["CustomerAdmin", "customers", "segments"]
