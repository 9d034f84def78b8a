"""Read models of the customer register, and the guards of what points to a customer."""

from customers.models.codes import Challenge, CodeBudget, MemberCodeRead
from customers.models.doors import Doors
from customers.models.forgetting import WordsLeft
from customers.models.invitations import Invitation, InvitationLink, Invited
from customers.models.merging import Absorbed, Parted
from customers.models.passwords import Password
from customers.models.register import Avatar, Barred, Consent, Customer, CustomerToken, Identifier, SavedFilter, Spending
from customers.models.segments import CustomEvent, Member, Purchase, Segment
from customers.models.terms import Terms

__all__ = [
    "Absorbed", "Avatar", "Barred", "Challenge", "CodeBudget", "Consent", "CustomEvent", "Customer", "CustomerToken", "Doors", "Identifier",
    "Invitation", "InvitationLink", "Invited", "Member", "MemberCodeRead", "Parted", "Password", "Purchase", "SavedFilter", "Segment",
    "Spending", "Terms", "WordsLeft",
]  # fmt: skip
