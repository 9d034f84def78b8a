"""`GET /api/v1/purchases/ID/explanation`: why a purchase brought its points, or none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal
from uuid import UUID

import msgspec
from django.utils.translation import get_language

from earning import queries
from earning.access import merchants_seen
from earning.api.purchases import Exchanged
from earning.domain.evaluation import Outcome
from earning.domain.limits import Cut, Scarce
from earning.domain.terms import kind_of
from earning.domain.wallets import Unit, Wallets
from earning.kinds.enough import enough
from earning.kinds.scopes import asked, beside
from earning.kinds.scopes import seen as seen_words
from earning.permissions import SEE_PURCHASES
from earning.streams import WALLET
from earning.units import phrase
from earning.wording import ORDER_OF_EVALUATION, outcome_sentence, scarce_sentence, sentence_of
from loyalty.api.views import QueryView
from loyalty.domain.errors import NotFound
from loyalty.domain.period import LimitPeriod
from loyalty.house.formats import FALLBACK
from loyalty.staff.actors import actors_seen

NOBODY: Mapping[str, str] = MappingProxyType({})


class Check(msgspec.Struct, frozen=True):
    """One thing that a rule asked (a field of its scope), in words, whether it was so, and what was seen."""

    name: str
    asked: str
    met: bool
    seen: str


class Remainder(msgspec.Struct, frozen=True):
    """What was left of full amounts of earlier purchases (`taken_over`), and what is `left` after this one: minor units."""

    taken_over: int
    left: int


class OtherRule(msgspec.Struct, frozen=True):
    """A version of another rule, by its name in the caller's language."""

    rule_id: UUID
    version: int
    name: str


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """A rule as it had its turn. `amounts` says what of each line counted (minor units), `exact` the points before `rounding`
    ("15/2"; null for a multiplier, whose `points` are what it added to those of other rules), in the smallest unit of the `wallet`.
    `cut` more would have come, had its own limits and those of the wallet had room for them. Where nobody earned, `points` are 0 and
    `would_give` is what a customer who earns would get, with the outcome `would_give`: limits for each customer count as free then.
    `beside` says what its own limits are, and how it stands beside other rules. `remainder` is there where a rule carries what is left
    of full amounts.
    `enough` says what would have been enough where it gave nothing, or not all: what it needs beside what was seen, how much was missing,
    what it was worth and what room its own limits had, and when each of them begins anew.
    `kept_out_by` is the other rule because of which it had no turn: with the outcomes `stopped` and `group_taken`.
    """

    rule_id: UUID
    version: int
    name: str
    kind: str
    wallet: str
    sentence: str
    outcome: Outcome
    outcome_sentence: str
    kept_out_by: OtherRule | None
    checks: list[Check]
    amounts: list[int]
    exact: str | None
    rounding: str | None
    points: int
    would_give: int
    enough: list[str]
    cut: int
    beside: list[str]
    remainder: Remainder | None


class ExplainedRule(Turn, frozen=True, kw_only=True):
    """A rule as it had its turn, and who made that version of it: by name for those who may see staff, or API tokens."""

    changed_by: str
    changed_by_name: str | None
    changed_at: datetime


class Short(msgspec.Struct, frozen=True, kw_only=True):
    """A limit of a wallet that had not enough room: `left` of `most` was left for all that rules gave, which was `wanted`. All would have
    fit into a limit of `enough`. `sentence` says so in the caller's language.
    """

    most: int
    period: LimitPeriod
    whose: Literal["customer", "all"]
    left: int
    wanted: int
    enough: int
    sentence: str


class WorthInWallet(msgspec.Struct, frozen=True, kw_only=True):
    """What rules give into one wallet, in its smallest unit and in words; `cut` more would have come, had its `limits` had room for it."""

    wallet: str
    points: int
    said: str
    cut: int
    limits: list[Short]


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """Each rule that was in force, as the rules were known when the purchase was decided, in the order of evaluation.

    Amounts are minor units of `currency`, the programme's; `exchange` says how a purchase in another one came to count in it.
    `order_sentence` says what that is. `points` are what they gave together into the wallet `points`, `wallets` what into each, `earns`
    whether the customer was named and could earn at all: where not, nothing was given.
    """

    purchase_id: UUID
    currency: str
    exchange: Exchanged | None
    earns: bool
    points: int
    wallets: list[WorthInWallet]
    order_sentence: str
    rules: list[ExplainedRule]


