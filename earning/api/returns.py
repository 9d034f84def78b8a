"""`POST /api/v1/purchases/{id}/returns`: goods come back, all that are left or some."""

from __future__ import annotations

from typing import Any

import msgspec

from earning import queries
from earning.access import merchants_seen, return_place
from earning.api.recording import tried
from earning.api.shapes import Minor, Moment, Quantity, moment
from earning.commands import ReturnAnswer, ReturnGoods, ReturnLine, quantity_of
from earning.permissions import DATE_BACK, RETURN
from loyalty.api.idempotency import Answer
from loyalty.api.views import CommandView
from loyalty.domain.command import Command
from loyalty.domain.errors import DomainError, NotFound
from loyalty.tenancy import reading


class ReturnLineBody(msgspec.Struct, forbid_unknown_fields=True):
    """So much of line number `line` (from 1) comes back: a `quantity`, or an `amount` of a line that was sold by amount.

    A discount without `line_shares` is named beside its goods, with as much of it as goes with them (positive); one with `line_shares`
    comes back by itself.
    """

    line: int
    quantity: Quantity | None = None
    amount: Minor | None = None


class ReturnBody(msgspec.Struct, forbid_unknown_fields=True):
    """A return document with a number of its own. Without `lines` all that is left comes back. Lines count from 1, as the purchase
    shows them by `number`: the first is line 1.

    `pos` is the code or id of the point of sale where the goods come back; without it, where they were bought.
    """

    document_number: str
    returned_at: Moment
    lines: list[ReturnLineBody] | None = None
    pos: str = ""


class ReturnGoodsView(CommandView):
    """Take goods of a purchase back, and the points that they brought. The same return again answers with `duplicate`.

    Purchases of other merchants are not there for who lacks `earning.see_all_purchases`. Without `earning.record_anywhere`
    goods come back at the own points of sale, without `earning.date_back` in the last 24 hours.
    """

    permission = RETURN
    body = ReturnBody
    answer = ReturnAnswer
    status = 201
    dry_runs = True

    def command(self, body: ReturnBody, **path: Any) -> ReturnGoods:
        lines = None if body.lines is None else tuple(_line(line, place) for place, line in enumerate(body.lines))
        with reading(self.tenant.id):
            sold, seen = queries.purchase_in_brief(path["purchase_id"]), merchants_seen(self.principal)
            if seen is not None and sold.merchant_id not in seen:
                raise NotFound("earning.purchase_unknown")
            return queries.goods_return(
                path["purchase_id"],
                document_number=body.document_number,
                returned_at=moment(body.returned_at, "returned_at"),
                lines=lines,
                at=return_place(self.principal, body.pos, sold.pos_id),
                may_date_back=self.principal.may(DATE_BACK),
            )

    def _tried(self, command: Command[Any]) -> Answer:
        """A preview decides the same and locks nothing."""
        return tried(self, lambda order: queries.preview_return(order, self.channel), command)


def _line(line: ReturnLineBody, place: int) -> ReturnLine:
    try:
        quantity = None if line.quantity is None else quantity_of(line.quantity)
    except DomainError as refusal:
        raise refusal.at(f"lines.{place}.quantity") from None
    return ReturnLine(line=line.line, quantity=quantity, amount=line.amount)
