"""Customers as messages reach them, and what the register itself tells them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from customers.queries import cards, contacts
from loyalty.messages.kinds import Recipient, kind, reaches_people

kind("sign_in_code", _("Code to sign in"), secret=True)
kind("phone_code", _("Code for a new phone number"), secret=True)
kind("invitation", _("Invitation of a friend"))


@reaches_people
def recipients(ids: Sequence[UUID]) -> dict[UUID, Recipient]:
    """Customers by their phone, or else their email. Needs an open `reading`."""
    return {card.id: Recipient(card.name, card.state != "inactive", _address(card.id)) for card in cards(ids)}


def _address(customer_id: UUID) -> str | None:
    known = contacts(customer_id)
    return known.phone or known.email
