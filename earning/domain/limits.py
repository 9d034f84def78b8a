"""Limits: how often, or for how many points, a rule counts, and how many points purchases bring into a wallet, for one customer or for
all, in a calendar period.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from earning.domain.terms import Contribution, RewardDue, Wallet
from loyalty.domain.errors import DomainError
from loyalty.domain.identity import derived_id
from loyalty.domain.period import LimitPeriod, period_start
from loyalty.domain.points import LARGEST

MOST_LIMITS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A rule counts at most `most` times (`of` times), or gives at most `most` points, in each `period` (weeks begin on Monday), for
    each customer or for all together. Points that do not fit are not given; times are all or nothing. A budget is points for all, ever.

    A wallet has limits of points only: so many do purchases bring into it, by whatever rules. Points are in the wallet's smallest unit.
    """

    of: Literal["times", "points"]
    most: int
    period: LimitPeriod = "ever"
    whose: Literal["customer", "all"] = "customer"


class Use(NamedTuple):
    """What a purchase uses of a limit: the id of its row, and what may be used at most."""

    id: UUID
    most: int


LimitRows = tuple[tuple[Limit, Use], ...]
"""Limits, each with the row that counts what is used of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scarce:
    """A limit of a wallet that had not enough room: `left` was left of it for all that rules gave, which was `wanted`. All would have
    fit into a limit of `enough`.
    """

    limit: Limit
    left: int
    wanted: int
    enough: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """What the limits of a wallet kept from a purchase: what each rule would have given more, and which limits had not enough room."""

    wallet: Wallet
    contributions: tuple[Contribution, ...]
    limits: tuple[Scarce, ...]


def rows_of(limits: Sequence[Limit], of: UUID | Wallet, customer_id: UUID, at: datetime, zone: str) -> LimitRows:
    """The rows that count what is used of the limits of a rule, or of a wallet: all its versions share them."""
    return tuple((one, _use(one, of, customer_id, at, zone)) for one in limits)


def _use(limit: Limit, of: UUID | Wallet, customer_id: UUID, at: datetime, zone: str) -> Use:
    holder = customer_id if limit.whose == "customer" else ""
    return Use(derived_id("limit", of, limit.of, limit.whose, limit.period, period_start(limit.period, at, zone), holder), limit.most)


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits that a purchase meets: of rules, and of the wallets that they give points of."""

    of_rules: Mapping[UUID, LimitRows] = field(default_factory=dict)
    of_wallets: Mapping[Wallet, LimitRows] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.of_rules or self.of_wallets)

    @property
    def rows(self) -> list[UUID]:
        """The ids of their rows, in the order in which they are locked."""
        return sorted({use.id for limits in (*self.of_rules.values(), *self.of_wallets.values()) for _, use in limits})


class Room:
    """What is left of limits, for one purchase: what has been `used` of each."""

    def __init__(self, limits: Limits, used: Mapping[UUID, int]) -> None:
        self._limits, self._used = limits, used

    def grant(self, rule_id: UUID, points: int) -> int:
        """How many of `points` a rule may give: those that fit, or none when it has counted as often as it may."""
        for limit, use in self._limits.of_rules.get(rule_id, ()):
            left = self._left(use)
            points = min(points, left) if limit.of == "points" else points if left > 0 else 0
        return points

    def left(self, wallet: Wallet) -> int | None:
        """How many points a wallet has room for; None: for any."""
        return min((self._left(use) for _, use in self._limits.of_wallets.get(wallet, ())), default=None)

    def scarce(self, wallet: Wallet, wanted: int) -> tuple[Scarce, ...]:
        """The limits of a wallet that have no room for so many points."""
        found = ((limit, self._left(use)) for limit, use in self._limits.of_wallets.get(wallet, ()))
        return tuple(
            Scarce(limit=limit, left=left, wanted=wanted, enough=limit.most - left + wanted) for limit, left in found if left < wanted
        )

    def _left(self, use: Use) -> int:
        return max(use.most - self._used.get(use.id, 0), 0)


class Ceiling:
    """What rules gave when a purchase was recorded: a return never asks for more, whatever room there is now.

    `cuts` are what wallets had no room for then, `rewards` what rules gave besides points.
    """

    def __init__(self, given: Iterable[Contribution], cuts: Iterable[Cut] = (), rewards: Iterable[RewardDue] = ()) -> None:
        self._rules: Counter[UUID] = Counter()
        self._wallets: Counter[Wallet] = Counter({cut.wallet: 0 for cut in cuts})
        for one in given:
            self._wallets[one.wallet] += one.points
            self._rules[one.rule_id] += one.points
        for one in (c for cut in cuts for c in cut.contributions):
            self._rules[one.rule_id] += one.points
        self._rules.update(reward.rule_id for reward in rewards)

    def grant(self, rule_id: UUID, points: int) -> int:
        """No more than the rule's own limits had room for."""
        return min(points, self._rules[rule_id])

    def left(self, wallet: Wallet) -> int | None:
        """No more than the wallet got."""
        return self._wallets.get(wallet)


Granting = Room | Ceiling


def used_by(limits: Mapping[UUID, LimitRows], given: Iterable[Contribution], rewards: Iterable[RewardDue] = ()) -> Counter[Use]:
    """What contributions and instant rewards use of the limits of rules."""
    found: Counter[Use] = Counter()
    for one in given:
        for limit, use in limits.get(one.rule_id, ()):
            found[use] += one.points if limit.of == "points" else 1
    found.update(use for reward in rewards for _, use in limits.get(reward.rule_id, ()))
    return found


def check_limits(limits: Sequence[Limit], field: str = "limits") -> None:
    """Raises DomainError for limits that no rule, and no wallet, can have."""
    if len(limits) > MOST_LIMITS:
        raise DomainError("earning.rule_too_many_limits", field=f"{field}.{MOST_LIMITS}", most=MOST_LIMITS)
    kinds: set[tuple[str, str, str]] = set()
    for place, one in enumerate(limits):
        if not 0 < one.most <= LARGEST:
            raise DomainError("earning.rule_limit_invalid", field=f"{field}.{place}.most", most=LARGEST)
        if (one.of, one.period, one.whose) in kinds:
            raise DomainError("earning.rule_too_many_limits", field=f"{field}.{place}", most=MOST_LIMITS)
        kinds.add((one.of, one.period, one.whose))


def freed(before: Counter[Use], after: Counter[Use]) -> Iterator[tuple[Use, int]]:
    """What is no longer used; below zero what is used more, by a rule that had no turn, or no room in its wallet, before."""
    yield from ((use, before[use] - after[use]) for use in before | after if before[use] != after[use])
