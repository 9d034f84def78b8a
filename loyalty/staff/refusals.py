"""What staff pages refuse, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from loyalty.messages.refusals import register_all

register_all(
    {
        "staff.email_taken": _("Another member of staff has this email."),
        "staff.role_taken": _("Another role has this code."),
        "staff.beyond_rights": _("This goes beyond your own rights. Ask somebody who has them."),
        "staff.last_owner": _("This is the last owner. Give the role to somebody else first."),
        "staff.own_factor": _("Turn your own second factor off on its page, with a code. Only another member of staff can reset it."),
        "staff.role_gone": _("This role is not there any more. Choose another one."),
        "staff.role_in_use": _("The role is in use. Members of staff who have it: %(staff)s. Tokens, revoked ones too: %(tokens)s."),
    }
)
