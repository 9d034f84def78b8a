"""What can be asked about friends whom customers bring."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from customers.domain.challenge import ChallengeKind
from customers.domain.inviting import InvitationWay
from loyalty.domain.command import Command, command


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation that is on its way, and until when somebody may come by it."""

    invitation_id: UUID
    ends_at: datetime


@command
class InviteFriend(Command[Invited]):
    """Send an invitation to a phone (E.164) or an email (normal form), whoever has it. Nobody is looked up, and a message goes in any case.

    `code` is what the `link` in the message ends with: who comes by it is known to be invited. `asked_from` is the address of the network.
    Refused with NotFound `customers.not_found`, `customers.not_active`, `customers.invitations_closed`, `customers.invites_oneself`,
    `customers.invited_already` while one of theirs is open, and Throttled `customers.too_many_invitations`, `customers.too_many_codes`.
    """

    customer_id: UUID
    way: ChallengeKind
    to: str
    code: str
    link: str
    asked_from: str
    language: str


@command
class TakeInvitationLink(Command[str]):
    """Have a link to pass on: answers with the code at its end, the same one each time; `code` is for who has none yet.

    Refused with NotFound `customers.not_found`, `customers.not_active`, and `customers.invitations_closed`.
    """

    customer_id: UUID
    code: str


@command
class WithdrawInvitation(Command[None]):
    """Let nobody come by an invitation any more. `customer_id` is who invited; None where staff withdraw it.

    Refused with NotFound `customers.invitation_unknown`, and `customers.invitation_used`.
    """

    invitation_id: UUID
    customer_id: UUID | None = None


@command
class AcceptInvitation(Command[bool]):
    """Note by whom a new customer was brought. Part of registering. False when it does not count: the invitation was used, withdrawn or is
    over, or who invited does not take part any more.
    """

    invitation_id: UUID
    referrer_id: UUID
    customer_id: UUID
    way: InvitationWay


@command
class CountFriendPurchase(Command[None]):
    """Bring an invitation level with what the friend has bought and kept at the moment when it is carried out.

    Refused with NotFound `customers.invitation_unknown`.
    """

    invitation_id: UUID