class ExplanationView(QueryView):
    """Explain the points of a purchase. Without `earning.see_all_purchases` those of other merchants are not there."""

    permission = SEE_PURCHASES
    answer = Explanation

    def ask(self, query: None, **path: Any) -> Explanation:
        found, seen = queries.explanation(path["purchase_id"]), merchants_seen(self.principal)
        if seen is not None and found.merchant_id not in seen:
            raise NotFound("earning.purchase_unknown")
        wallets, who = queries.wallets_here(), actors_seen((one.changed_by for one in found.rules), self.principal)
        return Explanation(
            purchase_id=found.purchase_id,
            currency=found.currency,
            exchange=exchanged(found),
            earns=found.earns,
            points=found.points.get(WALLET, 0),
            wallets=in_wallets(found.points, found.cuts, wallets),
            order_sentence=str(ORDER_OF_EVALUATION),
            rules=[shown(one, found.currency, wallets, who) for one in found.rules],
        )


def exchanged(found: queries.Explanation) -> Exchanged | None:
    """How a purchase in another currency came to count in the programme's."""
    return None if found.exchange is None else msgspec.convert(found.exchange, Exchanged, from_attributes=True)


def in_wallets(points: Mapping[str, int], cut_from: Iterable[Cut], wallets: Wallets) -> list[WorthInWallet]:
    """What rules give into each wallet, as the API shows it."""
    cuts, language = {cut.wallet: cut for cut in cut_from}, get_language() or FALLBACK
    return [
        WorthInWallet(
            wallet=code,
            points=points.get(code, 0),
            said=phrase(wallets.unit(code), points.get(code, 0), language),
            cut=sum(c.points for c in cuts[code].contributions) if code in cuts else 0,
            limits=[_short(one, wallets.unit(code)) for one in cuts[code].limits] if code in cuts else [],
        )
        for code in dict.fromkeys([*points, *cuts])
    ]


def _short(one: Scarce, unit: Unit) -> Short:
    limit, said = one.limit, scarce_sentence(one, unit)
    return Short(
        most=limit.most, period=limit.period, whose=limit.whose, left=one.left, wanted=one.wanted, enough=one.enough, sentence=said
    )


def _other(one: queries.ExplainedRule) -> OtherRule | None:
    other = one.explained.kept_out_by
    return OtherRule(other.rule_id, other.version, one.kept_out_by) if other else None


def shown(one: queries.ExplainedRule, currency: str, wallets: Wallets, who: Mapping[str, str] = NOBODY) -> ExplainedRule:
    """A rule's turn as the API shows it; `who` are the names of those who made rules, as far as they are told."""
    told, rule = one.explained, one.explained.rule
    unit = wallets.unit(rule.wallet)
    said = dict(asked(rule.scope, currency))
    return ExplainedRule(
        rule_id=rule.rule_id,
        version=rule.version,
        name=one.name,
        kind=kind_of(rule.terms),
        wallet=rule.wallet,
        sentence=sentence_of(rule.terms, unit),
        changed_by=one.changed_by,
        changed_by_name=who.get(one.changed_by),
        changed_at=one.changed_at,
        outcome=told.outcome,
        outcome_sentence=outcome_sentence(told, one.kept_out_by, unit),
        kept_out_by=_other(one),
        checks=[Check(c.name, said[c.name], c.met, seen_words(c, rule.scope, currency)) for c in told.checks],
        amounts=list(told.amounts),
        exact=None if told.exact is None else str(told.exact),
        rounding=getattr(rule.terms, "rounding", None),
        points=told.points,
        would_give=told.would_give,
        enough=list(enough(told, currency, unit)),
        cut=told.cut + told.over,
        beside=list(beside(rule.scope, unit)),
        remainder=Remainder(told.counted.taken_over, told.counted.left) if told.counted else None,
    )
