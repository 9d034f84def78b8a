"""What rules make of a purchase, in the one order that holds everywhere.

Points per spend, then multipliers (on points per spend of their wallet only), then product points; within each, higher priority
first, then the older rule. A rule that gives nothing on the purchase does not apply: it neither stops later rules nor takes the
place of its group. Each wallet is reckoned by itself: a rule that stops stops those of its kind and wallet. A group is one for all
wallets. What a wallet has no room for is cut at the end, the last rules first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal, NamedTuple
from uuid import UUID

from earning.domain.basket import Basket
from earning.domain.candidates import Candidate
from earning.domain.carrying import Carrier, Counted
from earning.domain.facts import Facts
from earning.domain.kinds import InstantReward, Multiplier, PointsPerAmount, ProductPoints, PurchaseTerms
from earning.domain.kinds.stage import MULTIPLY
from earning.domain.limits import Cut, Granting, Room
from earning.domain.multiplying import Spending
from earning.domain.rule_versions import RuleVersion
from earning.domain.terms import Contribution, RewardDue, Wallet
from loyalty.domain.points import rounded

__all__ = ["Candidate", "Evaluation", "Outcome", "difference", "evaluate", "within"]

Outcome = Literal[
    "gave", "too_little", "no_lines", "not_met", "stopped", "group_taken", "nothing_to_multiply", "outdone", "limit_reached",
    "carried", "wallet_limit", "would_give",
]  # fmt: skip
"""What came of a rule."""


class KeptOut(NamedTuple):
    """A rule has no turn because of an earlier one, `by`."""

    outcome: Outcome
    by: RuleVersion


def evaluate(candidates: Iterable[Candidate], facts: Facts, granting: Granting | None = None) -> tuple[Contribution, ...]:
    """What each of `candidates`, which come in their order, gives on a purchase; those that give no whole point are left out.

    `granting` says what there is room for where a rule or a wallet has limits (None: for all).
    """
    return within(evaluated(candidates, facts, granting).contributions, granting)


def evaluated(candidates: Iterable[Candidate], facts: Facts, granting: Granting | None = None) -> Evaluation:
    """The same, before the limits of wallets, with what counts together with other purchases."""
    turn = Evaluation(facts, granting)
    for candidate in candidates:
        turn.take(candidate)
    turn.finish()
    return turn


def within(contributions: Sequence[Contribution], granting: Granting | None) -> tuple[Contribution, ...]:
    """What of `contributions` each wallet has room for: the last rules are cut first."""
    found = tuple(contributions)
    for wallet, points in by_wallet(found).items():
        left = None if granting is None else granting.left(wallet)
        if left is not None and points > left:
            found = _cut(found, wallet, points - left)
    return found


def cuts_of(wanted: Sequence[Contribution], given: Sequence[Contribution], granting: Granting | None) -> tuple[Cut, ...]:
    """What wallets had no room for of what was `wanted`, and which of their limits were too small."""
    less, in_all = difference(wanted, given), by_wallet(wanted)
    scarce = granting.scarce if isinstance(granting, Room) else lambda wallet, points: ()
    return tuple(Cut(wallet=one, contributions=of_wallet(less, one), limits=scarce(one, in_all[one])) for one in by_wallet(less))


def by_wallet(contributions: Iterable[Contribution]) -> Counter[Wallet]:
    """The points of `contributions` together, by wallet."""
    found: Counter[Wallet] = Counter()
    for one in contributions:
        found[one.wallet] += one.points
    return found


def of_wallet(contributions: Iterable[Contribution], wallet: Wallet) -> tuple[Contribution, ...]:
    """Those of `contributions` that are points of a wallet."""
    return tuple(c for c in contributions if c.wallet == wallet)


def _cut(contributions: Sequence[Contribution], wallet: Wallet, excess: int) -> tuple[Contribution, ...]:
    cut = iter(reduced(reversed(of_wallet(contributions, wallet)), excess))
    found = [next(cut) if c.wallet == wallet else c for c in reversed(contributions)]
    return tuple(c for c in reversed(found) if c.points)


class Evaluation:
    """One purchase, while rule after rule has its turn."""

    def __init__(self, facts: Facts, granting: Granting | None = None) -> None:
        self.facts, self.basket, self._granting = facts, facts.basket, granting
        self.contributions: list[Contribution] = []
        self.rewards: list[RewardDue] = []
        self.counted: list[Counted] = []
        """What counts together with other purchases."""
        self.over: dict[UUID, int] = {}
        """By rule, the points that its own limits had no room for (0: a multiplier would have changed no whole point)."""
        self.outdone: set[UUID] = set()
        """Multipliers of which others were better on every line."""
        self._spendings: dict[Wallet, Spending] = {}
        self._multiplies = False
        self._stopped: dict[tuple[Wallet, int], RuleVersion] = {}
        self._groups: dict[str, RuleVersion] = {}

    def take(self, candidate: Candidate) -> None:
        """The turn of one rule."""
        if self._multiplies and candidate.stage > MULTIPLY:
            self.finish()
        if not self._has_a_turn(candidate):
            return
        lines = self.basket.pick(candidate.picker)
        if not lines or not self._apply(candidate, candidate.terms, lines):
            return
        if candidate.scope.stops:
            self._stopped.setdefault((candidate.wallet, candidate.stage), candidate.version)
        if candidate.group:
            self._groups[candidate.group] = candidate.version

    def _has_a_turn(self, candidate: Candidate) -> bool:
        return self.kept_out(candidate) is None and candidate.fits(self.facts)

    def kept_out(self, candidate: Candidate) -> KeptOut | None:
        """Which earlier rule leaves it no turn: one that stops its kind in its wallet, or one of its group."""
        if self._stopped and (by := self._stopped.get((candidate.wallet, candidate.stage))):
            return KeptOut("stopped", by)
        by = self._groups.get(candidate.group)
        return KeptOut("group_taken", by) if by else None

    def _apply(self, candidate: Candidate, terms: PurchaseTerms, lines: int) -> bool:
        """Whether the rule gives anything at all, be it less than a point."""
        match terms:
            case PointsPerAmount() if candidate.carrier is not None:
                return self._carry(candidate, candidate.carrier, lines)
            case PointsPerAmount() | ProductPoints():
                return self._give(candidate, terms, lines)
            case Multiplier():
                return self._multiply(candidate, terms, lines)
            case InstantReward():
                return self._reward(candidate, terms)

    def _reward(self, candidate: Candidate, terms: InstantReward) -> bool:
        if not self._granted(candidate, 1):
            return False
        made = candidate.version
        self.rewards.append(RewardDue(rule_id=made.rule_id, version=made.version, reward_id=terms.reward_id))
        return True

    def _give(self, candidate: Candidate, terms: PointsPerAmount | ProductPoints, lines: int) -> bool:
        exact = terms.gives(self.basket, lines) * candidate.scale
        if exact <= 0:
            return False
        points = rounded(exact, terms.rounding)
        granted = self._fitting(candidate, points)
        if points and not granted:
            return False
        self._contribute(candidate, granted, lines)
        if isinstance(terms, PointsPerAmount):
            self._spending(candidate).add(terms, lines, points, granted)
        return True

    def _carry(self, candidate: Candidate, carrier: Carrier, lines: int) -> bool:
        """Full amounts of all that counts until now; multipliers look at those of this purchase alone.

        What its limits have no room for is lost: the goods count all the same, and the rule applies. What fits is of this purchase first.
        """
        if carrier.terms.base(self.basket).amount(lines) <= 0:
            return False
        counted = counted_by(carrier, self.facts, lines)
        self.counted.append(counted)
        granted, own = self._fitting(candidate, counted.points), carrier.worth(counted.amount)
        self._contribute(candidate, granted, lines)
        cut = granted < counted.points
        self._spending(candidate).add(carrier.terms, lines, own, min(own, granted) if cut else own, apart=True)
        return True

    def _multiply(self, candidate: Candidate, terms: Multiplier, lines: int) -> bool:
        spending = self._spending(candidate)
        multiplied = spending.multiply(candidate, terms, lines, self.facts.levels, lambda: self._granted(candidate, 1) > 0)
        self._multiplies |= multiplied
        return multiplied

    def finish(self) -> None:
        """What multipliers add to what each wallet got per spend."""
        self._multiplies = False
        for spending in self._spendings.values():
            for candidate, lines, added in spending.added():
                self._contribute(candidate, self._fitting(candidate, added) if added > 0 else added, lines)
            self.over.update(spending.lacking)
            self.outdone.update(candidate.version.rule_id for candidate in spending.outdone)

    def _spending(self, candidate: Candidate) -> Spending:
        """What was given per spend into the wallet of a rule."""
        found = self._spendings.get(candidate.wallet)
        if found is None:
            found = self._spendings[candidate.wallet] = Spending(self.basket, candidate.scale)
        return found

    def _fitting(self, candidate: Candidate, points: int) -> int:
        """What of `points` is given within the rule's limits; what is over is noted."""
        granted = self._granted(candidate, points)
        if granted < points:
            self.over[candidate.version.rule_id] = points - granted
        return granted

    def _granted(self, candidate: Candidate, points: int) -> int:
        """What of `points` the rule has room for."""
        if self._granting is None or not candidate.scope.limits:
            return points
        return self._granting.grant(candidate.version.rule_id, points)

    def _contribute(self, candidate: Candidate, points: int, lines: int) -> None:
        if points:
            amounts, made = counted_in(self.basket, candidate.terms).amounts_of(lines), candidate.version
            self.contributions.append(
                Contribution(rule_id=made.rule_id, version=made.version, wallet=made.wallet, points=points, amounts=amounts)
            )


