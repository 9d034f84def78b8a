"""Withdrawing an invitation of a friend."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.commands import WithdrawInvitation
from customers.models import Invitation
from customers.permissions import WITHDRAW_INVITATIONS
from customers.queries import state_now
from loyalty.admin.forms import CommandForm

STATES = dict(Invitation.State.choices) | {"ended": pgettext_lazy("invitation", "Not open any more")}


class WithdrawForm(CommandForm):
    """Let nobody come by an invitation any more."""

    title = pgettext_lazy("invitation", "Withdraw")
    permission = WITHDRAW_INVITATIONS
    icon = "block"
    submit = pgettext_lazy("invitation", "Withdraw")
    dangerous = True
    explanation = _("Nobody joins by this invitation any more. Who invited sees that it was withdrawn.")
    done = _("The invitation is withdrawn.")

    @classmethod
    def offered(cls, subject: Invitation) -> bool:
        return state_now(subject) == "invited"

    def command(self) -> WithdrawInvitation:
        return WithdrawInvitation(invitation_id=self.subject.id)
