"""Earning rules: how they come into force, and what they promise in each version."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never
from uuid import UUID

from earning.domain.scope import EVERYTHING, RuleScope
from earning.domain.terms import Terms, TermsOfKind, Wallet
from earning.events import EarningRuleActivated, EarningRuleChanged, EarningRuleCreated, EarningRulePaused
from loyalty.domain.aggregate import Aggregate
from loyalty.domain.errors import Conflict, DomainError, NotFound

LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class InForce:
    """A version was in force for purchases of `start` ≤ t < `end` (None: no limit).

    It is known since the event at position `began` of the log, and its end since that at `ended` (0: ever since).
    """

    start: datetime | None = None
    end: datetime | None = None
    began: int = 0
    ended: int = 0

    def __contains__(self, at: datetime) -> bool:
        return (self.start is None or self.start <= at) and (self.end is None or at < self.end)

    def as_known(self, position: int) -> InForce | None:
        """What was known of it when the log went to `position`: nothing, no end yet, or all."""
        if self.began > position:
            return None
        return self if self.ended <= position else InForce(self.start, None, self.began)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleVersion:
    """One version of a rule, and the periods in which it was in force."""

    rule_id: UUID
    version: int
    terms: Terms
    scope: RuleScope = EVERYTHING
    periods: tuple[InForce, ...]

    def begun(self, at: datetime) -> RuleVersion:
        """The same, in force from `at` on."""
        return replace(self, periods=(*self.periods, InForce(at)))

    def ended(self, at: datetime) -> RuleVersion:
        """The same, no longer in force from `at` on."""
        *before, last = self.periods
        return replace(self, periods=(*before, replace(last, end=at)))


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

    def create(self, name: str, terms: Terms, wallet: Wallet, scope: RuleScope = EVERYTHING) -> None:
        """Draft it."""
        _check(name, terms, scope)
        self.record(EarningRuleCreated(rule_id=self.id, wallet=wallet, name=name, terms=TermsOfKind.of(terms), scope=scope))

    def change(self, name: str, terms: Terms, at: datetime, seen: int | None, scope: RuleScope = EVERYTHING) -> None:
        """Give it new terms. Raises Conflict when the version `seen` is not the current one."""
        self._must_exist()
        if seen not in {None, self.number}:
            raise Conflict("earning.rule_changed_meanwhile", seen=seen, version=self.number)
        _check(name, terms, scope)
        since, number = self._not_before(at), self.number + 1
        made = TermsOfKind.of(terms)
        self.record(EarningRuleChanged(rule_id=self.id, version=number, name=name, terms=made, scope=scope, effective_at=since))

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
                self._version(1, event)
            case EarningRuleChanged():
                if self.state == "active":
                    self._end(event.effective_at)
                self._version(event.version, event)
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

    def _version(self, number: int, told: EarningRuleCreated | EarningRuleChanged) -> None:
        self.number = number
        self.versions.append(RuleVersion(rule_id=self.id, version=number, terms=told.terms.terms, scope=told.scope, periods=()))

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


def _check(name: str, terms: Terms, scope: RuleScope) -> None:
    if not name.strip() or len(name) > LONGEST_NAME:
        raise DomainError("earning.rule_name_invalid", field="name", longest=LONGEST_NAME)
    with said_of("terms"):
        terms.check()
    with said_of("scope"):
        scope.check()


@contextmanager
def said_of(part: str) -> Iterator[None]:
    """A refusal of a field of `part` names it as `part.field`."""
    try:
        yield
    except DomainError as refusal:
        refusal.field = f"{part}.{refusal.field}"
        raise
