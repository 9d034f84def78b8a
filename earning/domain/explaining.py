"""Why a purchase brought its points, or none: what each rule asked, what was seen, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from earning.domain.candidates import Candidate
from earning.domain.carrying import Counted
from earning.domain.evaluation import Evaluation, KeptOut, Outcome, counted_by, counted_in, within
from earning.domain.facts import Facts
from earning.domain.kinds import InstantReward, Multiplier, PointsPerAmount
from earning.domain.limits import Granting
from earning.domain.rule_versions import RuleVersion
from earning.domain.scope import Check
from earning.domain.terms import Contribution
from loyalty.domain.points import rounded

COUNTED = frozenset[Outcome]({"gave", "carried", "wallet_limit", "limit_reached"})
"""Where a rule that carries what is left over had its turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """One rule that was in force: what it asked (`checks`), and its `outcome`.

    `exact` are the points before rounding, in the smallest unit of the wallet (None for a multiplier, which adds to those of others, and
    for a rule that gives a reward),
    on `amounts`: what of each line counted, in minor units. `points` is what it gave; `cut` what it would have given more, had its
    wallet had room for it, and `over` what its own limits had no room for beside that. `would_give` is what it would give to a customer
    who earns, where nobody did (then it gave none). `reward_id` is the reward that it gives, where it gives one. `counted` says what was
    taken over and what is left, where the rule carries that. `missing` is by how much, in minor units, the purchase fell short of what the
    rule asks for at least, or of its first point (0: not by an amount).
    `kept_out_by` is the other rule because of which it had no turn. `purchased_at` is when the purchase was made.
    """

    rule: RuleVersion
    outcome: Outcome
    checks: tuple[Check, ...]
    amounts: tuple[int, ...]
    exact: Fraction | None
    points: int
    counted: Counted | None = None
    missing: int = 0
    cut: int = 0
    over: int = 0
    would_give: int = 0
    reward_id: UUID | None = None
    kept_out_by: RuleVersion | None = None
    purchased_at: datetime

    @property
    def unearned(self) -> Explained:
        """The same where nobody earned: what it would have given it would give to a customer who earns."""
        would = self.points or (self.reward_id is not None and self.outcome == "gave")
        return replace(self, outcome="would_give", points=0, would_give=self.points) if would else self


def explain(candidates: Iterable[Candidate], facts: Facts, granting: Granting | None = None) -> Iterator[Explained]:
    """Each of `candidates`, which come in their order, as it had its turn."""
    turn, asked = Evaluation(facts, granting), []
    for candidate in candidates:
        asked.append((candidate, turn.kept_out(candidate), tuple(candidate.scope.checks(facts))))
        turn.take(candidate)
    turn.finish()
    wanted = {(c.rule_id, c.version): c.points for c in turn.contributions}
    rewards = {(reward.rule_id, reward.version) for reward in turn.rewards}
    gave = {(c.rule_id, c.version): c for c in within(turn.contributions, granting)}
    for candidate, kept_out, checks in asked:
        key = (candidate.version.rule_id, candidate.version.version)
        if isinstance(candidate.terms, InstantReward):
            yield _explained_reward(candidate, candidate.terms, kept_out, checks, facts, given=key in rewards)
            continue
        told = _explained(candidate, kept_out, checks, facts, gave.get(key), wanted.get(key, 0))
        if told.outcome == "nothing_to_multiply":
            told = replace(told, outcome=_not_multiplied(candidate, turn))
        limited = key in wanted or told.outcome == "limit_reached"
        yield replace(told, over=max(0, turn.over.get(candidate.version.rule_id, 0)) if limited else 0)


def _explained_reward(
    candidate: Candidate, terms: InstantReward, kept_out: KeptOut | None, checks: tuple[Check, ...], facts: Facts, *, given: bool
) -> Explained:
    lines = facts.basket.pick(candidate.picker)
    outcome: Outcome = "gave" if given else _kept_from(kept_out, checks, lines) or "limit_reached"
    return Explained(
        rule=candidate.version,
        outcome=outcome,
        checks=checks,
        amounts=facts.basket.net.amounts_of(lines),
        exact=None,
        points=0,
        reward_id=terms.reward_id,
        missing=_missing(candidate, outcome, facts, lines, None),
        kept_out_by=kept_out.by if kept_out and outcome == kept_out.outcome else None,
        purchased_at=facts.at,
    )


def _explained(
    candidate: Candidate, kept_out: KeptOut | None, checks: tuple[Check, ...], facts: Facts, gave: Contribution | None, wanted: int
) -> Explained:
    lines = facts.basket.pick(candidate.picker)
    terms = candidate.terms
    exact = None if isinstance(terms, Multiplier | InstantReward) else terms.gives(facts.basket, lines) * candidate.scale
    counted = counted_by(candidate.carrier, facts, lines) if candidate.carrier else None
    if counted is not None:
        exact = Fraction(counted.points)
    outcome: Outcome = "gave" if gave else "wallet_limit" if wanted else _why_not(candidate, kept_out, checks, lines, exact)
    return Explained(
        rule=candidate.version,
        outcome=outcome,
        checks=checks,
        amounts=gave.amounts if gave else counted_in(facts.basket, terms).amounts_of(lines),
        exact=exact,
        points=gave.points if gave else 0,
        counted=counted if outcome in COUNTED else None,
        missing=_missing(candidate, outcome, facts, lines, counted),
        cut=wanted - (gave.points if gave else 0),
        kept_out_by=kept_out.by if kept_out and outcome == kept_out.outcome else None,
        purchased_at=facts.at,
    )


def _missing(candidate: Candidate, outcome: Outcome, facts: Facts, lines: int, counted: Counted | None) -> int:
    """By how much the amount fell short."""
    terms, minimum = candidate.terms, candidate.scope.minimum
    if outcome == "not_met":
        return max(0, minimum - facts.basket.total) if minimum is not None else 0
    if outcome == "carried" and counted is not None:
        return counted.carrier.terms.per - counted.left
    if outcome == "too_little" and isinstance(terms, PointsPerAmount):
        return terms.least(candidate.scale) - max(0, terms.base(facts.basket).amount(lines))
    return 0


def _why_not(candidate: Candidate, kept_out: KeptOut | None, checks: tuple[Check, ...], lines: int, exact: Fraction | None) -> Outcome:
    if kept_from := _kept_from(kept_out, checks, lines):
        return kept_from
    if isinstance(candidate.terms, Multiplier | InstantReward):
        return "nothing_to_multiply"
    if candidate.carrier is not None:
        return "limit_reached" if exact else "carried"
    whole = exact is not None and rounded(exact, candidate.terms.rounding) > 0
    return "limit_reached" if whole else "too_little"


def _kept_from(kept_out: KeptOut | None, checks: tuple[Check, ...], lines: int) -> Outcome | None:
    """Why a rule had no turn at all; None where it had one."""
    if not all(check.met for check in checks):
        return "not_met"
    if kept_out is not None:
        return kept_out.outcome
    return None if lines else "no_lines"


def _not_multiplied(candidate: Candidate, turn: Evaluation) -> Outcome:
    """Why a multiplier that had its turn added nothing."""
    rule_id = candidate.version.rule_id
    if rule_id in turn.outdone:
        return "outdone"
    if rule_id not in turn.over:
        return "nothing_to_multiply"
    return "limit_reached" if turn.over[rule_id] else "too_little"
