"""What happened to customers. Everything that tells who a person is, is encrypted with that person's key."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from customers.domain.challenge import ChallengeKind
from customers.domain.identifiers import IdentifierKind, LinkingKind
from customers.domain.profile import Gender
from customers.domain.purposes import CardState, ConsentPurpose, ConsentSource
from loyalty.domain.event import Personal, event


@event("customers.customer_registered", version=1, subject="customer_id")
class CustomerRegistered:
    """A person joined the programme as a customer and got a code.

    `phone` is E.164, `pos_id` the point of sale where they joined, `active` whether they take part at once (staff saw
    them) or are new until they confirm. `seller_id` is the member of staff who brought them, `referrer_id` the customer who did.
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
    tax_number: Personal[str | None] = None
    seller_id: UUID | None = None
    referrer_id: UUID | None = None


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
    tax_number: Personal[str | None] = None


@event("customers.identifier_changed", version=1, subject="customer_id")
class IdentifierChanged:
    """A customer has another phone, email, card or external id than before; None: they have none any more."""

    customer_id: UUID
    kind: IdentifierKind
    value: Personal[str | None]
    changed_at: datetime


@event("customers.identifier_linked", version=1, subject="customer_id")
class IdentifierLinked:
    """A browser, or an account in a messenger, leads to a customer, as long as it leads to nobody else."""

    customer_id: UUID
    kind: LinkingKind
    value: Personal[str]
    linked_at: datetime


@event("customers.identifier_unlinked", version=1, subject="customer_id")
class IdentifierUnlinked:
    """A browser, or an account in a messenger, leads to a customer no longer."""

    customer_id: UUID
    kind: LinkingKind
    value: Personal[str]
    unlinked_at: datetime


@event("customers.identifier_proven", version=1, subject="customer_id")
class IdentifierProven:
    """A customer said the code that was sent to their phone or email: it is really theirs."""

    customer_id: UUID
    kind: ChallengeKind
    value: Personal[str]
    proven_at: datetime


@event("customers.second_fact_asked", version=1)
class SecondFactAsked:
    """A customer who showed a phone for the first time brings so many points that they are asked who they are before they spend."""

    customer_id: UUID
    asked_at: datetime


@event("customers.second_fact_said", version=1)
class SecondFactSaid:
    """It is certain who a customer is: they said their birth date or card number (fact), or staff saw them (staff). They may spend."""

    customer_id: UUID
    way: Literal["fact", "staff"]
    said_at: datetime


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


@event("customers.card_state_changed", version=1)
class CardStateChanged:
    """The loyalty card of a customer is on its way to them (sent), or in their hands (held)."""

    customer_id: UUID
    state: CardState
    changed_at: datetime


@event("customers.consent_given", version=1)
class ConsentGiven:
    """A customer agreed to a purpose; `text_version` says to which wording, `source` where they said so."""

    customer_id: UUID
    purpose: ConsentPurpose
    text_version: str
    source: ConsentSource
    agreed_at: datetime


@event("customers.consent_withdrawn", version=1)
class ConsentWithdrawn:
    """A customer agrees to a purpose no longer."""

    customer_id: UUID
    purpose: ConsentPurpose
    source: ConsentSource
    withdrawn_at: datetime


@event("customers.doors_changed", version=1)
class DoorsChanged:
    """It was settled by which doors customers come in, and when they are asked for more than a code.

    Codes go to phones of `countries`. Who did nothing for `dormant_months` (0: for ever) is asked at the door, who brings more than
    `fact_above` points (None: as many as there are) by a phone never proven, before they spend. Messages go to `messages_by` first.
    `passwords`: who wants to has a password beside.
    """

    doors_id: UUID
    doors: tuple[Literal["phone", "email", "invitation"], ...]
    countries: tuple[str, ...]
    dormant_months: int
    fact_above: int | None
    messages_by: ChallengeKind
    passwords: bool = False
    changed_at: datetime


@event("customers.customer_merged", version=1, subject="customer_id")
class CustomerMerged:
    """A customer turned out to be the same person as one who joined before, `survivor_id`: whatever leads to them leads there from now on.

    `reason` is what staff said of it ("": the person proved both phones). With it the survivor came to agree to some purposes
    (`agreed`), or no longer does (`withdrew`: the more careful word counts), got `labels`, and came into `segments`.
    """

    customer_id: UUID
    survivor_id: UUID
    reason: Personal[str]
    agreed: tuple[ConsentPurpose, ...] = ()
    withdrew: tuple[ConsentPurpose, ...] = ()
    labels: Personal[dict[str, str] | None] = None
    segments: tuple[UUID, ...] = ()
    merged_at: datetime


@event("customers.customer_unmerged", version=1, subject="customer_id")
class CustomerUnmerged:
    """A customer turned out to be somebody else than `survivor_id`, for a reason that staff gave: both are themselves again."""

    customer_id: UUID
    survivor_id: UUID
    reason: Personal[str]
    unmerged_at: datetime


EraseReason = Literal["", "asked", "own", "mistake", "duty"]
"""asked: they asked staff for it. own: they did it themselves. mistake: they were registered by mistake. duty: their time was over."""


@event("customers.customer_erased", version=1)
class CustomerErased:
    """A customer is forgotten: nobody can tell any more who it was, and they take part no longer. `reason` says why, where it was asked."""

    customer_id: UUID
    erased_at: datetime
    reason: EraseReason = ""
