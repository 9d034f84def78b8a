"""Who brought whom, written in the command's own transaction: who invites sees at once what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from customers.events import FriendInvited, FriendPurchased, FriendRegistered, FriendReturnedAll, InvitationWithdrawn
from loyalty.domain.event import Recorded
from loyalty.projections.projection import Projection, Statement

INVITE = """insert into customers_invitation (id, tenant_id, referrer_id, way, state, begun_at, ends_at, position)
    values (%s, %s, %s, %s, 'invited', %s, %s, %s)"""
JOIN = """insert into customers_invitation as i (id, tenant_id, referrer_id, customer_id, way, state, begun_at, registered_at, position)
    values (%s, %s, %s, %s, %s, 'registered', %s, %s, %s) on conflict (tenant_id, id) do update
    set customer_id = excluded.customer_id, state = 'registered', registered_at = excluded.registered_at, position = excluded.position"""
COUNT = (
    """update customers_invitation set state = %s, purchase_id = %s, purchased_at = %s, position = %s where tenant_id = %s and id = %s"""
)
WITHDRAW = "update customers_invitation set state = 'withdrawn', position = %s where tenant_id = %s and id = %s"


class Invitations(Projection):
    """Invitations are few: one statement after the other."""

    name = "customers.invitations"
    events = (FriendInvited, FriendRegistered, FriendPurchased, FriendReturnedAll, InvitationWithdrawn)
    tables = ("customers_invitation",)
    inline = True

    def statements(self, batch: Sequence[Recorded[Any]]) -> Iterable[Statement]:
        for recorded in batch:
            yield _statement(recorded)


def _statement(recorded: Recorded[Any]) -> Statement:
    event, position, key = recorded.event, recorded.position, (recorded.event.invitation_id, recorded.tenant_id)
    match event:
        case FriendInvited():
            return INVITE, (*key, event.referrer_id, event.way, event.invited_at, event.ends_at, position)
        case FriendRegistered():
            return JOIN, (*key, event.referrer_id, event.customer_id, event.way, event.registered_at, event.registered_at, position)
        case FriendPurchased():
            return COUNT, ("purchased", event.purchase_id, event.purchased_at, position, *reversed(key))
        case FriendReturnedAll():
            return COUNT, ("registered", None, None, position, *reversed(key))
        case InvitationWithdrawn():
            return WITHDRAW, (position, *reversed(key))
    raise TypeError(f"{type(event).__name__} is no event of an invitation")
