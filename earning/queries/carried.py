"""What is left of full amounts, and what is missing to the next points."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from earning.carrybook import carried_seen
from earning.queries.here import tenant_here
from earning.queries.rule_titles import rule_titles
from earning.queries.rulebook import asked, rules_here
from earning.walletbook import wallets_here


@dataclass(frozen=True, slots=True, kw_only=True)
class RemainderCard:
    """A rule in force that gives `points` for each full `per`: `left` counts already, `missing` more brings them (minor units)."""

    rule_id: UUID
    wallet: str
    name: str
    points: Decimal
    per: int
    left: int
    missing: int


def rules_that_carry() -> dict[UUID, UUID]:
    """By what purchases count together as (`carry_id`), the rule by which they do."""
    return {key: one.rule_id for key, one in rules_here().carrying.items()}


def remainders(customer_id: UUID, currency: str, now: datetime | None = None, *, for_customer: bool = False) -> list[RemainderCard]:
    """By each rule in force that carries what is left of full amounts to the next purchase, in the order of evaluation.

    `for_customer` rules are not called as staff call them.
    """
    found = rules_here().carriers(currency, now or datetime.now(UTC))
    known = {one.carry_id: one.total for one in carried_seen(tenant_here(), customer_id, [one.carry_id for one in found], asked)}
    titles, wallets = rule_titles(one.rule_id for one in found), wallets_here()
    return [
        RemainderCard(
            rule_id=one.rule_id,
            wallet=one.wallet,
            name=title.for_customers(wallets.unit(one.wallet)) if for_customer else title.name,
            points=one.terms.points,
            per=one.terms.per,
            left=left,
            missing=one.terms.per - left,
        )
        for one in found
        for title in (titles[one.rule_id, one.version],)
        for left in (known.get(one.carry_id, 0) % one.terms.per,)
    ]
