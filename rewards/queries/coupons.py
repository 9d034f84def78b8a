"""Coupons: of a customer, and all that were redeemed."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

from django.db.models import F, Q, QuerySet

from customers.queries import sides
from loyalty.domain.errors import NotFound
from rewards.codes import code_of, coupon_shown_by, coupon_with_code, shown_code
from rewards.contents import content_in
from rewards.domain import shown
from rewards.domain.code import LENGTH, LONGEST, SHORTEST_GIVEN, check_character, normal_code
from rewards.domain.coupon import CouponState
from rewards.domain.terms import RewardContent
from rewards.models import Coupon
from rewards.queries.here import asked, tenant_here

CONTENTS = """select v.reward_id, v.version, v.content::text from rewards_reward_version v
    join unnest(%s::uuid[], %s::int[]) w (id, version) on w.id = v.reward_id and w.version = v.version where v.tenant_id = %s"""
DIGITS_OF_PHONES = range(8, 13)
"""As they are typed without "+"."""
Standing = Literal["usable", "used", "cancelled", "expired", "ordered", "shipped", "delivered"]
"""What is asked for: what time makes of a coupon, or how far the gift is that is sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponCard:
    """What a customer has of a reward, under the `content` that it was sold with. `points` of the `wallet` were spent on it, of which
    `points_back` came back; amounts are minor units: `amount` is to be paid, `worth` was taken off,
    `left` is what is left of its value after some came back (None: all). `state` is what time makes of it; `delivery` how far a gift is
    that is sent ("": it is none).
    """

    coupon_id: UUID
    reward_id: UUID
    customer_id: UUID
    version: int
    content: RewardContent
    kind: str
    way: str
    state: CouponState
    points: int
    wallet: str
    points_back: int
    amount: int
    cost: int
    worth: int
    left: int | None
    prize: str
    issued_at: datetime
    issued_by: str
    active_from: datetime
    expires_at: datetime | None
    used_at: datetime | None
    cancelled_at: datetime | None
    reserved_until: datetime | None
    in_basket: bool
    purchase_id: UUID | None
    merchant_id: UUID | None
    pos_id: UUID | None
    delivery: str
    ordered_at: datetime | None
    shipped_at: datetime | None
    delivered_at: datetime | None


def coupons(
    customer_id: UUID, standing: Standing | None = None, after: tuple[datetime, UUID] | None = None, limit: int = 50
) -> list[CouponCard]:
    """What a customer has, with those they are one with, the latest first; only those of one standing now."""
    return coupons_of(sides(customer_id), standing, after, limit)


def coupons_of(
    whose: Sequence[UUID], standing: Standing | None = None, after: tuple[datetime, UUID] | None = None, limit: int = 50
) -> list[CouponCard]:
    """The same of somebody of whom all sides are known."""
    return _page(Coupon.objects.filter(tenant_id=tenant_here(), customer_id__in=[*whose]), standing, after, limit)


def redemptions(
    standing: Standing | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int = 50,
    *,
    reward_id: UUID | None = None,
    customer_id: UUID | None = None,
) -> list[CouponCard]:
    """All that was issued, the latest first; of one reward or one customer."""
    found = Coupon.objects.filter(tenant_id=tenant_here())
    if reward_id is not None:
        found = found.filter(reward_id=reward_id)
    if customer_id is not None:
        found = found.filter(customer_id__in=[*sides(customer_id)])
    return _page(found, standing, after, limit)


def coupon(coupon_id: UUID, customer_id: UUID | None = None) -> CouponCard:
    """One coupon; of this customer, where one is given. Raises NotFound `rewards.coupon_unknown`."""
    found = Coupon.objects.filter(tenant_id=tenant_here(), id=coupon_id)
    if customer_id is not None:
        found = found.filter(customer_id__in=[*sides(customer_id)])
    for card in _cards(list(found)):
        return card
    raise NotFound("rewards.coupon_unknown")


def coupon_code(coupon_id: UUID) -> str:
    """The code of a coupon, to show to its customer alone; "" where it has none of its own."""
    return code_of(tenant_here(), coupon_id, asked)


def coupon_shown(coupon_id: UUID) -> str:
    """What its customer shows of a coupon now, as a QR code; another every minute."""
    return shown_code(tenant_here(), coupon_id, datetime.now(UTC))


def coupon_by_code(typed: str) -> UUID:
    """The coupon with a code, as somebody typed it, or that somebody shows. Raises NotFound `rewards.coupon_unknown`, and DomainError
    `rewards.shown_code_over` for what was shown too long ago.
    """
    return coupon_shown_by(tenant_here(), typed, datetime.now(UTC)) or coupon_with_code(tenant_here(), typed, asked)


