"""Customers as messages reach them, and what the register itself tells them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from customers.domain.challenge import ChallengeKind
from customers.queries import cards, contacts, doors, sides
from loyalty.messages.kinds import Recipient, kind, reaches_people

kind("sign_in_code", _("Code to sign in"), secret=True)
kind("till_code", _("Code to join at a till"), secret=True)
kind("phone_code", _("Code for a new phone number"), secret=True)
kind("invitation", _("Invitation of a friend"))
kind("merge_code", _("Code to join two registrations"), secret=True)
kind("proof_code", _("Code to show who is signed in"), secret=True)
kind("account_changed", _("What changed in somebody's account"))
kind("account_erased", _("That an account was erased"), fleeting=True)
kind("erase_code", _("Code to erase one's account"), secret=True)


@reaches_people
def recipients(ids: Sequence[UUID]) -> dict[UUID, Recipient]:
    """Customers by their phone, or else their email, or the other way round, as the programme has settled. Needs an open `reading`."""
    first = doors().messages_by
    return {card.side: Recipient(card.name, card.state != "inactive", _address(card.id, first)) for card in cards(ids)}


def _address(customer_id: UUID, first: ChallengeKind) -> str | None:
    """Their own, or that of somebody who was merged into them."""
    known = [contacts(side) for side in sides(customer_id)]
    told = [(one.email or one.phone) if first == "email" else (one.phone or one.email) for one in known]
    return next(filter(None, told), None)
