"""The rules that count at a point of sale today, in the reader's words: for whoever stands at its counter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from earning.domain.rule_texts import called
from earning.domain.terms import CustomEventPoints
from earning.domain.wallets import Unit
from earning.kinds.scopes import asked, limits
from earning.kinds.words import language
from earning.queries.rules import RuleCard, rules
from earning.walletbook import wallets_here
from earning.wording import sentence_of
from loyalty.domain.period import Period

MET_HERE = {"merchants", "places", "channels"}
"""What a rule asks that whoever buys at this point of sale does anyway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidRule:
    """What a rule gives, `when` it counts, and within which limits (`but`): sentences.

    It begins, or ends for good, later on the day that was asked for where `starts_at` or `ends_at` say so (None: it does not).
    """

    rule_id: UUID
    name: str
    described: str
    photo: str
    then: str
    when: tuple[str, ...]
    but: tuple[str, ...]
    starts_at: datetime | None
    ends_at: datetime | None


def rules_today(merchant_id: UUID, pos_id: UUID | None, day: Period, currency: str, now: datetime) -> list[SaidRule]:
    """The rules that can still give points for a purchase at a point of sale on that day, which `now` is within, in the order in which
    they are evaluated.
    """
    rest = Period(now, day.end)
    of_purchases = (card for card in _in_force(day) if not isinstance(card.terms, CustomEventPoints))
    found = (card for card in of_purchases if card.scope.may_fit(merchant_id, pos_id, rest))
    wallets = wallets_here()
    return [
        _said(card, day, currency, wallets.unit(card.wallet))
        for card in sorted(found, key=lambda card: (card.terms.stage, -card.scope.priority, card.name))
    ]


def _in_force(day: Period) -> Iterator[RuleCard]:
    yield from rules("active")
    yield from (card for card in rules("scheduled") if card.active_from is not None and card.active_from in day)


def _said(card: RuleCard, day: Period, currency: str, unit: Unit) -> SaidRule:
    text = called(card.name, card.texts, language())
    return SaidRule(
        rule_id=card.rule_id,
        name=text.name,
        described=text.description,
        photo=card.photo,
        then=sentence_of(card.terms, unit),
        when=tuple(said for name, said in asked(card.scope, currency) if name not in MET_HERE),
        but=tuple(limits(card.scope, unit)),
        starts_at=card.active_from if card.state == "scheduled" else None,
        ends_at=card.ends_at if card.ends_at is not None and card.ends_at in day else None,
    )
