"""What the register forgets with a person, beside what its read models show."""

from __future__ import annotations

from collections.abc import Iterator

from customers.links import GIVE_UP, LOCK_ALL
from loyalty.erasure import Person, Statement, forgets


@forgets("customers.tokens")
def tokens(person: Person) -> Iterator[Statement]:
    """The tokens by which apps acted for them."""
    yield "delete from customers_token where tenant_id = %s and customer_id = %s", (person.tenant_id, person.id)


@forgets("customers.identifiers")
def identifiers(person: Person) -> Iterator[Statement]:
    """What pointed to them, also earlier. The code stays theirs: it says nothing of a person, and nobody gets it again.

    What led to one other customer besides them leads to that one now.
    """
    yield LOCK_ALL, (person.tenant_id, person.id)
    yield GIVE_UP, (person.tenant_id, person.id)
    yield (
        "delete from customers_identifier where tenant_id = %s and customer_id = %s and kind <> 'code'",
        (person.tenant_id, person.id),
    )
