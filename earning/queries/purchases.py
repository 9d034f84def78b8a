"""Sale documents: the list, one of them with everything about it, and what a return of it must say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, cast
from uuid import UUID

import msgspec
from django.db.models import Q

from customers.queries import may_earn, sides
from earning.commands import RecordPurchase
from earning.domain.document import normal_form
from earning.domain.exchange import Exchange
from earning.domain.lines import Line, quantity_text
from earning.domain.purchase import Purchase as PurchaseStream
from earning.domain.references import FoundBy, ReferenceKind, found_by
from earning.events import ReturnedLine
from earning.models import Movement, Purchase
from earning.queries.here import tenant_here
from earning.queries.rulebook import rules_here
from earning.queries.statements import StatementLine, lines_of
from earning.streams import WALLET, accounts_in, document_of
from loyalty.domain.errors import NotFound
from loyalty.domain.period import day_period
from loyalty.eventstore import store
from loyalty.tenancy.middleware import tenant_of_id

PurchaseState = Literal["recorded", "partly_returned", "returned", "voided"]
Place = tuple[datetime, UUID]
"""Where a page of the list ends: time and id of its last purchase."""
WhyNothing = Literal["no_customer", "inactive", "no_rule", "too_little"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseInList:
    """A purchase in a list. Amounts are minor units of `currency`: `total` as sold, `kept` after returns; `points` net,
    `other_points` those of other wallets by code.

    `exchange` is what a purchase in another currency than the programme's counts.
    """

    purchase_id: UUID
    document_number: str
    customer_id: UUID | None
    merchant_id: UUID
    pos_id: UUID | None
    currency: str
    total: int
    kept: int
    points: int
    other_points: dict[str, int]
    state: PurchaseState
    purchased_at: datetime
    exchange: Exchange | None

    @property
    def in_wallets(self) -> dict[str, int]:
        """What it brought by wallet; nothing of those that got nothing."""
        return _in_wallets(self.points, self.other_points)


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseLine:
    """A line of the document, and how much of it is `left` to return: thousandths, or minor units of a sale by amount."""

    number: int
    line: Line
    left: int

    @property
    def follows_goods(self) -> bool:
        """Whether it is a discount that comes back by itself, with the goods on which it lies."""
        return bool(self.line.line_shares)

    @property
    def goes_along(self) -> bool:
        """Whether it took something off and nobody said where it lies: who takes goods back says how much of it goes with them."""
        return self.line.total < 0 and not self.follows_goods

    @property
    def left_quantity(self) -> Decimal | None:
        """How much is left; None for a line sold by amount."""
        return None if self.line.quantity is None else Decimal(quantity_text(self.left))

    @property
    def bought(self) -> Decimal | None:
        """How much was bought; None for a line sold by amount."""
        return None if self.line.quantity is None else Decimal(quantity_text(self.line.quantity))


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseReturn:
    """What came back with one return document; `points` are what it took, `other_points` by the code of other wallets."""

    return_id: UUID
    document_number: str
    pos_id: UUID | None
    amount: int
    points: int
    other_points: dict[str, int]
    lines: tuple[ReturnedLine, ...]
    returned_at: datetime

    @property
    def in_wallets(self) -> dict[str, int]:
        """What it took by wallet; nothing of those that lost nothing."""
        return _in_wallets(self.points, self.other_points)


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseCard(PurchaseInList):
    """A purchase with everything about it. `movements` explain its points, `why_nothing` why it brought none. `matched_by` is what it said
    of its customer by which they were found, when it was recorded or later (`named`: somebody named them; None: nobody was found).
    """

    matched_by: FoundBy | None
    payment_method: str
    prices_include_tax: bool
    labels: dict[str, str]
    lines: tuple[PurchaseLine, ...]
    returns: tuple[PurchaseReturn, ...]
    movements: tuple[StatementLine, ...]
    why_nothing: WhyNothing | None
    recorded_at: datetime
    recorded_by: str
    channel: str


def purchases(
    *,
    customer_id: UUID | None = None,
    merchant_ids: Collection[UUID] | None = None,
    pos_id: UUID | None = None,
    state: PurchaseState | None = None,
    document: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    matched: bool | None = None,
    after: Place | None = None,
    limit: int = 50,
) -> list[PurchaseInList]:
    """The latest purchases first, at most `limit`, each condition narrowing the list.

    `since` ≤ time of purchase < `until`; `document` is a whole number in any spelling; `matched` asks for those with or
    without a customer; `after` is the place of the last one that was seen.
    """
    asked: dict[str, Any] = {
        "customer_id__in": None if customer_id is None else sides(customer_id),
        "merchant_id__in": merchant_ids,
        "pos_id": pos_id,
        "state": state,
        "document_key": normal_form(document) or None,
        "purchased_at__gte": since,
        "purchased_at__lt": until,
        "customer_id__isnull": None if matched is None else not matched,
    }
    rows = Purchase.objects.filter(tenant_id=tenant_here(), **{name: value for name, value in asked.items() if value is not None})
    if after is not None:
        rows = rows.filter(Q(purchased_at__lt=after[0]) | Q(purchased_at=after[0], id__lt=after[1]), purchased_at__lte=after[0])
    return [PurchaseInList(**_in_list(row)) for row in rows.order_by("-purchased_at", "-id")[:limit]]


def purchase_in_brief(purchase_id: UUID) -> PurchaseInList:
    """One purchase as lists show it. Raises NotFound `earning.purchase_unknown`."""
    return PurchaseInList(**_in_list(row_of(purchase_id)))


def purchase(purchase_id: UUID, *, for_customer: bool = False) -> PurchaseCard:
    """One purchase with its lines, its returns and why it brought its points; `for_customer` rules are not called as staff call them.

    Raises NotFound `earning.purchase_unknown`.
    """
    row = row_of(purchase_id)
    movements = _movements(row, for_customer)
    returns = msgspec.convert(row.returns, list[_Returned])
    return PurchaseCard(
        **_in_list(row),
        matched_by=matched_by(row),
        payment_method=row.payment_method,
        prices_include_tax=row.prices_include_tax,
        labels=row.labels,
        lines=_lines(row, returns),
        returns=tuple(_return(given, movements) for given in returns),
        movements=tuple(movements),
        why_nothing=None if movements else _why_nothing(row),
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
        channel=row.channel,
    )


def matched_by(row: Purchase) -> FoundBy | None:
    """How a purchase found its customer, when it was recorded or later; None where it has none."""
    return found_by(row.customer_id, cast("ReferenceKind | None", row.matched_by))


def unclaimed_purchase(document: str, total: int, day: date) -> UUID | None:
    """The purchase of nobody known whose receipt says so: number in any spelling, total (minor units), and day in the tenant's
    zone. None for none, and where several are alike.
    """
    tenant = tenant_of_id(tenant_here())
    try:
        of_day = day_period(day, tenant.zone)
    except OverflowError:
        return None
    rows = Purchase.objects.filter(
        tenant_id=tenant.id, document_key=normal_form(document), total=total, customer_id=None,
        purchased_at__gte=of_day.start, purchased_at__lt=of_day.end,
    )  # fmt: skip
    found = list(rows.values_list("id", flat=True)[:2])
    return found[0] if len(found) == 1 else None


def purchase_id_of(tenant_id: int, command: RecordPurchase) -> UUID:
    """The id that the purchase of `command` has, or will have."""
    return document_of(command, tenant_id)


def _in_wallets(points: int, others: Mapping[str, int]) -> dict[str, int]:
    return {code: amount for code, amount in {WALLET: points, **others}.items() if amount}


IN_LIST = (
    "document_number", "customer_id", "merchant_id", "pos_id", "currency", "total", "kept", "points", "other_points", "state",
    "purchased_at",
)  # fmt: skip


class _Returned(msgspec.Struct):
    """A return as the list keeps it."""

    return_id: UUID
    document_number: str
    pos_id: UUID | None
    amount: int
    lines: tuple[ReturnedLine, ...]
    returned_at: datetime


def row_of(purchase_id: UUID) -> Purchase:
    """The row of a purchase. Raises NotFound `earning.purchase_unknown`."""
    row = Purchase.objects.filter(tenant_id=tenant_here(), id=purchase_id).first()
    if row is None:
        raise NotFound("earning.purchase_unknown")
    return row


def _movements(row: Purchase, for_customer: bool) -> list[StatementLine]:
    if row.customer_id is None:
        return []
    wallets = {key: code for code, key in accounts_in(row.customer_id, row.tenant_id, row.other_points).items()}
    found = Movement.objects.filter(tenant_id=row.tenant_id, account_id__in=list(wallets), purchase_id=row.id)
    return lines_of(list(found.order_by("position")), row.tenant_id, wallets, for_customer=for_customer)


def _in_list(row: Purchase) -> dict[str, Any]:
    exchange = msgspec.convert(row.exchange, Exchange | None)
    return {"purchase_id": row.id, "exchange": exchange} | {name: getattr(row, name) for name in IN_LIST}


def _lines(row: Purchase, returns: list[_Returned]) -> tuple[PurchaseLine, ...]:
    lines = msgspec.convert(row.lines, list[Line])
    left = [line.measure for line in lines]
    for back in (back for given in returns for back in given.lines):
        left[back.line - 1] -= back.measure
    return tuple(PurchaseLine(number=number, line=line, left=rest) for number, (line, rest) in enumerate(zip(lines, left, strict=True), 1))


def _return(given: _Returned, movements: list[StatementLine]) -> PurchaseReturn:
    taken: Counter[str] = Counter()
    for one in movements:
        if one.return_id == given.return_id:
            taken[one.wallet] -= one.points
    return PurchaseReturn(
        return_id=given.return_id,
        document_number=given.document_number,
        pos_id=given.pos_id,
        amount=given.amount,
        points=taken.pop(WALLET, 0),
        other_points=dict(taken),
        lines=given.lines,
        returned_at=given.returned_at,
    )


def _why_nothing(row: Purchase) -> WhyNothing | None:
    """By the rules that were seen when it was recorded or claimed: one that was back-dated since gave it nothing."""
    if row.customer_id is None:
        return "no_customer"
    if not may_earn(row.standing):
        return "inactive"
    purchase = PurchaseStream.replay(row.id, [r.event for r in store.load(row.id)])
    any_in_force = purchase.decided and rules_here().any_in_force(purchase.decided)
    return None if purchase.instant_rewards else "too_little" if any_in_force else "no_rule"
