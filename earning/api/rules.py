"""`/api/v1/rules`: earning rules, their versions, and putting them in and out of force."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from earning import queries
from earning.api.shapes import Limit, Minor, Moment, moment
from earning.commands import ActivateRule, ChangeRule, CreateRule, PauseRule, PointsPerAmount, RuleAnswer
from earning.permissions import EDIT_RULES, SEE_RULES
from earning.wording import sentence_of
from loyalty.api.paging import Page, opened_cursor, sealed_cursor
from loyalty.api.views import CommandView, QueryView
from loyalty.domain.errors import DomainError
from loyalty.domain.period import Period
from loyalty.domain.points import Rounding
from loyalty.tenancy import reading

StateText = Literal["draft", "active", "paused"]
Points = Annotated[Decimal, msgspec.Meta(description='Points for each `per`, above zero, at most six decimals: "5" or "0.5".')]
RULES, VERSIONS = "rules", "rule_versions"


class Terms(msgspec.Struct, frozen=True):
    """`points` for each `per` minor units of `currency`, in proportion, or for full amounts only (`whole_steps`)."""

    points: Decimal
    per: int
    currency: str
    rounding: Rounding
    whole_steps: bool


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule as it stands. `sentence` says in the caller's language what it does; `effective_at` is since when it is in its state."""

    id: UUID
    name: str
    wallet: str
    kind: str
    terms: Terms
    sentence: str
    version: int
    state: StateText
    effective_at: datetime | None
    changed_at: datetime


class RuleVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a rule, who made it, and the `periods` in which it was in force (an open end: it still is)."""

    version: int
    name: str
    terms: Terms
    sentence: str
    periods: list[Period]
    changed_by: str
    changed_at: datetime


class CreateRuleBody(msgspec.Struct, forbid_unknown_fields=True):
    """A rule: `points` for each `per` minor units spent. It gives nothing until it is activated."""

    name: str
    points: Points
    per: Minor
    currency: str = ""
    rounding: Rounding = "floor"
    whole_steps: bool = False


class ChangeRuleBody(msgspec.Struct, forbid_unknown_fields=True):
    """What changes; fields left out stay as they are. `seen_version` refuses when somebody else changed it meanwhile."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    points: Points | msgspec.UnsetType = msgspec.UNSET
    per: Minor | msgspec.UnsetType = msgspec.UNSET
    rounding: Rounding | msgspec.UnsetType = msgspec.UNSET
    whole_steps: bool | msgspec.UnsetType = msgspec.UNSET
    effective_at: Moment | None = None
    seen_version: int | None = None


class ActivateRuleBody(msgspec.Struct, forbid_unknown_fields=True):
    """From when on; now, when it is left out."""

    effective_at: Moment | None = None


class RulesQuery(msgspec.Struct):
    """Active rules before drafts before paused ones, by name; or those in one state."""

    state: StateText | None = None
    limit: Limit = 50
    cursor: str | None = None


class VersionsQuery(msgspec.Struct):
    """The newest first."""

    limit: Limit = 50
    cursor: str | None = None


class RulesView(QueryView):
    """List earning rules."""

    permission = SEE_RULES
    query = RulesQuery
    answer = Page[Rule]

    def ask(self, query: RulesQuery, **path: Any) -> Page[Rule]:
        after = opened_cursor(query.cursor, self.tenant.id, RULES)
        found = queries.rules(query.state, after and (after[0], after[1], UUID(after[2])), query.limit + 1)
        page = found[: query.limit]
        last = [page[-1].state, page[-1].name, str(page[-1].rule_id)] if len(found) > query.limit else None
        return Page([shown(card) for card in page], sealed_cursor(last, self.tenant.id, RULES) if last else None)


class RuleView(QueryView):
    """Show one earning rule."""

    permission = SEE_RULES
    answer = Rule

    def ask(self, query: None, **path: Any) -> Rule:
        return shown(queries.rule(path["rule_id"]))


