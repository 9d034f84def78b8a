"""Read models of the customer register, and the guards of what points to a customer."""

from customers.models.codes import Challenge, CodeBudget
from customers.models.invitations import Invitation, InvitationLink, Invited
from customers.models.register import Barred, Consent, Customer, CustomerToken, Identifier, SavedFilter, Spending
from customers.models.segments import Member, Purchase, Segment

__all__ = [
    "Barred", "Challenge", "CodeBudget", "Consent", "Customer", "CustomerToken", "Identifier", "Invitation",
    "InvitationLink", "Invited", "Member", "Purchase", "SavedFilter", "Segment", "Spending",
]  # fmt: skip
