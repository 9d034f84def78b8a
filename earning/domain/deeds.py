"""What rules give for a custom event: those of its type in their order, higher priority first, then the older rule.

A rule that gives nothing does not apply: it neither stops later rules nor takes the place of its group. Each wallet is reckoned by itself.
What a wallet has no room for is cut at the end, the last rules first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any, NamedTuple
from uuid import UUID

from earning.domain.evaluation import KeptOut, Outcome, by_wallet, cuts_of, within
from earning.domain.explaining import Explained
from earning.domain.facts import Occasion, questions
from earning.domain.limits import Cut, Granting, LimitRows, Use, rows_of, used_by
from earning.domain.personal import Question
from earning.domain.rule_versions import RuleVersion
from earning.domain.scope import Check
from earning.domain.seen import NOTHING_SEEN, CustomerSeen
from earning.domain.terms import Contribution, CustomEventPoints, Wallet
from loyalty.domain.points import LARGEST, rounded

TOO_MANY = LARGEST + 1
"""More points than an account can hold: so many a rule gives at most before limits, whatever number an event tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """A custom event as rules look at it; `own`: its customer reported it. `attributes` are None where nobody knows them any more."""

    customer_id: UUID
    type: str
    attributes: Mapping[str, Any] | None
    occurred_at: datetime
    own: bool = False
    standing: str | None = None
    seen: CustomerSeen = NOTHING_SEEN


@dataclass(frozen=True, slots=True)
class DeedWorth:
    """What rules give for a custom event, and what wallets had no room for."""

    contributions: tuple[Contribution, ...] = ()
    cuts: tuple[Cut, ...] = ()


class _Candidate:
    """A version of a rule, made ready once for many events."""

    __slots__ = ("fits", "group", "scale", "scope", "terms", "version", "wallet")

    def __init__(self, version: RuleVersion, terms: CustomEventPoints) -> None:
        self.version, self.terms, self.scope = version, terms, version.scope
        self.wallet, self.scale = version.wallet, 10**version.decimals
        self.group, self.fits = version.scope.one_group, version.scope.test_of_events()

    def gives(self, attributes: Mapping[str, Any] | None) -> Fraction | None:
        """Points before rounding, in the smallest unit of the wallet; None where they go by attributes that nobody knows any more."""
        if attributes is None and self.terms.attribute:
            return None
        points: Fraction = self.terms.gives(attributes or {}) * self.scale
        return points

    def whole(self, exact: Fraction) -> int:
        """Rounded points; of more than any account can hold, no more than is too many."""
        return min(rounded(exact, self.terms.rounding), TOO_MANY)


class _Turn(NamedTuple):
    """How a rule had its turn: what kept it out, the points before rounding (None: nobody knows), what it would give, and what of that its
    own limits had no room for.
    """

    candidate: _Candidate
    kept_out: KeptOut | None
    met: bool
    exact: Fraction | None
    points: int
    over: int