class RuleVersionsView(QueryView):
    """List the versions of an earning rule."""

    permission = SEE_RULES
    query = VersionsQuery
    answer = Page[RuleVersion]

    def ask(self, query: VersionsQuery, **path: Any) -> Page[RuleVersion]:
        rule_id = queries.rule(path["rule_id"]).rule_id
        name = f"{VERSIONS}/{rule_id}"
        found = queries.rule_versions(rule_id, opened_cursor(query.cursor, self.tenant.id, name), query.limit + 1)
        page = found[: query.limit]
        following = sealed_cursor(page[-1].version, self.tenant.id, name) if len(found) > query.limit else None
        return Page([shown_version(card) for card in page], following)


class CreateRuleView(CommandView):
    """Draft an earning rule."""

    permission = EDIT_RULES
    body = CreateRuleBody
    answer = RuleAnswer
    status = 201
    dry_runs = True

    def command(self, body: CreateRuleBody, **path: Any) -> CreateRule:
        if body.currency not in {"", self.tenant.currency}:
            raise DomainError("earning.rule_currency_invalid", field="currency", expected=self.tenant.currency)
        terms = PointsPerAmount(
            points=body.points, per=body.per, currency=self.tenant.currency, rounding=body.rounding, whole_steps=body.whole_steps
        )
        return CreateRule(name=body.name.strip(), terms=terms)


class ChangeRuleView(CommandView):
    """Give an earning rule a new version; an active one changes for purchases made from `effective_at` on."""

    method = "patch"
    permission = EDIT_RULES
    body = ChangeRuleBody
    answer = RuleAnswer
    dry_runs = True

    def command(self, body: ChangeRuleBody, **path: Any) -> ChangeRule:
        with reading(self.tenant.id):
            card = queries.rule(path["rule_id"])
        given = {name: value for name, value in msgspec.structs.asdict(body).items() if value is not msgspec.UNSET}
        kept = {name: given.get(name, getattr(card.terms, name)) for name in ("points", "per", "rounding", "whole_steps")}
        return ChangeRule(
            rule_id=card.rule_id,
            name=given.get("name", card.name).strip(),
            terms=PointsPerAmount(currency=card.terms.currency, **kept),
            effective_at=body.effective_at and moment(body.effective_at, "effective_at"),
            # What was left out was read here: nobody may have changed it since.
            seen_version=card.version if body.seen_version is None else body.seen_version,
        )


class ActivateRuleView(CommandView):
    """Put an earning rule in force for purchases made from `effective_at` on."""

    permission = EDIT_RULES
    body = ActivateRuleBody
    answer = RuleAnswer
    dry_runs = True

    def _read(self, raw: bytes) -> ActivateRuleBody:
        body: ActivateRuleBody = super()._read(raw or b"{}")
        return body

    def command(self, body: ActivateRuleBody, **path: Any) -> ActivateRule:
        return ActivateRule(rule_id=path["rule_id"], effective_at=body.effective_at and moment(body.effective_at, "effective_at"))


class PauseRuleView(CommandView):
    """Take an active earning rule out of force from now on."""

    permission = EDIT_RULES
    answer = RuleAnswer
    dry_runs = True

    def command(self, body: None, **path: Any) -> PauseRule:
        return PauseRule(rule_id=path["rule_id"])


def shown(card: queries.RuleCard) -> Rule:
    """A rule as the API shows it."""
    same = ("name", "wallet", "kind", "version", "state", "effective_at", "changed_at")
    return Rule(id=card.rule_id, terms=_terms(card.terms), sentence=sentence_of(card.terms), **{name: getattr(card, name) for name in same})


def shown_version(card: queries.VersionCard) -> RuleVersion:
    """A version as the API shows it."""
    same = ("version", "name", "changed_by", "changed_at")
    return RuleVersion(
        terms=_terms(card.terms),
        sentence=sentence_of(card.terms),
        periods=list(card.periods),
        **{name: getattr(card, name) for name in same},
    )


def _terms(terms: PointsPerAmount) -> Terms:
    return Terms(terms.points, terms.per, terms.currency, terms.rounding, terms.whole_steps)
