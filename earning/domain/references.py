"""What a sale document says of its customer, and which of it is believed first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args
from uuid import UUID

from loyalty.domain.errors import DomainError

ReferenceKind = Literal["card", "phone", "email", "code", "external_id"]
FoundBy = Literal["card", "phone", "email", "code", "external_id", "named"]
"""How a purchase came to its customer: by a reference on its document, or since somebody named the customer themselves."""
KINDS: tuple[ReferenceKind, ...] = get_args(ReferenceKind)
"""In the order in which they are tried where a programme sets no other."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A loyalty card, phone, email, customer code or external id on a document: its kind, and its normal form. Personal."""

    kind: ReferenceKind
    text: str


def found_by(customer_id: UUID | None, matched_by: ReferenceKind | None) -> FoundBy | None:
    """How a purchase found its customer; None where it has none."""
    return None if customer_id is None else matched_by or "named"


def in_order(references: Iterable[Reference], order: Sequence[ReferenceKind]) -> tuple[Reference, ...]:
    """Those of `references` that are tried at all, the first to be tried first."""
    return tuple(sorted((r for r in references if r.kind in order), key=lambda r: order.index(r.kind)))


def first_holder(references: Sequence[Reference], held: Mapping[ReferenceKind, UUID]) -> tuple[ReferenceKind, UUID] | None:
    """The first of `references`, in order, that somebody holds, and who that is."""
    return next(((r.kind, held[r.kind]) for r in references if r.kind in held), None)


def check_order(order: Sequence[str]) -> None:
    """Raises DomainError for an order that names a kind twice, one that is none, or nothing."""
    if not order:
        raise DomainError("earning.matching_empty", field="kinds")
    if len(set(order)) < len(order):
        raise DomainError("earning.matching_twice", field="kinds")
    if unknown := [kind for kind in order if kind not in KINDS]:
        raise DomainError("earning.matching_unknown", field="kinds", given=unknown[0], known=", ".join(KINDS))
