"""All rules of a tenant: what those in force make of a purchase, and what they no longer make of what is kept of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from earning.domain.evaluation import Candidate, difference, evaluate
from earning.domain.explaining import Explained, explain
from earning.domain.facts import Facts
from earning.domain.rules import RuleVersion
from earning.domain.terms import Contribution, PointsPerAmount
from earning.events import PurchaseRecorded


class RuleSet:
    """All versions of all rules of a tenant that were ever in force, the oldest rule first: what a purchase is worth, then and now.

    `position` is how far the log went that they were taken from: the last event of a rule, 0 when there was none.
    """

    def __init__(self, versions: Iterable[RuleVersion] = (), position: int = 0) -> None:
        found = list(versions)
        age = {rule_id: n for n, rule_id in enumerate(dict.fromkeys(v.rule_id for v in found))}
        ordered = sorted(found, key=lambda v: (v.terms.stage, -v.scope.priority, age[v.rule_id], v.version))
        self._candidates = [Candidate(v) for v in ordered]
        self.position = position

    def worth(self, sale: PurchaseRecorded, kept: Sequence[int] | None = None) -> tuple[Contribution, ...]:
        """What each rule in force at the time of the sale gives for what is `kept` of each line (None: all of it)."""
        return evaluate(self._in_force(sale.currency, sale.purchased_at), Facts(sale, kept))

    def any_in_force(self, sale: PurchaseRecorded) -> bool:
        """Whether any rule could have given points for the sale, as the rules were known when it was recorded."""
        return any(True for _ in self._in_force(sale.currency, sale.purchased_at, sale.rules_position))

    def explain(self, sale: PurchaseRecorded, kept: Sequence[int] | None = None) -> list[Explained]:
        """What each rule that was in force, as the rules were known when the sale was recorded, made of what is `kept` of it."""
        return list(explain(self._in_force(sale.currency, sale.purchased_at, sale.rules_position), Facts(sale, kept)))

    def less(
        self, sale: PurchaseRecorded, given: Iterable[Contribution], before: Sequence[int], after: Sequence[int], left: int
    ) -> tuple[Contribution, ...]:
        """What the rules that decided the `sale` no longer give once of each line `after` is kept instead of `before`.

        `given` is what they gave when it was recorded, `left` how many of those points have not been taken back: no more than them
        are taken, and a return never gives any.
        """
        was, now = self._frozen(sale, given, before), self._frozen(sale, given, after)
        surplus = left - sum(c.points for c in now)
        return difference(was, now, surplus) if surplus > 0 else ()

    def _frozen(self, sale: PurchaseRecorded, given: Iterable[Contribution], kept: Sequence[int]) -> tuple[Contribution, ...]:
        """What the rules make of `kept` that were known when the sale was recorded; of an old sale, those that gave something."""
        applied = {(c.rule_id, c.version) for c in given}
        candidates = [
            c
            for c in self._in_force(sale.currency, sale.purchased_at, sale.rules_position)
            if sale.rules_position is not None or (c.version.rule_id, c.version.version) in applied
        ]
        return evaluate(candidates, Facts(sale, kept))

    def _in_force(self, currency: str, at: datetime, known: int | None = None) -> Iterator[Candidate]:
        for candidate in self._candidates:
            terms = candidate.terms
            if isinstance(terms, PointsPerAmount) and terms.currency != currency:
                continue
            if candidate.in_force(at, known):
                yield candidate


NO_RULES = RuleSet()