def is_coupon_code(typed: str) -> bool:
    """Whether it is written as codes are that were made here, or as what is shown. Codes from elsewhere may look otherwise."""
    if shown.read(typed, datetime.now(UTC)):
        return True
    code = normal_code(typed)
    return len(code) > LENGTH and check_character(code[:-1]) == code[-1]


def may_be_code(typed: str, *, entered: bool) -> bool:
    """Whether what was typed where people are looked for may be a code: written as ours, or (`entered`: it is whole) as one from elsewhere.
    Names, emails and phones are none: codes from elsewhere have a digit and a letter, or fewer or more digits than phones.
    """
    if is_coupon_code(typed):
        return True
    code = _bare(typed)
    if not entered or "@" in typed or typed.lstrip().startswith("+") or not SHORTEST_GIVEN <= len(code) <= LONGEST or not code.isascii():
        return False
    return len(code) not in DIGITS_OF_PHONES if code.isdecimal() else any(char.isdecimal() for char in code)


def may_be_phone_or_code(typed: str) -> bool:
    """Whether it is digits alone, as many as phone numbers have: only who reads it knows which it is."""
    code = _bare(typed)
    return code.isascii() and code.isdecimal() and len(code) in DIGITS_OF_PHONES and not typed.lstrip().startswith(("+", "＋"))


def _bare(typed: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", typed) if char.isalnum())


def worth_nothing(now: datetime) -> Q:
    """Coupons that what brought them came back of while a basket kept them that keeps them no more: they go soon."""
    return Q(state="issued", left=0) & (Q(reserved_until=None) | Q(reserved_until__lte=now))


def forsaken(tenant_id: int, now: datetime) -> list[UUID]:
    """Those of them that a purchase had brought, and those that cost more than is left of them since a basket let them go today."""
    dearer = Q(state="issued", left__gt=0, left__lt=F("cost"), reserved_until__lte=now, reserved_until__gt=now - timedelta(days=1))
    found = Coupon.objects.filter(worth_nothing(now) | dearer, tenant_id=tenant_id).exclude(for_purchase_id=None)
    return list(found.order_by("id").values_list("id", flat=True))


def coupon_state(row: Coupon) -> CouponState:
    """What time makes of a coupon now."""
    return _state(row, datetime.now(UTC))


def _page(found: QuerySet[Coupon], standing: Standing | None, after: tuple[datetime, UUID] | None, limit: int) -> list[CouponCard]:
    now = datetime.now(UTC)
    over, gone = Q(state="issued", expires_at__lte=now), worth_nothing(now)
    match standing:
        case "usable":
            found = found.filter(state="issued", delivery="").exclude(over).exclude(gone)
        case "expired":
            found = found.filter(over).exclude(gone)
        case "cancelled":
            found = found.filter(Q(state="cancelled") | gone)
        case "used":
            found = found.filter(state="used")
        case "ordered" | "shipped" | "delivered":
            found = found.filter(delivery=standing)
        case None:
            pass
    if after is not None:
        found = found.filter(Q(issued_at__lt=after[0]) | Q(issued_at=after[0], id__lt=after[1]))
    return _cards(list(found.order_by("-issued_at", "-id")[:limit]))


def contents_sold(wanted: Collection[tuple[UUID, int]]) -> dict[tuple[UUID, int], RewardContent]:
    """What versions of rewards said: {(reward, version): …}."""
    columns = [[one[0] for one in wanted], [one[1] for one in wanted], tenant_here()]
    return {(key, version): content_in(text) for key, version, text in asked(CONTENTS, columns)} if wanted else {}


def _cards(rows: Sequence[Coupon]) -> list[CouponCard]:
    contents = contents_sold({(row.reward_id, row.version) for row in rows})
    now = datetime.now(UTC)
    return [_card(row, contents[row.reward_id, row.version], now) for row in rows]


def _card(row: Coupon, content: RewardContent, now: datetime) -> CouponCard:
    same = {name: getattr(row, name) for name in CouponCard.__slots__ if name not in {"coupon_id", "content", "state"}}
    return CouponCard(coupon_id=row.id, content=content, state=_state(row, now), **same)


def _state(row: Coupon, now: datetime) -> CouponState:
    if row.state != "issued":
        return "used" if row.state == "used" else "cancelled"
    if row.reserved_until is not None and now < row.reserved_until:
        return "reserved"
    if row.left == 0:
        return "cancelled"
    if row.expires_at is not None and row.expires_at <= now:
        return "expired"
    return "inactive" if now < row.active_from else "active"
