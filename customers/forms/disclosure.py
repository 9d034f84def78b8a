"""Handing out everything that is kept of a customer: why, and as what."""

from __future__ import annotations

from urllib.parse import urlencode

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers.permissions import DISCLOSE
from loyalty.staff.forms import PlainForm

REASONS = [("asked", _("The customer asked for it")), ("authority", _("An authority asked for it")), ("check", _("To check what is kept"))]
FORMATS = [("html", _("A page to be printed")), ("json", _("A file for programs (JSON)"))]


class DiscloseForm(PlainForm):
    """Show everything that is kept of a customer. What follows notes who looked, and why."""

    title = _("Everything about them")
    permission = DISCLOSE
    icon = "folder_shared"
    submit = _("Show")
    explanation = _("Everything that is kept of the customer, to be handed to them. Who looks at it, and why, is noted.")
    done = _("This look was noted.")

    reason = forms.ChoiceField(label=_("Reason"), choices=REASONS)
    format = forms.ChoiceField(label=_("As"), choices=FORMATS)

    def save(self) -> None:
        """Nothing is written here: the page that follows notes the look."""

    def next_url(self, result: None) -> str:
        told = {name: self.cleaned_data[name] for name in ("reason", "format")}
        return f"{reverse('admin:customers_customer_disclosure', args=[self.subject.id])}?{urlencode(told)}"
