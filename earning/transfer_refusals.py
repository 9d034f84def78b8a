"""The sentences of what is refused of points that are passed on."""

from django.utils.translation import gettext_lazy as _

from loyalty.messages import refusals

refusals.register_all(
    {
        "earning.transfer_tries_used_up": _(
            "All %(most)s tries of today are used up: a recipient who is not found is one, and so is a transfer that is only tried out. "
            "Try again tomorrow."
        ),
        "earning.transfer_to_oneself": _("The points are on this account already. Choose somebody else."),
        "earning.too_many_transfers": _("Points can be passed on at most %(most)s times a day. It is possible again from %(again_at)s."),
        "earning.recipient_missing": _("Say to whom the points go, in one way only: by id, phone or email."),
        "earning.recipient_unavailable": _("Points cannot be passed on to this person. Check whom you named, or choose somebody else."),
    }
)
