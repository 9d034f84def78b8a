"""`/api/v1/me/invitations`: friends whom a customer brings. `/api/v1/invitations`, `…/customers/{id}/invitations`: the same for staff."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import msgspec
from django.urls import reverse
from django.utils.translation import get_language

from customers import queries
from customers.commands import InvitationWay, Invited, InviteFriend, TakeInvitationLink, WithdrawInvitation
from customers.invitations import new_code
from customers.permissions import SEE_INVITATIONS, WITHDRAW_INVITATIONS
from customers.queries import InvitationCard, InvitationState
from customers.targets import friend_target
from loyalty.api.own import OwnView
from loyalty.api.paging import LARGEST_PAGE, Page, opened_cursor, sealed_cursor
from loyalty.api.views import ApiView, CommandView, QueryView
from loyalty.messages.tasks import send_soon
from loyalty.staff.lockout import address_of

LIST = "invitations"


class InvitationAnswer(msgspec.Struct, frozen=True):
    """An invitation. `to` is as much of the phone or email as tells two apart, "" where none is kept.

    `state`: invited; registered, purchased (the friend did); withdrawn; ended, when its time was over before anybody came by it.
    """

    id: UUID
    way: InvitationWay
    state: InvitationState
    to: str
    invited_at: datetime
    ends_at: datetime | None


class InvitationOfAnswer(InvitationAnswer, frozen=True, kw_only=True):
    """The same with who invited, who came by it, and when they did and bought: who invited is not told that of a friend."""

    referrer_id: UUID
    customer_id: UUID | None
    registered_at: datetime | None
    purchased_at: datetime | None


class FriendBody(msgspec.Struct, forbid_unknown_fields=True):
    """Where the invitation goes: a mobile phone in any usual spelling, or an email."""

    phone: str | None = None
    email: str | None = None


class LinkAnswer(msgspec.Struct, frozen=True):
    """A link to pass on to friends: who joins by it was brought by its customer. `code` is what it ends with, for `POST /sign-in/{id}`."""

    code: str
    url: str


class ListQuery(msgspec.Struct):
    """The latest first, one page of them."""

    state: InvitationState | None = None
    limit: int = 50
    cursor: str | None = None


class InvitationsQuery(ListQuery):
    """`referrer_id` is who invited."""

    referrer_id: UUID | None = None


class HasLinks(ApiView):
    """Mixed in where addresses of links are told."""

    def url_of(self, code: str) -> str:
        """The whole address of the page that a link leads to."""
        return self.request._request.build_absolute_uri(reverse("app-invited", args=[code]))


class InvitationsView(QueryView):
    """List invitations of friends, the latest first."""

    permission = SEE_INVITATIONS
    query: ClassVar[Any] = InvitationsQuery
    answer: ClassVar[Any] = Page[InvitationOfAnswer]

    def ask(self, query: Any, **path: Any) -> Page[Any]:
        whose: UUID | None = self.whose(query, **path)
        limit = max(1, min(query.limit, LARGEST_PAGE))
        opened = opened_cursor(query.cursor, self.tenant.id, LIST)
        after = opened and (datetime.fromisoformat(opened[0]), UUID(opened[1]))
        found = queries.invitations(referrer_id=whose, state=query.state, limit=limit + 1, after=after)
        shown, last = found[:limit], found[limit - 1] if len(found) > limit else None
        following = last and sealed_cursor([last.begun_at.isoformat(), str(last.invitation_id)], self.tenant.id, LIST)
        return Page([self.shown(one) for one in shown], following)

    def whose(self, query: Any, **path: Any) -> UUID | None:
        """Whose invitations are asked for; None for those of all."""
        return query.referrer_id  # type: ignore[no-any-return]

    def shown(self, card: InvitationCard) -> Any:
        """One of them."""
        return _of(card)


class InvitationsOfCustomerView(InvitationsView):
    """List the friends whom a customer brings, the latest first."""

    query: ClassVar[Any] = ListQuery

    def whose(self, query: Any, **path: Any) -> UUID:
        return queries.customer(path["customer_id"]).id


class InvitationView(QueryView):
    """Show one invitation."""

    permission = SEE_INVITATIONS
    answer = InvitationOfAnswer

    def ask(self, query: None, **path: Any) -> InvitationOfAnswer:
        card = queries.invitation(path["invitation_id"])
        return _of(card)


class WithdrawInvitationView(CommandView):
    """Let nobody come by an invitation any more."""

    permission = WITHDRAW_INVITATIONS

    def command(self, body: None, **path: Any) -> WithdrawInvitation:
        return WithdrawInvitation(invitation_id=path["invitation_id"])


class OwnInvitationsView(OwnView, InvitationsView):
    """List the friends whom one brings, the latest first."""

    query = ListQuery
    answer = Page[InvitationAnswer]

    def whose(self, query: Any, **path: Any) -> UUID:
        return self.customer_id

    def shown(self, card: InvitationCard) -> InvitationAnswer:
        return InvitationAnswer(*_told(card))


class InviteFriendView(HasLinks, OwnView, CommandView):
    """Send an invitation to a friend. The answer is the same whether anybody has the phone or email or not."""

    rate = "sign_in"
    body = FriendBody
    answer = Invited
    status = 201

    def command(self, body: FriendBody, **path: Any) -> InviteFriend:
        way, to = friend_target(body.phone, body.email, self.tenant)
        code, where = new_code(), address_of(self.request._request)
        return InviteFriend(
            customer_id=self.customer_id,
            way=way,
            to=to,
            code=code,
            link=self.url_of(code),
            asked_from=where,
            language=get_language() or self.tenant.default_language,
        )

    def _dispatch(self, command: Any, **how: Any) -> Any:
        result = super()._dispatch(command, **how)
        send_soon(self.principal.tenant_id)
        return result


class TakeInvitationLinkView(HasLinks, OwnView, CommandView):
    """Have a link to pass on, the same one each time."""

    method = "put"
    answer = LinkAnswer

    def command(self, body: None, **path: Any) -> TakeInvitationLink:
        return TakeInvitationLink(customer_id=self.customer_id, code=new_code())

    def present(self, result: str) -> LinkAnswer:
        return LinkAnswer(result, self.url_of(result))


class WithdrawOwnInvitationView(OwnView, CommandView):
    """Let nobody come by an invitation any more that one sent."""

    def command(self, body: None, **path: Any) -> WithdrawInvitation:
        return WithdrawInvitation(invitation_id=path["invitation_id"], customer_id=self.customer_id)


def _told(card: InvitationCard) -> tuple[Any, ...]:
    return card.invitation_id, card.way, card.state, card.to, card.begun_at, card.ends_at


def _of(card: InvitationCard) -> InvitationOfAnswer:
    more = {name: getattr(card, name) for name in ("referrer_id", "customer_id", "registered_at", "purchased_at")}
    return InvitationOfAnswer(*_told(card), **more)
