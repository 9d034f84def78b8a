"""What has to leave at once."""

from __future__ import annotations

from typing import Any

from loyalty.api.views import CommandView
from loyalty.domain.command import Command
from loyalty.webhooks.tasks import send_due


class SendsDue(CommandView):
    """Mixed in where an order makes something due: it leaves at once, after the commit."""

    def _dispatch(self, command: Command[Any], **how: Any) -> Any:
        result = super()._dispatch(command, **how)
        send_due(self.principal.tenant_id)
        return result
