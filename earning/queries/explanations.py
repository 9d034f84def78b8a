"""Why a purchase brought its points, or none: each rule that was in force, what it asked and what was seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import msgspec

from customers.queries import may_earn
from earning.domain.exchange import Exchange
from earning.domain.explaining import Explained
from earning.domain.limits import Cut
from earning.domain.purchase import Purchase
from earning.domain.rule_set import RuleSet
from earning.domain.rule_versions import RuleVersion
from earning.domain.terms import Contribution
from earning.domain.wallets import Wallets
from earning.events import PurchaseRecorded
from earning.limits import room_seen
from earning.models import Movement
from earning.queries.here import tenant_here
from earning.queries.rule_titles import RuleTitle, rule_titles
from earning.queries.rulebook import asked, rules_here
from earning.streams import accounts_in
from earning.walletbook import wallets_here
from loyalty.domain.errors import NotFound
from loyalty.domain.identity import new_id
from loyalty.eventstore import store


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedRule:
    """A rule as it had its turn: its name in that version (in the reader's language), who made that and when, and what came of it.

    `kept_out_by` is what the rule is called because of which it had no turn ("": none).
    """

    name: str
    kept_out_by: str
    changed_by: str
    changed_at: datetime
    explained: Explained


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """How the points of a purchase were decided, computed anew from what its events say; in the order of evaluation.

    `points` are what the rules gave together by wallet: what its lots had at first. Where nobody was named, or the customer was not active,
    `earns` is false, there are none, and each rule says what it would give. `cuts` are what limits of wallets kept from it. Amounts are
    minor units of `currency`; `exchange` is how a purchase in another one came to count in it.
    """

    purchase_id: UUID
    merchant_id: UUID
    currency: str
    exchange: Exchange | None
    earns: bool
    points: dict[str, int]
    cuts: tuple[Cut, ...]
    rules: tuple[ExplainedRule, ...]


def explanation(purchase_id: UUID, *, for_customer: bool = False) -> Explanation:
    """Why a purchase brought its points; `for_customer` rules are not called as staff call them.

    Raises NotFound `earning.purchase_unknown`.
    """
    purchase = Purchase.replay(purchase_id, [r.event for r in store.load(purchase_id)])
    sale = purchase.decided
    if sale is None:
        raise NotFound("earning.purchase_unknown")
    earns, rules = sale.customer_id is not None and may_earn(sale.standing), rules_here()
    found = rules.explain(sale, _given(sale, rules.wallets)) if earns else _for_somebody(sale, rules).explain_unearned(sale)
    return Explanation(
        purchase_id=purchase_id,
        merchant_id=sale.merchant_id,
        currency=sale.counted_in,
        exchange=sale.exchange,
        earns=earns,
        points=by_wallet(found),
        cuts=sale.cuts,
        rules=named_rules(found, _customers_name(wallets_here()) if for_customer else _staff_name),
    )


def _for_somebody(sale: PurchaseRecorded, rules: RuleSet) -> RuleSet:
    """The rules within what is left of limits now; where nobody is named, for somebody who used nothing of them yet."""
    return room_seen(tenant_here(), replace(sale, customer_id=sale.customer_id or new_id()), rules, wallets_here(), asked)


def by_wallet(found: Iterable[Explained]) -> dict[str, int]:
    """The points that rules gave together, by wallet."""
    points: Counter[str] = Counter()
    for one in found:
        points[one.rule.wallet] += one.points
    return {code: amount for code, amount in points.items() if amount}


def _given(sale: PurchaseRecorded, wallets: Iterable[str]) -> list[Contribution]:
    """What the rules gave when the purchase's points were decided."""
    if sale.customer_id is None:
        return []
    tenant_id = tenant_here()
    ids = accounts_in(sale.customer_id, tenant_id, wallets).values()
    rows = Movement.objects.filter(
        tenant_id=tenant_id, account_id__in=list(ids), purchase_id=sale.purchase_id, kind=Movement.Kind.EARNED
    ).order_by("position")
    return [one for row in rows for one in msgspec.convert(row.contributions, list[Contribution])]


Naming = Callable[[RuleVersion, RuleTitle], str]


def _staff_name(rule: RuleVersion, title: RuleTitle) -> str:
    return title.name


def _customers_name(wallets: Wallets) -> Naming:
    return lambda rule, title: title.for_customers(wallets.unit(rule.wallet))


def named_rules(found: list[Explained], name: Naming = _staff_name) -> tuple[ExplainedRule, ...]:
    """What came of rules, with the names they have for the reader."""
    known = rule_titles(one.rule.rule_id for one in found)
    return tuple(
        ExplainedRule(
            name=name(one.rule, title),
            kept_out_by=_name(one.kept_out_by, known, name),
            changed_by=title.changed_by,
            changed_at=title.changed_at,
            explained=one,
        )
        for one in found
        for title in (known[one.rule.rule_id, one.rule.version],)
    )


def _name(rule: RuleVersion | None, known: Mapping[tuple[UUID, int], RuleTitle], name: Naming) -> str:
    return name(rule, known[rule.rule_id, rule.version]) if rule else ""
