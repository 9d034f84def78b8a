"""`/api/v1/customers/{id}/account/spend` and `/holds`: points are spent, kept aside, and given back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, ClassVar
from uuid import UUID

import msgspec

from customers.queries import card_alone
from earning import queries
from earning.api.shapes import Moment, moment
from earning.commands import AccountAnswer, ConfirmHold, HoldPoints, ReleaseHold, RestorePoints, SpendPoints
from earning.permissions import SPEND
from loyalty.api.views import CommandView
from loyalty.domain.command import Command
from loyalty.tenancy import reading

MOST = 10**15
Points = Annotated[
    int, msgspec.Meta(le=MOST, description="Above zero, in the smallest unit of the wallet.", extra_json_schema={"minimum": 1})
]
"""A number below it is refused by the command, which says how many there are."""


class OrderView(CommandView):
    """An order about a customer's account: of somebody who is there."""

    answer: ClassVar[Any] = AccountAnswer
    dry_runs = True

    def customer(self, path: dict[str, Any]) -> UUID:
        """The customer of the address, also where somebody else stands for them: what is ordered by the one is charged to the one. Raises
        NotFound.
        """
        with reading(self.tenant.id):
            return card_alone(path["customer_id"]).id

    def wallet_of(self, named: str | None, asked: Callable[[UUID, UUID], str], whose: UUID, key: UUID) -> str:
        """The wallet that is named, or else the one that something of this id is of."""
        if named is not None:
            return named
        with reading(self.tenant.id):
            return asked(whose, key)


class HoldSettledBody(msgspec.Struct, forbid_unknown_fields=True):
    """In which wallet the points were kept aside: that of the hold, when it is left out."""

    wallet: str | None = None


class SpendBody(msgspec.Struct, forbid_unknown_fields=True):
    """How many points to spend, and on what."""

    points: Points
    reference_id: UUID | None = None
    wallet: str = "points"


class HoldBody(msgspec.Struct, forbid_unknown_fields=True):
    """How many points to keep aside, for what, and until when: at most a week."""

    points: Points
    ends_at: Moment
    reference_id: UUID | None = None
    wallet: str = "points"


class RestoreBody(msgspec.Struct, forbid_unknown_fields=True):
    """How many of the points that were spent come back: all that have not yet, when it is left out. So with the wallet: that of the
    spending.
    """

    points: Points | None = None
    wallet: str | None = None


class SpendView(OrderView):
    """Spend points of a customer: those that end soonest first, then the oldest. The answer's `id` names the spending."""

    permission = SPEND
    body = SpendBody
    status = 201

    def command(self, body: SpendBody, **path: Any) -> Command[AccountAnswer]:
        return SpendPoints(customer_id=self.customer(path), points=body.points, reference_id=body.reference_id, wallet=body.wallet)


class RestoreView(OrderView):
    """Give back points that were spent, to the lots that gave them."""

    permission = SPEND
    body = RestoreBody

    def command(self, body: RestoreBody, **path: Any) -> Command[AccountAnswer]:
        whose, spend_id = self.customer(path), path["spend_id"]
        wallet = self.wallet_of(body.wallet, queries.wallet_of_spending, whose, spend_id)
        return RestorePoints(customer_id=whose, spend_id=spend_id, points=body.points, wallet=wallet)


class HoldView(OrderView):
    """Keep points of a customer aside. The answer's `id` names the hold; it ends by itself."""

    permission = SPEND
    body = HoldBody
    status = 201

    def command(self, body: HoldBody, **path: Any) -> Command[AccountAnswer]:
        return HoldPoints(
            customer_id=self.customer(path),
            points=body.points,
            ends_at=moment(body.ends_at, "ends_at"),
            reference_id=body.reference_id,
            wallet=body.wallet,
        )


class ConfirmHoldView(OrderView):
    """Spend points that were kept aside."""

    permission = SPEND
    body = HoldSettledBody

    def command(self, body: HoldSettledBody, **path: Any) -> Command[AccountAnswer]:
        whose, hold_id = self.customer(path), path["hold_id"]
        return ConfirmHold(customer_id=whose, hold_id=hold_id, wallet=self.wallet_of(body.wallet, queries.wallet_of_hold, whose, hold_id))


class ReleaseHoldView(OrderView):
    """Free points that were kept aside."""

    permission = SPEND
    body = HoldSettledBody

    def command(self, body: HoldSettledBody, **path: Any) -> Command[AccountAnswer]:
        whose, hold_id = self.customer(path), path["hold_id"]
        return ReleaseHold(customer_id=whose, hold_id=hold_id, wallet=self.wallet_of(body.wallet, queries.wallet_of_hold, whose, hold_id))
