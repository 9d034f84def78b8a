"""`/api/v1/rules/ID/versions` and `/changes`: what a rule said before, and who made it say otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from earning import queries
from earning.api.rule_bodies import RuleWords
from earning.api.rules import content
from earning.api.scopes import Scope
from earning.api.shapes import Limit
from earning.domain.wallets import Unit
from earning.kinds import Shape
from earning.kinds.changes import differences
from earning.permissions import SEE_RULES
from earning.queries import Step
from loyalty.api.paging import Page, opened_cursor, sealed_cursor
from loyalty.api.views import QueryView
from loyalty.domain.period import Period
from loyalty.files.api import PhotoAddress
from loyalty.staff.actors import actors_seen

VERSIONS, CHANGES = "rule_versions", "rule_changes"


class RuleVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a rule, who made it, and the `periods` in which it was in force (an open end: it still is). `changed_by_name` is
    there for those who may see staff, or API tokens, by name.
    """

    version: int
    name: str
    texts: list[RuleWords]
    photo: PhotoAddress
    terms: Shape
    sentence: str
    scope: Scope
    scope_sentence: str
    periods: list[Period]
    changed_by: str
    changed_by_name: str | None
    changed_at: datetime


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """A field that changed: its path in the rule, what people call it, and what it said, in words of the caller's language."""

    field: str
    title: str
    old: str
    new: str


class RuleChange(msgspec.Struct, frozen=True, kw_only=True):
    """A step of a rule's history: who did it and when, since when it holds, and what a new version says otherwise than the one before.

    For `end_set`, `effective_at` is the end (null: it was taken back). `changed_by_name` is there for those who may see staff, or API
    tokens, by name.
    """

    number: int
    step: Step
    version: int
    changed_by: str
    changed_by_name: str | None
    changed_at: datetime
    effective_at: datetime | None
    differences: list[Difference]


class VersionsQuery(msgspec.Struct):
    """The newest first."""

    limit: Limit = 50
    cursor: str | None = None


class RuleVersionsView(QueryView):
    """List the versions of an earning rule."""

    permission = SEE_RULES
    query = VersionsQuery
    answer = Page[RuleVersion]

    def ask(self, query: VersionsQuery, **path: Any) -> Page[RuleVersion]:
        card = queries.rule(path["rule_id"])
        rule_id = card.rule_id
        name = f"{VERSIONS}/{rule_id}"
        found = queries.rule_versions(rule_id, opened_cursor(query.cursor, self.tenant.id, name), query.limit + 1)
        page = found[: query.limit]
        following = sealed_cursor(page[-1].version, self.tenant.id, name) if len(found) > query.limit else None
        who = actors_seen((one.changed_by for one in page), self.principal)
        return Page([shown_version(one, card.wallet, who) for one in page], following)


class RuleChangesView(QueryView):
    """List all that was done to an earning rule: who, when, and which fields changed from what to what."""

    permission = SEE_RULES
    query = VersionsQuery
    answer = Page[RuleChange]

    def ask(self, query: VersionsQuery, **path: Any) -> Page[RuleChange]:
        name = f"{CHANGES}/{path['rule_id']}"
        found = queries.changes(path["rule_id"], opened_cursor(query.cursor, self.tenant.id, name), query.limit + 1)
        page = found[: query.limit]
        following = sealed_cursor(page[-1].number, self.tenant.id, name) if len(found) > query.limit else None
        unit = queries.wallets_here().unit(queries.rule(path["rule_id"]).wallet)
        who = actors_seen((one.changed_by for one in page), self.principal)
        return Page([shown_change(one, self.tenant.currency, unit, who) for one in page], following)


def shown_version(card: queries.VersionCard, wallet: str, who: Mapping[str, str]) -> RuleVersion:
    """A version of a rule that gives points of `wallet`, as the API shows it."""
    same = ("version", "name", "changed_by", "changed_at")
    told = {name: getattr(card, name) for name in same} | {"changed_by_name": who.get(card.changed_by)}
    return RuleVersion(periods=list(card.periods), **content(card, wallet), **told)


def shown_change(change: queries.RuleChange, currency: str, unit: Unit, who: Mapping[str, str]) -> RuleChange:
    """A step as the API shows it."""
    same = ("number", "step", "version", "changed_by", "changed_at", "effective_at")
    found = differences(change.before, change.after, currency, unit) if change.after else []
    told = [Difference(field=d.field, title=d.title, old=d.old, new=d.new) for d in found]
    by = who.get(change.changed_by)
    return RuleChange(differences=told, changed_by_name=by, **{name: getattr(change, name) for name in same})
