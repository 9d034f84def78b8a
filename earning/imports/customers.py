"""Whose purchases a file holds: customers found by what the file calls them, or made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from customers.commands import RegisterCustomer
from customers.queries import identified
from earning.commands import RecordPurchase
from earning.domain.dates import check_date
from earning.domain.purchase_checks import check_document
from earning.imports.columns import ImportRow
from earning.imports.documents import plan
from loyalty.domain.errors import DomainError
from loyalty.jobs.models import name_counts
from loyalty.tenancy import reading
from pos.queries import SalePlace

if TYPE_CHECKING:
    from earning.imports.run import PurchaseImporter

KINDS = ("external_id", "phone", "email", "card", "code")
MADE = "customers"
name_counts({MADE: _("new customers")})


def customers_of(importer: PurchaseImporter, parties: Mapping[str, Sequence[ImportRow]]) -> dict[str, UUID | DomainError | None]:
    """The customer for each of `parties`, or why there is none; None for who is not made, since none of their rows can be taken in."""
    found: dict[str, UUID | DomainError | None] = dict(_held(importer, list(parties)))
    missing = [party for party in parties if party not in found]
    if importer.options.create_customers and importer.options.customer_kind != "code":
        buying = [party for party in missing if _sells(importer.place, parties[party])]
        return found | dict.fromkeys(missing) | _made(importer, buying)
    return found | dict.fromkeys(missing, DomainError("imports.customer_unknown", field="customer"))


def _sells(place: SalePlace, rows: Sequence[ImportRow]) -> bool:
    """Whether any document of these rows is a sale that can be."""
    return any(_can_be(step.command) for step in plan(place, None, rows).steps if isinstance(step.command, RecordPurchase))


def _can_be(sale: RecordPurchase) -> bool:
    try:
        check_document(sale)
        check_date(sale.purchased_at, datetime.now(UTC), "import", "purchased_at")
    except DomainError:
        return False
    return True


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
