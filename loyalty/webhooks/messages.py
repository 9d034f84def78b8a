"""What staff are told of webhooks."""

from django.utils.translation import gettext_lazy as _

from loyalty.messages.kinds import kind

PAUSED = "webhook_paused"
kind(PAUSED, _("A webhook endpoint was paused"))
