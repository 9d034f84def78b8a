"""Erasing a customer: why, what goes, and that it is meant."""

from __future__ import annotations

from django import forms
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from customers.commands import EraseCustomer
from customers.permissions import ERASE
from loyalty.admin.forms import CommandForm
from loyalty.erasure import losses

REASONS = [
    ("asked", _("They asked for it")),
    ("mistake", _("They were registered by mistake")),
    ("duty", _("They were not seen for so long that nothing may be kept")),
]


class EraseForm(CommandForm):
    """Erase a customer; the code that is typed is the second word of whoever does it."""

    title = _("Erase")
    permission = ERASE
    icon = "person_off"
    submit = _("Erase for good")
    dangerous = True
    template = "customers/admin/erase.html"
    explanation = _(
        "Nobody will be able to tell any more who this was, and nothing brings it back. Purchases stay in the books without a name."
    )
    done = _("The customer %(code)s is erased.")

    reason = forms.ChoiceField(label=_("Reason"), choices=[("", "—"), *REASONS])
    code = forms.CharField(label=_("Customer code"), max_length=20, help_text=_("Type the code of the customer, to confirm it once more."))

    @cached_property
    def losses(self) -> list[str]:
        """What goes, line by line. Runs in the tenant's transaction."""
        return losses(self.subject.id)

    def command(self) -> EraseCustomer:
        told = self.cleaned_data
        return EraseCustomer(customer_id=self.subject.id, reason=told["reason"], code=told["code"])

    def next_url(self, result: None) -> str:
        return reverse("admin:customers_customer_changelist")
