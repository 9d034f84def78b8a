"""All rules of a tenant: what those in force make of a purchase, and what they no longer make of what is kept of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from earning.domain.candidates import Candidate
from earning.domain.carrying import Carrier, Counted
from earning.domain.deeds import DeedRules
from earning.domain.evaluation import cuts_of, difference, evaluate, evaluated, of_wallet, within
from earning.domain.explaining import Explained, explain
from earning.domain.facts import Facts, questions
from earning.domain.limits import Ceiling, Cut, Granting, LimitRows, Use, rows_of
from earning.domain.personal import Question
from earning.domain.rule_versions import RuleVersion
from earning.domain.terms import Contribution, CustomEventPoints, PointsPerAmount, RewardDue, Wallet
from earning.events import PurchaseRecorded, SpendCounted


@dataclass(frozen=True, slots=True)
class Worth:
    """What rules give for a purchase, what wallets had no room for, what counts together with other purchases, and its instant rewards."""

    contributions: tuple[Contribution, ...] = ()
    cuts: tuple[Cut, ...] = ()
    counted: tuple[Counted, ...] = ()
    rewards: tuple[RewardDue, ...] = ()


NOTHING = Worth()
NOTHING_TAKEN: Mapping[Wallet, int] = {}


class RuleSet:
    """All versions of all rules of a tenant that were ever in force, the oldest rule first: what a purchase is worth, then and now.

    `position` is how far the log went that they were taken from: the last event of a rule, 0 when there was none.
    """

    def __init__(self, versions: Iterable[RuleVersion] = (), position: int = 0) -> None:
        found = list(versions)
        age = {rule_id: n for n, rule_id in enumerate(dict.fromkeys(v.rule_id for v in found))}
        ordered = sorted(found, key=lambda v: (v.terms.stage, -v.scope.priority, age[v.rule_id], v.version))
        self._candidates = [Candidate(v, v.terms) for v in ordered if not isinstance(v.terms, CustomEventPoints)]
        self.deeds = DeedRules(ordered)
        """Those that custom events decide, not purchases."""
        self.position = position
        self.limited = any(v.scope.limits for v in found)
        """Whether any of them has a limit."""
        self.wallets = frozenset(v.wallet for v in found)
        """The codes of all wallets that any of them gives points of."""
        self._personal = any(v.scope.condition is not None and questions(v.scope.condition, v.scope.zone) for v in found)
        self._segments = any(v.scope.asks_for_segments for v in found)
        self._fields = frozenset(field for v in found for field in v.scope.fields)
        self._events = {(v.rule_id, v.version): types for v in found if (types := v.scope.event_types)}
        """The types of custom events that conditions look at, by version."""
        self._granting: Granting | None = None
        carriers = [c.carrier for c in self._candidates if c.carrier is not None]
        self.carrying = {one.carry_id: one for one in carriers}
        """Those that carry what is left of full amounts to the next purchase."""
        self._carries = {(c.version.rule_id, c.version.version): c.scope for c in self._candidates if c.carrier is not None}

    def worth(self, sale: PurchaseRecorded, kept: Sequence[int] | None = None) -> tuple[Contribution, ...]:
        """What each rule in force at the time of the sale gives for what is `kept` of each line (None: all of it)."""
        return evaluate(self._in_force(sale.counted_in, sale.purchased_at), Facts(sale, kept), self._granting)

    def decide(self, sale: PurchaseRecorded) -> Worth:
        """The same for all of a sale, with what was cut, and what it counts by rules that carry what is left over."""
        turn = evaluated(self._in_force(sale.counted_in, sale.purchased_at), Facts(sale), self._granting)
        wanted, given = turn.contributions, within(turn.contributions, self._granting)
        cuts = cuts_of(wanted, given, self._granting) if given != tuple(wanted) else ()
        return Worth(given, cuts, tuple(turn.counted), tuple(turn.rewards))

    def within(self, granting: Granting) -> RuleSet:
        """The same rules, which give no more than there is room for."""
        made = copy(self)
        made._granting = granting
        return made

    def has_room(self, rule: RuleVersion, points: int, in_all: int) -> bool:
        """Whether a rule may give so many `points` of a purchase, where its wallet gets so many `in_all`."""
        if self._granting is None:
            return True
        left = self._granting.left(rule.wallet)
        return self._granting.grant(rule.rule_id, points) == points and (left is None or in_all <= left)

    def limits(self, sale: PurchaseRecorded) -> dict[UUID, LimitRows]:
        """By rule, the limits of those that were in force, with what counts the sale's use of them; nothing where nobody earns."""
        customer_id, at = sale.customer_id, sale.purchased_at
        if customer_id is None or not self.limited:
            return {}
        return {
            (rule_id := c.version.rule_id): rows_of(c.scope.limits, rule_id, customer_id, at, c.scope.zone)
            for c in self._in_force(sale.counted_in, at, sale.rules_position)
            if c.scope.limits
        }

    def questions(self, currency: str, at: datetime) -> list[Question]:
        """What the rules in force at `at` ask of a customer's person."""
        if not self._personal:
            return []
        asked = ((c.scope.condition, c.scope.zone) for c in self._in_force(currency, at))
        return [question for condition, zone in asked if condition is not None for question in questions(condition, zone)]

    def asks_for_segments(self, currency: str, at: datetime) -> bool:
        """Whether a rule in force at `at` looks at a customer's segments."""
        return self._segments and any(c.scope.asks_for_segments for c in self._in_force(currency, at))

    def asks(self, fields: frozenset[str], currency: str, at: datetime) -> bool:
        """Whether the condition of a rule in force at `at` looks at one of `fields`."""
        return not fields.isdisjoint(self._fields) and any(c.scope.asks(fields) for c in self._in_force(currency, at))

    def event_types(self, currency: str, at: datetime) -> list[str]:
        """The types of custom events that the conditions of rules in force at `at` look at, by code."""
        if not self._events:
            return []
        in_force = (c.version for c in self._in_force(currency, at))
        return sorted({code for v in in_force for code in self._events.get((v.rule_id, v.version), ())})

    def carriers(self, currency: str, at: datetime) -> list[Carrier]:
        """Those in force at `at` that carry what is left of full amounts to the next purchase."""
        return [c.carrier for c in self._in_force(currency, at) if c.carrier is not None] if self.carrying else []

    def carried(self, currency: str, at: datetime) -> list[UUID]:
        """What purchases made at `at` count together with."""
        return [one.carry_id for one in self.carriers(currency, at)]

    def counted_of(self, sale: PurchaseRecorded, given: Iterable[Contribution], kept: Sequence[int]) -> tuple[Counted, ...]:
        """What is `kept` of the sale counts by those that were known when it was recorded."""
        if not self.carrying:
            return ()
        given = tuple(given)
        return tuple(evaluated(self._known(sale, given), Facts(sale, kept), Ceiling(given, sale.cuts, sale.instant_rewards)).counted)

    def lost(
        self, sale: PurchaseRecorded, given: Iterable[Contribution], kept: Sequence[int], standing: Iterable[RewardDue]
    ) -> tuple[RewardDue, ...]:
        """The instant rewards of those that are `standing` that the rules that were known no longer give for what is `kept`."""
        standing, given = tuple(standing), tuple(given)
        if not standing:
            return ()
        still = evaluated(self._known(sale, given), Facts(sale, kept), Ceiling(given, sale.cuts, standing)).rewards if any(kept) else []
        rules = {reward.rule_id for reward in still}
        return tuple(reward for reward in standing if reward.rule_id not in rules)

    def any_in_force(self, sale: PurchaseRecorded) -> bool:
        """Whether any rule could have given points for the sale, as the rules were known when it was recorded."""
        found = self._in_force(sale.counted_in, sale.purchased_at, sale.rules_position)
        return any(not candidate.version.level for candidate in found)

    def explain(self, sale: PurchaseRecorded, given: Iterable[Contribution] = ()) -> list[Explained]:
        """What each rule that was in force made of the sale, as the rules were known when it was recorded.

        `given` is what they gave: rules with limits had no more room.
        """
        given = tuple(given)
        return list(explain(self._asked_of(sale, given), Facts(sale), Ceiling(given, sale.cuts, sale.instant_rewards)))

    def explain_unearned(self, sale: PurchaseRecorded) -> list[Explained]:
        """The same of a sale that nobody earned by: what each rule would give to a customer who earns, within what there is room for."""
        return [one.unearned for one in explain(self._asked_of(sale, ()), Facts(sale), self._granting)]

    def less(
        self,
        sale: PurchaseRecorded,
        given: Iterable[Contribution],
        before: Sequence[int],
        after: Sequence[int],
        left: Mapping[Wallet, int],
        taken: Mapping[Wallet, int] = NOTHING_TAKEN,
    ) -> tuple[Contribution, ...]:
        """What the rules that decided the `sale` no longer give once of each line `after` is kept instead of `before`.

        `given` is what they gave when it was recorded, `left` how many of those points of each wallet have not been taken back: no
        more than them are taken, all of them when nothing is kept, and a return never gives any. Rules that carry what is left over
        are left out: they look at all purchases, and `taken` is what they took.
        """
        given = tuple(given)
        was, now = (self.frozen(sale, given, kept) for kept in (before, after))
        found = {code: _less(of_wallet(was, code), of_wallet(now, code), rest, taken.get(code, 0)) for code, rest in left.items()}
        if not any(after):
            found = {code: _all(less, of_wallet(self._alone(given), code), left[code]) for code, less in found.items()}
        return tuple(c for less in found.values() for c in less)

    def frozen(self, sale: PurchaseRecorded, given: Iterable[Contribution], kept: Sequence[int]) -> tuple[Contribution, ...]:
        """What the rules make of `kept` that were known when the sale was recorded; of an old sale, those that gave something.

        Those that carry what is left over are not among them.
        """
        given = tuple(given)
        return self._alone(evaluate(self._known(sale, given), Facts(sale, kept), Ceiling(given, sale.cuts, sale.instant_rewards)))

    def used_by(self, counted: SpendCounted, at: datetime) -> Counter[Use]:
        """What a purchase made `at` uses of limits by the points that it has of all that counts together."""
        scope = self._carries.get((counted.rule_id, counted.version))
        if scope is None or not counted.points:
            return Counter()
        limits = rows_of(scope.limits, counted.rule_id, counted.customer_id, at, scope.zone)
        return Counter({use: counted.points if limit.of == "points" else 1 for limit, use in limits})

    def _asked_of(self, sale: PurchaseRecorded, given: Sequence[Contribution]) -> Iterator[Candidate]:
        """The rules that an explanation tells of."""
        applied = {(c.rule_id, c.version) for c in given}
        found = self._in_force(sale.counted_in, sale.purchased_at, sale.rules_position)
        return (c for c in found if _decided(c, applied) or c.version.level not in sale.seen.levels)

    def _known(self, sale: PurchaseRecorded, given: Iterable[Contribution]) -> list[Candidate]:
        """The rules that were known when the sale was recorded."""
        applied = {(c.rule_id, c.version) for c in given}
        found = self._in_force(sale.counted_in, sale.purchased_at, sale.rules_position)
        return [c for c in found if _decided(c, applied, everything=sale.rules_position is not None)]

    def _alone(self, found: Iterable[Contribution]) -> tuple[Contribution, ...]:
        """Those of rules that look at one purchase alone."""
        return tuple(c for c in found if (c.rule_id, c.version) not in self._carries)

    def _in_force(self, currency: str, at: datetime, known: int | None = None) -> Iterator[Candidate]:
        for candidate in self._candidates:
            terms = candidate.terms
            if isinstance(terms, PointsPerAmount) and terms.currency != currency:
                continue
            if candidate.version.in_force(at, known):
                yield candidate


def _less(was: Sequence[Contribution], now: Sequence[Contribution], left: int, taken: int) -> tuple[Contribution, ...]:
    surplus = left - sum(c.points for c in now)
    return difference(was, now, surplus) if surplus > -taken else ()


def _all(less: Sequence[Contribution], given: Sequence[Contribution], left: int) -> tuple[Contribution, ...]:
    """What goes with everything: what the rules no longer give, and what rounding told apart otherwise than before."""
    missing = left - sum(c.points for c in less)
    if missing <= 0 or not given:
        return tuple(less)
    return (*less, replace(given[-1], points=missing))


def _decided(candidate: Candidate, applied: Container[tuple[UUID, int]], *, everything: bool = True) -> bool:
    """Whether it was there when a sale was decided that it `applied` to: levels multiplied only what says so."""
    version = candidate.version
    return (everything and not version.level) or (version.rule_id, version.version) in applied


NO_RULES = RuleSet()
