"""Earning rules: how they come into force, and what they promise in each version."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, TypeAlias, assert_never
from uuid import UUID

from earning.domain.rule_texts import LONGEST_NAME, RuleText, check_texts
from earning.domain.rule_versions import InForce, PlannedEnd, RuleVersion
from earning.domain.rule_warnings import Standing
from earning.domain.scope import EVERYTHING, RuleScope
from earning.domain.terms import CustomEventPoints, InstantReward, Terms, TermsOfKind, Wallet
from earning.events import EarningRuleActivated, EarningRuleChanged, EarningRuleCreated, EarningRuleEndSet, EarningRulePaused
from loyalty.domain.aggregate import Aggregate
from loyalty.domain.errors import Conflict, DomainError, NotFound, said_of
from loyalty.domain.photo import check_photo

__all__ = ["LONGEST_NAME", "EarningRule", "InForce", "PlannedEnd", "RuleState", "RuleVersion"]

RuleState = Literal["draft", "scheduled", "active", "paused", "ended"]
RuleFact: TypeAlias = EarningRuleCreated | EarningRuleChanged | EarningRuleActivated | EarningRulePaused | EarningRuleEndSet


class EarningRule(Aggregate):
    """draft → scheduled → active ⇄ paused → ended; every change is a new version, and purchases keep the versions that decided them.

    A rule that was put in force for a time to come is scheduled until then, and one with an end is ended from then on: time alone
    does both, and `state_at` says so. Ended is final.
    """

    stream = "earning_rule"

    def __init__(self, stream_id: UUID) -> None:
        super().__init__(stream_id)
        self.name = ""
        self.wallet: Wallet = ""
        """Of which it gives points; it never changes."""
        self.texts: tuple[RuleText, ...] = ()
        self.photo = ""
        self.content: EarningRuleCreated | EarningRuleChanged | None = None
        """What its current version says."""
        self.state: Literal["draft", "active", "paused"] = "draft"
        """Where it was put last, whatever time makes of it."""
        self.number = 0
        """Of the current version of its terms."""
        self.effective_at: datetime | None = None
        """Since when it has been in force, or has not been, in its current version."""
        self.active_from: datetime | None = None
        """Since when an active rule has been in force, in whatever version."""
        self.ends_at: datetime | None = None
        self._before: datetime | None = None
        """Since when it had been out of force before it was activated."""

    def state_at(self, now: datetime) -> RuleState:
        """What it is at `now`."""
        if self.ends_at is not None and now >= self.ends_at:
            return "ended"
        return "scheduled" if self._is_scheduled(now) else self.state

    def standing(self) -> Standing:
        """The rule beside others; one that is not in force, as if it were. Raises NotFound for no rule."""
        if self.content is None:
            raise NotFound("earning.rule_unknown", field="rule_id")
        starts = self.active_from if self.state == "active" else None
        terms, scope = self.content.terms.terms, self.content.scope
        return Standing(rule_id=self.id, name=self.name, terms=terms, scope=scope, wallet=self.wallet, starts=starts, ends=self.ends_at)

    def create(
        self,
        name: str,
        terms: Terms,
        wallet: Wallet,
        scope: RuleScope = EVERYTHING,
        texts: tuple[RuleText, ...] = (),
        photo: str = "",
    ) -> None:
        """Draft it."""
        _check(name, terms, scope, texts)
        check_photo(photo)
        made = TermsOfKind.of(terms)
        self.record(EarningRuleCreated(rule_id=self.id, wallet=wallet, name=name, terms=made, scope=scope, texts=texts, photo=photo))

    def change(
        self,
        name: str,
        terms: Terms,
        at: datetime,
        seen: int | None,
        scope: RuleScope = EVERYTHING,
        texts: tuple[RuleText, ...] | None = None,
        photo: str | None = None,
        *,
        now: datetime | None = None,
    ) -> None:
        """Give it new terms, that hold from `at` on; without `texts`, or `photo`, they stay. What it says already is no change.

        Raises Conflict when the version `seen` is not the current one.
        """
        self._must_be_there(now or at)
        if seen not in {None, self.number}:
            raise Conflict("earning.rule_changed_meanwhile", field="seen_version", name=self.name, seen=seen, version=self.number)
        texts, photo = self.texts if texts is None else texts, self.photo if photo is None else photo
        _check(name, terms, scope, texts)
        check_photo(photo)
        if self._says(name, terms, scope, texts, photo) and (self.effective_at or at) <= at <= (now or at):
            return
        since, number = _not_before(at, self.effective_at, now or at), self.number + 1
        if self.state == "active" and self.active_from is not None:
            since = max(since, self.active_from)
        self.record(
            EarningRuleChanged(
                rule_id=self.id,
                version=number,
                name=name,
                terms=TermsOfKind.of(terms),
                scope=scope,
                texts=texts,
                photo=photo,
                effective_at=since,
            )
        )

    def activate(self, at: datetime, now: datetime | None = None) -> None:
        """Put it in force from `at` on. A scheduled rule gets another start."""
        now = now or at
        self._must_be_there(now)
        scheduled = self._is_scheduled(now)
        if self.state == "active" and not scheduled:
            raise Conflict("earning.rule_is_active", name=self.name)
        since = _not_before(at, self._before if scheduled else self.effective_at, now)
        if self.ends_at is not None and since >= self.ends_at:
            raise DomainError("earning.rule_starts_after_end", field="effective_at", name=self.name, ends_at=self.ends_at)
        self.record(EarningRuleActivated(rule_id=self.id, version=self.number, effective_at=since))

    def pause(self, now: datetime) -> None:
        """Take it out of force, or out of the schedule."""
        self._must_be_there(now)
        if self.state != "active":
            raise Conflict("earning.rule_is_not_active", name=self.name)
        self.record(EarningRulePaused(rule_id=self.id, version=self.number, effective_at=_not_before(now, self.effective_at, now)))

    def end(self, at: datetime | None, now: datetime) -> None:
        """End it for good at `at`, or (None) let it have no end. Raises DomainError for an end that is over, or before its start."""
        self._must_be_there(now)
        if at is not None and at < now:
            raise DomainError("earning.rule_end_is_over", field="ends_at", name=self.name)
        if at is not None and now < at and self._is_scheduled(now) and self.active_from is not None and at <= self.active_from:
            raise DomainError("earning.rule_ends_before_start", field="ends_at", name=self.name, starts_at=self.active_from)
        if at != self.ends_at:
            self.record(EarningRuleEndSet(rule_id=self.id, version=self.number, ends_at=at))

    def evolve(self, event: RuleFact) -> None:
        match event:
            case EarningRuleCreated():
                self.content = event
                self.number, self.name, self.texts, self.photo = 1, event.name, event.texts, event.photo
                self.wallet = event.wallet
            case EarningRuleChanged():
                self.content = event
                self.number, self.name, self.texts, self.photo = event.version, event.name, event.texts, event.photo
                if self.state == "active":
                    self.effective_at = event.effective_at
            case EarningRuleActivated():
                if self.state != "active":
                    self._before = self.effective_at
                self.state, self.active_from, self.effective_at = "active", event.effective_at, event.effective_at
            case EarningRulePaused():
                called_off = self._is_scheduled(event.effective_at)
                self.state, self.effective_at = "paused", self._before if called_off else event.effective_at
            case EarningRuleEndSet():
                self.ends_at = event.ends_at
            case _:
                assert_never(event)

    def _says(self, name: str, terms: Terms, scope: RuleScope, texts: tuple[RuleText, ...], photo: str) -> bool:
        said = self.content
        return said is not None and (name, terms, scope, texts, photo) == (said.name, said.terms.terms, said.scope, said.texts, said.photo)

    def _is_scheduled(self, now: datetime) -> bool:
        return self.state == "active" and self.active_from is not None and now < self.active_from

    def _must_be_there(self, now: datetime) -> None:
        if not self.exists:
            raise NotFound("earning.rule_unknown", field="rule_id")
        if self.state_at(now) == "ended":
            raise Conflict("earning.rule_is_ended", name=self.name, ends_at=self.ends_at)


def _not_before(at: datetime, last: datetime | None, now: datetime) -> datetime:
    """What held before is not decided again: nothing takes effect before the `last` thing that did; what would only come is replaced.

    Raises DomainError `earning.rule_since_before` for an earlier time.
    """
    if last is not None and at < min(last, now):
        raise DomainError("earning.rule_since_before", field="effective_at", earliest=min(last, now))
    return at


def _check_counted(scope: RuleScope) -> None:
    """Raises DomainError for a limit of points."""
    place = next((place for place, limit in enumerate(scope.limits) if limit.of == "points"), None)
    if place is not None:
        raise DomainError("earning.rule_gives_no_points", field=f"limits.{place}.of")


def _check(name: str, terms: Terms, scope: RuleScope, texts: Sequence[RuleText]) -> None:
    if not name.strip() or len(name) > LONGEST_NAME:
        raise DomainError("earning.rule_name_invalid", field="name", longest=LONGEST_NAME)
    with said_of("terms"):
        terms.check()
    with said_of("scope"):
        scope.check(of_events=isinstance(terms, CustomEventPoints))
        if isinstance(terms, InstantReward):
            _check_counted(scope)
        if isinstance(terms, CustomEventPoints) and terms.by_customers and not any(one.whose == "customer" for one in scope.limits):
            raise DomainError("earning.rule_needs_limit", field="limits")
    check_texts(texts)
