"""What happened at the counter: documents of sales and returns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from earning.domain.document import DocumentScope
from earning.domain.exchange import Exchange, Worth
from earning.domain.limits import Cut
from earning.domain.lines import Line, Thousandths
from earning.domain.references import ReferenceKind
from earning.domain.seen import NOTHING_SEEN, CustomerSeen
from earning.domain.terms import RewardDue
from loyalty.domain.event import Personal, event


@event("earning.purchase_recorded", version=1, subject="customer_id")
class PurchaseRecorded:
    """A sale document was recorded, for a customer or for nobody known.

    `pos_id` is None for an online sale. `total` and the line totals are minor units of `currency`; the lines add up to
    the total. `matched_by` says by which reference the customer was found (None: they were named). `standing` is what
    the customer's state was seen to be; inactive customers do not earn. `rules_position` is how far the log went that the rules
    were taken from (None: not noted). `zone` stands there where the year or day, as it was there, is part of which document it is.
    `seen` is what else was seen of the customer. `exchange` says what a purchase in another currency than the programme's counts.
    `cuts` are points that limits of wallets had no room for, `instant_rewards` what rules gave besides points.
    """

    purchase_id: UUID
    customer_id: UUID | None
    merchant_id: UUID
    pos_id: UUID | None
    document_scope: DocumentScope
    document_number: str
    currency: str
    total: int
    prices_include_tax: bool = True
    payment_method: str = ""
    lines: tuple[Line, ...]
    labels: dict[str, str] = field(default_factory=dict)
    standing: str | None = None
    rules_position: int | None = None
    zone: str = ""
    matched_by: ReferenceKind | None = None
    seen: CustomerSeen = NOTHING_SEEN
    exchange: Exchange | None = None
    cuts: tuple[Cut, ...] = ()
    instant_rewards: tuple[RewardDue, ...] = ()
    purchased_at: datetime

    @property
    def counted_in(self) -> str:
        """The currency in which it counts: the programme's."""
        return self.exchange.currency if self.exchange else self.currency

    @property
    def worths(self) -> tuple[int, ...]:
        """What each line counts, in minor units of `counted_in`."""
        return self.exchange.lines if self.exchange else tuple(line.total for line in self.lines)

    def exchanged(self, amount: int) -> Worth | None:
        """An `amount` of `counted_in`, where that is another currency than the document's."""
        return Worth(currency=self.counted_in, amount=amount) if self.exchange else None

    def worth(self, kept: Sequence[int]) -> int:
        """What so much of each line counts, in minor units of `counted_in`."""
        return sum(line.part(worth, left) for line, worth, left in zip(self.lines, self.worths, kept, strict=True))


@event("earning.purchase_claimed", version=1, subject="customer_id")
class PurchaseClaimed:
    """A purchase that had been recorded for nobody known turned out to be a customer's.

    `amount` is what was kept of it then (minor units of `currency`); what came back later comes back from the customer.
    `standing` and `rules_position` are what was seen of the customer and the rules, as for a purchase. `exchanged` is what an amount
    in another currency counts. `cuts`, `instant_rewards` and `matched_by` as for a purchase.
    """

    purchase_id: UUID
    customer_id: UUID
    currency: str
    amount: int
    standing: str | None = None
    rules_position: int | None = None
    seen: CustomerSeen = NOTHING_SEEN
    exchanged: Worth | None = None
    cuts: tuple[Cut, ...] = ()
    instant_rewards: tuple[RewardDue, ...] = ()
    matched_by: ReferenceKind | None = None
    purchased_at: datetime
    claimed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedLine:
    """So much of line number `line` came back: its quantity (None for a line sold by amount) and its value in minor units."""

    line: int
    quantity: Thousandths | None = None
    amount: int

    @property
    def measure(self) -> int:
        """How much of the line's measure came back: thousandths, or minor units when it was sold by amount."""
        return abs(self.amount) if self.quantity is None else self.quantity


@event("earning.goods_returned", version=1, subject="customer_id")
class GoodsReturned:
    """Goods of a purchase came back, all that were left or some.

    `pos_id` is where they had been bought, `return_pos_id` where they came back. `amount` is the value returned (minor
    units of `currency`), `amount_kept` that of what the customer still has; `nothing_left` when that was the rest.
    `exchanged` is what the value returned counts, at the rate of the purchase, where that was in another currency.
    """

    return_id: UUID
    purchase_id: UUID
    customer_id: UUID | None
    merchant_id: UUID
    pos_id: UUID | None
    return_pos_id: UUID | None
    document_number: str
    currency: str
    amount: int
    amount_kept: int
    nothing_left: bool
    lines: tuple[ReturnedLine, ...]
    exchanged: Worth | None = None
    returned_at: datetime


@event("earning.instant_rewards_lost", version=1, subject="customer_id")
class InstantRewardsLost:
    """For what is kept of a purchase after a return, rules no longer give these rewards that it had brought."""

    purchase_id: UUID
    customer_id: UUID
    return_id: UUID
    instant_rewards: tuple[RewardDue, ...]
    lost_at: datetime


@event("earning.purchase_voided", version=1, subject="about_id")
class PurchaseVoided:
    """Who had recorded a purchase took it back on the same day, for a reason: it should not have been recorded.

    Everything of it came back as the return `return_id`. `about_id` is whom the reason may speak of: the customer, or the purchase
    itself where nobody is known.
    """

    purchase_id: UUID
    customer_id: UUID | None
    return_id: UUID
    about_id: UUID
    reason: Personal[str]
    voided_at: datetime


@event("earning.return_documented", version=1)
class ReturnDocumented:
    """A document number was used for a return, so no other document may have it; it may return goods of several purchases.

    Merchant, place, scope and `zone` are those that its number counts in, as for a purchase (scope None: not noted).
    """

    return_id: UUID
    purchase_id: UUID
    merchant_id: UUID | None = None
    pos_id: UUID | None = None
    document_scope: DocumentScope | None = None
    document_number: str
    zone: str = ""
    returned_at: datetime
