"""What staff and programs may do with webhooks."""

from django.utils.translation import gettext_lazy as _

from loyalty.staff.permissions import permission, permission_group

permission_group("webhooks", _("Webhooks"))
SEE_WEBHOOKS = permission("webhooks.see", _("See webhook endpoints, and what was told to them"))
EDIT_WEBHOOKS = permission("webhooks.edit", _("Add, change, pause and remove webhook endpoints, exchange their secrets and send again"))
