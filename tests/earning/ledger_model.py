"""A ledger in the simplest words there are: lists that are looked through from end to end. It shares nothing with the real one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

NEVER = 10**9


@dataclass(eq=False)
class ModelLot:
    """Times are whole numbers; `used` is what left it and may come back."""

    name: Any
    earned: int
    begins: int
    ends: int
    points: int
    lapsed: int = 0
    cancelled: int = 0
    out_of: ModelLot | None = None
    """The lot whose points these are, given back with a later end."""
    gone_with_goods: dict[str, int] = field(default_factory=dict)
    """What of `lapsed` and of `cancelled`, also of lots that came out of it, has come back with its goods."""


def lineage(lot: ModelLot) -> list[ModelLot]:
    """The lots that it came out of."""
    return [] if lot.out_of is None else [lot.out_of, *lineage(lot.out_of)]


@dataclass
class ModelHold:
    parts: list[tuple[ModelLot, int]]
    ends: int


class Refused(Exception):
    """The model says no."""


@dataclass
class ModelAccount:
    lots: list[ModelLot] = field(default_factory=list)
    holds: dict[Any, ModelHold] = field(default_factory=dict)
    spends: dict[Any, list[list[Any]]] = field(default_factory=dict)
    owed: int = 0
    expired: int = 0
    losses: list[float] = field(default_factory=list)
    """When a level was lost that takes points: at half hours, so that nothing else happens at the same time."""
    clock: int = 0

    def held(self, lot: ModelLot, now: float) -> int:
        return sum(n for h in self.holds.values() if now < h.ends for part, n in h.parts if part is lot)

    def free(self, lot: ModelLot, now: float) -> int:
        return lot.points - self.held(lot, now)

    def ordered(self) -> list[ModelLot]:
        return sorted((lot for lot in self.lots if lot.points), key=lambda lot: (lot.ends, lot.earned, lot.name))

    def pass_time(self, now: int) -> None:
        for hour in range(min(self.clock + 1, now), now + 1):
            for loss in [loss for loss in self.losses if self.clock < loss < hour]:
                self.end([lot for lot in self.lots if lot.begins <= loss], loss)
            self.end([lot for lot in self.lots if lot.ends <= hour], hour)
            self.pay(hour)
            self.clock = hour

    def end(self, lots: list[ModelLot], now: float) -> None:
        for lot in lots:
            gone = self.free(lot, now)
            lot.points, lot.lapsed, self.expired = lot.points - gone, lot.lapsed + gone, self.expired + gone

    def pay(self, now: int) -> None:
        for lot in self.ordered():
            paid = min(self.owed, self.free(lot, now))
            lot.points, self.owed = lot.points - paid, self.owed - paid

    def balance(self) -> int:
        return sum(lot.points for lot in self.lots) - self.owed

    def available(self, now: int) -> int:
        return sum(self.free(lot, now) for lot in self.lots if lot.begins <= now < lot.ends)

    def choose(self, points: int, now: int) -> list[tuple[ModelLot, int]]:
        self.pass_time(now)
        if points > self.available(now):
            raise Refused
        chosen = []
        for lot in self.ordered():
            if points and lot.begins <= now < lot.ends and (n := min(points, self.free(lot, now))):
                chosen.append((lot, n))
                points -= n
        return chosen

    def add(self, lot: ModelLot, now: int) -> None:
        self.pass_time(now)
        self.lots.append(lot)
        if any(lot.earned <= loss < lot.ends and lot.begins <= loss for loss in self.losses if loss < now):
            self.end([lot], now)
        self.pass_time(now)

    def take(self, chosen: list[tuple[ModelLot, int]]) -> None:
        for lot, n in chosen:
            lot.points -= n

    def spend(self, name: Any, points: int, now: int) -> list[tuple[ModelLot, int]]:
        self.take(chosen := self.choose(points, now))
        self.spends[name] = [[lot, n] for lot, n in chosen]
        return chosen

    def hold(self, name: Any, points: int, ends: int, now: int) -> None:
        self.holds[name] = ModelHold(self.choose(points, now), ends)

    def confirm(self, name: Any, spend: Any, now: int) -> None:
        if now >= self.holds[name].ends:
            raise Refused
        self.pass_time(now)
        parts = self.holds.pop(name).parts
        self.take(parts)
        self.spends[spend] = [[lot, n] for lot, n in parts]

    def release(self, name: Any, now: int) -> None:
        if now >= self.holds[name].ends:
            raise Refused
        del self.holds[name]
        self.pass_time(now)

    def restore(self, name: Any, points: int, earliest: int, now: int, named: Callable[[Any], Any]) -> None:
        self.pass_time(now)
        if points > sum(n for _, n in self.spends[name]):
            raise Refused
        for part in reversed(self.spends[name]):
            lot, n = part[0], min(points, part[1])
            part[1], points = part[1] - n, points - n
            if lot.ends >= earliest:
                lot.points += n
            elif n:
                self.lots.append(ModelLot(named(lot.name), lot.earned, 0, earliest, n, out_of=lot))
        self.pay(now)

    def deduct(self, points: int, now: int) -> None:
        for lot, n in self.choose(points, now):
            lot.points, lot.cancelled = lot.points - n, lot.cancelled + n

    def claw_back(self, lot: ModelLot, points: int, now: int) -> None:
        self.pass_time(now)
        came = [other for other in [*self.ordered(), *self.lots] if lot in lineage(other)]
        same = [lot, *dict.fromkeys(came)]
        for one in same:
            n = min(points, self.free(one, now))
            one.points, points = one.points - n, points - n
        for gone in ("lapsed", "cancelled"):
            n = min(points, sum(getattr(one, gone) for one in same) - lot.gone_with_goods.get(gone, 0))
            lot.gone_with_goods[gone], points = lot.gone_with_goods.get(gone, 0) + n, points - n
        others = [other for other in self.ordered() if other not in same]
        for other in [o for o in others if o.begins <= now] + [o for o in others if o.begins > now]:
            n = min(points, self.free(other, now))
            other.points, points = other.points - n, points - n
        self.owed += points

    def hold_parts(self, name: Any, parts: list[tuple[ModelLot, int]], ends: int) -> None:
        self.holds[name] = ModelHold(parts, ends)
