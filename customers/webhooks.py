"""What other systems can be told of customers: ids and facts, nothing that says who they are. That is asked for over the API."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _

from customers.domain.identifiers import IdentifierKind
from customers.domain.inviting import InvitationWay
from customers.domain.purposes import ConsentPurpose
from customers.events import (
    ConsentGiven,
    ConsentWithdrawn,
    CustomerActivated,
    CustomerDeactivated,
    CustomerErased,
    CustomerMerged,
    CustomerRegistered,
    CustomerUnmerged,
    EntryWay,
    FriendInvited,
    FriendPurchased,
    FriendRegistered,
    FriendReturnedAll,
    IdentifierChanged,
    LeaveWay,
    ProfileChanged,
    SegmentEntered,
    SegmentLeft,
)
from customers.permissions import SEE, SEE_INVITATIONS, SEE_SEGMENTS
from loyalty.webhooks.event_types import published


@published("customer.registered.v1", _("Customer registered"), CustomerRegistered, permission=SEE)
class CustomerRegisteredHook(msgspec.Struct, frozen=True, kw_only=True):
    """A person joined the programme. `active` says whether they take part at once, `pos_id` where they joined, if at a point of sale."""

    customer_id: UUID
    code: str
    language: str
    active: bool
    pos_id: UUID | None
    referrer_id: UUID | None
    registered_at: datetime


@published("customer.changed.v1", _("Customer changed"), ProfileChanged, IdentifierChanged, permission=SEE)
class CustomerChangedHook(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a customer changed: the `profile`, or a phone, email, card or external id. Ask for the customer to see it."""

    customer_id: UUID
    what: Literal["profile"] | IdentifierKind
    changed_at: datetime

    @staticmethod
    def of(event: ProfileChanged | IdentifierChanged) -> CustomerChangedHook:
        if isinstance(event, IdentifierChanged):
            return CustomerChangedHook(customer_id=event.customer_id, what=event.kind, changed_at=event.changed_at)
        return CustomerChangedHook(customer_id=event.customer_id, what="profile", changed_at=event.changed_at)


@published("customer.activated.v1", _("Customer activated"), CustomerActivated, permission=SEE)
class CustomerActivatedHook(msgspec.Struct, frozen=True, kw_only=True):
    """A customer may take part: sign in, earn and spend."""

    customer_id: UUID
    activated_at: datetime


@published("customer.deactivated.v1", _("Customer deactivated"), CustomerDeactivated, permission=SEE)
class CustomerDeactivatedHook(msgspec.Struct, frozen=True, kw_only=True):
    """A customer may no longer sign in, earn or spend."""

    customer_id: UUID
    deactivated_at: datetime


@published("customer.erased.v1", _("Customer erased"), CustomerErased, permission=SEE)
class CustomerErasedHook(msgspec.Struct, frozen=True, kw_only=True):
    """A customer is forgotten. Whoever keeps something of them has to forget it, too."""

    customer_id: UUID
    erased_at: datetime


@published("customer.merged.v1", _("Customer merged"), CustomerMerged, permission=SEE)
class CustomerMergedHook(msgspec.Struct, frozen=True, kw_only=True):
    """A customer turned out to be the same person as `survivor_id`, who stands for both from then on."""

    customer_id: UUID
    survivor_id: UUID
    merged_at: datetime


@published("customer.unmerged.v1", _("Merge of customers undone"), CustomerUnmerged, permission=SEE)
class CustomerUnmergedHook(msgspec.Struct, frozen=True, kw_only=True):
    """A customer turned out to be somebody else than `survivor_id`: each stands for themselves again."""

    customer_id: UUID
    survivor_id: UUID
    unmerged_at: datetime


@published("consent.changed.v1", _("Consent changed"), ConsentGiven, ConsentWithdrawn, permission=SEE)
class ConsentChangedHook(msgspec.Struct, frozen=True, kw_only=True):
    """A customer agreed to a purpose, or agrees to it no longer. `text_version` is the wording that they agreed to."""

    customer_id: UUID
    purpose: ConsentPurpose
    agreed: bool
    text_version: str | None
    changed_at: datetime

    @staticmethod
    def of(event: ConsentGiven | ConsentWithdrawn) -> ConsentChangedHook:
        given = isinstance(event, ConsentGiven)
        return ConsentChangedHook(
            customer_id=event.customer_id,
            purpose=event.purpose,
            agreed=given,
            text_version=event.text_version if isinstance(event, ConsentGiven) else None,
            changed_at=event.agreed_at if isinstance(event, ConsentGiven) else event.withdrawn_at,
        )


@published("segment.entered.v1", _("Segment entered"), SegmentEntered, permission=SEE_SEGMENTS)
class SegmentEnteredHook(msgspec.Struct, frozen=True, kw_only=True):
    """A customer came into a segment: by hand, by an import, or because they meet its criteria."""

    customer_id: UUID
    segment_id: UUID
    way: EntryWay
    entered_at: datetime


@published("segment.left.v1", _("Segment left"), SegmentLeft, permission=SEE_SEGMENTS)
class SegmentLeftHook(msgspec.Struct, frozen=True, kw_only=True):
    """A customer is in a segment no longer."""

    customer_id: UUID
    segment_id: UUID
    way: LeaveWay
    left_at: datetime


class Friend(msgspec.Struct, frozen=True, kw_only=True):
    """What all events of friends tell: who brought them is `referrer_id`."""

    invitation_id: UUID
    referrer_id: UUID


@published("friend.invited.v1", _("Friend invited"), FriendInvited, permission=SEE_INVITATIONS)
class FriendInvitedHook(Friend, frozen=True, kw_only=True):
    """A customer invited somebody to the programme by a message; it is open until `ends_at`."""

    way: InvitationWay
    invited_at: datetime
    ends_at: datetime


@published("friend.registered.v1", _("Friend registered"), FriendRegistered, permission=SEE_INVITATIONS)
class FriendRegisteredHook(Friend, frozen=True, kw_only=True):
    """A friend joined the programme whom a customer had brought; for each person this counts once."""

    customer_id: UUID
    way: InvitationWay
    registered_at: datetime


@published("friend.purchased.v1", _("Friend purchased"), FriendPurchased, permission=SEE_INVITATIONS)
class FriendPurchasedHook(Friend, frozen=True, kw_only=True):
    """A friend whom a customer had brought has bought something and kept it."""

    customer_id: UUID
    purchase_id: UUID
    purchased_at: datetime


@published("friend.returned_all.v1", _("Friend returned everything"), FriendReturnedAll, permission=SEE_INVITATIONS)
class FriendReturnedAllHook(Friend, frozen=True, kw_only=True):
    """Nothing is kept any more of the purchase that counted for who brought a friend; a later one may count then."""

    customer_id: UUID
    purchase_id: UUID
    noted_at: datetime
