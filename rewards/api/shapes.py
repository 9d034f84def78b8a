"""What the endpoints of rewards share: shapes made from the terms of the domain, so that the two never differ, and lists by page."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache, reduce
from operator import or_
from types import GenericAlias, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Union, cast, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec
from django.utils.translation import get_language

from loyalty.api.paging import LARGEST_PAGE, opened_cursor, sealed_cursor
from loyalty.domain.errors import DomainError
from loyalty.files.photos import address_of, named_by
from loyalty.messages.refusals import message
from rewards import queries
from rewards.commands import GiftAddress
from rewards.domain.terms import RewardContent

Limit = Annotated[int, msgspec.Meta(ge=1, le=LARGEST_PAGE)]
Moment = Annotated[datetime, msgspec.Meta(tz=True, description="Date and time with time zone, such as 2026-01-31T08:00:00+07:00.")]
Points = Annotated[int, msgspec.Meta(ge=1, le=10**15, description="In the smallest unit of the wallet.")]
Minor = Annotated[int, msgspec.Meta(ge=0, le=10**15, description="Minor units of the currency.")]
Place = tuple[datetime, UUID] | None
NAMES = {"RewardContent": "RewardContentBody"}


@cache
def shape_of(cls: type[Any]) -> type[msgspec.Struct]:
    """The struct with the fields of a dataclass of the domain, which refuses fields that are not there."""
    hints = get_type_hints(cls, include_extras=True)
    fields = [_field(one, hints[one.name]) for one in dataclasses.fields(cls)]
    made = msgspec.defstruct(NAMES.get(cls.__name__, f"{cls.__name__}Shape"), fields, kw_only=True, frozen=True, forbid_unknown_fields=True)
    made.__doc__ = cls.__doc__
    return made


def _field(one: dataclasses.Field[Any], hint: Any) -> Any:
    kind = _shaped(hint)
    if one.default is dataclasses.MISSING:
        return one.name, kind
    default = one.default
    return one.name, kind, shape_of(cast(Any, type(default)))() if dataclasses.is_dataclass(default) else default


def _shaped(hint: Any) -> Any:
    origin, within = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        return reduce(or_, map(_shaped, within))
    if origin is tuple:
        return GenericAlias(tuple, (_shaped(within[0]), ...))
    if hint is datetime:
        return Moment
    return shape_of(hint) if dataclasses.is_dataclass(hint) and isinstance(hint, type) else hint


if TYPE_CHECKING:
    ContentShape = Any  # it is made when the module is loaded
else:
    ContentShape = shape_of(RewardContent)


def content_in(body: Any, tenant_id: int) -> RewardContent:
    """Content as commands take it: times in UTC, photos by the names under which they are kept. Raises DomainError `photo.unknown`."""
    told = _plain(body)
    told["photos"] = [named_by(tenant_id, photo, f"photos.{place}") for place, photo in enumerate(told["photos"])]
    told["icon"] = named_by(tenant_id, told["icon"], "icon")
    return msgspec.convert(told, RewardContent, strict=False)


def content_shown(content: RewardContent) -> Any:
    """Content as the API shows it, with the addresses of its photos."""
    told: dict[str, Any] = msgspec.to_builtins(content)
    told |= {"photos": [address_of(photo) for photo in content.photos], "icon": address_of(content.icon)}
    return msgspec.convert(told, ContentShape)


def _plain(value: Any) -> Any:
    match value:
        case msgspec.Struct():
            return {name: _plain(getattr(value, name)) for name in value.__struct_fields__}
        case tuple() | list():
            return [_plain(part) for part in value]
        case datetime():
            return in_utc(value)
        case UUID() | Decimal():
            return str(value)
        case _:
            return value


def in_utc(at: datetime | None, field: str = "effective_at") -> datetime | None:
    """The same instant in UTC. Raises DomainError for a year that is out of range."""
    if at is not None and not 2000 <= at.year < 2200:
        raise DomainError("rewards.date_out_of_range", field=field)
    return at and at.astimezone(UTC)


class Why(msgspec.Struct, frozen=True):
    """Why something cannot be had: a stable code, and the sentence in the caller's language."""

    code: str
    detail: str


def why(refusal: DomainError | None) -> Why | None:
    """A refusal as the API tells it."""
    return None if refusal is None else Why(refusal.code, message(refusal))


class RewardWords(msgspec.Struct, frozen=True):
    """What a reward is called and says in the caller's language."""

    name: str
    short: str
    conditions: str
    how_to_use: str
    brand: str


def words(content: RewardContent, language: str = "") -> RewardWords:
    """What it says to who asks, or in a `language`."""
    told = content.called(language or get_language() or "vi")
    return RewardWords(told.name, told.short, told.conditions, told.how_to_use, told.brand)


class GiftAddressBody(msgspec.Struct, forbid_unknown_fields=True):
    """To whom a gift is sent, under which phone they are reached, and where."""

    recipient: str
    phone: str
    address: str


def address_in(body: GiftAddressBody | None) -> GiftAddress | None:
    """An address as commands take it; None for none."""
    return None if body is None else address_of_gift(body)


def address_of_gift(body: GiftAddressBody) -> GiftAddress:
    """An address as commands take it."""
    return GiftAddress(recipient=body.recipient, phone=body.phone, address=body.address)


class CouponShown(msgspec.Struct, frozen=True, kw_only=True):
    """What a customer has of a reward. `points` of the `wallet` were spent on it, of which `points_back` came back; amounts are minor
    units: `amount` is to be paid beside, `worth` was taken off, `left` is what is left of its value (null: all that the terms give).
    `state` is what it is now. Of a gift that is sent `delivery` is ordered,
    shipped, delivered or cancelled; null: nothing is sent.
    """

    coupon_id: UUID
    reward_id: UUID
    customer_id: UUID
    text: RewardWords
    photos: list[str]
    kind: str
    way: str
    state: str
    points: int
    wallet: str
    points_back: int
    amount: int
    worth: int
    left: int | None
    prize: str
    issued_at: datetime
    active_from: datetime
    expires_at: datetime | None
    used_at: datetime | None
    cancelled_at: datetime | None
    purchase_id: UUID | None
    pos_id: UUID | None
    delivery: str | None
    ordered_at: datetime | None
    shipped_at: datetime | None
    delivered_at: datetime | None


def coupon_shown(card: queries.CouponCard) -> CouponShown:
    """A coupon as the API shows it."""
    same = {name: getattr(card, name) for name in CouponShown.__struct_fields__ if name not in {"text", "photos", "delivery"}}
    photos = [address_of(photo) for photo in card.content.photos]
    return CouponShown(text=words(card.content), photos=photos, delivery=card.delivery or None, **same)


def place_in(cursor: str | None, tenant_id: int, name: str) -> Place:
    """Where the last page of a list of coupons ended."""
    after = opened_cursor(cursor, tenant_id, name)
    return after and (datetime.fromisoformat(after[0]), UUID(after[1]))


def cursor_of(found: list[queries.CouponCard], limit: int, tenant_id: int, name: str) -> str | None:
    """The cursor of the next page of coupons, of which one more than `limit` was asked for."""
    last = found[limit - 1] if len(found) > limit else None
    return sealed_cursor([last.issued_at.isoformat(), str(last.coupon_id)], tenant_id, name) if last else None
