"""What is forgotten of messages with a person."""

from __future__ import annotations

from collections.abc import Iterator

from loyalty.erasure import Person, Statement, forgets


@forgets("omnichannel.messages")
def messages(person: Person) -> Iterator[Statement]:
    """Messages to them, sent or not."""
    yield "delete from omnichannel_message where tenant_id = %s and customer_id = %s", (person.tenant_id, person.id)
