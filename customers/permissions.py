"""What staff may do with customers."""

from django.utils.translation import gettext_lazy as _

from loyalty.staff.permissions import MARKETER, SELLER, SUPPORT, permission, permission_group

permission_group("customers", _("Customers"))
SEE = permission("customers.see", _("See customers"), starter=(MARKETER, SUPPORT, SELLER))
SEE_CONTACTS = permission(
    "customers.see_contacts", _("See whole phone numbers, emails, cards, addresses and companies of customers"), starter=(SUPPORT,)
)
REGISTER = permission("customers.register", _("Register customers"), starter=(SUPPORT, SELLER))
EDIT = permission("customers.edit", _("Edit customers"), starter=(SUPPORT,))
ACTIVATE = permission("customers.activate", _("Activate and deactivate customers"))
CONFIRM = permission("customers.confirm", _("Confirm who a customer is, so that they may spend"), starter=(SUPPORT, SELLER))
ERASE = permission("customers.erase", _("Erase customers for good"))
MERGE = permission("customers.merge", _("Merge two customers who are one person"), starter=(SUPPORT,))
UNMERGE = permission("customers.unmerge", _("Undo that customers were merged"), starter=(SUPPORT,))
DISCLOSE = permission("customers.disclose", _("See, and hand out, everything that is kept of a customer"))
IMPORT = permission("customers.import", _("Import customers from files"))
ISSUE_TOKENS = permission("customers.issue_tokens", _("Issue tokens with which customers see what is their own (programs only)"))
SEE_SEGMENTS = permission("customers.see_segments", _("See segments and who is in them"), starter=(MARKETER, SUPPORT))
EDIT_SEGMENTS = permission("customers.edit_segments", _("Make segments, and put customers in and out"), starter=(MARKETER,))
SEE_INVITATIONS = permission(
    "customers.see_invitations", _("See who brought whom, and invitations of friends"), starter=(MARKETER, SUPPORT)
)
WITHDRAW_INVITATIONS = permission("customers.withdraw_invitations", _("Withdraw invitations of friends"), starter=(SUPPORT,))
SEE_DOORS = permission("customers.see_doors", _("See how customers sign in"))
CHANGE_DOORS = permission("customers.change_doors", _("Settle how customers sign in"))
PUBLISH_TERMS = permission("customers.publish_terms", _("Publish the terms that customers agree to"))

CONTACTS = ("phone", "email", "card", "external_id", "address", "company", "tax_number")
"""What nobody sees or changes without SEE_CONTACTS."""
