"""How a customer is named over the API: by id, or by what a document says of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import msgspec

from customers.queries import home_region, normal_identifier
from earning import queries
from earning.domain.references import Reference, ReferenceKind, in_order
from earning.references import holder_of
from loyalty.domain.errors import DomainError
from loyalty.tenancy import reading

REFERENCES: dict[str, ReferenceKind] = {
    "customer_card": "card",
    "customer_phone": "phone",
    "customer_email": "email",
    "customer_code": "code",
    "customer_external_id": "external_id",
}


class CustomerNamed(msgspec.Struct, kw_only=True):
    """A customer, named by id, or by what a document says of them: of several references the first that finds somebody counts."""

    customer_id: UUID | None = None
    customer_phone: str | None = None
    customer_email: str | None = None
    customer_card: str | None = None
    customer_code: str | None = None
    customer_external_id: str | None = None


@dataclass(frozen=True, slots=True)
class Meant:
    """Who is meant (None: nobody known), the references that said so, and the one of them that found the customer."""

    customer_id: UUID | None
    references: tuple[Reference, ...] = ()
    matched_by: ReferenceKind | None = None


def fields_named(body: CustomerNamed) -> list[str]:
    """The fields by which `body` names a customer."""
    return [field for field in ("customer_id", *REFERENCES) if str(getattr(body, field) or "").strip()]


def customer_meant(body: CustomerNamed, tenant_id: int) -> Meant:
    """The customer in `body`; by id nothing is looked up, by references once.

    Raises DomainError at the field of a reference that can be none, and for an id beside references.
    """
    given = [field for field in REFERENCES if (getattr(body, field) or "").strip()]
    if body.customer_id is not None or not given:
        if given:
            raise DomainError("earning.customer_named_twice", field=given[0])
        return Meant(body.customer_id)
    with reading(tenant_id):
        references = in_order(_references(body, given), queries.matching_order())
        found = holder_of(references)
    return Meant(None, references) if found is None else Meant(found[1], references, found[0])


def customer_named(body: CustomerNamed, tenant_id: int) -> UUID:
    """The customer in `body`. Raises DomainError when none is named, or nobody has that name."""
    meant = customer_meant(body, tenant_id)
    if meant.customer_id is None:
        named = [field for field in REFERENCES if (getattr(body, field) or "").strip()]
        raise DomainError("earning.customer_unknown" if named else "earning.customer_missing", field=[*named, "customer_id"][0])
    return meant.customer_id


def _references(body: CustomerNamed, given: list[str]) -> Iterator[Reference]:
    region = home_region()
    for field in given:
        try:
            yield Reference(REFERENCES[field], normal_identifier(REFERENCES[field], getattr(body, field), region))
        except DomainError as refusal:
            raise refusal.at(field) from None
