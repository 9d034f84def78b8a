"""`/api/v1/coupons` and what a customer has: redeemed, given, used, marked unused, cancelled."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

import msgspec
from django.utils import timezone

from customers.queries import customer
from loyalty.api.own import OwnQuery, OwnView
from loyalty.api.paging import Page
from loyalty.api.views import CommandView, QueryView
from loyalty.domain.command import Command
from loyalty.domain.turning import good_until, step_of
from loyalty.tenancy import reading
from rewards import queries
from rewards.api.shapes import CouponShown, GiftAddressBody, Limit, Minor, Points, address_in, coupon_shown, cursor_of, place_in
from rewards.commands import CancelCoupon, CouponAnswer, GiveReward, MarkUnused, RedeemReward, UseCoupon
from rewards.consent import shown_by_whom
from rewards.permissions import CORRECT, GIVE, REDEEM, SEE_COUPONS, USE
from rewards.places import ids_of, place_named

Share = Annotated[int, msgspec.Meta(ge=1, le=10_000, description="In basis points: 1000 are ten percent.")]
StandingText = Literal["usable", "used", "cancelled", "expired", "ordered", "shipped", "delivered"]


class CouponsQuery(msgspec.Struct):
    """Those that are usable, used, cancelled or expired now, or gifts that are ordered, shipped or delivered."""

    standing: StandingText | None = None
    limit: Limit = 50
    cursor: str | None = None


class RedemptionsQuery(msgspec.Struct):
    """The latest first: of one reward, or those that are usable, used, cancelled or expired now, or gifts that are ordered, shipped or
    delivered.
    """

    reward_id: UUID | None = None
    standing: StandingText | None = None
    limit: Limit = 50
    cursor: str | None = None


class OwnRedeemBody(msgspec.Struct, forbid_unknown_fields=True):
    """Which reward; of cashback, how many points; of a gift that is sent, where (null: it is said later)."""

    reward_id: UUID
    points: Points | None = None
    send_to: GiftAddressBody | None = None


class RedeemBody(msgspec.Struct, forbid_unknown_fields=True):
    """Which reward, at which point of sale (code or id), and the member code that the customer shows; of cashback, how many points; of a
    gift that is sent, where (null: it is said later).
    """

    reward_id: UUID
    pos: str = ""
    shown: str = ""
    points: Points | None = None
    send_to: GiftAddressBody | None = None


class GiveBody(msgspec.Struct, forbid_unknown_fields=True):
    """Which reward; of a gift that is sent, where (null: it is said later). With `for_purchase_id` it is an instant reward of that
    purchase: it goes with it, unused. An amount or a gift code may be a `share` of it, in basis points, and shrinks with it.
    """

    reward_id: UUID
    for_purchase_id: UUID | None = None
    share: Share | None = None
    send_to: GiftAddressBody | None = None


class UseBody(msgspec.Struct, forbid_unknown_fields=True):
    """At which point of sale (code or id), and how much was taken off."""

    pos: str = ""
    worth: Minor = 0


class UseByCodeBody(msgspec.Struct, forbid_unknown_fields=True):
    """The code of the coupon, as somebody typed it."""

    code: str
    pos: str = ""
    worth: Minor = 0


class MarkUnusedBody(msgspec.Struct, forbid_unknown_fields=True):
    """Why."""

    reason: str


class CancelCouponBody(msgspec.Struct, forbid_unknown_fields=True):
    """Why, whether the points come back, and of a gift that was shipped, that it came back."""

    reason: str
    give_back: bool = True
    came_back: bool = False


class OrderView(CommandView):
    """An order about a coupon. Staff are never told its code."""

    answer = CouponAnswer
    dry_runs = True


class RedeemView(OrderView):
    """Redeem points of a customer for a reward. They show their member code, unless the caller may do without."""

    permission = REDEEM
    body = RedeemBody
    status = 201

    def command(self, body: RedeemBody, **path: Any) -> Command[CouponAnswer]:
        with reading(self.tenant.id):
            whose = customer(path["customer_id"]).id
            queries.reward(body.reward_id)
        place = place_named(self.principal, body.pos)
        shown = shown_by_whom(self.principal, body.shown)
        merchant_id, pos_id = ids_of(place)
        return RedeemReward(
            customer_id=whose,
            reward_id=body.reward_id,
            points=body.points,
            merchant_id=merchant_id,
            pos_id=pos_id,
            send_to=address_in(body.send_to),
            shown=shown,
        )


class GiveView(OrderView):
    """Give a customer a reward without points."""

    permission = GIVE
    body = GiveBody
    status = 201

    def command(self, body: GiveBody, **path: Any) -> Command[CouponAnswer]:
        with reading(self.tenant.id):
            whose = customer(path["customer_id"]).id
        return GiveReward(
            customer_id=whose,
            reward_id=body.reward_id,
            way="rule" if body.for_purchase_id else "given",
            for_purchase_id=body.for_purchase_id,
            share=body.share,
            send_to=address_in(body.send_to),
        )


class CustomerCouponsView(QueryView):
    """List what a customer has of rewards, the latest first."""

    permission = SEE_COUPONS
    query = CouponsQuery
    answer = Page[CouponShown]

    def ask(self, query: CouponsQuery, **path: Any) -> Page[CouponShown]:
        whose = customer(path["customer_id"]).id
        name = f"coupons/{whose}/{query.standing}"
        found = queries.coupons(whose, query.standing, place_in(query.cursor, self.tenant.id, name), query.limit + 1)
        return Page([coupon_shown(card) for card in found[: query.limit]], cursor_of(found, query.limit, self.tenant.id, name))


class RedemptionsView(QueryView):
    """List all that was issued of rewards, the latest first."""

    permission = SEE_COUPONS
    query = RedemptionsQuery
    answer = Page[CouponShown]

    def ask(self, query: RedemptionsQuery, **path: Any) -> Page[CouponShown]:
        name = f"redemptions/{query.reward_id}/{query.standing}"
        after = place_in(query.cursor, self.tenant.id, name)
        found = queries.redemptions(query.standing, after, query.limit + 1, reward_id=query.reward_id)
        return Page([coupon_shown(card) for card in found[: query.limit]], cursor_of(found, query.limit, self.tenant.id, name))


class CouponView(QueryView):
    """Show a coupon."""

    permission = SEE_COUPONS
    answer = CouponShown

    def ask(self, query: None, **path: Any) -> CouponShown:
        return coupon_shown(queries.coupon(path["coupon_id"]))


class UseView(OrderView):
    """Use a coupon, once."""

    permission = USE
    body: ClassVar[Any] = UseBody

    def command(self, body: UseBody, **path: Any) -> Command[CouponAnswer]:
        with reading(self.tenant.id):
            coupon_id = queries.coupon(path["coupon_id"]).coupon_id
        return self._used(coupon_id, body)

    def _used(self, coupon_id: UUID, body: UseBody | UseByCodeBody) -> UseCoupon:
        merchant_id, pos_id = ids_of(place_named(self.principal, body.pos))
        return UseCoupon(coupon_id=coupon_id, worth=body.worth, merchant_id=merchant_id, pos_id=pos_id)


class UseByCodeView(UseView):
    """Use the coupon with a code, once; a dry run looks at it."""

    body = UseByCodeBody
    rate = "coupons"

    def command(self, body: Any, **path: Any) -> Command[CouponAnswer]:
        with reading(self.tenant.id):
            coupon_id = queries.coupon_by_code(body.code)
        return self._used(coupon_id, body)


class MarkUnusedView(OrderView):
    """Say that a coupon was not used after all."""

    permission = CORRECT
    body = MarkUnusedBody

    def command(self, body: MarkUnusedBody, **path: Any) -> Command[CouponAnswer]:
        return MarkUnused(coupon_id=path["coupon_id"], reason=body.reason)


class CancelView(OrderView):
    """Let a coupon be good no more; its points come back."""

    permission = CORRECT
    body = CancelCouponBody

    def command(self, body: CancelCouponBody, **path: Any) -> Command[CouponAnswer]:
        return CancelCoupon(coupon_id=path["coupon_id"], reason=body.reason, give_back=body.give_back, came_back=body.came_back)


class OwnCoupon(msgspec.Struct, frozen=True):
    """An own coupon with its code, to be typed; "" where it has none of its own. `shown` are the digits for a QR code at the till, good
    until `good_until`; ask again each half minute while it is shown.
    """

    coupon: CouponShown
    code: str
    shown: str
    good_until: datetime


class OwnRedeemView(OwnView, OrderView):
    """Redeem own points for a reward. The answer holds the code of the coupon."""

    body = OwnRedeemBody
    status = 201

    def command(self, body: OwnRedeemBody, **path: Any) -> Command[CouponAnswer]:
        sent_to = address_in(body.send_to)
        return RedeemReward(customer_id=self.side_id, reward_id=body.reward_id, points=body.points, send_to=sent_to, by_customer=True)


class OwnCouponsView(OwnQuery, CustomerCouponsView):
    """List what the customer has of rewards, the latest first."""


class OwnCouponView(OwnView, QueryView):
    """Show an own coupon with its code."""

    answer = OwnCoupon

    def ask(self, query: None, **path: Any) -> OwnCoupon:
        card = queries.coupon(path["coupon_id"], self.customer_id)
        code, shown = queries.coupon_code(card.coupon_id), queries.coupon_shown(card.coupon_id)
        return OwnCoupon(coupon_shown(card), code, shown, good_until(step_of(timezone.now())))


class OwnUseView(OwnView, OrderView):
    """Mark an own coupon used."""

    def command(self, body: None, **path: Any) -> Command[CouponAnswer]:
        return UseCoupon(coupon_id=path["coupon_id"], customer_id=self.customer_id)
