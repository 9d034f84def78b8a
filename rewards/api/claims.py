"""Codes that customers bring: claimed by themselves, or for them at a till."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

import msgspec

from customers.queries import customer
from loyalty.api.own import OwnView
from loyalty.api.views import CommandView
from loyalty.domain.command import Command
from loyalty.domain.errors import Conflict
from loyalty.tenancy import reading
from rewards import queries
from rewards.api.guessing import guessing_of
from rewards.api.shapes import Minor
from rewards.commands import ClaimCode, CouponAnswer, UseCoupon
from rewards.permissions import USE
from rewards.places import ids_of, place_named


class OwnClaimCodeBody(msgspec.Struct, forbid_unknown_fields=True):
    """The code, as the customer typed it."""

    code: str


class ClaimCodeBody(msgspec.Struct, forbid_unknown_fields=True):
    """The code that the customer brings, at which point of sale (code or id), whether it is used at once, and how much was taken off."""

    code: str
    pos: str = ""
    use: bool = False
    worth: Minor = 0


class ClaimView(CommandView):
    """Let a customer have the coupon behind a code that they bring; with `use` it is used at once. What is unknown, somebody else's, used,
    withdrawn or over is answered alike.
    """

    permission = USE
    body: ClassVar[Any] = ClaimCodeBody
    answer = CouponAnswer
    dry_runs = True
    rate = "coupons"
    status = 201

    def command(self, body: Any, **path: Any) -> Command[CouponAnswer]:
        with reading(self.tenant.id):
            whose = customer(path["customer_id"]).id
        with guessing_of(self), reading(self.tenant.id):
            found = queries.code_brought(body.code, whose)
        merchant_id, pos_id = ids_of(place_named(self.principal, body.pos))
        where: dict[str, Any] = {"customer_id": whose, "merchant_id": merchant_id, "pos_id": pos_id, "worth": body.worth}
        if found.coupon_id is not None and body.use:
            return UseCoupon(coupon_id=found.coupon_id, **where)
        code_id, reward_id = _of(found)
        return ClaimCode(code_id=code_id, reward_id=reward_id, use=body.use, **where)


class OwnClaimView(OwnView, ClaimView):
    """Have the coupon behind a code: «I have a code». What is unknown, somebody else's, used, withdrawn or over is answered alike."""

    body = OwnClaimCodeBody

    def command(self, body: OwnClaimCodeBody, **path: Any) -> Command[CouponAnswer]:
        with guessing_of(self), reading(self.tenant.id):
            found = queries.code_brought(body.code, self.customer_id)
        code_id, reward_id = _of(found)
        return ClaimCode(customer_id=self.side_id, code_id=code_id, reward_id=reward_id, by_customer=True)


def _of(found: queries.CodeBrought) -> tuple[UUID, UUID]:
    """Raises Conflict `rewards.code_yours` for what the customer has already."""
    if found.coupon_id is not None:
        raise Conflict("rewards.code_yours", field="code")
    return found.code_id, found.reward_id
