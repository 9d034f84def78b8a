"""What is told to a person of the messages to them."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from loyalty.disclosure import Row, discloses
from loyalty.messages.models import Message
from loyalty.messages.outbox import text_of


@discloses("messages.outbox", _("Messages"), "outbox_message")
def messages(customer_id: UUID) -> Iterator[Row]:
    """Those of the last 90 days, the oldest first."""
    for one in Message.objects.filter(customer_id=customer_id).order_by("written_at", "id"):
        text = text_of(one.tenant_id, one.id, bytes(one.sealed))
        yield {"written_at": one.written_at, "sent_at": one.sent_at, "standing": str(one.get_state_display()), "text": text}
