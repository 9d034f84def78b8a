"""What happened to customers. Everything that tells who a person is, is encrypted with that person's key."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from customers.domain.identifiers import IdentifierKind
from customers.domain.profile import Gender
from loyalty.domain.event import Personal, event


@event("customers.customer_registered", version=1, subject="customer_id")
class CustomerRegistered:
    """A person joined the programme as a customer and got a code.

    `phone` is E.164, `pos_id` the point of sale where they joined, `active` whether they take part at once (staff saw
    them) or are new until they confirm.
    """

    customer_id: UUID
    code: str
    first_name: Personal[str]
    last_name: Personal[str]
    phone: Personal[str | None]
    email: Personal[str | None]
    card: Personal[str | None]
    external_id: Personal[str | None]
    gender: Personal[Gender]
    birth_date: Personal[date | None]
    address: Personal[str | None]
    company: Personal[str | None]
    labels: Personal[dict[str, str] | None]
    language: str
    pos_id: UUID | None
    active: bool
    registered_at: datetime


@event("customers.profile_changed", version=1, subject="customer_id")
class ProfileChanged:
    """What is known of a customer was corrected or completed: the whole of it as it is from now on."""

    customer_id: UUID
    first_name: Personal[str]
    last_name: Personal[str]
    gender: Personal[Gender]
    birth_date: Personal[date | None]
    address: Personal[str | None]
    company: Personal[str | None]
    labels: Personal[dict[str, str] | None]
    language: str
    changed_at: datetime


@event("customers.identifier_changed", version=1, subject="customer_id")
class IdentifierChanged:
    """A customer has another phone, email, card or external id than before; None: they have none any more."""

    customer_id: UUID
    kind: IdentifierKind
    value: Personal[str | None]
    changed_at: datetime


@event("customers.customer_activated", version=1)
class CustomerActivated:
    """A customer may take part: sign in, earn and spend."""

    customer_id: UUID
    activated_at: datetime


@event("customers.customer_deactivated", version=1, subject="customer_id")
class CustomerDeactivated:
    """A customer may no longer sign in, earn or spend, for a reason that staff gave."""

    customer_id: UUID
    reason: Personal[str]
    deactivated_at: datetime
