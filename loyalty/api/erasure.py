"""What is forgotten of answers with a person."""

from __future__ import annotations

from collections.abc import Iterator

from loyalty.erasure import Person, Statement, forgets


@forgets("api.answers")
def answers(person: Person) -> Iterator[Statement]:
    """What was answered to writes about them. The same key is told then that it was carried out before."""
    yield "delete from api_idempotency where tenant_id = %s and person_id = %s", (person.tenant_id, person.id)
