"""What earning forgets with a person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

from django.utils.translation import get_language, gettext

from earning.domain.references import KINDS, Reference
from earning.queries import balance, wallets, wallets_here
from earning.references import forgetting
from earning.units import phrase
from loyalty.erasure import Person, Statement, forgets, loses
from loyalty.house import formats

ATTEMPTS = "delete from earning_attempts where tenant_id = %s and customer_id = %s"


@forgets("earning.references")
def references(person: Person) -> Iterator[Statement]:
    """What documents of purchases without a customer said of them."""
    known = [Reference(kind, text) for kind, text in person.known_by if kind in KINDS]
    return forgetting(known, person.tenant_id)


@forgets("earning.attempts")
def attempts(person: Person) -> Iterator[Statement]:
    """How often they guessed at receipts, and at who can receive points."""
    yield ATTEMPTS, (person.tenant_id, person.id)


@loses("earning")
def points(customer_id: UUID) -> Iterator[str]:
    """What is left in each wallet."""
    now, language = datetime.now(UTC), get_language() or formats.FALLBACK
    for card in wallets():
        if (left := balance(customer_id, now, card.code).balance) > 0:
            said = phrase(wallets_here().unit(card.code), left, language)
            yield gettext("%(points)s: they end and stay with the company") % {"points": said}
