"""Read models of the customer register, and the guard of what points to a customer."""

from customers.models.register import Barred, Consent, Customer, CustomerToken, Identifier, SavedFilter, Spending
from customers.models.segments import Member, Purchase, Segment

__all__ = ["Barred", "Consent", "Customer", "CustomerToken", "Identifier", "Member", "Purchase", "SavedFilter", "Segment", "Spending"]
