"""What is left of full amounts counts with the next purchase: points are worked out from all that a customer's purchases count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from earning.domain.kinds.points_per_amount import PointsPerAmount
from earning.domain.seen import CarriedSpend
from earning.domain.terms import Wallet
from loyalty.domain.identity import derived_id

if TYPE_CHECKING:
    from earning.events import SpendCounted


def carry_id(rule_id: UUID, terms: PointsPerAmount) -> UUID:
    """What counts together: purchases by versions of one rule that give the same points for the same amount."""
    return derived_id("carry", rule_id, terms.currency, terms.per, *terms.points.as_integer_ratio(), terms.rounding)


class Carrier(NamedTuple):
    """A version of a rule that carries what is left over, and what purchases by it count together with.

    A point of its `wallet` is `scale` of the smallest unit.
    """

    rule_id: UUID
    version: int
    carry_id: UUID
    terms: PointsPerAmount
    wallet: Wallet
    scale: int

    def worth(self, amount: int) -> int:
        """Points on `amount` minor units, in the smallest unit of the wallet."""
        return self.terms.worth(amount, self.scale)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What one purchase counts by a rule that carries what is left over: its `amount` in minor units (`amounts` by line), after
    `before`, all that had counted until then.
    """

    carrier: Carrier
    amounts: tuple[int, ...]
    before: int
    amount: int

    @property
    def points(self) -> int:
        """What it brings."""
        return self.carrier.worth(self.before + self.amount) - self.carrier.worth(self.before)

    @property
    def taken_over(self) -> int:
        """What had been left of full amounts."""
        return self.before % self.carrier.terms.per

    @property
    def left(self) -> int:
        """What is left of full amounts after it."""
        return (self.before + self.amount) % self.carrier.terms.per


class Taken(NamedTuple):
    """A purchase, as it `counted`, counts `amount` from now on and loses `points`; limits still keep `lost` from it."""

    counted: SpendCounted
    amount: int
    points: int
    lost: int

    @classmethod
    def of(cls, counted: SpendCounted, amount: int, due: int) -> Taken:
        """Only so many points are `due` to it: what limits had kept from it goes first."""
        kept = min(counted.points, due)
        return cls(counted, amount, counted.points - kept, due - kept)


class Carried:
    """All that counts together, purchase by purchase."""

    def __init__(self) -> None:
        self.total = self.due = 0
        """What all of it counts, and the points of that: those that purchases have, and those that limits kept from them."""
        self.parts: dict[UUID, SpendCounted] = {}
        """What each purchase counts, in the order in which they were recorded."""

    def put(self, counted: SpendCounted) -> None:
        """A purchase counts so much from now on, and has so many points by it."""
        before = self.parts.get(counted.purchase_id)
        self.total += counted.amount - (before.amount if before else 0)
        self.due += counted.due - (before.due if before else 0)
        self.parts[counted.purchase_id] = counted

    def less(self, purchase_id: UUID, amount: int, carrier: Carrier) -> Iterator[Taken]:
        """What goes when a purchase counts only `amount` from now on: what is due to itself first, then to the latest purchases."""
        own = self.parts[purchase_id]
        excess = max(0, self.due - carrier.worth(self.total - own.amount + amount))
        gone = min(excess, own.due)
        yield Taken.of(own, amount, own.due - gone)
        for other in (one for one in reversed(self.parts.values()) if one.purchase_id != purchase_id):
            excess -= gone
            if not excess:
                return
            if gone := min(excess, other.due):
                yield Taken.of(other, other.amount, other.due - gone)


def taken_over(carried: Mapping[UUID, Carried], wanted: Iterable[UUID]) -> tuple[CarriedSpend, ...]:
    """What had counted by those that are `wanted`, as facts keep it."""
    found = ((one, carried[one].total) for one in dict.fromkeys(wanted) if one in carried)
    return tuple(CarriedSpend(carry_id=one, total=total) for one, total in found if total)
