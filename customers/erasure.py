"""What the register forgets with a person, beside what its read models show."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.utils.translation import gettext

from customers.budgets import keys_of
from customers.domain.challenge import KINDS
from customers.links import GIVE_UP, LOCK_ALL
from customers.queries import segments_of
from loyalty.erasure import Person, Statement, forgets, loses


@forgets("customers.tokens")
def tokens(person: Person) -> Iterator[Statement]:
    """The tokens by which apps acted for them."""
    yield "delete from customers_token where tenant_id = %s and customer_id = %s", (person.tenant_id, person.id)


THEIRS = "select digest from customers_identifier where tenant_id = %s and customer_id = %s"


@forgets("customers.codes")
def codes(person: Person) -> Iterator[Statement]:
    """Codes that they asked for, or that went to what points, or pointed, to them, and what was counted of these."""
    who = (person.tenant_id, person.id)
    yield "delete from customers_challenge where tenant_id = %s and customer_id = %s", who
    yield f"delete from customers_challenge where tenant_id = %s and digest in ({THEIRS})", (person.tenant_id, *who)
    yield (
        f"delete from outbox_message where tenant_id = %s and customer_id is null and address_digest in ({THEIRS})",
        (person.tenant_id, *who),
    )
    keys = [key for kind in KINDS if (told := person.identifiers.get(kind)) for key in keys_of(kind, told, person.tenant_id)]
    yield "delete from customers_code_budget where tenant_id = %s and key = any (%s)", (person.tenant_id, keys)


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


@loses("customers")
def profile(customer_id: UUID) -> Iterator[str]:
    """What the register knows, and the segments."""
    yield gettext("Name, gender, birth date, language, labels, and whatever else is known of the person")
    yield gettext("Phone, email, loyalty card and external id: others may have them from then on")
    if names := ", ".join(one.name for one in segments_of(customer_id)):
        yield gettext("The segments %(names)s") % {"names": names}
