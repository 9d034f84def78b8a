"""How customers bring friends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext

from customers import invitations
from customers.budgets import count_invitation
from customers.commands import (
    AcceptInvitation,
    CountFriendPurchase,
    Invited,
    InviteFriend,
    RegisterCustomer,
    TakeInvitationLink,
    WithdrawInvitation,
)
from customers.domain.customer import Customer
from customers.domain.identifiers import IdentifierKind
from customers.domain.invitation import MESSAGE_FOR, Invitation, invitation_id_for, signature
from customers.domain.state import MAY_EARN
from customers.invitations import Found
from customers.queries.doors import doors
from customers.queries.merging import sides
from customers.whole import whole
from loyalty.bus import StreamRef, Unit, handles
from loyalty.domain.command import Circumstances
from loyalty.domain.errors import DomainError
from loyalty.messages.outbox import write_to
from loyalty.tenancy.middleware import tenant_of_id


def new_invitation(command: InviteFriend, circumstances: Circumstances) -> Iterable[StreamRef]:
    yield StreamRef(Customer, command.customer_id)
    yield StreamRef(Invitation, invitation_id_for(circumstances.tenant_id, circumstances.command_id))


def who_invites(command: TakeInvitationLink, circumstances: Circumstances) -> Iterable[StreamRef]:
    yield StreamRef(Customer, command.customer_id)


def who_invited(command: AcceptInvitation, circumstances: Circumstances) -> Iterable[StreamRef]:
    """Who invited too, so that nobody comes by somebody who is erased meanwhile."""
    yield StreamRef(Customer, command.referrer_id)
    yield StreamRef(Invitation, command.invitation_id)


def one_invitation(command: WithdrawInvitation | CountFriendPurchase, circumstances: Circumstances) -> Iterable[StreamRef]:
    yield StreamRef(Invitation, command.invitation_id)


@handles(InviteFriend, streams=new_invitation)
def invite_friend(command: InviteFriend, unit: Unit) -> Invited:
    referrer = unit.load(Customer, command.customer_id)
    referrer.refuse_inactive()
    _refuse_closed()
    if referrer.identifiers.get(command.way) == command.to:
        raise DomainError("customers.invites_oneself", field=command.way)
    invitation = unit.load(Invitation, invitation_id_for(unit.tenant_id, unit.circumstances.command_id))
    ends_at = invitation.invite(referrer.id, command.way, unit.now)
    invitations.keep(unit, invitation.id, referrer.id, (command.way, command.to), command.code, ends_at)
    text = _text(command, referrer, unit.tenant_id)
    write_to(unit, invitation.id, (command.way, command.to), "invitation", command.language, text, unit.now + MESSAGE_FOR)
    count_invitation(unit, referrer.id, command.way, command.to, command.asked_from)
    return Invited(invitation.id, ends_at)


@handles(TakeInvitationLink, streams=who_invites)
def take_invitation_link(command: TakeInvitationLink, unit: Unit) -> str:
    unit.load(Customer, command.customer_id).refuse_inactive()
    _refuse_closed()
    return invitations.take_link(unit, command.customer_id, command.code)


@handles(WithdrawInvitation, streams=one_invitation)
def withdraw_invitation(command: WithdrawInvitation, unit: Unit) -> None:
    invitation, by = unit.load(Invitation, command.invitation_id), command.customer_id
    if by is not None and invitation.referrer_id in sides(by):
        by = invitation.referrer_id
    invitation.withdraw(by, unit.now)
    invitations.withdraw(unit, command.invitation_id)


@handles(AcceptInvitation, streams=who_invited)
def accept_invitation(command: AcceptInvitation, unit: Unit) -> bool:
    if not unit.load(Customer, command.referrer_id).exists or whole(unit, command.referrer_id).state not in MAY_EARN:
        return False
    invitation = unit.load(Invitation, command.invitation_id)
    return invitation.join(command.referrer_id, command.customer_id, command.way, unit.now)


@handles(CountFriendPurchase, streams=one_invitation)
def count_friend_purchase(command: CountFriendPurchase, unit: Unit) -> None:
    """Who was merged with the friend bought for them; who turned out to be the friend themselves brought nobody."""
    invitation = unit.load(Invitation, command.invitation_id)
    friend = sides(invitation.customer_id) if invitation.customer_id else ()
    theirs = () if invitation.referrer_id in friend else friend
    invitation.count(invitations.first_kept(unit, theirs, invitation.purchase_id), unit.now)


def brought_by(command: RegisterCustomer, customer_id: UUID, identifiers: Mapping[IdentifierKind, str], unit: Unit) -> UUID | None:
    """Who brings a new customer whose identifiers are claimed, and that it counts: once for each person, however often they come.

    Whoever held one of the identifiers before, or was erased with it, is not brought again, be it by another or by themselves. Whom staff
    name is known as having brought them, also where it does not count.
    """
    if command.referrer_id is not None:
        found: Found | None = Found(command.referrer_id, None, "staff")
    elif unit.circumstances.channel == "import":
        return None
    else:
        found = invitations.found(unit, command.invitation, identifiers)
    if found is None:
        return None
    counts = not invitations.was_here(unit, identifiers) and _accepted(found, customer_id, unit)
    return found.referrer_id if counts else command.referrer_id


def _refuse_closed() -> None:
    """Raises DomainError where nobody comes by an invitation."""
    if "invitation" not in doors().doors:
        raise DomainError("customers.invitations_closed")


def _accepted(found: Found, customer_id: UUID, unit: Unit) -> bool:
    invitation_id = found.invitation_id or invitation_id_for(unit.tenant_id, customer_id)
    order = AcceptInvitation(invitation_id=invitation_id, referrer_id=found.referrer_id, customer_id=customer_id, way=found.way)
    accepted = unit.dispatch(order)
    if accepted and found.invitation_id is not None:
        invitations.use(unit, found.invitation_id, customer_id)
    return accepted


def _text(command: InviteFriend, referrer: Customer, tenant_id: int) -> str:
    """What the friend reads, in the language of who invites."""
    programme = tenant_of_id(tenant_id).name
    with translation.override(command.language):
        if name := signature(referrer.profile.first_name):
            return gettext("%(name)s invites you to %(programme)s. Join here: %(link)s") % {
                "name": name,
                "programme": programme,
                "link": command.link,
            }
        return gettext("A friend invites you to %(programme)s. Join here: %(link)s") % {"programme": programme, "link": command.link}
