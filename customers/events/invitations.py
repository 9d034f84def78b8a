"""What happened to invitations of friends. Where one was sent stands in none."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from customers.domain.inviting import InvitationWay
from loyalty.domain.event import event


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
