"""How rules would have their turn for a purchase that nobody has recorded, and how much more of it would give more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from customers.queries import may_earn
from earning.commands import RecordPurchase
from earning.domain.explaining import Explained
from earning.domain.kinds import PointsPerAmount
from earning.domain.rule_set import RuleSet
from earning.domain.selling import sale_of
from earning.limits import room_seen
from earning.queries.climbs import climb_seen
from earning.queries.explanations import by_wallet
from earning.queries.here import tenant_here
from earning.queries.preview import seen_of, sides_of_buyer, standing_of
from earning.queries.rulebook import asked, rules_here
from earning.ratebook import RATES, exchanged, is_foreign
from earning.walletbook import wallets_here
from loyalty.domain.identity import new_id

COUNTED = {"gave", "carried", "too_little"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsAhead:
    """With `missing` more (minor units of `currency`) a purchase would bring so many `points` more, of the smallest unit of a `wallet`."""

    wallet: str
    points: int
    currency: str
    missing: int


def turns(command: RecordPurchase, standing: str | None, rules: RuleSet) -> list[Explained]:
    """Each rule that is in force, in the order of evaluation."""
    return _turns(command, standing, rules)[0]


def _turns(command: RecordPurchase, standing: str | None, rules: RuleSet) -> tuple[list[Explained], RuleSet]:
    """The same, with the rules within what is left of limits."""
    sale = sale_of(command, new_id(), standing, rules, seen_of(command, rules, climb_seen(command.customer_id)))
    within = room_seen(tenant_here(), sale, rules, wallets_here(), asked, sides_of_buyer(command))
    worth = within.decide(sale)
    return rules.explain(replace(sale, cuts=worth.cuts, instant_rewards=worth.rewards), worth.contributions), within


def points_ahead(command: RecordPurchase) -> list[PointsAhead]:
    """What is missing to the next points of rules that count full amounts only, be it that they carry what is left; for who may earn.

    Of points that limits have no room for nothing is said.
    """
    standing, rules = standing_of(command), rules_here()
    if not may_earn(standing):
        return []
    if is_foreign(command):
        command = exchanged(command, (row[1:] for row in asked(RATES, [[command.currency]])))
    found, within = _turns(command, standing, rules)
    given = by_wallet(found)
    return [
        one
        for told in found
        for one in _ahead(told, command.counted_in)
        if within.has_room(told.rule, told.points + one.points, given.get(one.wallet, 0) + one.points)
    ]


def _ahead(told: Explained, currency: str) -> Iterator[PointsAhead]:
    terms, scale = told.rule.terms, 10**told.rule.decimals
    if not isinstance(terms, PointsPerAmount) or not terms.whole_steps or told.outcome not in COUNTED or told.cut or told.over:
        return
    amount = told.counted.before + told.counted.amount if told.counted else max(0, sum(told.amounts))
    enough = terms.more_than(amount, scale)
    more = terms.worth(enough, scale) - terms.worth(amount, scale)
    yield PointsAhead(wallet=told.rule.wallet, points=more, currency=currency, missing=enough - amount)
