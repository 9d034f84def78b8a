"""`/api/v1/customers/{id}/account/lots`: of what a balance is made, and what brought each part of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import msgspec

from customers.permissions import SEE as SEE_CUSTOMERS
from customers.queries import cards, customer
from earning import queries
from earning.access import merchants_seen
from earning.api.accounts import Lot, LotsQuery, LotsView, WalletQuery
from earning.api.shapes import Reason
from earning.models import Lot as LotRow
from earning.models import Purchase
from earning.permissions import SEE_ACCOUNTS
from earning.streams import account_of
from loyalty.api.paging import Page
from loyalty.api.views import QueryView
from loyalty.staff.permissions import SEE_HISTORY
from loyalty.staff.principal import Principal


class ExplainedLot(Lot, frozen=True, kw_only=True):
    """A lot, and what brought it: its source in words, and the versions of the rules that gave the points, of a purchase
    (`/purchases/PURCHASE_ID/explanation` tells the whole), also where they were passed on or given back since.

    `reason` and `given_by` (with `history.see`) say why staff gave them, `from_customer` (with `customers.see`) is the code of who passed
    them on, `spend_id` is what they had been spent by before they were given back.
    """

    source_sentence: str
    rules: list[Reason]
    reason: str | None
    given_by: str | None
    from_customer: str | None
    spend_id: UUID | None


class Recomputed(msgspec.Struct, frozen=True, kw_only=True):
    """The `points` that a lot had at first, and what computing them anew gives: by the rules in force for its purchase, as its explanation
    does, or from the event that brought it.
    """

    lot_id: UUID
    points: int
    recomputed: int
    equal: bool


class ExplainedLotsView(LotsView):
    """List of what a balance is made, the oldest first, with what brought each lot; by `state` also lots that have ended."""

    answer = Page[ExplainedLot]

    def ask(self, query: LotsQuery, **path: Any) -> Any:
        page = super().ask(query, **path)
        account_id = account_of(path["customer_id"], self.tenant.id, query.wallet)
        return Page(list(explained(page.items, account_id, self.principal)), page.next)


class RecomputedView(QueryView):
    """Compute the points of a lot anew."""

    permission = SEE_ACCOUNTS
    query = WalletQuery
    answer = Recomputed

    def ask(self, query: WalletQuery, **path: Any) -> Recomputed:
        whose, wallet = customer(path["customer_id"]).id, queries.wallet(query.wallet).code
        points, anew = queries.recomputed(whose, wallet, path["lot_id"])
        return Recomputed(lot_id=path["lot_id"], points=points, recomputed=anew, equal=points == anew)


def explained(lots: Iterable[Lot], account_id: UUID, principal: Principal) -> Iterable[ExplainedLot]:
    """Lots with as much of what brought them as somebody may see."""
    shown = list(lots)
    origins = queries.lot_origins(account_id, [lot.lot_id for lot in shown])
    hidden, codes = _hidden(shown, principal), _codes(origins, principal)
    reads = principal.may(SEE_HISTORY)
    for lot in shown:
        one = origins[lot.lot_id]
        yield ExplainedLot(
            **msgspec.structs.asdict(lot),
            source_sentence=str(LotRow.Source(lot.source).label),
            rules=[] if lot.purchase_id in hidden else [Reason(r.rule_id, r.version, r.name, r.amount, r.points) for r in one.rules],
            reason=one.reason if reads and one.reason else None,
            given_by=one.given_by if reads and one.given_by else None,
            from_customer=codes.get(one.sender_id),
            spend_id=one.spend_id,
        )


def _codes(origins: Mapping[UUID, queries.LotOrigin], principal: Principal) -> dict[UUID | None, str]:
    senders = [one.sender_id for one in origins.values() if one.sender_id is not None]
    return {card.side: card.code for card in cards(senders)} if senders and principal.may(SEE_CUSTOMERS) else {}


def _hidden(lots: Iterable[Lot], principal: Principal) -> set[UUID | None]:
    """The purchases of merchants whose purchases somebody does not see."""
    seen = merchants_seen(principal)
    if seen is None:
        return set()
    found = Purchase.objects.filter(tenant_id=principal.tenant_id, id__in=[lot.purchase_id for lot in lots if lot.purchase_id])
    return set(found.exclude(merchant_id__in=seen).values_list("id", flat=True))
