"""`GET /api/v1/purchases`: the list, and one of them with everything about it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

import msgspec

from earning import queries
from earning.access import merchants_seen
from earning.api.shapes import Limit, Moment, Movement, Price, Rate, movement
from earning.commands import LineKind
from earning.domain.lines import quantity_text
from earning.domain.references import FoundBy
from earning.permissions import SEE_PURCHASES
from loyalty.api.paging import Page, opened_cursor, sealed_cursor
from loyalty.api.views import QueryView
from loyalty.domain.errors import NotFound

StateText = Literal["recorded", "partly_returned", "returned", "voided"]
LIST = "purchases"


class PurchasesQuery(msgspec.Struct):
    """`pos_id`, `merchant_id` and `customer_id` narrow the list, as do `state`, `matched` (with a customer or without), a whole
    `document` number in any spelling, and `since` ≤ time of the purchase < `until`.
    """

    customer_id: UUID | None = None
    merchant_id: UUID | None = None
    pos_id: UUID | None = None
    state: StateText | None = None
    matched: bool | None = None
    document: str = ""
    since: Moment | None = None
    until: Moment | None = None
    limit: Limit = 50
    cursor: str | None = None


class Exchanged(msgspec.Struct, frozen=True):
    """What a purchase in another currency counts: `total` in minor units of the programme's `currency`, at `rate`."""

    currency: str
    rate: Rate
    total: int


class InWallet(msgspec.Struct, frozen=True):
    """So many points of one wallet, in its smallest unit."""

    wallet: str
    points: int


class PurchaseInList(msgspec.Struct, frozen=True, kw_only=True):
    """A purchase in a list: `total` as sold, `kept` after returns (minor units of `currency`), and the `points` that it brought
    into the wallet `points`; `wallets` are all that it brought something into.
    """

    id: UUID
    document_number: str
    customer_id: UUID | None
    merchant_id: UUID
    pos_id: UUID | None
    currency: str
    total: int
    kept: int
    points: int
    state: StateText
    purchased_at: datetime
    exchange: Exchanged | None = None
    wallets: list[InWallet] = []


class ShownLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the document. `left` is how much may still come back: a quantity, or minor units where it was sold by amount. Of a discount
    `line_shares` say how much lies on each line, the first ones first: it comes back with these.
    """

    number: int
    kind: LineKind
    total: int
    quantity: str | None
    sku: str
    name: str
    unit_price: Price | None
    category: str
    maker: str
    labels: dict[str, str]
    tax_rate: int | None
    left: str | int
    line_shares: list[int] = []


class ReturnedLine(msgspec.Struct, frozen=True):
    """So much of line number `line` came back; `quantity` is null where it was sold by amount."""

    line: int
    quantity: str | None
    amount: int


class ShownReturn(msgspec.Struct, frozen=True, kw_only=True):
    """What came back with one return document, and the points that went with it, of the wallet `points` and of all `wallets`."""

    return_id: UUID
    document_number: str
    pos_id: UUID | None
    amount: int
    points: int
    lines: list[ReturnedLine]
    returned_at: datetime
    wallets: list[InWallet] = []


class OwnPurchase(PurchaseInList, frozen=True, kw_only=True):
    """A purchase as its customer sees it. `movements` explain its points, `why_nothing` why it brought none."""

    payment_method: str
    prices_include_tax: bool
    labels: dict[str, str]
    lines: list[ShownLine]
    returns: list[ShownReturn]
    movements: list[Movement]
    why_nothing: Literal["no_customer", "inactive", "no_rule", "too_little"] | None


class Purchase(OwnPurchase, frozen=True, kw_only=True):
    """A purchase with everything about it. `matched_by` is what it said of its customer by which they were found, when it was recorded or
    later (`named`: somebody named them, by id or by choosing them; null: nobody was found).
    """

    matched_by: FoundBy | None
    recorded_at: datetime
    recorded_by: str
    channel: str


class PurchasesView(QueryView):
    """List purchases, the latest first. Without `earning.see_all_purchases`: those of the own merchants."""

    permission = SEE_PURCHASES
    query: ClassVar[type[msgspec.Struct] | None] = PurchasesQuery
    answer = Page[PurchaseInList]

    def ask(self, query: PurchasesQuery, **path: Any) -> Page[PurchaseInList]:
        after = opened_cursor(query.cursor, self.tenant.id, LIST)
        found = queries.purchases(
            customer_id=query.customer_id,
            merchant_ids=self._merchants(query.merchant_id),
            pos_id=query.pos_id,
            state=query.state,
            matched=query.matched,
            document=query.document,
            since=query.since,
            until=query.until,
            after=after and (datetime.fromisoformat(after[0]), UUID(after[1])),
            limit=query.limit + 1,
        )
        page, more = found[: query.limit], len(found) > query.limit
        following = sealed_cursor([page[-1].purchased_at.isoformat(), str(page[-1].purchase_id)], self.tenant.id, LIST) if more else None
        return Page([in_list(p) for p in page], following)

    def _merchants(self, wanted: UUID | None) -> frozenset[UUID] | None:
        seen = merchants_seen(self.principal)
        if wanted is None:
            return seen
        return frozenset({wanted}) if seen is None or wanted in seen else frozenset()


class PurchaseView(QueryView):
    """Show one purchase. Without `earning.see_all_purchases` those of other merchants are not there."""

    permission = SEE_PURCHASES
    answer = Purchase

    def ask(self, query: None, **path: Any) -> Purchase:
        found, seen = queries.purchase(path["purchase_id"]), merchants_seen(self.principal)
        if seen is not None and found.merchant_id not in seen:
            raise NotFound("earning.purchase_unknown")
        return shown(found, seen)


def in_list(card: queries.PurchaseInList) -> PurchaseInList:
    """A purchase as lists of the API show it."""
    same = (name for name in PurchaseInList.__struct_fields__ if name not in {"id", "exchange", "wallets"})
    counted = card.exchange
    made = Exchanged(counted.currency, counted.rate, counted.total) if counted else None
    wallets = _in_wallets(card.in_wallets)
    return PurchaseInList(id=card.purchase_id, exchange=made, wallets=wallets, **{name: getattr(card, name) for name in same})


def _in_wallets(points: Mapping[str, int]) -> list[InWallet]:
    return [InWallet(code, amount) for code, amount in points.items()]


def shown(card: queries.PurchaseCard, seen: frozenset[UUID] | None) -> Purchase:
    """A purchase as the API shows it to somebody who sees those of the merchants `seen` (None: of all)."""
    return Purchase(
        **msgspec.structs.asdict(in_list(card)),
        payment_method=card.payment_method,
        prices_include_tax=card.prices_include_tax,
        labels=card.labels,
        lines=[_line(line) for line in card.lines],
        returns=[_return(given) for given in card.returns],
        movements=[movement(m, seen) for m in card.movements],
        why_nothing=card.why_nothing,
        matched_by=card.matched_by,
        recorded_at=card.recorded_at,
        recorded_by=card.recorded_by,
        channel=card.channel,
    )


def _line(shown_line: queries.PurchaseLine) -> ShownLine:
    line, left = shown_line.line, shown_line.left
    by_amount = line.quantity is None
    same = ("kind", "total", "sku", "name", "unit_price", "category", "maker", "labels", "tax_rate")
    return ShownLine(
        number=shown_line.number,
        quantity=None if line.quantity is None else quantity_text(line.quantity),
        left=left if by_amount else quantity_text(left),
        line_shares=[*line.line_shares],
        **{name: getattr(line, name) for name in same},
    )


def _return(given: queries.PurchaseReturn) -> ShownReturn:
    back = [ReturnedLine(r.line, None if r.quantity is None else quantity_text(r.quantity), r.amount) for r in given.lines]
    same = ("return_id", "document_number", "pos_id", "amount", "points", "returned_at")
    return ShownReturn(lines=back, wallets=_in_wallets(given.in_wallets), **{name: getattr(given, name) for name in same})