def counted_by(carrier: Carrier, facts: Facts, lines: int) -> Counted:
    """What `lines` count by a rule that carries what is left over."""
    basket = carrier.terms.base(facts.basket)
    return Counted(
        carrier=carrier,
        amounts=basket.amounts_of(lines),
        before=facts.carried.get(carrier.carry_id, 0),
        amount=max(0, basket.amount(lines)),
    )


def counted_in(basket: Basket, terms: PurchaseTerms) -> Basket:
    """What lines count by a rule: their net amounts, unless it counts gross."""
    return terms.base(basket) if isinstance(terms, PointsPerAmount) else basket.net


def _version(contribution: Contribution) -> tuple[UUID, int]:
    return contribution.rule_id, contribution.version


def difference(was: Iterable[Contribution], now: Iterable[Contribution], at_most: int | None = None) -> tuple[Contribution, ...]:
    """What each rule gives less `now` than it `was`, together `at_most` so many points (None: all)."""
    before, after = {_version(c): c for c in was}, {_version(c): c for c in now}
    found = [_less(before.get(key), after.get(key)) for key in {**before, **after}]
    if at_most is not None:
        found = list(reduced(found, sum(c.points for c in found) - at_most))
    return tuple(c for c in found if c.points)


def _less(was: Contribution | None, now: Contribution | None) -> Contribution:
    known = was or now
    assert known is not None
    amounts = [one.amounts if one else (0,) * len(known.amounts) for one in (was, now)]
    return replace(
        known,
        points=(was.points if was else 0) - (now.points if now else 0),
        amounts=tuple(w - n for w, n in zip(*amounts, strict=True)),
    )


def reduced(found: Iterable[Contribution], excess: int) -> Iterable[Contribution]:
    """The same, `excess` points less (none where that is below zero), the first rules spared first."""
    for contribution in found:
        spared = max(0, min(excess, contribution.points))
        excess -= spared
        yield replace(contribution, points=contribution.points - spared) if spared else contribution
