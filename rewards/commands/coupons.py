"""What can be asked of coupons. Points are in the smallest unit of the reward's wallet."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from loyalty.domain.command import Command, command
from rewards.domain.gift import GiftAddress
from rewards.domain.goods import LineLeft
from rewards.events.coupons import Way


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponAnswer:
    """A coupon as an order left it. `points` were spent on it or (cancelling) came back; `available` and `balance` are what the account
    has then (None: no points moved). `code` is only there for the customer themselves. A dry run draws no `prize`.
    """

    coupon_id: UUID
    reward_id: UUID
    customer_id: UUID
    state: str
    points: int = 0
    wallet: str = "points"
    amount: int = 0
    available: int | None = None
    balance: int | None = None
    prize: str = ""
    active_from: datetime
    expires_at: datetime | None = None
    code: str = ""


@command
class RedeemReward(Command[CouponAnswer]):
    """Buy a reward with points: they are spent, and stock, limits and budget used, in the transaction that issues the coupon, or nothing
    is. The coupon's id is the command's id. Of cashback, `points` says how many; of a gift that is sent, `send_to` where (None: it is said
    later).

    `by_customer`: the customer asks, who may see the code, and is asked for a second fact first where they must say one. `shown` is the
    redeem code that they show to somebody else, which pays for this alone; "" for who may do without.

    Refusals: rewards.reward_unknown, rewards.not_to_be_had, rewards.not_yet, rewards.not_at_this_time, rewards.not_for_points,
    rewards.for_levels, rewards.for_others, rewards.not_here, rewards.out_of_stock, rewards.limit_reached, rewards.budget_spent,
    rewards.out_of_codes, rewards.points_of_choice, customers.fact_needed, and those of `earning.commands.SpendPoints`
    (earning.not_enough_points with available, wanted, missing), rewards.consent_of_another, rewards.consent_not_given, and those of
    `customers.commands.SpendByMemberCode` (the field is "shown"); rewards.nothing_is_sent, rewards.gift_phone_invalid.
    """

    customer_id: UUID
    reward_id: UUID
    points: int | None = None
    merchant_id: UUID | None = None
    pos_id: UUID | None = None
    send_to: GiftAddress | None = None
    by_customer: bool = False
    shown: str = field(default="", repr=False)


@command
class GiveReward(Command[CouponAnswer]):
    """Give a customer a reward without points (`way`: by staff, a rule, a voucher offer, an import, a campaign). Stock, limits and budget
    are used as when it is bought; levels, segments and windows are not asked. With `for_purchase_id` it goes again, unused, when that
    purchase comes back whole; an amount or a gift code may be a `share` of that purchase (basis points of what is kept of it, at most what
    the terms give), and shrinks with it. Shares of one purchase are all of it at most together; one that is cancelled may be given anew.
    Refusals as for RedeemReward, earning.purchase_unknown, rewards.purchase_of_another, rewards.purchase_returned,
    rewards.purchase_other_currency, rewards.share_without_purchase, rewards.share_of_value, rewards.share_is_nothing,
    rewards.shares_given (params left and wanted, in percent).
    """

    customer_id: UUID
    reward_id: UUID
    way: Way = "given"
    for_purchase_id: UUID | None = None
    share: int | None = None
    send_to: GiftAddress | None = None


@command
class UseCoupon(Command[CouponAnswer]):
    """Use a coupon, once: at a place, on a purchase, for `worth` (minor units taken off; 0: nothing is known of that; never more than the
    reward can take off, of the lines of a purchase that is named).

    `customer_id`, where it is given, must be whose it is. Refusals: rewards.coupon_unknown, rewards.coupon_used,
    rewards.coupon_expired, rewards.coupon_not_yet, rewards.coupon_cancelled, rewards.not_here, earning.customer_not_active.
    """

    coupon_id: UUID
    customer_id: UUID | None = None
    merchant_id: UUID | None = None
    pos_id: UUID | None = None
    purchase_id: UUID | None = None
    worth: int = 0


@command
class MarkUnused(Command[CouponAnswer]):
    """Say, with the reason, that a coupon was not used after all. Refusals: rewards.coupon_unknown, rewards.coupon_not_used."""

    coupon_id: UUID
    reason: str


@command
class CancelCoupon(Command[CouponAnswer]):
    """Let an unused coupon be good no more, with the reason; `give_back`: its points come back to their own lots.

    What it took of stock, limits and budget is given back. A gift that was shipped is cancelled only when it `came_back`.

    Refusals: rewards.coupon_unknown, rewards.coupon_used, rewards.coupon_cancelled, rewards.gift_shipped, rewards.gift_delivered, those of
    `earning.commands.RestorePoints`.
    """

    coupon_id: UUID
    reason: str
    give_back: bool = True
    came_back: bool = False


@command
class ReturnCoupon(Command[None]):
    """Do with a coupon what follows from goods that came back; nothing, when they have nothing to do with it. For the process of returns:
    of the purchase's `total` so much is `kept` now (minor units), and of each of its lines so much is left.
    """

    coupon_id: UUID
    purchase_id: UUID
    return_id: UUID
    total: int
    kept: int
    nothing_left: bool
    lines: tuple[LineLeft, ...] = ()


@command
class ClaimCode(Command[CouponAnswer]):
    """Let a customer have the coupon behind a code that they bring: one in stock, whose it is from then on, or one that all share
    (`rewards.queries.code_brought` finds both). With `use` it is used in the same transaction. Stock, limits and budget are used as when
    it is given; of many who bring one code at once, one gets it.

    By one code that all share a customer gets one, beside the limits of the reward.

    Refusals: rewards.code_not_good, whatever is wrong with the code, and while nobody can have the reward; those of GiveReward and
    UseCoupon.
    """

    customer_id: UUID
    reward_id: UUID
    code_id: UUID
    use: bool = False
    merchant_id: UUID | None = None
    pos_id: UUID | None = None
    worth: int = 0
    by_customer: bool = False
