"""What staff and programs may do with photos."""

from django.utils.translation import gettext_lazy as _

from loyalty.staff.permissions import MARKETER, permission, permission_group

permission_group("files", _("Photos"))
ADD_PHOTOS = permission("files.add_photos", _("Send photos"), starter=(MARKETER,))
