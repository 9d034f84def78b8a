"""Baskets: rewards chosen for one purchase, kept until it is made, and free again by themselves."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal, TypeAlias, assert_never
from uuid import UUID

from loyalty.domain.aggregate import Aggregate
from loyalty.domain.errors import Conflict, DomainError, NotFound
from loyalty.domain.money import Money
from rewards.events.baskets import BasketConfirmed, BasketHeld, BasketReleased

BasketState = Literal["held", "ended", "released", "confirmed"]
BasketFact: TypeAlias = BasketHeld | BasketReleased | BasketConfirmed
SHORTEST, LONGEST = timedelta(seconds=10), timedelta(hours=1)


class Basket(Aggregate):
    """held → confirmed or released; time alone ends it."""

    stream = "basket"
    stays_folded = False

    def __init__(self, stream_id: UUID) -> None:
        super().__init__(stream_id)
        self.held: BasketHeld | None = None
        self.outcome: BasketReleased | BasketConfirmed | None = None

    def state_at(self, now: datetime) -> BasketState:
        """What it is at `now`."""
        if isinstance(self.outcome, BasketConfirmed):
            return "confirmed"
        if self.outcome is not None:
            return "released"
        return "ended" if self.held is not None and now >= self.held.ends_at else "held"

    def kept(self) -> BasketHeld:
        """What is kept for it. Raises NotFound for no basket."""
        if self.held is None:
            raise NotFound("rewards.basket_unknown", field="basket_id")
        return self.held

    def hold(self, event: BasketHeld) -> None:
        """Keep all that it needs. Raises DomainError for a time that is too short or too long."""
        if not SHORTEST <= event.ends_at - event.held_at <= LONGEST:
            raise DomainError("rewards.number_out_of_range", field="seconds", least=SHORTEST.seconds, most=LONGEST.seconds)
        self.record(event)

    def release(self, now: datetime) -> None:
        """Let all be free again. Raises Conflict when it is over."""
        held = self._still_held(now)
        self.record(BasketReleased(basket_id=self.id, customer_id=held.customer_id, released_at=now))

    def confirm(self, purchase_id: UUID, coupons: tuple[UUID, ...], now: datetime) -> None:
        """The purchase is made. Raises Conflict when it is over."""
        held = self._still_held(now)
        self.record(
            BasketConfirmed(basket_id=self.id, customer_id=held.customer_id, purchase_id=purchase_id, coupons=coupons, confirmed_at=now)
        )

    def refuse_over(self, now: datetime) -> BasketHeld:
        """What is kept. Raises Conflict when it is over."""
        return self._still_held(now)

    def refuse_another_total(self, shown: int | None, currency: str) -> None:
        """Raises Conflict when it costs something else than was `shown` (minor units; None: nothing was)."""
        costs = self.kept().total
        if shown is not None and shown != costs:
            told = {"total": Money(costs, currency), "shown": Money(shown, currency)}
            raise Conflict("rewards.total_differs", field="total", **told)

    def evolve(self, event: BasketFact) -> None:
        match event:
            case BasketHeld():
                self.held = event
            case BasketReleased() | BasketConfirmed():
                self.outcome = event
            case _:
                assert_never(event)

    def _still_held(self, now: datetime) -> BasketHeld:
        held = self.kept()
        match self.state_at(now):
            case "confirmed":
                raise Conflict("rewards.basket_confirmed")
            case "released":
                raise Conflict("rewards.basket_released")
            case "ended":
                raise Conflict("rewards.basket_ended", ended_at=held.ends_at)
        return held
