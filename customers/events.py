"""What happened to customers. Everything that tells who a person is, is encrypted with that person's key."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from customers.domain.challenge import ChallengeKind
from customers.domain.criteria import Criteria
from customers.domain.identifiers import IdentifierKind, LinkingKind
from customers.domain.inviting import InvitationWay
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


EraseReason = Literal["", "asked", "own", "mistake", "duty"]
"""asked: they asked staff for it. own: they did it themselves. mistake: they were registered by mistake. duty: their time was over."""


@event("customers.customer_erased", version=1)
class CustomerErased:
    """A customer is forgotten: nobody can tell any more who it was, and they take part no longer. `reason` says why, where it was asked."""

    customer_id: UUID
    erased_at: datetime
    reason: EraseReason = ""


EntryWay = Literal["by_hand", "import", "criteria"]
"""by_hand: staff or a program put them there. import: a list did. criteria: they met what the segment asks."""
LeaveWay = Literal["by_hand", "import", "criteria", "erased"]


@event("customers.segment_created", version=1)
class SegmentCreated:
    """A segment of customers was made: rules and programs call it by `code`, staff by `name`.

    With `criteria` it is dynamic: who meets them is in it. Without, staff and programs put customers in.
    """

    segment_id: UUID
    code: str
    name: str
    description: str
    criteria: Criteria | None = None
    created_at: datetime


@event("customers.segment_changed", version=1)
class SegmentChanged:
    """A segment is called, or described, otherwise from now on."""

    segment_id: UUID
    name: str
    description: str
    changed_at: datetime


@event("customers.segment_criteria_changed", version=1)
class SegmentCriteriaChanged:
    """A dynamic segment asks something else of customers from now on."""

    segment_id: UUID
    criteria: Criteria
    changed_at: datetime


@event("customers.segment_activated", version=1)
class SegmentActivated:
    """Rules see again who is in a segment."""

    segment_id: UUID
    activated_at: datetime


@event("customers.segment_deactivated", version=1)
class SegmentDeactivated:
    """Rules see nobody in a segment any more; who is in it stays in it."""

    segment_id: UUID
    deactivated_at: datetime


@event("customers.segment_entered", version=1, subject="customer_id")
class SegmentEntered:
    """A customer came into a segment; `way` says how."""

    customer_id: UUID
    segment_id: UUID
    way: EntryWay
    entered_at: datetime


@event("customers.segment_left", version=1, subject="customer_id")
class SegmentLeft:
    """A customer is in a segment no longer; `way` says how that came."""

    customer_id: UUID
    segment_id: UUID
    way: LeaveWay
    left_at: datetime


@event("customers.friend_invited", version=1)
class FriendInvited:
    """A customer invited somebody to the programme by a message; where it went stands in no event."""

    invitation_id: UUID
    referrer_id: UUID
    way: InvitationWay
    invited_at: datetime
    ends_at: datetime


@event("customers.friend_registered", version=1)
class FriendRegistered:
    """A friend joined the programme whom a customer had brought; for each person this counts once."""

    invitation_id: UUID
    referrer_id: UUID
    customer_id: UUID
    way: InvitationWay
    registered_at: datetime


@event("customers.friend_purchased", version=1)
class FriendPurchased:
    """A friend whom a customer had brought has bought something and kept it."""

    invitation_id: UUID
    referrer_id: UUID
    customer_id: UUID
    purchase_id: UUID
    purchased_at: datetime
    noted_at: datetime


@event("customers.friend_returned_all", version=1)
class FriendReturnedAll:
    """Nothing is kept any more of the purchase that counted for who brought a friend; a later one may count then."""

    invitation_id: UUID
    referrer_id: UUID
    customer_id: UUID
    purchase_id: UUID
    noted_at: datetime


@event("customers.invitation_withdrawn", version=1)
class InvitationWithdrawn:
    """An invitation is open no longer, before anybody came by it."""

    invitation_id: UUID
    referrer_id: UUID
    withdrawn_at: datetime
