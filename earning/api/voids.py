"""`POST /api/v1/purchases/{id}/void`: who recorded a purchase undoes it on the same day."""

from __future__ import annotations

from typing import Any

import msgspec

from earning import queries
from earning.access import merchants_seen
from earning.commands import ReturnAnswer, VoidPurchase
from earning.permissions import VOID
from loyalty.api.views import CommandView
from loyalty.domain.errors import NotFound
from loyalty.tenancy import reading


class VoidBody(msgspec.Struct, forbid_unknown_fields=True):
    """Why the purchase should not have been recorded."""

    reason: str


class VoidPurchaseView(CommandView):
    """Void a purchase: everything comes back, with its points. Only who recorded it may, on its own day, before anything came back.

    Purchases of other merchants are not there for who lacks `earning.see_all_purchases`. Its document number stays used.
    """

    permission = VOID
    body = VoidBody
    answer = ReturnAnswer
    status = 201
    dry_runs = True

    def command(self, body: VoidBody, **path: Any) -> VoidPurchase:
        with reading(self.tenant.id):
            sold, seen = queries.purchase_in_brief(path["purchase_id"]), merchants_seen(self.principal)
            if seen is not None and sold.merchant_id not in seen:
                raise NotFound("earning.purchase_unknown")
            return queries.voiding(path["purchase_id"], body.reason)
