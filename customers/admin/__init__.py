"""Customers in the administration."""

from customers.admin import customers
from customers.admin.customers import CustomerAdmin

__all__ = ["CustomerAdmin", "customers"]
