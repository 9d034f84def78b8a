"""How a customer is named over the API: by id, or by what a document says of them."""

from __future__ import annotations

from uuid import UUID

import msgspec

from customers.queries import IdentifierKind, customer_by
from loyalty.domain.errors import DomainError
from loyalty.tenancy import reading

REFERENCES: dict[str, IdentifierKind] = {
    "customer_phone": "phone",
    "customer_email": "email",
    "customer_card": "card",
    "customer_code": "code",
    "customer_external_id": "external_id",
}


class CustomerNamed(msgspec.Struct, kw_only=True):
    """A customer, named in one way."""

    customer_id: UUID | None = None
    customer_phone: str | None = None
    customer_email: str | None = None
    customer_card: str | None = None
    customer_code: str | None = None
    customer_external_id: str | None = None


def customer_named(body: CustomerNamed, tenant_id: int) -> UUID | None:
    """The customer in `body`, None for no name. Raises DomainError when nobody has that name, or two ways to name one were given."""
    named = [field for field in ("customer_id", *REFERENCES) if getattr(body, field) is not None]
    if len(named) > 1:
        raise DomainError("earning.customer_named_twice", field=named[1])
    if not named or body.customer_id is not None:
        return body.customer_id
    with reading(tenant_id):
        card = customer_by(REFERENCES[named[0]], getattr(body, named[0]))
    if card is None:
        raise DomainError("earning.customer_unknown", field=named[0])
    return card.id
