"""Customers and segments in the administration."""

from customers.admin import customers, doors, identity, invitations, segments, terms, words
from customers.admin.customers import CustomerAdmin

__all__ = ["CustomerAdmin", "customers", "doors", "identity", "invitations", "segments", "terms", "words"]
