"""An invitation: a customer brings a friend, who joins and buys."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, assert_never
from uuid import UUID

from customers.domain.inviting import InvitationWay
from customers.events import FriendInvited, FriendPurchased, FriendRegistered, FriendReturnedAll, InvitationWithdrawn
from loyalty.domain.aggregate import Aggregate
from loyalty.domain.errors import DomainError, NotFound
from loyalty.domain.identity import derived_id

OPEN_FOR = timedelta(days=60)
"""So long somebody counts as invited to whom a message went."""
MESSAGE_FOR = timedelta(days=1)
BUDGET_SPAN = timedelta(days=1)
BUDGETS: Mapping[str, int] = {"by": 20, "to": 3}
"""How many invitations in the span one customer sends, and one phone or email gets, whoever sends them."""
LONGEST_SIGNATURE = 30
_SIGNATURE = re.compile(r"[^\W\d_]+(?:[ '’-][^\W\d_]+){0,3}")

State = Literal["none", "invited", "registered", "purchased", "withdrawn"]


@dataclass(frozen=True, slots=True)
class FriendsPurchase:
    """A purchase of which something is kept."""

    id: UUID
    purchased_at: datetime


def invitation_id_for(tenant_id: int, key: UUID) -> UUID:
    """The stream of the invitation that a command sends; or by which a customer came whom nobody had invited by a message."""
    return derived_id("invitation", tenant_id, key)


def signature(first_name: str) -> str:
    """The first name as it may stand in a message to a stranger: letters only, and few of them; else "".

    Whoever invites chooses their name, and must not choose what the programme says.
    """
    return first_name if len(first_name) <= LONGEST_SIGNATURE and _SIGNATURE.fullmatch(first_name) else ""


class Invitation(Aggregate):
    """Stream `invitation`. Invited → registered ⇄ purchased, or withdrawn while nobody came by it."""

    stream = "invitation"
    stays_folded = False

    def __init__(self, stream_id: UUID) -> None:
        super().__init__(stream_id)
        self.state: State = "none"
        self.referrer_id: UUID | None = None
        self.customer_id: UUID | None = None
        self.ends_at: datetime | None = None
        self.purchase_id: UUID | None = None

    def invite(self, referrer_id: UUID, way: InvitationWay, now: datetime) -> datetime:
        """Go to a friend; answers until when it is open."""
        ends_at = now + OPEN_FOR
        self.record(FriendInvited(invitation_id=self.id, referrer_id=referrer_id, way=way, invited_at=now, ends_at=ends_at))
        return ends_at

    def join(self, referrer_id: UUID, customer_id: UUID, way: InvitationWay, now: datetime) -> bool:
        """Be what a friend came by. False when another one did, when it was withdrawn, or its time is over."""
        over = self.ends_at is not None and self.ends_at <= now
        if over or self.state not in {"none", "invited"} or referrer_id == customer_id:
            return False
        self.record(FriendRegistered(invitation_id=self.id, referrer_id=referrer_id, customer_id=customer_id, way=way, registered_at=now))
        return True

    def count(self, purchase: FriendsPurchase | None, now: datetime) -> None:
        """Let this be the friend's purchase that counts; None while nothing that they bought is kept.

        Raises NotFound `customers.invitation_unknown` for one by which nobody came.
        """
        if self.customer_id is None or self.referrer_id is None:
            raise NotFound("customers.invitation_unknown")
        if (None if purchase is None else purchase.id) == self.purchase_id:
            return
        who = {"invitation_id": self.id, "referrer_id": self.referrer_id, "customer_id": self.customer_id}
        if self.purchase_id is not None:
            self.record(FriendReturnedAll(**who, purchase_id=self.purchase_id, noted_at=now))
        if purchase is not None:
            self.record(FriendPurchased(**who, purchase_id=purchase.id, purchased_at=purchase.purchased_at, noted_at=now))

    def withdraw(self, referrer_id: UUID | None, now: datetime) -> None:
        """Be open no longer; harmless when it was withdrawn before. `referrer_id` is who invited, None where staff withdraw it.

        Raises NotFound `customers.invitation_unknown` for another's, DomainError `customers.invitation_used` when somebody came by it.
        """
        if not self.exists or referrer_id not in {None, self.referrer_id}:
            raise NotFound("customers.invitation_unknown")
        if self.state in {"registered", "purchased"}:
            raise DomainError("customers.invitation_used")
        if self.state == "invited" and self.referrer_id is not None:
            self.record(InvitationWithdrawn(invitation_id=self.id, referrer_id=self.referrer_id, withdrawn_at=now))

    def evolve(self, event: FriendInvited | FriendRegistered | FriendPurchased | FriendReturnedAll | InvitationWithdrawn) -> None:
        match event:
            case FriendInvited():
                self.state, self.referrer_id, self.ends_at = "invited", event.referrer_id, event.ends_at
            case FriendRegistered():
                self.state, self.referrer_id, self.customer_id = "registered", event.referrer_id, event.customer_id
            case FriendPurchased():
                self.state, self.purchase_id = "purchased", event.purchase_id
            case FriendReturnedAll():
                self.state, self.purchase_id = "registered", None
            case InvitationWithdrawn():
                self.state = "withdrawn"
            case _:
                assert_never(event)
