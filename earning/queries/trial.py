"""What a rule would give for a purchase that nobody made: also a draft, beside the rules that are in force then."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from customers.queries import may_earn
from earning.commands import PurchaseAnswer, RecordPurchase
from earning.domain.purchase_checks import check_sale
from earning.domain.rule_set import NO_RULES, RuleSet
from earning.domain.rule_versions import InForce, RuleVersion
from earning.domain.selling import sale_of
from earning.domain.terms import CustomEventPoints
from earning.queries.explanations import ExplainedRule, by_wallet, named_rules
from earning.queries.preview import preview, standing_of
from earning.queries.rulebook import asked
from earning.queries.rules import RuleCard, rule
from earning.queries.turns import turns
from earning.rulebook import versions_of
from earning.walletbook import wallets_here
from loyalty.domain.errors import DomainError
from loyalty.domain.identity import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a purchase would bring into the `wallet` of the rule that is tried: its own points (`own`), those of `all` rules with it, and
    those of the others `without` it.

    `earns` is false for a customer who may not earn. `rules` are explained in the order of evaluation. `foreseen` is what recording it
    would answer, with levels and what lies ahead (None: it cannot be recorded like this).
    """

    rule_id: UUID
    currency: str
    wallet: str
    earns: bool
    own: int
    all: int
    without: int
    rules: tuple[ExplainedRule, ...]
    foreseen: PurchaseAnswer | None


def trial(rule_id: UUID, command: RecordPurchase) -> Trial:
    """Try a rule's current version on a purchase, as if it were in force. Nothing is kept. Raises NotFound `earning.rule_unknown`,
    and DomainError `earning.rule_not_of_purchases` for one that custom events decide.
    """
    versions, position, _state = versions_of(asked)
    standing, tried = standing_of(command), _tried(rule_id)
    with_it = RuleSet(_with(versions, tried), position)
    found = turns(command, standing, with_it)
    without = turns(command, standing, RuleSet((v for v in versions if v.rule_id != rule_id), position))
    return Trial(
        rule_id=rule_id,
        currency=command.currency,
        wallet=tried.wallet,
        earns=command.customer_id is None or may_earn(standing),
        own=sum(one.points for one in found if one.rule.rule_id == rule_id),
        all=by_wallet(found).get(tried.wallet, 0),
        without=by_wallet(without).get(tried.wallet, 0),
        rules=named_rules(found),
        foreseen=_foreseen(command, with_it),
    )


def check_tried(command: RecordPurchase) -> None:
    """Raises DomainError for a purchase that nobody could make, at any time: wrong lines, or a customer who is not there."""
    check_sale(sale_of(command, new_id(), standing_of(command), NO_RULES))


def rule_to_try(rule_id: UUID) -> RuleCard:
    """A rule that a purchase can try. Raises NotFound `earning.rule_unknown`, and DomainError `earning.rule_not_of_purchases`."""
    card = rule(rule_id)
    if isinstance(card.terms, CustomEventPoints):
        raise DomainError("earning.rule_not_of_purchases", name=card.name)
    return card


def _tried(rule_id: UUID) -> RuleVersion:
    card = rule_to_try(rule_id)
    return RuleVersion(
        rule_id=rule_id,
        version=card.version,
        terms=card.terms,
        wallet=card.wallet,
        decimals=wallets_here().unit(card.wallet).decimals,
        scope=card.scope,
        periods=(InForce(),),
    )


def _with(versions: list[RuleVersion], tried: RuleVersion) -> Iterable[RuleVersion]:
    """All with the one that is tried in the place of its rule; a rule that was never in force is the youngest."""
    ids = list(dict.fromkeys([*(v.rule_id for v in versions), tried.rule_id]))
    return (v for key in ids for v in ([tried] if key == tried.rule_id else [v for v in versions if v.rule_id == key]))


def _foreseen(command: RecordPurchase, rules: RuleSet) -> PurchaseAnswer | None:
    """What it would make of the customer's levels; None for a purchase that nobody could record like this."""
    try:
        return preview(command, "admin", rules)
    except DomainError:
        return None
