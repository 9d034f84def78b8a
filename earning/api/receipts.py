"""`POST /api/v1/customers/{id}/receipts`: a customer claims what they bought without being known."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from customers.queries import customer
from earning import queries
from earning.api.shapes import Minor
from earning.commands import ClaimAnswer, ClaimReceipt, ReceiptAnswer
from earning.permissions import CLAIM_RECEIPTS
from loyalty.api.idempotency import Answer
from loyalty.api.problems import of_refusal
from loyalty.api.views import CommandView
from loyalty.domain.errors import DomainError
from loyalty.tenancy import reading


class ReceiptBody(msgspec.Struct, forbid_unknown_fields=True):
    """What the receipt says: its number, its total (minor units) and its day, as it was where it was bought."""

    document_number: str
    total: Minor
    purchased_on: date


class ClaimReceiptView(CommandView):
    """Claim a purchase for a customer by what their receipt says, five times a day.

    A receipt that is not known, was claimed before or says something else gets the same answer: `earning.receipt_not_claimable`.
    """

    permission = CLAIM_RECEIPTS
    body = ReceiptBody
    answer = ClaimAnswer
    status = 201

    def command(self, body: ReceiptBody, **path: Any) -> ClaimReceipt:
        with reading(self.tenant.id):
            whose = self.customer(path)
            found = queries.unclaimed_purchase(body.document_number, body.total, body.purchased_on)
        return ClaimReceipt(customer_id=whose, purchase_id=found, zone=self.tenant.time_zone)

    def customer(self, path: dict[str, Any]) -> UUID:
        """The customer of the address. Raises NotFound. Needs an open `reading`."""
        return customer(path["customer_id"]).id

    def _render(self, result: ReceiptAnswer) -> Answer:
        if result.claimed is None:
            return Answer(422, of_refusal(DomainError("earning.receipt_not_claimable", field="document_number")).body())
        return super()._render(result.claimed)
