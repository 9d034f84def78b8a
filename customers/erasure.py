"""What the register forgets with a person, beside what its read models show."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.utils.translation import gettext, ngettext

from customers.budgets import asked_keys, fact_key, keys_of, own_password_key
from customers.domain.challenge import KINDS
from customers.forgotten_words import noting
from customers.links import GIVE_UP, LOCK_ALL
from customers.queries import open_invitations, segments_of
from loyalty.erasure import Person, Statement, forgets, loses


@forgets("customers.tokens")
def tokens(person: Person) -> Iterator[Statement]:
    """The tokens by which apps acted for them."""
    yield "delete from customers_token where tenant_id = %s and customer_id = %s", (person.tenant_id, person.id)


@forgets("customers.password")
def password(person: Person) -> Iterator[Statement]:
    """The hash of their password."""
    yield "delete from customers_password where tenant_id = %s and customer_id = %s", (person.tenant_id, person.id)


@forgets("customers.avatar")
def avatar(person: Person) -> Iterator[Statement]:
    """Their picture."""
    yield "delete from customers_avatar where tenant_id = %s and customer_id = %s", (person.tenant_id, person.id)


@forgets("customers.codes")
def codes(person: Person) -> Iterator[Statement]:
    """Codes that they asked for, or that went to what points, or pointed, to them, and what was counted of these; under every key in use,
    since a code may have been sent under another one than the number was claimed with.
    """
    theirs = person.digests(*KINDS)
    yield "delete from customers_challenge where tenant_id = %s and customer_id = %s", (person.tenant_id, person.id)
    yield "delete from customers_challenge where tenant_id = %s and digest = any (%s)", (person.tenant_id, theirs)
    yield (
        "delete from outbox_message where tenant_id = %s and customer_id is null and address_digest = any (%s)",
        (person.tenant_id, theirs),
    )
    keys = [key for kind, text in person.known_by for known in KINDS if kind == known for key in keys_of(known, text, person.tenant_id)]
    keys += [fact_key(person.id, person.tenant_id), own_password_key(person.id, person.tenant_id), *asked_keys(person.id, person.tenant_id)]
    yield "delete from customers_code_budget where tenant_id = %s and key = any (%s)", (person.tenant_id, keys)


@forgets("customers.words")
def words(person: Person) -> Iterator[Statement]:
    """Words of search that only they had leave its storage by a job."""
    yield noting(person)


SENT = "select invitation_id from customers_invited where tenant_id = %s and referrer_id = %s"


@forgets("customers.invitations")
def invitations(person: Person) -> Iterator[Statement]:
    """Their link; where invitations went that they sent, with the messages, which name them; and those that went to them."""
    who = (person.tenant_id, person.id)
    yield "delete from customers_invitation_link where tenant_id = %s and customer_id = %s", who
    yield f"delete from outbox_message where tenant_id = %s and id in ({SENT})", (person.tenant_id, *who)
    yield "delete from customers_invited where tenant_id = %s and (referrer_id = %s or customer_id = %s)", (*who, person.id)
    yield "delete from customers_invited where tenant_id = %s and digest = any (%s)", (person.tenant_id, person.digests(*KINDS))


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
    if number := open_invitations(customer_id):
        told = ngettext("%(number)s invitation of a friend that is open", "%(number)s invitations of friends that are open", number)
        yield told % {"number": number}
    if names := ", ".join(one.name for one in segments_of(customer_id)):
        yield gettext("The segments %(names)s") % {"names": names}
