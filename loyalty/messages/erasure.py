"""What is forgotten of messages with a person."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.utils.translation import ngettext

from loyalty.erasure import Person, Statement, forgets, loses
from loyalty.messages.models import Message


@forgets("messages.outbox")
def messages(person: Person) -> Iterator[Statement]:
    """Messages to them, sent or not."""
    yield "delete from outbox_message where tenant_id = %s and customer_id = %s", (person.tenant_id, person.id)


@loses("messages")
def waiting(customer_id: UUID) -> Iterator[str]:
    """Messages that were not sent yet."""
    if number := Message.objects.filter(customer_id=customer_id, state=Message.State.WAITING).count():
        told = ngettext("%(number)s message that was not sent yet", "%(number)s messages that were not sent yet", number)
        yield told % {"number": number}
