"""A points account: one wallet of one customer, made of lots."""

from __future__ import annotations

from typing import assert_never
from uuid import UUID

from earning.domain.terms import Contribution, Wallet
from earning.events import GoodsReturned, PointsClawedBack, PointsEarned, PurchaseRecorded
from loyalty.domain.aggregate import Aggregate
from loyalty.domain.errors import DomainError
from loyalty.domain.identity import derived_id
from loyalty.domain.points import LARGEST


def account_id(tenant_id: int, wallet: str, customer_id: UUID) -> UUID:
    """The stream of a customer's account for one wallet."""
    return derived_id("account", tenant_id, wallet, customer_id)


class Lot:
    """The points that one purchase brought, and how many of them are still there."""

    __slots__ = ("clawed_back", "earned", "remaining")

    def __init__(self, earned: PointsEarned) -> None:
        self.earned = earned
        self.remaining = earned.points
        self.clawed_back: dict[UUID, int] = {}
        """Points by return."""


class Account(Aggregate):
    """Holds lots; its balance is what remains of them."""

    stream = "account"

    def __init__(self, stream_id: UUID) -> None:
        super().__init__(stream_id)
        self.balance = 0
        self.lots: dict[UUID, Lot] = {}
        """By purchase: one purchase makes at most one lot in a wallet."""

    @classmethod
    def holding(cls, stream_id: UUID, balance: int) -> Account:
        """An account of which only the balance is known: enough to try out a new sale on."""
        account = cls(stream_id)
        account.balance = balance
        return account

    def earn(self, sale: PurchaseRecorded, contributions: tuple[Contribution, ...], lot_id: UUID, wallet: Wallet = "points") -> None:
        """One lot of what the rules gave; none when they gave nothing. Raises DomainError for more than an account can hold."""
        points = sum(c.points for c in contributions)
        if not points or sale.customer_id is None:
            return
        if self.balance + points > LARGEST:
            raise DomainError("earning.too_many_points", field="total")
        self.record(
            PointsEarned(
                account_id=self.id,
                customer_id=sale.customer_id,
                lot_id=lot_id,
                purchase_id=sale.purchase_id,
                wallet=wallet,
                points=points,
                contributions=contributions,
                earned_at=sale.purchased_at,
            )
        )

    def claw_back(self, returned: GoodsReturned, less: tuple[Contribution, ...]) -> None:
        """Take back of the purchase's lot what its rules no longer give."""
        if not less:
            return
        earned = self.lots[returned.purchase_id].earned
        self.record(
            PointsClawedBack(
                account_id=self.id,
                customer_id=earned.customer_id,
                lot_id=earned.lot_id,
                purchase_id=returned.purchase_id,
                return_id=returned.return_id,
                wallet=earned.wallet,
                points=sum(c.points for c in less),
                contributions=less,
                clawed_back_at=returned.returned_at,
            )
        )

    def evolve(self, event: PointsEarned | PointsClawedBack) -> None:
        match event:
            case PointsEarned():
                self.lots[event.purchase_id] = Lot(event)
                self.balance += event.points
            case PointsClawedBack():
                lot = self.lots[event.purchase_id]
                lot.remaining -= event.points
                lot.clawed_back[event.return_id] = event.points
                self.balance -= event.points
            case _:
                assert_never(event)
