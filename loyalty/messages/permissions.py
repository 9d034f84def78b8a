"""What staff may do with messages. Roles hold the right under the name that it was given first."""

from django.utils.translation import gettext_lazy as _

from loyalty.staff.permissions import MARKETER, SUPPORT, permission, permission_group

permission_group("omnichannel", _("Messages"))
SEE_MESSAGES = permission("omnichannel.see_messages", _("See messages to customers"), starter=(MARKETER, SUPPORT))
