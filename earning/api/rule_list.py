"""`GET /api/v1/rules`: earning rules, narrowed by state, kind and wallet."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

import msgspec

from earning import queries
from earning.api.rules import Rule, StateText, shown
from earning.api.shapes import Limit
from earning.permissions import SEE_RULES
from loyalty.api.paging import Page, opened_cursor, sealed_cursor
from loyalty.api.views import QueryView

KindText = Literal["points_per_amount", "product_points", "multiplier", "instant_reward", "custom_event"]
RULES = "rules"


class RulesQuery(msgspec.Struct):
    """By state: active, draft, ended, paused, scheduled; then by name. Or those in one state, of one kind, or of one wallet."""

    state: StateText | None = None
    kind: KindText | None = None
    wallet: str | None = None
    limit: Limit = 50
    cursor: str | None = None


class RulesView(QueryView):
    """List earning rules."""

    permission = SEE_RULES
    query = RulesQuery
    answer = Page[Rule]

    def ask(self, query: RulesQuery, **path: Any) -> Page[Rule]:
        after = opened_cursor(query.cursor, self.tenant.id, RULES)
        wallet = None if query.wallet is None else queries.wallet(query.wallet).code
        place = after and (after[0], after[1], UUID(after[2]))
        found = queries.rules(query.state, place, query.limit + 1, kind=query.kind, wallet=wallet)
        page = found[: query.limit]
        last = [page[-1].state, page[-1].name, str(page[-1].rule_id)] if len(found) > query.limit else None
        return Page([shown(card) for card in page], sealed_cursor(last, self.tenant.id, RULES) if last else None)
