"""`POST /api/v1/purchases/{id}/claim`: a purchase that was recorded without a customer gets one."""

from __future__ import annotations

from typing import Any

from earning import queries
from earning.access import merchants_seen
from earning.api.naming import CustomerNamed, customer_named
from earning.commands import ClaimAnswer, ClaimPurchase
from earning.permissions import CLAIM
from loyalty.api.views import CommandView
from loyalty.domain.errors import NotFound
from loyalty.tenancy import reading


class ClaimBody(CustomerNamed, forbid_unknown_fields=True, kw_only=True):
    """Whose purchase it is; the customer is named in one way."""


class ClaimPurchaseView(CommandView):
    """Give a purchase that was recorded without a customer to the one whose it is, with the points it would have brought.

    Purchases of other merchants are not there for who lacks `earning.see_all_purchases`. The first claim wins.
    """

    permission = CLAIM
    body = ClaimBody
    answer = ClaimAnswer
    status = 201
    dry_runs = True

    def command(self, body: ClaimBody, **path: Any) -> ClaimPurchase:
        with reading(self.tenant.id):
            sold, seen = queries.purchase_in_brief(path["purchase_id"]), merchants_seen(self.principal)
            if seen is not None and sold.merchant_id not in seen:
                raise NotFound("earning.purchase_unknown")
            customer_id = customer_named(body, self.tenant.id)
        return ClaimPurchase(purchase_id=path["purchase_id"], customer_id=customer_id)
