"""Whose purchases a file holds: customers found by what the file calls them, or made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from customers.commands import RegisterCustomer
from customers.queries import identified
from loyalty.domain.errors import DomainError
from loyalty.jobs.models import name_counts
from loyalty.tenancy import reading

if TYPE_CHECKING:
    from earning.imports.run import PurchaseImporter

KINDS = ("external_id", "phone", "email", "card", "code")
MADE = "customers"
name_counts({MADE: _("new customers")})


def customers_of(importer: PurchaseImporter, parties: Sequence[str]) -> dict[str, UUID | DomainError]:
    """The customer for each of `parties`, or why there is none."""
    found: dict[str, UUID | DomainError] = dict(_held(importer, parties))
    missing = [party for party in parties if party not in found]
    if importer.options.create_customers and importer.options.customer_kind != "code":
        return found | _made(importer, missing)
    return found | dict.fromkeys(missing, DomainError("imports.customer_unknown", field="customer"))


def _held(importer: PurchaseImporter, parties: Sequence[str]) -> Mapping[str, UUID]:
    with reading(importer.tenant_id):
        return identified(cast(Any, importer.options.customer_kind), parties)


def _made(importer: PurchaseImporter, parties: Sequence[str]) -> dict[str, UUID | DomainError]:
    if not parties:
        return {}
    kind, pos_id = importer.options.customer_kind, importer.place.pos_id
    orders = [RegisterCustomer(**cast(Any, {kind: party}), pos_id=pos_id) for party in parties]
    found: dict[str, UUID | DomainError] = {}
    for party, outcome in zip(parties, importer.dispatch(orders), strict=True):
        found[party] = outcome.refusal or outcome.result.customer_id
    importer.work.count(MADE, sum(isinstance(holder, UUID) for holder in found.values()))
    return found
