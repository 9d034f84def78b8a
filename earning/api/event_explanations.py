"""`GET /api/v1/customers/{id}/events/{event_id}/explanation`: why a custom event brought its points, or none."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from customers.queries import customer
from earning import queries
from earning.api.explanations import ExplainedRule, WorthInWallet, in_wallets, shown
from earning.permissions import SEE_ACCOUNTS
from earning.streams import WALLET
from loyalty.api.views import QueryView
from loyalty.staff.actors import actors_seen


class EventExplanation(msgspec.Struct, frozen=True, kw_only=True):
    """Each rule that was in force for the type of the event when it happened, as the rules were known when it was reported; higher priority
    first, then the older rule.

    `points` are what they gave together into the wallet `points`, `wallets` what into each. Of attributes it is told whether they met what
    was asked, not what they were; `exact` is null where the customer was erased.
    """

    custom_event_id: UUID
    points: int
    wallets: list[WorthInWallet]
    rules: list[ExplainedRule]


class EventExplanationView(QueryView):
    """Explain the points of a custom event."""

    permission = SEE_ACCOUNTS
    answer = EventExplanation

    def ask(self, query: None, **path: Any) -> EventExplanation:
        found = queries.event_explanation(path["event_id"], customer(path["customer_id"]).id)
        wallets, who = queries.wallets_here(), actors_seen((one.changed_by for one in found.rules), self.principal)
        return EventExplanation(
            custom_event_id=found.custom_event_id,
            points=found.points.get(WALLET, 0),
            wallets=in_wallets(found.points, found.cuts, wallets),
            rules=[shown(one, self.tenant.currency, wallets, who) for one in found.rules],
        )
