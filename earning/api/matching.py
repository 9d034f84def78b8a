"""`/api/v1/matching-order`: by which references purchases find their customers."""

from __future__ import annotations

from typing import Any

import msgspec

from earning import queries
from earning.commands import SetMatchingOrder
from earning.domain.references import ReferenceKind
from earning.permissions import EDIT_PROGRAMME
from loyalty.api.views import CommandView, QueryView


class MatchingOrder(msgspec.Struct, forbid_unknown_fields=True):
    """What a document says of its customer, the first to be tried first. What is left out is not tried."""

    kinds: list[ReferenceKind]


class MatchingOrderView(QueryView):
    """Show by which references purchases are matched to customers."""

    permission = EDIT_PROGRAMME
    answer = MatchingOrder

    def ask(self, query: None, **path: Any) -> MatchingOrder:
        return MatchingOrder(list(queries.matching_order_now()))


class SetMatchingOrderView(CommandView):
    """Set by which references purchases are matched to customers from now on."""

    method = "put"
    permission = EDIT_PROGRAMME
    body = MatchingOrder
    dry_runs = True

    def command(self, body: MatchingOrder, **path: Any) -> SetMatchingOrder:
        return SetMatchingOrder(kinds=tuple(body.kinds))
