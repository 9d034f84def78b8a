"""Earning rules: how they come into force, and what those in force make of a purchase."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never
from uuid import UUID

from earning.domain.terms import Contribution, PointsPerAmount, Wallet
from earning.events import EarningRuleActivated, EarningRuleChanged, EarningRuleCreated, EarningRulePaused
from loyalty.domain.aggregate import Aggregate
from loyalty.domain.errors import Conflict, DomainError, NotFound
from loyalty.domain.period import Period

LONGEST_NAME = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleVersion:
    """One version of a rule, and the periods in which it was in force."""

    rule_id: UUID
    version: int
    terms: PointsPerAmount
    periods: tuple[Period, ...]

    def begun(self, at: datetime) -> RuleVersion:
        """The same, in force from `at` on."""
        return replace(self, periods=(*self.periods, Period(at)))

    def ended(self, at: datetime) -> RuleVersion:
        """The same, no longer in force from `at` on."""
        *before, last = self.periods
        return replace(self, periods=(*before, Period(last.start, at)))


class EarningRule(Aggregate):
    """draft → active ⇄ paused; every change is a new version, and purchases keep the versions that decided them."""

    stream = "earning_rule"

    def __init__(self, stream_id: UUID) -> None:
        super().__init__(stream_id)
        self.state = "draft"
        self.number = 0
        """Of the current version of its terms."""
        self.effective_at: datetime | None = None
        """Since when it has been in force, or has not been."""
        self.versions: list[RuleVersion] = []

    def create(self, name: str, terms: PointsPerAmount, wallet: Wallet) -> None:
        """Draft it."""
        _check(name, terms)
        self.record(EarningRuleCreated(rule_id=self.id, wallet=wallet, name=name, terms=terms))

    def change(self, name: str, terms: PointsPerAmount, at: datetime, seen: int | None) -> None:
        """Give it new terms. Raises Conflict when the version `seen` is not the current one."""
        self._must_exist()
        if seen not in {None, self.number}:
            raise Conflict("earning.rule_changed_meanwhile", seen=seen, version=self.number)
        _check(name, terms)
        self.record(EarningRuleChanged(rule_id=self.id, version=self.number + 1, name=name, terms=terms, effective_at=self._not_before(at)))

    def activate(self, at: datetime) -> None:
        """Put it in force."""
        self._must_exist()
        if self.state == "active":
            raise Conflict("earning.rule_is_active")
        self.record(EarningRuleActivated(rule_id=self.id, version=self.number, effective_at=self._not_before(at)))

    def pause(self, at: datetime) -> None:
        """Take it out of force."""
        self._must_exist()
        if self.state != "active":
            raise Conflict("earning.rule_is_not_active")
        self.record(EarningRulePaused(rule_id=self.id, version=self.number, effective_at=self._not_before(at)))

    def evolve(self, event: EarningRuleCreated | EarningRuleChanged | EarningRuleActivated | EarningRulePaused) -> None:
        match event:
            case EarningRuleCreated():
                self._version(1, event.terms)
            case EarningRuleChanged():
                if self.state == "active":
                    self._end(event.effective_at)
                self._version(event.version, event.terms)
                if self.state == "active":
                    self._begin(event.effective_at)
            case EarningRuleActivated():
                self.state = "active"
                self._begin(event.effective_at)
            case EarningRulePaused():
                self.state = "paused"
                self._end(event.effective_at)
            case _:
                assert_never(event)

    def _version(self, number: int, terms: PointsPerAmount) -> None:
        self.number = number
        self.versions.append(RuleVersion(rule_id=self.id, version=number, terms=terms, periods=()))

    def _begin(self, at: datetime) -> None:
        self.effective_at = at
        self.versions[-1] = self.versions[-1].begun(at)

    def _end(self, at: datetime) -> None:
        self.effective_at = at
        self.versions[-1] = self.versions[-1].ended(at)

    def _must_exist(self) -> None:
        if not self.exists:
            raise NotFound("earning.rule_unknown", field="rule_id")

    def _not_before(self, at: datetime) -> datetime:
        """What held before is not decided again: nothing takes effect before the last thing that did."""
        return at if self.effective_at is None else max(at, self.effective_at)


def _check(name: str, terms: PointsPerAmount) -> None:
    if not name.strip() or len(name) > LONGEST_NAME:
        raise DomainError("earning.rule_name_invalid", field="name", longest=LONGEST_NAME)
    terms.check()


class RuleSet:
    """All versions of all rules of a tenant that were ever in force: what a purchase is worth, then and now.

    `position` is how far the log went that they were taken from: the last event of a rule, 0 when there was none.
    """

    def __init__(self, versions: Iterable[RuleVersion] = (), position: int = 0) -> None:
        self._versions = {(v.rule_id, v.version): v for v in versions}
        self.position = position

    def worth(self, amounts: Sequence[int], currency: str, at: datetime) -> tuple[Contribution, ...]:
        """What each rule in force at `at` gives for lines worth `amounts` (minor units of `currency`)."""
        total = sum(amounts)
        return tuple(
            Contribution(rule_id=rule.rule_id, version=rule.version, points=points, amounts=tuple(amounts))
            for rule in self._in_force(currency, at)
            if (points := rule.terms.worth(total))
        )

    def any_in_force(self, currency: str, at: datetime) -> bool:
        """Whether any rule could have given points for a purchase at `at`."""
        return any(True for _ in self._in_force(currency, at))

    def less(self, given: Iterable[Contribution], before: Sequence[int], after: Sequence[int]) -> tuple[Contribution, ...]:
        """What the rules that gave `given` no longer give once lines worth `before` are worth `after`."""
        return tuple(c for g in given if (c := self._less(g, before, after)).points)

    def _less(self, given: Contribution, before: Sequence[int], after: Sequence[int]) -> Contribution:
        terms = self._versions[given.rule_id, given.version].terms
        counted = [bool(amount) for amount in given.amounts]
        was = [amount if counts else 0 for amount, counts in zip(before, counted, strict=True)]
        now = [amount if counts else 0 for amount, counts in zip(after, counted, strict=True)]
        return Contribution(
            rule_id=given.rule_id,
            version=given.version,
            points=terms.worth(sum(was)) - terms.worth(sum(now)),
            amounts=tuple(w - n for w, n in zip(was, now, strict=True)),
        )

    def _in_force(self, currency: str, at: datetime) -> Iterator[RuleVersion]:
        for rule in self._versions.values():
            if rule.terms.currency == currency and any(at in period for period in rule.periods):
                yield rule


NO_RULES = RuleSet()
