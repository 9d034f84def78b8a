"""What whoever has an account is told when something of it changed by which it could be lost: so they can still go to a shop.

It goes to where they were reached before the change, whoever made it, and beside all budgets of codes: what strangers use up keeps
nobody from hearing that their phone was changed. It says what changed, and nothing of the person.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from customers.domain.challenge import KINDS, ChallengeKind
from customers.domain.customer import Customer
from customers.queries import contacts
from loyalty.bus import Unit
from loyalty.domain.identity import derived_id
from loyalty.messages.outbox import write_to
from loyalty.tenancy.middleware import tenant_of_id

Alert = Literal["phone", "email", "password", "no_password", "device", "merged", "erased"]
Address = tuple[ChallengeKind, str]
USEFUL_FOR = timedelta(days=1)
SAID: Mapping[Alert, Any] = {
    "phone": _("%(programme)s: your account has another phone number now. This one leads to it no longer. Not you? Ask in a shop at once."),
    "email": _("%(programme)s: the email address of your account was changed. Not you? Ask in a shop at once."),
    "password": _(
        "%(programme)s: a new password was set for your account, and all other devices are signed out. Not you? "
        "Set another one by a code, or ask in a shop."
    ),
    "no_password": _("%(programme)s: your account has no password any more, and all other devices are signed out. Not you? Ask in a shop."),
    "device": _(
        "%(programme)s: somebody signed in to your account by its password on another device. Not you? Set another password at once."
    ),
    "merged": _("%(programme)s: two accounts were joined, and yours is one of them. Not you? A shop can undo it."),
    "erased": _("%(programme)s: your account was erased, as was asked for. It cannot be brought back. Not you? Tell a shop."),
}
KIND: Mapping[Alert, str] = {"erased": "account_erased"}
"""All others are "account_changed"."""


def tell(unit: Unit, alert: Alert, customer_id: UUID, language: str, addresses: Iterable[Address]) -> None:
    """Write it to each of a customer's addresses, in the transaction of what changed; `language` "" is the programme's."""
    programme = tenant_of_id(unit.tenant_id)
    spoken = language or programme.default_language
    with translation.override(spoken):
        text = str(SAID[alert]) % {"programme": programme.name}
    for n, address in enumerate(dict.fromkeys(addresses)):
        message_id = derived_id("customers.alert", unit.circumstances.command_id, alert, customer_id, n)
        write_to(unit, message_id, address, KIND.get(alert, "account_changed"), spoken, text, unit.now + USEFUL_FOR)


def proven_of(customer: Customer) -> list[Address]:
    """The phone that a customer has shown to be theirs, or else the email; none where nobody has: it may be a slip of who typed it."""
    held = [(kind, customer.identifiers.get(kind)) for kind in KINDS]
    return [(kind, value) for kind, value in held if value is not None and (kind, value) in customer.proven][:1]


def reached(sides: Collection[UUID]) -> list[Address]:
    """Where customers who are one are reached: by the phone of each, or else the email."""
    found: list[Address] = []
    for known in map(contacts, sides):
        if known.phone:
            found.append(("phone", known.phone))
        elif known.email:
            found.append(("email", known.email))
    return found


def tell_of_contacts(unit: Unit, before: Customer, held: Mapping[Any, str], identifiers: Mapping[Any, str]) -> None:
    """Tell a customer `before` their phone or email goes: what they `held` becomes `identifiers`. Once, of the phone first."""
    gone = next((kind for kind in KINDS if kind in held and identifiers.get(kind) != held[kind]), None)
    if gone is not None:
        tell(unit, gone, before.id, before.profile.language, proven_of(before))
