"""How the facts and codes in the events of rewards are read in a history."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from loyalty.admin.facts import Around, hide_facts, name_codes, name_facts, read_as
from loyalty.admin.history import name_events, read_part
from loyalty.house import formats
from rewards.domain.kinds import kind_of
from rewards.domain.room import RoomUse
from rewards.domain.terms import RewardContent
from rewards.domain.totals import BasketLine
from rewards.events.baskets import HeldChoice, HeldPoints
from rewards.events.gifts import GiftOrdered, GiftReaddressed, GiftShipped
from rewards.kinds import KIND_TITLES, SOURCE_TITLES, WAY_TITLES
from rewards.permissions import SEND

ROOM_TITLES: dict[str, Any] = {
    "stock": _("Stock"),
    "limit": _("Limit of a customer"),
    "budget": _("Budget of a day"),
    "prize": _("Prize"),
}
name_facts(
    {
        "basket_id": _("Basket"),
        "batch_id": _("Batch of codes"),
        "before": _("Before rewards"),
        "cancelled_at": pgettext_lazy("date", "Cancelled"),
        "share": _("Share of the purchase in percent"),
        "carrier": _("Carrier"),
        "choices": _("Rewards chosen"),
        "codes": _("Codes"),
        "confirmed_at": pgettext_lazy("date", "Bought"),
        "content": _("Terms and texts"),
        "copied_from": _("Copied from"),
        "cost": _("Cost to the company"),
        "coupon_id": _("Coupon"),
        "coupons": _("Coupons"),
        "created_at": pgettext_lazy("date", "Created"),
        "delivered_at": pgettext_lazy("gift", "Delivered"),
        "for_purchase_id": _("Brought by the purchase"),
        "freed_at": pgettext_lazy("date", "Freed"),
        "customers": _("Customers"),
        "digest": _("Hash of the codes"),
        "exported_at": pgettext_lazy("date", "Exported"),
        "filled_at": pgettext_lazy("date", "Filled"),
        "giving_id": _("Giving to a segment"),
        "begun_at": pgettext_lazy("date", "Begun"),
        "key_version": _("Version of the key"),
        "ordered_at": pgettext_lazy("gift", "Ordered"),
        "paused_at": pgettext_lazy("date", "Paused"),
        "prefix": _("Prefix of codes"),
        "prize": _("Prize"),
        "recipient": _("Recipient"),
        "released_at": pgettext_lazy("date", "Freed"),
        "replaces": _("In the place of"),
        "reserved_at": _("Kept since"),
        "restored_at": _("Good again"),
        "reduced_at": pgettext_lazy("coupon", "Reduced"),
        "reward": _("Reward"),
        "reward_id": _("Reward"),
        "reward_version": _("Version of the reward"),
        "room": _("Taken of stock, limits and budget"),
        "seed": _("Seed of the draw"),
        "set_at": pgettext_lazy("date", "Set"),
        "tax": _("Tax"),
        "shipped_at": pgettext_lazy("gift", "Shipped"),
        "spend_id": _("Spending"),
        "tracking_number": _("Tracking number"),
        "value_left": _("Value left"),
        "used_at": pgettext_lazy("date", "Used"),
        "way": _("How it was got"),
        "withdrawn_at": pgettext_lazy("date", "Withdrawn"),
        "worth": _("Taken off"),
    }
)
name_codes("kind", KIND_TITLES)
name_codes("source", SOURCE_TITLES)
name_codes("way", WAY_TITLES)
read_as(lambda number, _around: formats.number(number, _language()), "codes")
read_as(lambda minor, around: formats.money(minor, around.currency, _language()), "before", "cost", "tax", "value_left", "worth")


def _language() -> str:
    return get_language() or formats.FALLBACK


def _content(content: RewardContent, _around: Around) -> list[str]:
    return [content.name, str(KIND_TITLES[kind_of(content.terms.benefit)])]


def _choice(choice: HeldChoice, around: Around) -> str:
    return f"{choice.name}: {formats.money(choice.worth, around.currency, _language())}"


def _points(held: HeldPoints, _around: Around) -> str:
    return f"{held.wallet}: {formats.number(held.points, _language())}"


def _line(line: BasketLine, around: Around) -> str:
    return f"{line.name or line.sku}: {formats.money(line.total, around.currency, _language())}"


def _room(use: RoomUse, around: Around) -> str:
    amount = formats.money(use.amount, around.currency, _language()) if use.kind == "budget" else formats.number(use.amount, _language())
    return f"{ROOM_TITLES[use.kind]}: {amount}"


read_part(RewardContent, _content)
read_part(RoomUse, _room)
read_part(HeldChoice, _choice)
read_part(HeldPoints, _points)
read_part(BasketLine, _line)
name_events(
    {
        "rewards.reward_created": _("Reward drafted"),
        "rewards.reward_changed": _("Reward changed"),
        "rewards.reward_activated": _("Reward activated"),
        "rewards.reward_paused": _("Reward paused"),
        "rewards.reward_end_set": _("End of the reward set"),
        "rewards.reward_given_to_segment": _("Reward given to a segment"),
        "rewards.code_batch_begun": _("Codes ordered"),
        "rewards.code_batch_filled": _("Codes added"),
        "rewards.code_batch_exported": _("Codes exported"),
        "rewards.code_batch_withdrawn": _("Codes withdrawn"),
        "rewards.coupon_issued": _("Coupon issued"),
        "rewards.coupon_used": _("Coupon used"),
        "rewards.coupon_restored": _("Coupon good again"),
        "rewards.coupon_cancelled": _("Coupon cancelled"),
        "rewards.coupon_returned": _("Points of the coupon came back with goods"),
        "rewards.coupon_reserved": _("Coupon kept for a basket"),
        "rewards.coupon_freed": _("Coupon freed"),
        "rewards.coupon_reduced": _("Value of the coupon reduced with its purchase"),
        "rewards.gift_ordered": _("Gift to be sent"),
        "rewards.gift_readdressed": _("Address of the gift changed"),
        "rewards.gift_shipped": _("Gift shipped"),
        "rewards.gift_delivered": _("Gift delivered"),
        "rewards.basket_held": _("Rewards kept for a basket"),
        "rewards.basket_released": _("Basket freed"),
        "rewards.basket_confirmed": _("Basket bought"),
    }
)
for ordered in (GiftOrdered, GiftReaddressed):
    hide_facts(ordered, ("recipient", "phone", "address"), SEND)
hide_facts(GiftShipped, ("carrier", "tracking_number"), SEND)
