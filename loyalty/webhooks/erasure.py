"""What is forgotten of webhooks with a person."""

from __future__ import annotations

from collections.abc import Iterator

from loyalty.erasure import Person, Statement, forgets

THEIRS = "select id from webhooks_delivery where tenant_id = %s and customer_id = %s"
EMPTY = """update webhooks_delivery set body = '', customer_id = null, lane = id, sending = false,
        state = case state when 'waiting' then 'dropped' else state end, failure = case state when 'waiting' then 'erased' else failure end
    where tenant_id = %s and customer_id = %s"""


@forgets("webhooks.deliveries")
def deliveries(person: Person) -> Iterator[Statement]:
    """What was, or was to be, told of them, and what was answered. Who was told hears next that they are forgotten.

    An empty row stays for each, so that a log that is read again tells nothing again.
    """
    who = (person.tenant_id, person.id)
    yield f"delete from webhooks_attempt where tenant_id = %s and delivery_id in ({THEIRS})", (person.tenant_id, *who)
    yield EMPTY, who
