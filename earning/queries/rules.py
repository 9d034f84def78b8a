"""Rules as they stand, their versions, and what they gave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import Q

from customers.queries import segments_of
from earning.domain.rule_texts import RuleText
from earning.domain.rule_warnings import RuleWarning, Standing, warnings_of
from earning.domain.scope import RuleScope
from earning.domain.terms import Terms, TermsOfKind, Wallet
from earning.domain.wallets import Unit
from earning.models import Rule, RuleVersion, state_now
from earning.queries.customer_levels import levels_of
from earning.queries.here import tenant_here
from earning.queries.rule_titles import RuleTitle, rule_titles
from earning.queries.rulebook import asked
from earning.rulebook import standing_beside
from earning.seeing import held_by_somebody
from loyalty.domain.errors import NotFound
from loyalty.domain.period import Period

NEW = UUID(int=0)
"""In place of the id of a rule that there is not yet."""
Place = tuple[str, str, UUID]
"""Where a page of rules ends: state, name and id of its last rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCard:
    """A rule as it stands: its current terms, and since when it has been in its state (None: it is a draft).

    `active_from` is when it comes, or came, into force (None: it is a draft, or paused), `ends_at` when it ends (None: never).
    """

    rule_id: UUID
    name: str
    wallet: str
    kind: str
    terms: Terms
    scope: RuleScope
    texts: tuple[RuleText, ...]
    photo: str
    version: int
    state: str
    effective_at: datetime | None
    active_from: datetime | None
    ends_at: datetime | None
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionCard:
    """One version of a rule, who made it, and the periods in which it was in force."""

    version: int
    name: str
    terms: Terms
    scope: RuleScope
    texts: tuple[RuleText, ...]
    photo: str
    periods: tuple[Period, ...]
    changed_by: str
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why points came or went: a rule in one version, the value that counted (minor units), and what the rule made of it.

    `amounts` is what of each line of the document counted, in order. `of_level`: the rule is the multiplier of a level.
    """

    rule_id: UUID
    version: int
    name: str
    terms: Terms
    amount: int
    amounts: tuple[int, ...]
    points: int
    of_level: bool = False


def rules(
    state: str | None = None, after: Place | None = None, limit: int | None = None, *, kind: str | None = None, wallet: str | None = None
) -> list[RuleCard]:
    """All rules, or those in one state, of one kind, of one wallet: active before draft, ended, paused and scheduled ones, then by name.

    `after` is the place of the last one seen.
    """
    asked_for = {"state_now": state, "kind": kind, "wallet": wallet}
    wanted = {name: value for name, value in asked_for.items() if value is not None}
    rows = Rule.objects.filter(tenant_id=tenant_here()).annotate(state_now=state_now()).filter(**wanted)
    if after is not None:
        in_state, name, key = after
        rows = rows.filter(Q(state_now__gt=in_state) | Q(state_now=in_state, name__gt=name) | Q(state_now=in_state, name=name, id__gt=key))
    return [_card(row) for row in rows.order_by("state_now", "name", "id")[:limit]]


def rules_for(customer_id: UUID, now: datetime | None = None) -> list[RuleCard]:
    """The rules in force that are for the customer: for their levels and segments, by name."""
    at, segments = now or datetime.now(UTC), [one.code for one in segments_of(customer_id)]
    levels = [level.code for level in levels_of([customer_id])[customer_id]]
    in_force = (card for card in rules("active") if card.effective_at is not None and card.effective_at <= at)
    return [card for card in in_force if card.scope.levels.fits(levels) and card.scope.segments.fits(segments)]


def rule(rule_id: UUID) -> RuleCard:
    """One rule. Raises NotFound `earning.rule_unknown`."""
    row = Rule.objects.filter(tenant_id=tenant_here(), id=rule_id).first()
    if row is None:
        raise NotFound("earning.rule_unknown")
    return _card(row)


def rule_versions(rule_id: UUID, before: int | None = None, limit: int | None = None) -> list[VersionCard]:
    """Every version of a rule, newest first; `before` is the number of the last one that was seen."""
    rows, ends_at = RuleVersion.objects.filter(tenant_id=tenant_here(), rule_id=rule_id), rule(rule_id).ends_at
    if before is not None:
        rows = rows.filter(version__lt=before)
    return [
        VersionCard(
            version=row.version,
            name=row.name,
            terms=terms_of(row.terms),
            scope=scope_of(row.scope),
            texts=texts_of(row.texts),
            photo=row.photo,
            periods=tuple(_lived(msgspec.convert(row.periods, tuple[Period, ...]), ends_at)),
            changed_by=row.changed_by,
            changed_at=row.changed_at,
        )
        for row in rows.order_by("-version")[:limit]
    ]


def _lived(periods: tuple[Period, ...], ends_at: datetime | None) -> Iterator[Period]:
    """The periods as they came about, until the rule ended; those that were called off before they began are left out."""
    for one in periods:
        end = min((at for at in (one.end, ends_at) if at is not None), default=None)
        if one.start is None or end is None or one.start < end:
            yield Period(one.start, end)


def warnings(rule_id: UUID) -> list[RuleWarning]:
    """What looks wrong about a rule, among those that are or will be in force; nothing of one that has ended.

    Raises NotFound `earning.rule_unknown`.
    """
    if rule(rule_id).state == Rule.State.ENDED:
        return []
    beside = standing_beside(rule_id, asked)
    mine = next(one for one in beside if one.rule_id == rule_id).from_now(datetime.now(UTC))
    return list(warnings_of(mine, beside, held_by_somebody(asked)))


def warnings_of_draft(rule_id: UUID | None, name: str, terms: Terms, scope: RuleScope, wallet: Wallet) -> list[RuleWarning]:
    """What would look wrong if a rule, or a new one (None), said this: among those that are or will be in force."""
    found = {one.rule_id: one for one in standing_beside(rule_id or NEW, asked)}
    before = found.get(rule_id or NEW) or Standing(rule_id=NEW, name=name, terms=terms, scope=scope, wallet=wallet)
    entered = replace(before, name=name, terms=terms, scope=scope).from_now(datetime.now(UTC))
    return list(warnings_of(entered, [*(found | {entered.rule_id: entered}).values()], held_by_somebody(asked)))


def reasons(contributions: Sequence[Sequence[dict[str, Any]]], customers_units: Sequence[Unit] = ()) -> list[tuple[Reason, ...]]:
    """Contributions of several movements, as their events hold them, with the names and terms of their rules.

    For a customer `customers_units` are what the wallet of each movement counts: then rules are not called as staff call them.
    """
    wanted = {c["rule_id"] for group in contributions for c in group}
    known = rule_titles(UUID(rule_id) for rule_id in wanted)
    units: Sequence[Unit | None] = customers_units or [None] * len(contributions)
    return [
        tuple(_reason(c, known[UUID(c["rule_id"]), c["version"]], unit) for c in group)
        for group, unit in zip(contributions, units, strict=True)
    ]


def _reason(given: dict[str, Any], title: RuleTitle, customers_unit: Unit | None) -> Reason:
    amounts = tuple(given["amounts"])
    return Reason(
        rule_id=UUID(given["rule_id"]),
        version=given["version"],
        name=title.name if customers_unit is None else title.for_customers(customers_unit),
        terms=title.terms,
        of_level=title.of_level,
        amount=sum(amounts),
        amounts=amounts,
        points=given["points"],
    )


def _card(row: Rule) -> RuleCard:
    return RuleCard(
        rule_id=row.id,
        name=row.name,
        wallet=row.wallet,
        kind=row.kind,
        terms=terms_of(row.terms),
        scope=scope_of(row.scope),
        texts=texts_of(row.texts),
        photo=row.photo,
        version=row.version,
        state=row.standing,
        effective_at=row.ends_at if row.standing == Rule.State.ENDED else row.effective_at,
        active_from=row.active_from,
        ends_at=row.ends_at,
        changed_at=row.changed_at,
    )


def terms_of(stored: dict[str, Any]) -> Terms:
    """Terms as the tables have them."""
    return msgspec.convert(stored, TermsOfKind).terms


def scope_of(stored: dict[str, Any]) -> RuleScope:
    """A scope as the tables have it."""
    return msgspec.convert(stored, RuleScope)


def texts_of(stored: list[dict[str, Any]]) -> tuple[RuleText, ...]:
    """Names and descriptions as the tables have them."""
    return msgspec.convert(stored, tuple[RuleText, ...])
