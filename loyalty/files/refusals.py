"""What is refused of a photo, in words."""

from django.utils.translation import gettext_lazy as _

from loyalty.messages import refusals

refusals.register_all(
    {
        "photo.unknown": _("There is no such photo. Send the photo first, then name it as the answer does."),
        "photo.too_large": _("The photo is too large: at most %(most)s MB are possible."),
        "photo.too_many_pixels": _("The photo has too many pixels: at most %(most)s million are possible. Make it smaller."),
        "photo.unreadable": _("This file is no photo that can be read. Send it as JPEG, PNG or WebP."),
    }
)
