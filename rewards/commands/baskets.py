"""What can be asked of baskets: rewards for one purchase. Amounts are minor units."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from loyalty.domain.command import Command, command
from rewards.domain.totals import BasketLine, TaxRounding, Totals
from rewards.events.baskets import HeldChoice


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A reward that is bought with points in the basket (of cashback, with how many `points`), or a coupon that the customer has."""

    reward_id: UUID | None = None
    coupon_id: UUID | None = None
    points: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BasketAnswer:
    """A basket as an order left it: held, released or confirmed. What can be spent of the wallet `points` is `available` (None: nothing
    moved). Once confirmed, `earned` points came in for the purchase.
    """

    basket_id: UUID
    state: str
    ends_at: datetime
    totals: Totals
    choices: tuple[HeldChoice, ...]
    available: int | None = None
    purchase_id: UUID | None = None
    earned: int = 0
    coupons: tuple[UUID, ...] = ()


@command
class HoldBasket(Command[BasketAnswer]):
    """Keep points, coupons, stock, limits and budgets for a purchase, all of it or nothing, for so many `seconds` (10 to 3600); then all
    is free again by itself. The basket's id is the command's id. With `replaces` another basket is released first: nothing of it stays.

    `shown` is the redeem code that the customer shows where points are spent; it pays for this basket alone, or for one that takes its
    place. "" for who may do without.

    Refusals: those of RedeemReward and UseCoupon for each choice (the field is "choices.2"), rewards.basket_too_small,
    rewards.no_such_goods, rewards.not_together, rewards.coupon_reserved, rewards.choices_missing, rewards.too_many_baskets (as
    many are kept for the customer as may be; params most and until), and of what would be used up for nothing rewards.takes_nothing_off,
    rewards.points_of_choice (the field is "choices.2.points"), rewards.less_than_least_points.
    """

    customer_id: UUID
    merchant_id: UUID | None
    pos_id: UUID | None
    lines: tuple[BasketLine, ...]
    choices: tuple[Choice, ...]
    prices_include_tax: bool = True
    tax_rounding: TaxRounding = "line"
    seconds: int = 300
    replaces: UUID | None = None
    by_customer: bool = False
    shown: str = field(default="", repr=False)


@command
class ReleaseBasket(Command[BasketAnswer]):
    """Let all that is kept for a basket be free again. Refusals: rewards.basket_unknown, rewards.basket_confirmed,
    rewards.basket_released, rewards.basket_ended (param ended_at).
    """

    basket_id: UUID
    customer_id: UUID | None = None


@command
class ConfirmBasket(Command[BasketAnswer]):
    """Make the purchase of a basket: it is recorded with its discounts, the points are spent, the coupons used, or nothing is.

    `document_scope`, `zone` and `currency` are those of the point of sale (`pos.queries.sale_place`), as for
    `earning.commands.RecordPurchase`; `may_date_back` as there. `total` is what the purchase costs as it was shown to who confirms it
    (None: nothing was shown).

    Refusals: as ReleaseBasket, rewards.total_differs (params total and shown), rewards.document_recorded, those of RecordPurchase.
    """

    basket_id: UUID
    document_number: str
    document_scope: Literal["merchant", "pos", "pos_year", "pos_day"]
    purchased_at: datetime
    zone: str
    currency: str
    payment_method: str = ""
    total: int | None = None
    may_date_back: bool = True
