"""`/app/invite/`: a link to pass on, a friend to invite, and what became of it. `/app/join/`: where the link leads."""

from __future__ import annotations

from contextlib import suppress
from typing import TypeVar
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers import queries
from customers.commands import InviteFriend, TakeInvitationLink, WithdrawInvitation
from customers.forms.coming_in import FriendForm
from customers.forms.invitations import STATES
from customers.invitations import is_open, new_code, typed_code
from customers.models import Invitation
from customers.targets import doors_of
from customers.views.access import Shell, own_page
from customers.views.invitation_cookie import forget_invitation, keep_invitation
from loyalty.bus import dispatch
from loyalty.domain.command import Command
from loyalty.domain.errors import DomainError
from loyalty.messages.tasks import send_soon
from loyalty.shell import hang
from loyalty.staff.lockout import address_of
from loyalty.tenancy import reading
from loyalty.tenancy.middleware import dispatches

R = TypeVar("R")
PAGE = 20
LIST = "app invitations"
WAYS = dict(Invitation.Way.choices)


@dispatches
@require_safe
def invited(request: HttpRequest, code: str) -> HttpResponse:
    """Where a friend's link leads: to joining. One by which nobody comes (any more) is told to be so; whose it was is not."""
    tenant, known = request.tenant, typed_code(code)  # type: ignore[attr-defined]
    if known and "invitation" in doors_of(tenant).doors and is_open(tenant.id, known, timezone.now()):
        return keep_invitation(redirect("app-sign-in"), known)
    return forget_invitation(redirect(f"{reverse('app-sign-in')}?invitation=over"))


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def invite(shell: Shell) -> HttpResponse:
    """The link first, then a message to a friend, then what became of those before."""
    form = FriendForm(shell.request.POST if shell.request.method == "POST" else None, tenant=shell.tenant)
    if shell.request.method == "POST" and form.is_valid():
        try:
            _sent(shell, form)
            return redirect(f"{reverse('app-invite')}?sent=1")
        except DomainError as refusal:
            form.refuse(refusal)
    link = _link(shell)
    with reading(shell.tenant.id):
        found = queries.invitations(referrer_id=shell.customer_id, limit=PAGE + 1, after=shell.after(LIST))
        last = found[PAGE - 1] if len(found) > PAGE else None
        following = last and shell.cursor(LIST, last.begun_at, last.invitation_id)
        response = shell.page(
            "invite",
            form=form,
            link=link,
            sent="sent" in shell.request.GET,
            invitations=[(one, WAYS[one.way], STATES[one.state]) for one in found[:PAGE]],
            following=following,
            first="after" not in shell.request.GET,
        )
    response.status_code = 422 if form.errors else 200
    return response


@require_POST
@own_page
def withdraw(shell: Shell, invitation_id: UUID) -> HttpResponse:
    """Let nobody come by it any more; what cannot be withdrawn stays as the list says."""
    with suppress(DomainError):
        _dispatched(shell, WithdrawInvitation(invitation_id=invitation_id, customer_id=shell.customer_id))
    return redirect("app-invite")


def _dispatched(shell: Shell, order: Command[R]) -> R:
    return dispatch(order, tenant_id=shell.tenant.id, actor=shell.principal.actor, channel="app")


def _link(shell: Shell) -> str:
    """The whole address of the customer's link; the first look at it makes it. "" where the programme takes no invitations."""
    if "invitation" not in doors_of(shell.tenant).doors:
        return ""
    with reading(shell.tenant.id):
        code = queries.invitation_code(shell.customer_id)
    with suppress(DomainError):
        return _url(shell, code or _dispatched(shell, TakeInvitationLink(customer_id=shell.customer_id, code=new_code())))
    return ""


def _sent(shell: Shell, form: FriendForm) -> None:
    (way, to), code = form.cleaned_data["to"], new_code()
    order = InviteFriend(
        customer_id=shell.customer_id,
        way=way,
        to=to,
        code=code,
        link=_url(shell, code),
        asked_from=address_of(shell.request),
        language=get_language() or shell.tenant.default_language,
    )
    _dispatched(shell, order)
    send_soon(shell.tenant.id)


def _url(shell: Shell, code: str) -> str:
    return shell.request.build_absolute_uri(reverse("app-invited", args=[code]))


hang(_("Invite"), "app-invite", icon="user-plus", order=40)
