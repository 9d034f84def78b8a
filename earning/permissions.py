"""What staff may do with purchases, points and rules."""

from django.utils.translation import gettext_lazy as _

from loyalty.staff.permissions import MARKETER, SELLER, SUPPORT, permission, permission_group

permission_group("earning", _("Purchases, points and rules"))
SEE_PURCHASES = permission("earning.see_purchases", _("See purchases of the own merchants"), starter=(MARKETER, SUPPORT, SELLER))
SEE_ALL_PURCHASES = permission("earning.see_all_purchases", _("See purchases of all merchants"), starter=(MARKETER, SUPPORT))
RECORD = permission("earning.record_purchase", _("Record purchases at the own points of sale"), starter=(SELLER,))
RETURN = permission("earning.return_goods", _("Take goods back at the own points of sale"), starter=(SELLER,))
CLAIM = permission("earning.claim_purchase", _("Give purchases recorded without a customer to their customers"), starter=(SUPPORT, SELLER))
CLAIM_RECEIPTS = permission("earning.claim_receipts", _("Claim receipts for customers by number, total and date"), starter=(SUPPORT,))
VOID = permission("earning.void_purchase", _("Void own purchases of the same day"), starter=(SELLER,))
RECORD_ANYWHERE = permission("earning.record_anywhere", _("Record purchases and returns at every point of sale"))
DATE_BACK = permission("earning.date_back", _("Record purchases and returns of up to 90 days ago"))
SEE_ACCOUNTS = permission("earning.see_accounts", _("See points accounts and statements"), starter=(MARKETER, SUPPORT, SELLER))
SEE_BOOKS = permission("earning.see_books", _("See the books of points accounts: what each operation moved, adding up to zero"))
SPEND = permission("earning.spend_points", _("Spend, keep aside and give back points of customers without asking them"))
TRANSFER = permission("earning.transfer_points", _("Pass points on from one customer to another"))
ADJUST = permission("earning.adjust_points", _("Correct and cancel points, with a reason"))
APPROVE = permission("earning.approve_corrections", _("Approve or reject corrections of others"))
BLOCK = permission("earning.block_account", _("Block and unblock points accounts"))
SEE_WALLETS = permission("earning.see_wallets", _("See wallets and their terms"), starter=(MARKETER, SUPPORT, SELLER))
EDIT_WALLETS = permission("earning.edit_wallets", _("Set up wallets and change their terms"))
SEE_RULES = permission("earning.see_rules", _("See earning rules"), starter=(MARKETER, SUPPORT, SELLER))
EDIT_RULES = permission("earning.edit_rules", _("Add, edit, activate and pause earning rules"), starter=(MARKETER,))
REPORT_EVENTS = permission("earning.report_events", _("Report custom events of customers"))
SEE_LEVELS = permission("earning.see_levels", _("See levels"), starter=(MARKETER, SUPPORT, SELLER))
EDIT_LEVELS = permission("earning.edit_levels", _("Add, edit, activate and deactivate levels"), starter=(MARKETER,))
GIVE_LEVELS = permission("earning.give_levels", _("Give levels to customers and take them back, with a reason"))
EDIT_PROGRAMME = permission("earning.edit_programme", _("Set how purchases are matched to customers, and exchange rates"))
IMPORT = permission("earning.import_purchases", _("Import purchases from files"))
