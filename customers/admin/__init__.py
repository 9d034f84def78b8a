"""Customers and segments in the administration."""

from customers.admin import customers, identity, invitations, segments, words
from customers.admin.customers import CustomerAdmin

__all__ = ["CustomerAdmin", "customers", "identity", "invitations", "segments", "words"]
