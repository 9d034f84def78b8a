"""What a customer agrees to, and where their card is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers import queries
from customers.commands import ChangeCardState, ChangeConsents
from customers.domain.consents import LONGEST_VERSION
from customers.domain.purposes import PURPOSES
from customers.models import Consent, Customer
from customers.permissions import EDIT
from loyalty.admin.forms import CommandForm


def consents_field(**how: Any) -> forms.MultipleChoiceField:
    """The purposes, to be ticked."""
    return forms.MultipleChoiceField(
        label=_("Agrees to"), choices=Consent.Purpose.choices, widget=forms.CheckboxSelectMultiple, required=False, **how
    )


def text_version_field() -> forms.CharField:
    """Which wording."""
    said = _("Which wording they agreed to, such as 2026-01. It can be shown later that they did.")
    return forms.CharField(label=_("Version of the text"), max_length=LONGEST_VERSION, required=False, help_text=said)


def source_field() -> forms.ChoiceField:
    """Where they said so."""
    return forms.ChoiceField(label=_("Where they said so"), choices=Consent.Source.choices, initial=Consent.Source.STAFF, required=False)


class ConsentsForm(CommandForm):
    """Note what a customer agrees to."""

    title = _("Consents")
    permission = EDIT
    icon = "fact_check"
    explanation = _("What was not ticked before counts as a new consent with the version of the text below; nothing else changes.")
    done = _("The consents of %(subject)s are saved.")

    consents = consents_field()
    text_version = text_version_field()
    source = source_field()

    def initial_values(self) -> dict[str, Any]:
        known = queries.consents(self.subject.id)
        latest = max(known, key=lambda one: one.changed_at, default=None)
        return {"consents": [one.purpose for one in known if one.given], "text_version": latest.text_version if latest else ""}

    def command(self) -> ChangeConsents:
        told = self.cleaned_data
        before = {one.purpose for one in queries.consents(self.subject.id) if one.given}
        wanted = {purpose: purpose in told["consents"] for purpose in PURPOSES if (purpose in told["consents"]) != (purpose in before)}
        return ChangeConsents(
            customer_id=self.subject.id, consents=wanted, text_version=told["text_version"], source=told["source"] or "staff"
        )


class CardStateForm(CommandForm):
    """Note that a card was sent, or has arrived."""

    title = _("Card")
    permission = EDIT
    icon = "credit_card"
    done = _("The card of %(subject)s is noted.")

    state = forms.ChoiceField(
        label=_("Where the card is"),
        choices=[choice for choice in Customer.CardState.choices if choice[0] != Customer.CardState.NONE],
    )

    @classmethod
    def offered(cls, subject: Customer) -> bool:
        return subject.card_state != Customer.CardState.NONE

    def initial_values(self) -> dict[str, Any]:
        return {"state": self.subject.card_state}

    def command(self) -> ChangeCardState:
        return ChangeCardState(customer_id=self.subject.id, state=self.cleaned_data["state"])
