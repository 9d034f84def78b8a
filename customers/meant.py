"""Whom a list of identifiers means: each text is a code, phone, email, card or external id of exactly one customer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from customers import finding
from customers.domain.identifiers import KINDS, IdentifierKind
from loyalty.domain.errors import Conflict, DomainError, NotFound, Refusals


def holders_of(texts: Collection[str], tenant_id: int, region: str, kinds: Iterable[IdentifierKind] = KINDS) -> dict[str, set[UUID]]:
    """Those whom each text may mean; a text of nobody is not there. One query. Needs an open `reading`."""
    found: dict[str, set[UUID]] = {}
    for text, holder in finding.holders([*kinds], texts, tenant_id, region):
        found.setdefault(text, set()).add(holder)
    return found


def the_one(found: Collection[UUID] | None) -> UUID:
    """Of those whom a text may mean. Raises NotFound `customers.not_found`, and Conflict `customers.reference_ambiguous` for several."""
    if not found:
        raise NotFound("customers.not_found")
    if len(found) > 1:
        raise Conflict("customers.reference_ambiguous")
    return next(iter(found))


def meant_by(texts: Sequence[str], tenant_id: int, region: str, field: str) -> tuple[UUID, ...]:
    """The customers of a whole list. Raises DomainError with the place of what means nobody, or several: `field.2`."""
    known, refusals = holders_of(texts, tenant_id, region), Refusals()
    meant: list[UUID] = []
    for place, text in enumerate(texts):
        with refusals:
            try:
                meant.append(the_one(known.get(text)))
            except DomainError as problem:
                raise problem.at(f"{field}.{place}") from None
    refusals.raise_all()
    return tuple(meant)
