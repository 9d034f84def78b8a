"""How the points of a purchase came, in the words that customers know."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import pgettext_lazy

from earning.kinds.for_customers import asked_of_customers
from earning.kinds.words import language
from earning.queries.explanations import Explanation
from earning.queries.instant_rewards import rewards_called
from earning.queries.purchases import PurchaseCard
from earning.units import phrase
from earning.walletbook import wallets_here
from earning.wording import line_name, nothing_sentence

PAYMENT_METHODS = {
    "cash": pgettext_lazy("payment", "Cash"),
    "card": pgettext_lazy("payment", "Card"),
    "transfer": pgettext_lazy("payment", "Bank transfer"),
}
"""Usual codes of tills; whatever else they say is shown as it is."""


@dataclass(frozen=True, slots=True)
class SaidShare:
    """A rule, as customers know it, what it asks (`when`: sentences), and the `points` that it gave, “+25 points”, or the reward's name."""

    rule: str
    when: tuple[str, ...]
    points: str


@dataclass(frozen=True, slots=True)
class SaidSaleLine:
    """A line of a document: its name, how much was bought (None: by amount), and its total in minor units of the document's currency."""

    name: str
    quantity: Decimal | None
    total: int


def said_shares(found: Explanation) -> list[SaidShare]:
    """What each rule gave for a purchase, in the order of evaluation; those that gave nothing are left out."""
    if not found.earns:
        return []
    wallets = wallets_here()
    gave = [(one.name, one.explained) for one in found.rules if one.explained.outcome == "gave"]
    called = rewards_called([told.reward_id for _, told in gave if told.reward_id is not None])
    return [
        SaidShare(
            rule=name,
            when=tuple(said for _, said in asked_of_customers(told.rule.scope, found.currency)),
            points=called[told.reward_id]
            if told.reward_id
            else phrase(wallets.unit(told.rule.wallet), told.points, language(), signed=True),
        )
        for name, told in gave
    ]


def said_lines(sold: PurchaseCard) -> list[SaidSaleLine]:
    """The lines of a document; none where it says an amount only."""
    lines = [SaidSaleLine(line_name(one.line), one.bought, one.line.total) for one in sold.lines]
    return lines if len(lines) > 1 or any(one.line.sku or one.line.name for one in sold.lines) else []


def said_payment(method: str) -> str:
    """How it was paid, in the reader's language where the code is known."""
    return str(PAYMENT_METHODS.get(method.casefold(), method))


def said_nothing(sold: PurchaseCard, found: Explanation) -> str:
    """Why a purchase brought nothing; "" where it brought something."""
    wallets = wallets_here()
    short = (wallets.unit(one.explained.rule.wallet) for one in found.rules if one.explained.outcome in {"too_little", "carried"})
    return nothing_sentence(sold.why_nothing, short) if sold.why_nothing else ""
