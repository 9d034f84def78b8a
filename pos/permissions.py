"""What staff may do with merchants, points of sale and sellers."""

from django.utils.translation import gettext_lazy as _

from loyalty.staff.permissions import MARKETER, SELLER, SUPPORT, permission, permission_group

permission_group("pos", _("Merchants and points of sale"))
SEE = permission("pos.see", _("See merchants and points of sale"), starter=(MARKETER, SUPPORT, SELLER))
EDIT_MERCHANTS = permission("pos.edit_merchants", _("Add, edit, activate and deactivate merchants"))
EDIT_PLACES = permission("pos.edit_points_of_sale", _("Add, edit, activate and deactivate points of sale"))
SEE_SELLERS = permission("pos.see_sellers", _("See sellers"))
ASSIGN_SELLERS = permission("pos.assign_sellers", _("Assign sellers to points of sale, activate and deactivate them"))
SELL_ANYWHERE = permission("pos.sell_anywhere", _("Use the till of every point of sale"))
