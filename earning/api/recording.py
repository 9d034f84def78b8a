"""`POST /api/v1/purchases`: recording a sale document."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec

from earning import queries
from earning.access import place_named
from earning.api.naming import CustomerNamed, customer_meant
from earning.api.shapes import Minor, Moment, Price, Quantity, moment, price
from earning.commands import Line, LineKind, PurchaseAnswer, RecordPurchase, quantity_of
from earning.permissions import DATE_BACK, RECORD
from loyalty.api.idempotency import Answer
from loyalty.api.renderers import dumps
from loyalty.api.views import CommandView
from loyalty.domain.command import Command
from loyalty.domain.errors import DomainError
from loyalty.domain.money import EXPONENTS
from loyalty.tenancy import reading
from loyalty.tenancy.current import acting_for


class LineBody(msgspec.Struct, forbid_unknown_fields=True):
    """A line of the document. `total` (minor units) is what counts; without `quantity` the line was sold by amount.

    Discounts are negative, rounding may be. `tax_rate` is in basis points. A discount may say by `line_shares` how much of it lies on each
    line, the first ones first (minor units, above zero): then it comes back with these lines, and rules that count net take it off them.
    """

    total: Minor
    kind: LineKind = "goods"
    quantity: Quantity | None = None
    sku: str = ""
    name: str = ""
    unit_price: Price | None = None
    category: str = ""
    maker: str = ""
    labels: dict[str, str] = {}
    tax_rate: int | None = None
    line_shares: list[Minor] = []


class BasketBody(CustomerNamed, kw_only=True):
    """What was bought, where, and by whom. `total` (minor units) is the sum of the lines; without `lines` it was sold by amount alone, as
    one line of goods. An empty list is refused.
    """

    total: Minor
    lines: list[LineBody] | msgspec.UnsetType = msgspec.UNSET
    pos: str = ""
    merchant_id: UUID | None = None
    labels: dict[str, str] = {}
    payment_method: str = ""


class RecordPurchaseBody(BasketBody, forbid_unknown_fields=True, kw_only=True):
    """A sale document. `total` (minor units) is the sum of the lines; without `lines` it was sold by amount alone, which is one line of
    goods. An empty list is refused: leave `lines` out instead.

    `pos` is the code or the id of the point of sale; `merchant_id` alone means an online sale. The customer is named by id, or
    by any references that the document has: the programme says which is tried first, and the first that finds somebody counts.
    Where none does, the purchase is kept without a customer and becomes theirs who turns up with one of them within 24 months.
    `currency` may be left out; another one than the programme's counts what it is worth at the rate of the time of the purchase.
    """

    document_number: str
    purchased_at: Moment
    currency: str = ""
    prices_include_tax: bool = True


class RecordPurchaseView(CommandView):
    """Record a sale document and give its points. The same document again changes nothing and answers with `duplicate`.

    Without `earning.record_anywhere`: at the own points of sale. Without `earning.date_back`: of the last 24 hours.
    """

    permission = RECORD
    body = RecordPurchaseBody
    answer = PurchaseAnswer
    status = 201
    dry_runs = True

    def command(self, body: RecordPurchaseBody, **path: Any) -> RecordPurchase:
        # What is remembered of the place needs no transaction; what must be asked opens one.
        with acting_for(self.tenant.id):
            place = place_named(self.principal, body.pos, body.merchant_id)
            meant = customer_meant(body, self.tenant.id)
        currency = body.currency or place.currency
        if currency not in EXPONENTS:
            raise DomainError("money.unknown_currency", field="currency", currency=currency)
        return RecordPurchase(
            customer_id=meant.customer_id,
            references=meant.references,
            matched_by=meant.matched_by,
            merchant_id=place.merchant_id,
            pos_id=place.pos_id,
            document_scope=place.document_scope,
            document_number=body.document_number,
            purchased_at=moment(body.purchased_at, "purchased_at"),
            zone=place.zone,
            currency=currency,
            home_currency=place.currency,
            total=body.total,
            lines=lines(body),
            labels=body.labels,
            prices_include_tax=body.prices_include_tax,
            payment_method=body.payment_method,
            may_date_back=self.principal.may(DATE_BACK),
        )

    def _tried(self, command: Command[Any]) -> Answer:
        """A preview decides the same and locks nothing."""
        return tried(self, lambda order: queries.preview(order, self.channel), command)


def tried(view: CommandView, preview: Callable[[Any], Any], command: Command[Any]) -> Answer:
    """The answer of a dry run, from a query."""
    with reading(view.principal.tenant_id):
        return Answer(200, dumps(view.present(preview(command))))


def lines(body: BasketBody) -> tuple[Line, ...]:
    """The lines of a document as commands take them. Raises DomainError for quantities and prices that are none, and for a total
    below zero that stands alone.
    """
    if isinstance(body.lines, msgspec.UnsetType):
        if body.total < 0:
            raise DomainError("earning.total_negative", field="total")
        return (Line(total=body.total),)
    return tuple(_line(line, f"lines.{place}.") for place, line in enumerate(body.lines))


def _line(line: LineBody, where: str) -> Line:
    quantity = None
    if line.quantity is not None:
        try:
            quantity = quantity_of(line.quantity)
        except DomainError as refusal:
            raise refusal.at(where + "quantity") from None
    exact = {"quantity": quantity, "unit_price": price(line.unit_price, where + "unit_price")}
    return Line(**msgspec.structs.asdict(line) | exact | {"line_shares": tuple(line.line_shares)})
