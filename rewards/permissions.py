"""What staff may do with rewards and coupons."""

from django.utils.translation import gettext_lazy as _

from loyalty.staff.permissions import MARKETER, SELLER, SUPPORT, permission, permission_group

permission_group("rewards", _("Rewards and coupons"))
SEE_REWARDS = permission("rewards.see_rewards", _("See rewards"), starter=(MARKETER, SUPPORT, SELLER))
SEE_RESULTS = permission("rewards.see_results", _("See what rewards brought, and the revenue beside it"), starter=(MARKETER,))
EDIT_REWARDS = permission("rewards.edit_rewards", _("Add, edit, activate, pause and end rewards"), starter=(MARKETER,))
SEE_COUPONS = permission("rewards.see_coupons", _("See coupons of customers"), starter=(MARKETER, SUPPORT, SELLER))
REDEEM = permission("rewards.redeem_rewards", _("Redeem points for rewards by the code that a customer shows"), starter=(SUPPORT, SELLER))
REDEEM_UNASKED = permission("rewards.redeem_unasked", _("Redeem points for rewards without a code of the customer"))
GIVE = permission("rewards.give_rewards", _("Give rewards to customers without points"), starter=(MARKETER, SUPPORT))
USE = permission("rewards.use_coupons", _("Take coupons of customers"), starter=(SUPPORT, SELLER))
ANYWHERE = permission("rewards.redeem_anywhere", _("Take coupons and redeem points at every point of sale"), starter=(SUPPORT,))
SEND = permission("rewards.send_gifts", _("See where gifts are sent, and say that they are shipped and delivered"), starter=(SUPPORT,))
EXPORT_CODES = permission("rewards.export_codes", _("Export the codes of a batch, once"))
CORRECT = permission("rewards.correct_coupons", _("Mark coupons unused and cancel them, with a reason"), starter=(SUPPORT,))