class DeedRules:
    """All versions of the rules of a tenant that custom events decide, in the order in which they have their turn."""

    def __init__(self, ordered: Iterable[RuleVersion]) -> None:
        self._candidates = [_Candidate(v, v.terms) for v in ordered if isinstance(v.terms, CustomEventPoints)]
        self._limits = {(c.version.rule_id, c.version.version): c.scope for c in self._candidates if c.scope.limits}
        self._granting: Granting | None = None
        self.types = frozenset(c.terms.type for c in self._candidates)
        """The codes of the events that any of them looks at."""
        self.wallets = frozenset(c.wallet for c in self._candidates)

    def within(self, granting: Granting) -> DeedRules:
        """The same rules, which give no more than there is room for."""
        made = copy(self)
        made._granting = granting
        return made

    def any_for(self, deed: Deed) -> bool:
        """Whether one is in force for an event when it happened."""
        return any(self._in_force(deed))

    def questions(self, deed: Deed) -> list[Question]:
        """What those in force ask of the customer's person, and of the attributes."""
        scopes = [c.scope for c in self._in_force(deed)]
        return [one for scope in scopes if scope.condition is not None for one in questions(scope.condition, scope.zone)]

    def asks_for_segments(self, deed: Deed) -> bool:
        """Whether one in force looks at the customer's segments."""
        return any(c.scope.asks_for_segments for c in self._in_force(deed))

    def event_types(self, deed: Deed) -> list[str]:
        """The types of earlier events that the conditions of those in force look at, by code."""
        return sorted({code for c in self._in_force(deed) for code in c.scope.event_types})

    def limits(self, deed: Deed) -> dict[UUID, LimitRows]:
        """By rule, the limits of those in force, with what counts the event's use of them."""
        found = {c.version.rule_id: c.scope for c in self._in_force(deed) if c.scope.limits}
        return {key: rows_of(scope.limits, key, deed.customer_id, deed.occurred_at, scope.zone) for key, scope in found.items()}

    def used_by(self, given: Iterable[Contribution], customer_id: UUID, at: datetime) -> Counter[Use]:
        """What contributions of an event that happened `at` a time use of the limits of the versions that made them."""
        found: Counter[Use] = Counter()
        for one in given:
            if (scope := self._limits.get((one.rule_id, one.version))) is not None:
                found.update(used_by({one.rule_id: rows_of(scope.limits, one.rule_id, customer_id, at, scope.zone)}, [one]))
        return found

    def decide(self, deed: Deed) -> DeedWorth:
        """What those in force when it happened give for it."""
        wanted = [_contribution(turn) for turn in self._turns(deed, self._in_force(deed)) if turn.points]
        given = within(wanted, self._granting)
        return DeedWorth(given, cuts_of(wanted, given, self._granting))

    def explain(self, deed: Deed, known: int) -> Iterator[Explained]:
        """What each of them makes of it, as the rules were known when the log went to `known`; `within` what they gave then."""
        turns = list(self._turns(deed, self._in_force(deed, known)))
        given = within([_contribution(turn) for turn in turns if turn.points], self._granting)
        gave = {(c.rule_id, c.version): c.points for c in given}
        for turn in turns:
            version = turn.candidate.version
            yield _explained(turn, deed, gave.get((version.rule_id, version.version), 0))

    def _turns(self, deed: Deed, candidates: Iterable[_Candidate]) -> Iterator[_Turn]:
        occasion = occasion_of(deed)
        stopped: dict[Wallet, RuleVersion] = {}
        groups: dict[str, RuleVersion] = {}
        for candidate in candidates:
            turn = self._turn(candidate, _kept_out(candidate, stopped, groups), occasion, deed)
            yield turn
            if turn.points and candidate.scope.stops:
                stopped.setdefault(candidate.wallet, candidate.version)
            if turn.points and candidate.group:
                groups[candidate.group] = candidate.version

    def _turn(self, candidate: _Candidate, kept_out: KeptOut | None, occasion: Occasion, deed: Deed) -> _Turn:
        met = candidate.fits(occasion)
        exact = candidate.gives(deed.attributes)
        worth = self._worth(candidate, exact) if met and kept_out is None else 0
        limited = self._granting is not None and bool(candidate.scope.limits)
        points = self._granting.grant(candidate.version.rule_id, worth) if limited and self._granting is not None else worth
        return _Turn(candidate, kept_out, met, exact, points, worth - points)

    def _worth(self, candidate: _Candidate, exact: Fraction | None) -> int:
        """What a rule would give. Where nobody knows that any more, what its own limits had room for then."""
        if exact is not None:
            return candidate.whole(exact)
        return 0 if self._granting is None else self._granting.grant(candidate.version.rule_id, TOO_MANY)

    def _in_force(self, deed: Deed, known: int | None = None) -> Iterator[_Candidate]:
        may = (c for c in self._candidates if c.terms.type == deed.type and (c.terms.by_customers or not deed.own))
        return (c for c in may if c.version.in_force(deed.occurred_at, known))


def occasion_of(deed: Deed) -> Occasion:
    """A custom event as conditions look at it."""
    return Occasion(deed.occurred_at, deed.seen, deed.standing)


def each_wallet(given: Sequence[Contribution]) -> dict[Wallet, tuple[Contribution, ...]]:
    """Contributions by wallet."""
    return {code: tuple(c for c in given if c.wallet == code) for code in by_wallet(given)}


def _kept_out(candidate: _Candidate, stopped: Mapping[Wallet, RuleVersion], groups: Mapping[str, RuleVersion]) -> KeptOut | None:
    if (by := stopped.get(candidate.wallet)) is not None:
        return KeptOut("stopped", by)
    by = groups.get(candidate.group)
    return KeptOut("group_taken", by) if by is not None else None


def _contribution(turn: _Turn) -> Contribution:
    made = turn.candidate.version
    return Contribution(rule_id=made.rule_id, version=made.version, wallet=made.wallet, points=turn.points, amounts=())


def _explained(turn: _Turn, deed: Deed, gave: int) -> Explained:
    checks: tuple[Check, ...] = tuple(turn.candidate.scope.checks_of_event(occasion_of(deed)))
    worth = 0 if turn.exact is None else turn.candidate.whole(turn.exact)
    outcome: Outcome
    if gave:
        outcome = "gave"
    elif not turn.met:
        outcome = "not_met"
    elif turn.kept_out is not None:
        outcome = turn.kept_out.outcome
    elif turn.points:
        outcome = "wallet_limit"
    else:
        outcome = "limit_reached" if worth else "too_little"
    return Explained(
        rule=turn.candidate.version,
        outcome=outcome,
        checks=checks,
        amounts=(),
        exact=turn.exact,
        points=gave,
        cut=max(0, turn.points - gave),
        over=turn.over,
        kept_out_by=turn.kept_out.by if turn.kept_out is not None and outcome == turn.kept_out.outcome else None,
        purchased_at=deed.occurred_at,
    )
