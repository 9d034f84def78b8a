"""The form that undoes a purchase which should not have been recorded."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from earning import queries
from earning.commands import ReturnAnswer, VoidPurchase
from earning.forms.accounts import reason_field
from earning.forms.brought import said_brought
from earning.models import Purchase
from earning.permissions import VOID
from loyalty.admin.forms import CommandForm
from loyalty.domain.period import business_day
from loyalty.tenancy.middleware import tenant_of_id


class VoidForm(CommandForm):
    """Undo a purchase on its day: only who recorded it can."""

    title = _("Void")
    icon = "cancel"
    permission = VOID
    submit = _("Void the purchase")
    dangerous = True
    explanation = _("The whole purchase is undone with its points, because it should not have been recorded.")

    reason = reason_field()

    @classmethod
    def offered(cls, subject: Purchase) -> bool:
        zone = tenant_of_id(subject.tenant_id).zone
        today = business_day(subject.purchased_at, zone) == business_day(timezone.now(), zone)
        return today and subject.state == Purchase.State.RECORDED

    def command(self) -> VoidPurchase:
        return queries.voiding(self.subject.id, self.cleaned_data["reason"])

    def confirm(self, result: ReturnAnswer) -> str:
        return gettext("%(document)s is voided; %(points)s were taken back.") % {
            "document": self.subject.document_number,
            "points": said_brought(result, self.tenant.id),
        }
