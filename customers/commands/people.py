"""What can be asked about a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from customers.domain.identifiers import LinkingKind, SharedKind
from customers.domain.profile import UNCHANGED, Gender, Unchanged
from customers.domain.purposes import CardState, ConsentPurpose, ConsentSource
from customers.events import EraseReason
from loyalty.domain.command import Command, command


@dataclass(frozen=True, slots=True)
class Registered:
    """Who was registered: the id for programs, the code for people."""

    customer_id: UUID
    code: str


@command
class RegisterCustomer(Command[Registered]):
    """Let a person join the programme.

    `phone` is E.164 (`customers.phones.phone` reads what people type), `gender` "male", "female" or "undisclosed",
    `language` "vi", "en", "pl" or "" for the tenant's. `pos_id` is where they joined, `active` False leaves them new
    until they confirm. `customer_id` is given by imports that must find the same customer again. `seller_id` is the member of staff
    who brought them, `referrer_id` the customer who did, `invitation` the code of the link by which they came. They agree to `consents`
    with the text `consent_text` at `consent_source`.

    Refused with the field at fault: `customers.phone_taken`, `email_taken`, `card_taken`, `external_id_taken` when
    another customer has it; `customers.nothing_known` without any name or identifier; `customers.registered_before`
    for a `customer_id` that exists; `customers.referrer_unknown`; what `customers.domain` refuses for each field, and for consents.
    """

    first_name: str = ""
    last_name: str = ""
    phone: str | None = None
    email: str | None = None
    card: str | None = None
    external_id: str | None = None
    gender: Gender = "undisclosed"
    birth_date: date | None = None
    address: str = ""
    company: str = ""
    tax_number: str = ""
    language: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    pos_id: UUID | None = None
    active: bool = True
    customer_id: UUID | None = None
    seller_id: UUID | None = None
    referrer_id: UUID | None = None
    invitation: str = ""
    consents: tuple[ConsentPurpose, ...] = ()
    consent_text: str = ""
    consent_source: ConsentSource = "staff"


@command
class EditCustomer(Command[None]):
    """Correct or complete what is known of a customer; fields left UNCHANGED stay. None or "" empties a field.

    Refused as `RegisterCustomer` is, and with NotFound `customers.not_found`.
    """

    customer_id: UUID
    first_name: str | Unchanged = UNCHANGED
    last_name: str | Unchanged = UNCHANGED
    phone: str | Unchanged | None = UNCHANGED
    email: str | Unchanged | None = UNCHANGED
    card: str | Unchanged | None = UNCHANGED
    external_id: str | Unchanged | None = UNCHANGED
    gender: Gender | Unchanged = UNCHANGED
    birth_date: date | Unchanged | None = UNCHANGED
    address: str | Unchanged = UNCHANGED
    company: str | Unchanged = UNCHANGED
    tax_number: str | Unchanged = UNCHANGED
    language: str | Unchanged = UNCHANGED
    labels: Mapping[str, str] | Unchanged = UNCHANGED


@command
class CompleteCustomer(Command[bool]):
    """Add what nobody knew of a customer, by field of `EditCustomer` in its normal form; what is told already changes nothing. Answers
    whether anything was new.

    Refused with `imports.customer_differs` naming a field of which something else is known, `customers.was_erased` by a file for what
    pointed to somebody who was erased, and as `EditCustomer` is.
    """

    customer_id: UUID
    told: Mapping[str, Any] = field(repr=False)


@command
class LinkIdentifier(Command[None]):
    """Let a browser, or an account that a page of a messenger knows, lead to a customer. Harmless when it does.

    As long as it leads to another customer too, it leads to nobody. Refused with `customers.identifier_shared` for a device that many
    people use, `customers.link_missing`, `customers.too_many_links`, and NotFound `customers.not_found`.
    """

    customer_id: UUID
    kind: LinkingKind | SharedKind
    value: str


@command
class UnlinkIdentifier(Command[None]):
    """Let it lead to the customer no longer. Refused with NotFound `customers.link_unknown`, and as `LinkIdentifier` is."""

    customer_id: UUID
    kind: LinkingKind | SharedKind
    value: str


@command
class ChangeCardState(Command[None]):
    """Note that the card of a customer is "sent" to them, or "held" by them; a card that is registered is held.

    Refused with NotFound `customers.not_found`, and `customers.no_card`, `customers.has_card` when the state does not fit.
    """

    customer_id: UUID
    state: CardState


@command
class ChangeConsents(Command[None]):
    """Note what a customer agrees to (True) or agrees to no longer (False); purposes that are not named stay as they are.

    `text_version` says which wording they saw, `source` where they said so. Refused with NotFound `customers.not_found`,
    `customers.terms_needed` when the terms are withdrawn, `customers.text_version_missing` for a new consent without a text.
    """

    customer_id: UUID
    consents: Mapping[ConsentPurpose, bool]
    text_version: str = ""
    source: ConsentSource = "staff"


@command
class ActivateCustomer(Command[None]):
    """Let a customer take part (again). Harmless when they do. Refused with NotFound `customers.not_found`."""

    customer_id: UUID


@command
class DeactivateCustomer(Command[None]):
    """Let a customer neither sign in nor earn nor spend. Refused without a reason, and with NotFound `customers.not_found`."""

    customer_id: UUID
    reason: str


@command
class EraseCustomer(Command[None]):
    """Forget who a customer is, for good: what events hold of the person cannot be read any more, and they are in no segment.

    `reason` is why: "asked", "own" (they did it themselves), "mistake" or "duty". `code` is the customer's as somebody typed it to
    confirm; None where nobody is asked. What points to them is barred from files of customers.
    Refused with NotFound `customers.not_found`, also for who was erased before, and `customers.confirmed_another` for another code.
    """

    customer_id: UUID
    reason: EraseReason = ""
    code: str | None = None


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A customer's token as it is kept: until when it opens anything."""

    token_id: UUID
    expires_at: datetime


@command
class IssueCustomerToken(Command[IssuedToken]):
    """Let who holds the token behind `hash` (SHA-256) act as the customer for so many minutes.

    Refused with NotFound `customers.not_found`, and `customers.not_active` for who does not take part.
    """

    customer_id: UUID
    hash: bytes
    minutes: int


@command
class RevokeCustomerToken(Command[None]):
    """End a token of a customer. Refused with NotFound `customers.token_unknown`, also for one that was revoked before."""

    customer_id: UUID
    token_id: UUID
