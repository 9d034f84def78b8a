"""What the pages that activate and deactivate share."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from loyalty.admin.forms import CommandForm
from pos.models import Merchant, PointOfSale, Seller


class ActivateForm(CommandForm):
    """What the three pages that activate share."""

    title = _("Activate")
    icon = "check_circle"
    submit = _("Activate")
    done = _("%(subject)s is active.")

    @classmethod
    def offered(cls, subject: Merchant | PointOfSale | Seller) -> bool:
        return not subject.active


class DeactivateForm(CommandForm):
    """What the three pages that deactivate share."""

    title = _("Deactivate")
    icon = "block"
    submit = _("Deactivate")
    dangerous = True
    done = _("%(subject)s is deactivated.")

    @classmethod
    def offered(cls, subject: Merchant | PointOfSale | Seller) -> bool:
        return subject.active
