"""Passwords as pages and programs are told them: counted, and committed, before they are compared, and made a hash of outside of any
transaction, since that is slow on purpose.
"""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from customers import queries
from customers.budgets import count_own_password_try, count_password_try
from customers.domain.challenge import ChallengeKind, Lane
from customers.known_devices import is_known
from customers.models import Customer
from customers.passwords import checked, is_right, kept, led_to
from customers.proof import is_proven, proof_needed
from customers.targets import doors_of_id
from loyalty.domain.errors import DomainError, called
from loyalty.tenancy import reading


def password_of(tenant_id: int, target: tuple[ChallengeKind, str], typed: str, asked_from: str, known_device: str) -> str:
    """The hash that is kept of the password that was typed for a phone or email.

    Raises DomainError `customers.password_wrong`, also where there is nobody, or no password; `customers.passwords_closed`; Throttled
    `customers.too_many_passwords`.
    """
    if not doors_of_id(tenant_id).passwords:
        raise DomainError("customers.passwords_closed", field="password")
    kind, value = target
    lane: Lane = "known" if is_known(known_device, kind, value, tenant_id) else "open"
    count_password_try(tenant_id, kind, value, asked_from, lane, timezone.now())
    known = led_to(tenant_id, kind, value)
    if not is_right(typed, known) or known is None:
        raise DomainError("customers.password_wrong", field="password")
    return known


def own_password_of(tenant_id: int, side_id: UUID, customer_id: UUID, typed: str) -> str | None:
    """The hash that is kept of the password that a customer says who is signed in; None when they say none.

    Raises DomainError `customers.password_wrong` with field "old", Throttled `customers.too_many_passwords`.
    """
    if not typed:
        return None
    count_own_password_try(tenant_id, customer_id, timezone.now())
    with reading(tenant_id):
        found = kept(tenant_id, side_id, customer_id)
    if not is_right(typed, found.encoded if found else None) or found is None:
        raise DomainError("customers.password_wrong", field="old")
    return found.encoded


def said_password_of(tenant_id: int, side_id: UUID, customer_id: UUID, typed: str) -> str:
    """The hash that is kept of the password by which a customer shows that it is they who are signed in.

    Raises DomainError `customers.passwords_closed` and `customers.password_wrong` with field "password", Throttled
    `customers.too_many_passwords`.
    """
    if not doors_of_id(tenant_id).passwords:
        raise DomainError("customers.passwords_closed", field="password")
    with called(old="password"):
        known = own_password_of(tenant_id, side_id, customer_id, typed)
    if known is None:
        raise DomainError("customers.password_wrong", field="password")
    return known


def changed_password_of(tenant_id: int, who: tuple[UUID, UUID, UUID], old: str, new: str | None) -> tuple[str | None, str | None]:
    """The hash of a customer's `new` password (None: none from now on), and of the one that they say they have (`old`, "" for none).

    `who` are the side by which they came, who stands for it, and the session. Nothing slow is done for who neither knows it nor has shown
    lately whose session it is.

    Raises as `own_password_of` and `new_password_of` do, and DomainError `customers.proof_needed` with field "old".
    """
    side_id, customer_id, session_id = who
    known = own_password_of(tenant_id, side_id, customer_id, old)
    if known is None and not is_proven(tenant_id, customer_id, session_id):
        raise proof_needed("old")
    return None if new is None else new_password_of(tenant_id, customer_id, new), known


def new_password_of(tenant_id: int, customer_id: UUID, typed: str) -> str:
    """The hash of a customer's new password. Raises DomainError as `customers.passwords.checked` does."""
    with reading(tenant_id):
        card, contacts = queries.customer(customer_id), queries.contacts(customer_id)
    person = Customer(first_name=card.first_name, last_name=card.last_name)
    return checked(typed, person, [(contacts.phone or "").removeprefix("+"), contacts.email or ""])
